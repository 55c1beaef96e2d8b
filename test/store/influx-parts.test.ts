import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { type Bucket, bucketsOf } from '../../services/store/influx/buckets.ts';
import { recordsOf } from '../../services/store/influx/csv.ts';
import { hash53 } from '../../services/store/influx/hash.ts';
import { pointOf } from '../../services/store/influx/lines.ts';
import { windowsOf } from '../../services/store/influx/plan.ts';
import { recentContents } from '../../services/store/influx/recent.ts';
import { ownTags, sighting } from '../sightings.ts';

it('pointOf(observation) puts the same content on the same nanosecond, today as ever', () => {
  // These digits lie in databases: a change here doubles what is stored again.
  const book = ownTags();
  const seen = sighting({ temperature: 21.55, claps: 3, battery: 3.162, received: 5 });
  assert.deepEqual(
    [
      pointOf(seen, 7, book).text,
      pointOf({ ...seen, kind: 'heartbeat', status: 'online', info: '' } as never, 7, book).text,
    ],
    PINNED,
  );
  assert.equal(pointOf({ ...seen, received: 6 }, 8, book).ns, pointOf(seen, 7, book).ns);
});

const PINNED = [
  'sighting,gateway=pi-1,badge=k1.AAAAAAAAAAAAAAAA rssi=-60i,temperature=21.55,claps=3i,battery=3.162,simulated=f,received=5i,position=7i 1793700000000156092',
  'heartbeat,gateway=pi-1 status="online",blank=t,simulated=f,received=5i,position=7i 1793700000000234148',
];

it('hash53(text) spreads: a million texts that hardly differ meet as often as chance has it', () => {
  const digits = new Uint8Array(1_000_000);
  let [met, count] = [0, 0];
  for (let rssi = -127; rssi <= 20; rssi++)
    for (let claps = 0; claps < 255; claps += 3) {
      count++;
      if (digits[hash53(`rssi=${rssi}i,claps=${claps}i,simulated=f`) % 1_000_000]!++ > 0) met++;
    }
  const expected = count - 1e6 * (1 - Math.exp(-count / 1e6));
  assert.ok(Math.abs(met - expected) < 4 * Math.sqrt(expected), `${met} met, ${expected.toFixed(0)} by chance`);
});

it('recentContents: a repeat for ten minutes at least, twenty at most, in bounded memory', () => {
  let now = Date.UTC(2026, 10, 3);
  const recent = recentContents(() => now, 1000);
  const meet = (i: number) => recent.meet(i * 7919, 1_793_700_000_000, i, i);
  for (let i = 0; i < 900; i++) assert.equal(meet(i), 'new');
  assert.equal(recent.meet(7919, 1_793_700_000_000, 1, 2), 'collision');
  now += 10 * 60_000;
  for (let i = 0; i < 900; i++) assert.equal(meet(i), 'repeat');
  now += 10 * 60_000;
  for (let i = 0; i < 900; i++) assert.equal(meet(i), 'new');
  recent.forget();
  assert.equal(meet(1), 'new');
  for (let i = 10_000; i < 13_000; i++) assert.equal(meet(i), 'new');
  assert.equal(meet(1), 'new', 'past its bound it forgets the oldest');
  assert.equal(meet(12_999), 'repeat');
});

it('recordsOf(chunks) reads any text back, wherever the chunks are cut', async () => {
  const cell = fc.constantFrom('', 'a', ' ', ',', '"', '\n', '\r\n', 'é🦔', '""', 'a,"b"\n');
  const quote = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 3, maxLength: 3 })),
      fc.integer({ min: 1, max: 9 }),
      async (rows, size) => {
        const lines = ['name,tags,time', ...rows.map((row) => ['m', ...row].map(quote).join(','))];
        const bytes = Buffer.from(`${lines.join('\n')}\n`);
        async function* cut() {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
        }
        const found: string[][] = [];
        for await (const records of recordsOf(cut())) found.push(...records);
        assert.deepEqual(
          found,
          rows.map((row) => ['m', ...row]),
        );
      },
    ),
  );
});

it('windowsOf(buckets) reads each position once, where it is, and about as many rows as wished', async () => {
  const place = fc.record({
    time: fc.integer({ min: 0, max: 5000 }),
    position: fc.tuple(fc.nat(2), fc.nat(400)).map(([part, at]) => part * 2 ** 44 + at),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(place, { maxLength: 300 }), fc.integer({ min: 1, max: 60 }), async (places, rows) => {
      places.sort((a, b) => a.time - b.time);
      const buckets = await bucketsIn(places, 10);
      assert.equal(
        buckets.reduce((sum, { count }) => sum + count, 0),
        places.length,
      );
      const windows = windowsOf(buckets, rows);
      for (const [i, { after, upto }] of windows.entries()) {
        assert.ok(after < upto);
        if (i > 0) assert.equal(after, windows[i - 1]!.upto);
      }
      for (const { time, position } of places) {
        const its = windows.filter(({ after, upto }) => position > after && position <= upto);
        assert.equal(its.length, 1);
        assert.equal(its[0]!.spans.filter(({ from, until }) => time >= from && time < until).length, 1);
        assert.ok(its[0]!.spans.length <= 4);
      }
    }),
  );
});

it('windowsOf(buckets) of a river reads each row about once: windows ask for their own time', async () => {
  const places = Array.from({ length: 100_000 }, (_, i) => ({ time: i, position: Math.floor(i / 100) }));
  // One straggler in a thousand comes an hour late.
  for (let i = 0; i < places.length; i += 1000) places[i]!.time = Math.max(0, places[i]!.time - 20_000);
  places.sort((a, b) => a.time - b.time);
  const windows = windowsOf(await bucketsIn(places, 1000), 10_000);
  assert.ok(windows.length >= 9 && windows.length <= 12, `${windows.length} windows`);
  const read = windows.reduce((sum, { spans }) => sum + spans.reduce((ms, { from, until }) => ms + until - from, 0), 0);
  assert.ok(read < 3.5 * places.length, `${read} of ${places.length}`);
});

function bucketsIn(places: { time: number; position: number }[], rows: number): Promise<Bucket[]> {
  async function* cells() {
    yield places.map(({ time, position }) => ['sighting', '', `${time}000123`, String(position)]);
  }
  return bucketsOf(cells(), rows);
}
