import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Observation } from '../../services/model/observation.ts';
import { ownDecisions } from '../../services/store/influx/tags.ts';
import { type InfluxOptions, InfluxRefused } from '../../services/store/influx.ts';
import { batchOf, placed, sighting, sightings } from '../sightings.ts';
import { type Faked, faked, type Says } from './influx-fake.ts';

const OK = { status: 204 };
const DAY = 86_400_000;
const all = sightings(100);
/** Lines that this fake takes for bad. */
const isBad = (line: string) => line.includes('rssi=-99i');
const bad = [13, 14, 77].map((place) => sighting({ time: all[place]!.time + 5, rssi: -99 }));
const withBad = [...all.slice(0, 50), bad[0]!, bad[1]!, ...all.slice(50), bad[2]!];

async function using(
  says: Says,
  test: (fake: Faked) => Promise<void>,
  options: Partial<InfluxOptions> = {},
  keptS = 0,
) {
  const fake = await faked(says, options, keptS);
  await test(fake).finally(fake.close);
}

/** Everything but the bad is taken, the bad and nothing else are dead letters, and the receipt says so. */
async function appendsAllButTheBad({ store, taken, dead }: Faked): Promise<void> {
  const receipt = await store.append(batchOf(withBad));
  assert.equal(taken.size, 100);
  assert.deepEqual(new Set(dead.map(([what]) => what)), new Set<Observation>(bad));
  assert.equal(receipt.stored, 100);
  assert.deepEqual(
    [...receipt.refused].sort((a, b) => a - b),
    [50, 51, 102],
  );
}

