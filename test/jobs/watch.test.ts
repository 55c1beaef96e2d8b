import assert from 'node:assert/strict';
import { it } from 'node:test';
import { watch } from '../../jobs/watch.ts';
import { readParts } from '../../services/ledger/manifest.ts';
import { lineOf } from '../../services/model/line.ts';
import type { Venue } from '../../services/model/venue.ts';
import { memoryRecord } from '../../services/store/record.ts';
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

/** What was shown of the open day, second by second: until ten as on other days, then few. */
function shown(venue: Venue) {
  const record = memoryRecord(venue.zone);
  const quiet = { parked: 0, claps: 0, temperature: null, gateways: 1, age: 0, expected: null, low: null, high: null };
  for (let time = TEN - HOUR; time < TEN + 20 * MINUTE; time += 1000) {
    const room = { room: 'hall', occupancy: time < TEN ? 42 : 11, coverage: 'good' as const, ...quiet };
    const frame = { time, positions: [1], venue: venue.version, rule: '1', baseline: null, rooms: [room] };
    record.append(lineOf(frame, null, { anew: false, ended: [], began: [] }));
  }
  return record;
}

it('watch: what is unusual on the open day is told as it was seen, and its baseline is made once', async () => {
  const lab = venueOf([['g1', 'hall']]);
  const venue = { ...lab, file: { ...lab.file, rooms: [{ id: 'hall', name: 'Main hall', capacity: 60 }] } };
  let now = TEN + 20 * MINUTE;
  const { bench, end } = await benchOf(venue, mornings(), { record: shown(venue), now: () => now });
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
    await watch.tidy(bench);
    assert.deepEqual(parts(), [baseline, anomaly], 'nothing is new');
  } finally {
    end();
  }
});
