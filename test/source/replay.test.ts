import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Batch } from '../../services/model/batch.ts';
import { REPLAYED_FROM } from '../../services/model/batch.ts';
import { replayClock } from '../../services/source/replay/clock.ts';
import { type Course, type Recorded, replaySource } from '../../services/source/replay.ts';
import { flow, type Into } from '../../services/work/river.ts';
import { sighting } from '../sightings.ts';
import { sourceContract } from './contract.ts';

const T0 = Date.UTC(2026, 10, 3, 10);
const BASE = REPLAYED_FROM + 7;

/** A recording with an observation at each of these seconds, read in chunks; `open` counts who reads it. */
function recordingOf(seconds: number[], chunk = 7) {
  const rows = seconds.map((second, position) => ({ ...sighting({ time: T0 + second * 1000 }), position }));
  const state = { open: 0, read: [] as number[] };
  const recorded: Recorded = {
    async *read(place) {
      state.open += 1;
      state.read.push(place);
      try {
        for (let at = place; at < rows.length; at += chunk) yield rows.slice(at, at + chunk);
      } finally {
        state.open -= 1;
      }
    },
  };
  return { recorded, rows, state };
}

const courseOf = (more: Partial<Course> = {}): Course => ({
  place: 0,
  base: BASE,
  until: Number.POSITIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
  ...more,
});

/** The system's clock is moved by what is offered: a second of the recording for each observation. */
sourceContract('replay', () => {
  const { recorded, state } = recordingOf(Array.from({ length: 1000 }, (_, i) => i + 1));
  let wall = 0;
  const course = courseOf();
  return {
    source: replaySource(
      recorded,
      replayClock(T0, 1000, () => wall),
      course,
    ),
    offer: (count) => {
      wall += count;
    },
    acked: () => course.place,
    released: () => state.open === 0,
  };
});

function taking(failAt = -1) {
  const batches: Batch[] = [];
  let calls = 0;
  const into: Into = {
    append: async (batch) => {
      if (calls++ === failAt) throw new Error('busy');
      batches.push(batch);
      return { position: 0, stored: batch.observations.length, duplicates: new Uint32Array() };
    },
  };
  const positions = () => batches.flatMap(({ positions }) => [...positions!.observations]);
  return { into, batches, positions };
}

describe('replaySource(recording, clock, course)', () => {
  it('yields all of it in its order, its own stamps and positions, and goes on after what failed at the same position', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(4000), { minLength: 1, maxLength: 60 }),
        fc.nat(5),
        fc.integer({ min: 1, max: 9 }),
        async (gaps, failAt, chunk) => {
          let second = 0;
          const { recorded, rows } = recordingOf(
            gaps.map((gap) => (second += gap)),
            chunk,
          );
          const { into, batches, positions } = taking(failAt);
          const clock = replayClock(T0, Number.POSITIVE_INFINITY);
          const source = replaySource(recorded, clock, courseOf({ end: T0 + second * 1000 + 1000 }));
          const signal = new AbortController().signal;
          await flow(source, into, signal).catch((error: Error) => assert.equal(error.message, 'busy'));
          await flow(source, into, signal);
          assert.deepEqual(
            batches.flatMap(({ observations }) => observations.map(({ received }) => received)),
            rows.map(({ received }) => received),
          );
          assert.deepEqual(
            positions(),
            rows.map(({ position }) => BASE + position),
          );
          assert.equal(clock.now(), T0 + second * 1000 + 1000);
        },
      ),
      { numRuns: 60 },
    ));

  it('has a beat at every second, once, after all that was received by then is safe and before anything later is asked for', async () => {
    const { recorded } = recordingOf([1, 1, 2, 40, 41, 1000]);
    const { into, batches } = taking();
    const clock = replayClock(T0, Number.POSITIVE_INFINITY);
    const beats: { second: number; safe: number }[] = [];
    const safe = () => batches.reduce((sum, { observations }) => sum + observations.length, 0);
    clock.every(250, () => beats.push({ second: (clock.now() - 250 - T0) / 1000, safe: safe() }));
    const source = replaySource(recorded, clock, courseOf({ end: T0 + 1_000_250 }));
    await flow(source, into, new AbortController().signal);
    assert.deepEqual(
      beats.map(({ second }) => second),
      Array.from({ length: 1001 }, (_, i) => i),
    );
    const receivedBy = (second: number) => [1, 1, 2, 40, 41, 1000].filter((at) => at <= second).length;
    for (const beat of beats) assert.ok(beat.safe >= receivedBy(beat.second), JSON.stringify(beat));
  });

  it('ends before `until`, and leaves the rest to whoever goes on', async () => {
    const { recorded } = recordingOf([1, 2, 3, 4]);
    const { into, positions } = taking();
    const course = courseOf({ until: T0 + 3000, end: T0 + 2500 });
    const clock = replayClock(T0, Number.POSITIVE_INFINITY);
    await flow(replaySource(recorded, clock, course), into, new AbortController().signal);
    assert.deepEqual([positions(), course.place, clock.now()], [[BASE, BASE + 1], 2, T0 + 2500]);
  });
});

describe('replayClock(from, speed, system)', () => {
  it('is due by its speed, stands where it was left, and waits for a river that lags by more than a second', async () => {
    let wall = 5000;
    const clock = replayClock(T0, 100, () => wall);
    wall += 500;
    assert.equal(clock.due(), T0 + 50_000);
    assert.equal(clock.now(), T0);
    await clock.goOn(T0 + 10_000);
    assert.equal(clock.due(), T0 + 50_000, 'what it lags by is caught up');
    wall += 1000;
    await clock.goOn(T0 + 20_000);
    assert.equal(clock.due(), T0 + 20_000, 'or waited for');
    assert.deepEqual(clock.anchor(), { wall: 6500, time: T0 + 20_000 });
    wall += 10;
    assert.equal(clock.due(), T0 + 21_000);
  });
});