describe('append(batch) to InfluxDB that answers', () => {
  it('204: is one request, zipped, in nanoseconds', () =>
    using(
      () => OK,
      async ({ store, requests, dead }) => {
        assert.equal((await store.append(batchOf(all))).stored, 100);
        assert.equal(requests.length, 1);
        assert.match(
          requests[0]![0]!,
          /^sighting,gateway=pi-1,badge=k1\.A{16} rssi=-60i,simulated=f,received=1793700000000i,position=1i 1793700000000\d{6}$/,
        );
        assert.deepEqual(dead, []);
      },
    ));

  it('400 that names lines: those are dead letters, the rest is sent again', () =>
    using(
      (lines) => {
        const named = lines.filter(isBad).map((line) => `unable to parse '${line}': it's bad`);
        return named.length > 0 ? { status: 400, message: named.join('\n') } : OK;
      },
      async (fake) => {
        await appendsAllButTheBad(fake);
        assert.equal(fake.requests.length, 2);
        assert.equal(fake.dead[0]![1], "InfluxDB: it's bad");
      },
    ));

  it('400 that names nothing of ours: the bad lines are found by halving', () =>
    using((lines) => (lines.some(isBad) ? { status: 400, message: 'something is wrong' } : OK), appendsAllButTheBad));

  it('422 after storing the good ones: finds the bad ones, and sends the good no more once they are told apart', () => {
    const good = new Map<string, number>();
    return using(
      (lines) => {
        for (const line of lines) if (!isBad(line)) good.set(line, (good.get(line) ?? 0) + 1);
        return lines.some(isBad) ? { status: 422, message: 'partial write: dropped=1' } : OK;
      },
      async (fake) => {
        await appendsAllButTheBad(fake);
        assert.equal(good.size, 100);
        const log2 = Math.ceil(Math.log2(withBad.length)) + 1;
        assert.ok(Math.max(...good.values()) <= log2, 'as often as it was halved');
        assert.ok(fake.requests.length <= 2 * bad.length * log2);
        const count = fake.requests.length;
        await fake.store.append(batchOf(withBad));
        assert.equal(fake.requests.length, count, 'all of it is known, dead letters too');
      },
    );
  });

  it('413: halves until it is short enough', () =>
    using(
      (lines) => (lines.length > 30 ? { status: 413, message: 'too large' } : OK),
      async ({ store, taken, requests, dead }) => {
        assert.equal((await store.append(batchOf(all))).stored, 100);
        assert.equal(taken.size, 100);
        assert.equal(requests.length, 3 + 4);
        assert.deepEqual(dead, []);
      },
    ));

  it('429 with Retry-After: never sooner than it asks', () =>
    using(
      (_, request) => (request === 1 ? { status: 429, message: 'slowly', headers: { 'Retry-After': '700' } } : OK),
      async ({ store, pauses, taken }) => {
        await store.append(batchOf(all));
        assert.equal(pauses.length, 1);
        assert.ok(pauses[0]! >= 700_000 && pauses[0]! < 701_000, String(pauses[0]));
        assert.equal(taken.size, 100);
        assert.equal(store.counts().waits, 1);
      },
    ));

  it('pauses have jitter: those of many writers that begin together are apart', async () => {
    const firsts: number[] = [];
    for (let i = 0; i < 8; i++)
      await using(
        (_, request) => (request === 1 ? { status: 503, message: 'no' } : OK),
        async ({ store, pauses }) => {
          await store.append(batchOf(all));
          firsts.push(pauses[0]!);
        },
      );
    assert.ok(new Set(firsts.map(Math.round)).size > 2, String(firsts));
    assert.ok(Math.max(...firsts) - Math.min(...firsts) > 5, String(firsts));
  });

  it('503, then 408 of something in between, then 204: waits longer each time, sends the same', () =>
    using(
      (_, request) => (request <= 2 ? { status: request === 1 ? 503 : 408, message: 'no' } : OK),
      async ({ store, pauses, requests }) => {
        assert.equal((await store.append(batchOf(all))).stored, 100);
        assert.equal(pauses.length, 2);
        assert.ok(pauses[0]! >= 50 && pauses[0]! <= 150 && pauses[1]! >= 100 && pauses[1]! <= 300, String(pauses));
        assert.deepEqual(requests[2], requests[0]);
      },
    ));

  it('nothing, after it stored: sends the same lines, so the same points', () =>
    using(
      (_, request) => (request === 1 ? 'silence' : OK),
      async ({ store, requests, taken }) => {
        assert.equal((await store.append(batchOf(all))).stored, 100);
        assert.equal(requests.length, 2);
        assert.equal(taken.size, 100);
      },
    ));

  it('503 for a thousand times: loses nothing, gives nothing up', () =>
    using(
      (_, request) => (request <= 1000 ? { status: 503, message: 'no' } : OK),
      async ({ store, taken, dead, pauses }) => {
        assert.equal((await store.append(batchOf(all))).stored, 100);
        assert.equal(taken.size, 100);
        assert.deepEqual(dead, []);
        assert.ok(Math.max(...pauses) <= 15_000);
      },
    ));

  it('500 for some lines, each time: they are found, since it stores others', () =>
    using((lines) => (lines.some(isBad) ? { status: 500, message: 'internal error' } : OK), appendsAllButTheBad));

  it('500 for all lines, a hundred times: is an outage, and no line is to blame', () =>
    using(
      (_, request) => (request <= 100 ? { status: 500, message: 'internal error' } : OK),
      async ({ store, dead }) => {
        assert.equal((await store.append(batchOf(all))).stored, 100);
        assert.deepEqual(dead, []);
      },
    ));

  for (const [status, words] of [
    [401, /^INFLUX_TOKEN: expected a token that InfluxDB knows/],
    [403, /^INFLUX_TOKEN: expected a token that may write/],
    [404, /^INFLUX_ORG, INFLUX_BUCKET: expected both to be there/],
    [405, /^INFLUX_URL: expected the address of an InfluxDB 2/],
  ] as const)
    it(`${status}: throws a sentence, and what was not stored is no repeat when it comes again`, () =>
      using(
        (_, request) => (request === 1 ? { status, message: 'no' } : OK),
        async ({ store }) => {
          await assert.rejects(store.append(batchOf(all)), (error: Error) => {
            assert.ok(error instanceof InfluxRefused);
            assert.match(error.message, words);
            return true;
          });
          assert.equal((await store.append(batchOf(all))).stored, 100);
        },
      ));
});

it('append(batch) that waits ends with the store, and says that it is not safe', () =>
  using(
    () => ({ status: 503, message: 'no' }),
    async ({ store }) => {
      const waiting = store.append(batchOf(all));
      setTimeout(() => store.close(), 20);
      await assert.rejects(waiting, /closed before this was stored/);
    },
  ));

