import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { watch } from '../../jobs/watch.ts';
import { readParts } from '../../services/ledger/manifest.ts';
import { lineOf } from '../../services/model/line.ts';
import type { Venue } from '../../services/model/venue.ts';
import { type AsSeen, memoryRecord } from '../../services/store/record.ts';
import { venueOf } from '../locate/world.ts';
import { anomaliesIn } from './derived.ts';
import { benchOf, type Minute } from './house.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday; the Tuesday of the seventh week, at ten. */
const START = Date.UTC(2026, 0, 5);
const TEN = START + 43 * DAY + 10 * HOUR;

/** About 40 people each day from eight to twelve. */
function mornings(): Minute[] {
  const minutes: Minute[] = [];
  for (let day = 0; day < 43; day += 1)
    for (let time = START + day * DAY + 8 * HOUR; time < START + day * DAY + 12 * HOUR; time += MINUTE)
      minutes.push({ room: 'hall', time, people: 38 + ((Math.floor(day / 7) * 5 + day * 4) % 9) });
  return minutes;
}

const quiet = { parked: 0, claps: 0, temperature: null, gateways: 1, age: 0, expected: null, low: null, high: null };

/** Shows so many people in the hall, second by second. */
function show(record: AsSeen, venue: Venue, from: number, until: number, occupancy: number): void {
  for (let time = from; time < until; time += 1000) {
    const room = { room: 'hall', occupancy, coverage: 'good' as const, ...quiet };
    const frame = { time, positions: [1], venue: venue.version, rule: '1', baseline: null, rooms: [room] };
    record.append(lineOf(frame, null, { anew: false, ended: [], began: [] }));
  }
}

it('watch: what is unusual on the open day is told as it was seen; the days before are read once, and files do not heap up', async () => {
  const lab = venueOf([['g1', 'hall']]);
  const venue = { ...lab, file: { ...lab.file, rooms: [{ id: 'hall', name: 'Main hall', capacity: 60 }] } };
  let now = TEN + 20 * MINUTE;
  const record = memoryRecord(venue.zone);
  show(record, venue, TEN - HOUR, TEN, 42);
  show(record, venue, TEN, now, 11);
  const { bench, end } = await benchOf(venue, mornings(), { record, now: () => now });
  try {
    assert.equal(await watch.tidy(bench), 1);
    const [found] = await anomaliesIn(bench.house);
    assert.match(
      found!.sentence,
      /^Main hall: 11 people at 10:0\d; Tuesdays at 10:00 are usually \d+–\d+ \(6 Tuesdays\)\. The farthest from normal in \d+ days\.$/,
    );
    assert.equal(found!.severity, 'major');
    const parts = () =>
      (['baselines', 'anomalies'] as const).map((dataset) => readParts(bench.house, dataset).map((part) => part));
    const [baseline, anomaly] = parts();
    assert.deepEqual(
      [baseline, anomaly].map((list) => list!.map(({ day, revision }) => [day, revision])),
      [[['2026-02-17', 1]], [['2026-02-17', 0]]],
    );
    now += MINUTE;
    const folder = (dataset: string) => join(bench.house, 'derived', dataset);
    for (const part of readParts(bench.house, 'frames')) rmSync(join(folder('frames'), part.file));
    await watch.tidy(bench);
    assert.deepEqual(parts(), [baseline, anomaly], 'nothing is new, and the days before were not read again');

    // Minute by minute it is told otherwise: what was replaced goes with the next one.
    for (const people of [70, 80, 90]) {
      show(record, venue, now, now + 5 * MINUTE, people);
      now += 5 * MINUTE;
      await watch.tidy(bench);
    }
    const files = readdirSync(folder('anomalies')).filter((name) => name.endsWith('.parquet'));
    assert.equal(files.length, 2, files.join());
    assert.ok(files.includes(readParts(bench.house, 'anomalies')[0]!.file));
  } finally {
    end();
  }
});
