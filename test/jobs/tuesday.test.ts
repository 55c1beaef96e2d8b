import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { anomalies } from '../../jobs/anomalies.ts';
import { baselines } from '../../jobs/baselines.ts';
import { createFramer } from '../../services/locate/frames.ts';
import type { Anomaly } from '../../services/model/anomaly.ts';
import { countedIn, type Venue } from '../../services/model/venue.ts';
import { layout } from '../../services/simulate/calendar.ts';
import { demoVenue } from '../../services/simulate/venue.ts';
import { createWorld } from '../../services/simulate/world.ts';
import { simulateSource } from '../../services/source/simulate.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { NOW } from '../simulate/event.ts';
import { pseudonym } from '../simulate/truth-play.ts';
import { anomaliesIn } from './derived.ts';
import { benchOf, dayAt, type Minute, minutesFrom } from './house.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const { weeks, start, zone } = layout(NOW);

function demo(): Venue {
  const parsed = parseVenue(JSON.stringify(demoVenue(start, zone)));
  assert.ok('venue' in parsed);
  return parsed.venue;
}

/** What the frames of a morning say, by minutes. */
async function morning(venue: Venue, tuesday: number): Promise<Minute[]> {
  const [from, until] = [tuesday + 8.6 * HOUR, tuesday + 12.2 * HOUR];
  const world = createWorld({ seed: 2, start: weeks.from, people: 40, story: 'weeks', from });
  const framer = createFramer(venue, undefined, countedIn(venue));
  const sums = minutesFrom();
  const context = { source: 'simulate', received: 'recorded' as const, keepFrom: 0, pseudonym };
  const reading = simulateSource(world, context, { speed: Number.POSITIVE_INFINITY, until })(
    new AbortController().signal,
  );
  let time = from;
  const upTo = (second: number) => {
    for (; time < second; time += 1000) sums.add(time, framer.tick(time).rooms);
  };
  for (let step = await reading.next(); !step.done; ) {
    const { observations } = step.value;
    for (const one of observations) {
      upTo(Math.ceil(one.received / 1000) * 1000);
      framer.take(one);
    }
    step = await reading.next({ position: 0, stored: observations.length, duplicates: new Uint32Array() });
  }
  upTo(until);
  return sums.minutes();
}

describe('the ordinary weeks of the demo', () => {
  const venue = demo();
  let made: Awaited<ReturnType<typeof benchOf>>;
  let found: Anomaly[];
  before(async () => {
    const minutes: Minute[] = [];
    for (let week = 0; week < 7; week += 1) minutes.push(...(await morning(venue, weeks.from + (week * 7 + 1) * DAY)));
    // On other days nobody meets there: Tuesday is like none of them.
    for (let day = 0; day < 46; day += 1)
      if (day % 7 !== 1 && day % 7 < 5)
        for (
          let time = weeks.from + day * DAY + 8.6 * HOUR;
          time < weeks.from + day * DAY + 12.2 * HOUR;
          time += 60_000
        )
          minutes.push({ room: 'mccurdy-1', time, people: 0, temperature: 24 });
    made = await benchOf(venue, minutes);
    await baselines.run(dayAt(weeks.emptyTuesday, venue), made.bench);
    await anomalies.run(dayAt(weeks.emptyTuesday, venue), made.bench);
    found = await anomaliesIn(made.bench.house);
  });
  after(() => made.end());

  it('the empty Tuesday earns its sentence, with the numbers of the slot, and is major', (t) => {
    for (const one of found) t.diagnostic(`${one.severity} ${one.sentence}`);
    const hall = found.filter(({ room, measure }) => room === 'mccurdy-1' && measure === 'occupancy');
    const empty = hall.find(({ sentence }) =>
      /people at 1[01]:\d\d; Tuesdays at 1[01]:[03]0 are usually/.test(sentence),
    );
    assert.ok(empty, hall.map(({ sentence }) => sentence).join('\n'));
    assert.match(
      empty.sentence,
      /^[^:]+: \d+ people at 10:\d[05]; Tuesdays at 10:[03]0 are usually \d+–\d+ \(6 Tuesdays\)\. The farthest from normal in .+ days\.$/,
    );
    assert.equal(empty.severity, 'major');
    assert.equal(empty.n, 6);
    assert.ok(empty.value! < empty.low! && empty.low! < empty.expected!);
  });

  it('the Tuesday before says nothing of the hall that is major', async () => {
    const day = dayAt(weeks.emptyTuesday - 7 * DAY, venue);
    await anomalies.run(day, made.bench);
    const all = await anomaliesIn(made.bench.house);
    const before = all.filter((one) => one.time < day.until && one.severity === 'major' && one.room === 'mccurdy-1');
    assert.deepEqual(before, []);
  });

  it('a run again makes the same bytes', async () => {
    const day = dayAt(weeks.emptyTuesday, venue);
    for (const job of [baselines, anomalies]) {
      const { revisions } = await job.run(day, made.bench);
      assert.ok(
        revisions.every(({ isNew }) => !isNew),
        job.name,
      );
    }
    assert.ok(readFileSync(`${made.bench.house}/derived/anomalies/manifest.json`, 'utf8').includes(day.day));
  });
});