it('append(batch) of the river with one that is older than the bucket keeps makes a dead letter of that, stores the rest', () => {
  const now = Date.UTC(2026, 10, 3, 12);
  const old = sighting({ time: now - 31 * 86_400_000 });
  return using(
    () => OK,
    async ({ store, dead, requests }) => {
      const receipt = await store.append(batchOf([old, ...all]));
      assert.deepEqual([...receipt.refused], [0]);
      assert.equal(receipt.stored, 100);
      assert.deepEqual(dead, [
        [old, 'expected a time within the 30 days that the bucket keeps, found 2026-10-03T12:00:00.000Z'],
      ]);
      assert.equal(requests[0]!.length, 100);
    },
    { now: () => now },
    30 * 86_400,
  );
});

it('append(batch) whose dead letter cannot be kept fails', () =>
  using(
    (lines) => (lines.some(isBad) ? { status: 422, message: 'bad' } : OK),
    async ({ store }) => {
      await assert.rejects(store.append(batchOf(withBad)), /full/);
    },
    { deadLetter: () => Promise.reject(new Error('full')) },
  ));

it('append(batch) of a long batch is several requests, all of them stored', () =>
  using(
    () => OK,
    async ({ store, requests, taken }) => {
      await store.append(batchOf(sightings(10_000)));
      assert.deepEqual(
        requests.map(({ length }) => length),
        [5000, 5000],
      );
      const info = 'x'.repeat(1024);
      const beats = Array.from({ length: 5000 }, (_, i) => ({ ...BEAT, time: BEAT.time + i, info }));
      await store.append(batchOf(beats));
      assert.equal(taken.size, 15_000);
      assert.ok(requests.slice(2).length > 1);
      for (const lines of requests.slice(2)) assert.ok(lines.join('\n').length <= 2 ** 21);
    },
  ));

const BEAT = {
  kind: 'heartbeat' as const,
  time: all[0]!.time,
  received: all[0]!.time,
  gateway: 'pi-1',
  status: 'online' as const,
  info: null,
  simulated: false,
};

it('append(batch) knows a repeat for ten minutes, and the first received is sent alone', async () => {
  let now = Date.UTC(2026, 10, 3, 12);
  await using(
    () => OK,
    async ({ store, requests }) => {
      await store.append(batchOf(all));
      now += 10 * 60_000 - 1;
      assert.equal((await store.append(batchOf([...all, ...sightings(1, 500)]))).duplicates.length, 100);
      now += 20 * 60_000;
      assert.equal((await store.append(batchOf(all))).stored, 100, 'it reaches no further');
      assert.deepEqual(
        requests.map(({ length }) => length),
        [100, 1, 100],
      );
    },
    { now: () => now },
  );
});

it('append(batch) of other content on the same nanosecond keeps the first and makes the other a dead letter', () =>
  using(
    () => OK,
    async ({ store, dead, taken }) => {
      // One series and millisecond, a million contents and a half: some meet.
      const many = Array.from({ length: 3000 }, (_, i) => sighting({ temperature: i / 100, battery: (i % 7) / 1000 }));
      const receipt = await store.append(batchOf(many));
      assert.ok(dead.length > 0 && dead.length < 20, `${dead.length} of 3000 (4.5 are expected)`);
      assert.equal(receipt.stored, 3000 - dead.length);
      const points = new Set([...taken].map((line) => line.slice(line.lastIndexOf(' '))));
      assert.equal(points.size, receipt.stored);
    },
  ));

it('append(batch) with positions stores those, several batches at once, and a repeat is safe when the first is', () => {
  let isOpen = false;
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = () => {
      isOpen = true;
      resolve();
    };
  });
  return using(
    // The long one waits at the gate, whichever is packed first.
    (lines) => (lines.length > 2 && !isOpen ? { status: 503, message: 'no' } : OK),
    async ({ store, taken }) => {
      const positions = placed(all.map((_, i) => 3 * 2 ** 44 + i));
      const one = store.append({ ...batchOf(all), positions });
      let safe = false;
      const again = store.append({ ...batchOf(all), positions }).then((receipt) => {
        safe = true;
        return receipt;
      });
      const other = await store.append({ ...batchOf(sightings(2, 900)), positions: placed([5, 6]) });
      assert.equal(other.position, 6);
      assert.equal(safe, false, 'the first is not safe yet');
      open();
      assert.equal((await one).position, 3 * 2 ** 44 + 99);
      assert.equal((await again).duplicates.length, 100);
      assert.ok([...taken].some((line) => line.includes(`position=${3 * 2 ** 44 + 99}i`)));
    },
    { pause: () => gate },
  );
});

it('SERIES_MAX: which badges have a tag is kept, so what comes again lands where it was, over kills, two writers and a higher bound', async () => {
  const decisions = ownDecisions();
  let now = Date.UTC(2026, 10, 3, 12);
  const of = (badge: string, time = now) => sighting({ badge: `k1.${badge}`, time });
  const lineOf = (lines: Iterable<string>, badge: string) =>
    [...lines].filter((line) => line.includes(`k1.${badge}`)).map((line) => line.split(',received')[0]);
  /** A store that never gets X stored. */
  const open = (seriesMax: number) =>
    faked((lines) => (lines.some((line) => line.includes('k1.X')) ? { status: 503 } : OK), {
      ...{ decisions, seriesMax, now: () => now },
    });
  const [one, other] = [await open(3), await open(3)];
  await one.store.append({ ...batchOf([of('A'), of('B')]), positions: placed([1, 2]) });
  const hanging = one.store.append({ ...batchOf([of('X')]), positions: placed([3]) });
  hanging.catch(() => undefined);
  await one.store.append({ ...batchOf([of('C'), of('D'), of('Y')]), positions: placed([4, 5, 6]) });
  // The other has the same of all, in another order.
  const again = [of('Y'), of('D'), of('C'), of('B'), of('A')];
  await other.store.append({ ...batchOf(again), positions: placed([6, 5, 4, 2, 1]) });
  for (const badge of ['A', 'B', 'C', 'D', 'Y'])
    assert.deepEqual(lineOf(other.taken, badge), lineOf(one.taken, badge), badge);
  assert.match(lineOf(one.taken, 'Y')[0]!, /badge=other id="k1.Y"/);
  await Promise.all([one.close(), other.close()]);

  const third = await open(100);
  const [before, sent] = [now, [of('X', now), of('Y', now), of('A', now)]];
  now += 1000;
  await third.store.append({ ...batchOf(sent.slice(1)), positions: placed([6, 1]) });
  assert.deepEqual(lineOf(third.taken, 'Y'), lineOf(one.taken, 'Y'), 'under a higher bound too');
  // What happens a minute later may have a tag, what happened before keeps its place.
  now += 2 * 60_000;
  await third.store.append({ ...batchOf([of('Y'), of('Z')]), positions: placed([7, 8]) });
  await third.store.append({ ...batchOf([of('Y', before)]), positions: placed([6]) });
  assert.deepEqual(
    lineOf(third.taken, 'Y').map((line) => line!.split(' ')[0]),
    ['sighting,gateway=pi-1,badge=other', 'sighting,gateway=pi-1,badge=k1.Y'],
  );
  await third.close();
});

it('SERIES_MAX counts what the bucket holds: not what is too old for it, nor for ever what it has forgotten', async () => {
  let now = Date.UTC(2026, 10, 3, 12);
  await using(
    () => OK,
    async ({ store, requests }) => {
      const at = (badge: string, time = now) => sighting({ badge: `k1.${badge}`, time });
      const old = Array.from({ length: 5 }, (_, i) => at(`old-${i}`, now - 31 * 86_400_000));
      await store.append(batchOf([...old, at('A'), at('B'), at('C')]));
      const tagOf = (line: string) => /badge=([^ ,]+)/.exec(line)![1];
      assert.deepEqual(requests.flat().map(tagOf), ['k1.A', 'k1.B', 'other']);
      assert.equal(store.counts().pairs, 2);
      now += 32 * 86_400_000;
      await store.append(batchOf([at('D')]));
      now += 2 * 60_000;
      await store.append(batchOf([at('D'), at('E')]));
      assert.deepEqual(requests.slice(1).flat().map(tagOf), ['k1.D', 'k1.D', 'k1.E']);
    },
    { seriesMax: 2, now: () => now },
    30 * 86_400,
  );
});

it('SERIES_MAX is of a retention period: the list begins anew in the next, and what is late stands where it would have', async () => {
  let now = 690 * 30 * DAY + DAY;
  const options = { decisions: ownDecisions(), seriesMax: 2, now: () => now };
  const at = (badge: string, time = now) => sighting({ badge: `k1.${badge}`, time });
  const put = ({ store }: Faked, ...sent: Observation[]) =>
    store.append({ ...batchOf(sent), positions: placed(sent.map((_, i) => i)) });
  const tagsOf = ({ requests }: Faked) =>
    requests.at(-1)!.map((line) => /badge=k1.(.)|id="k1.(.)/.exec(line)!.slice(1));
  const month = (30 * DAY) / 1000;
  await using(
    () => OK,
    async (one) => {
      await put(one, at('A'), at('B'), at('C'));
      now += 28 * DAY;
      const late = [at('B'), at('C')];
      await put(one, ...late);
      now += 3 * DAY;
      // B is held from before, A is no longer.
      const next = [at('C'), at('A'), at('B')];
      await put(one, ...next);
      assert.deepEqual(tagsOf(one), [
        ['C', undefined],
        [undefined, 'A'],
        ['B', undefined],
      ]);
      assert.equal(one.store.counts().pairs, 2);
      // Another has the same, in another order.
      const again = [...next, ...late].reverse();
      await using(
        () => OK,
        (other) =>
          put(other, ...again).then(() => {
            const points = (of: Faked) =>
              new Set([...of.taken].map((line) => `${line.split(',received')[0]}${line.slice(line.lastIndexOf(' '))}`));
            assert.deepEqual(
              [...points(other)].filter((line) => !points(one).has(line)),
              [],
            );
            assert.equal(other.taken.size, 5);
          }),
        options,
        month,
      );
    },
    options,
    month,
  );
});

it('SERIES_MAX: what a clock that is ahead said before new badges were let in again stays where it is', async () => {
  let now = Date.UTC(2026, 10, 3, 12);
  const options = { decisions: ownDecisions(), seriesMax: 1, now: () => now };
  const at = (badge: string, time: number) => sighting({ badge: `k1.${badge}`, time });
  await using(
    () => OK,
    async ({ store, taken }) => {
      const ahead = at('B', now + 2 * 3_600_000);
      await store.append({ ...batchOf([at('A', now), ahead]), positions: placed([1, 2]) });
      // An hour later others allow more: the next batch lets new badges in.
      now += 3_700_000;
      for (const line of [...taken]) if (line.includes('k1.A')) taken.delete(line);
      await store.append({ ...batchOf([at('B', now)]), positions: placed([3]) });
      const before = taken.size;
      await store.append({ ...batchOf([at('B', now + 120_000), ahead]), positions: placed([4, 2]) });
      assert.equal(taken.size, before + 1, [...taken].join('\n'));
    },
    options,
  );
});

it('SERIES_MAX: past it new badges go under other with their name in a field, known ones keep their tag', async () => {
  const warned: string[] = [];
  await using(
    () => OK,
    async ({ store, requests }) => {
      const of = (gateway: string, badge: string) => sighting({ gateway, badge });
      await store.append(
        batchOf([of('a', 'k1.1'), of('a', 'k1.2'), of('a', 'k1.3'), of('b', 'k1.2'), of('b', 'k1.4'), of('a', 'k1.3')]),
      );
      assert.deepEqual(
        requests[0]!.map((line) => line.split(',received')[0]),
        [
          'sighting,gateway=a,badge=k1.1 rssi=-60i,simulated=f',
          'sighting,gateway=a,badge=k1.2 rssi=-60i,simulated=f',
          'sighting,gateway=a,badge=other id="k1.3",rssi=-60i,simulated=f',
          'sighting,gateway=b,badge=k1.2 rssi=-60i,simulated=f',
          'sighting,gateway=b,badge=other id="k1.4",rssi=-60i,simulated=f',
        ],
      );
      assert.equal(warned.length, 1);
      assert.match(warned[0]!, /^SERIES_MAX: 2 pairs/);
      const { pairs, others } = store.counts();
      assert.deepEqual({ pairs, others }, { pairs: 3, others: 3 });
    },
    { seriesMax: 2, warn: (sentence) => warned.push(sentence) },
  );
});
