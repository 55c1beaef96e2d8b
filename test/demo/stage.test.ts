import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, mock } from 'node:test';
import { openStage, type StageOptions } from '../../services/demo/stage.ts';
import { duckdbEngine } from '../../services/house/engine.ts';
import { readFirings } from '../../services/ledger/rules.ts';
import { createFanout } from '../../services/live/fanout.ts';
import type { Frame } from '../../services/model/frame.ts';
import { readConfig } from '../../services/settings/config.ts';
import { createInbox } from '../../services/source/inbox.ts';
import type { Source } from '../../services/source/source.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { sighting } from '../locate/world.ts';
import { newFolder, remove } from '../service.ts';

const T0 = Date.UTC(2026, 10, 3, 10);
const GRACE_MS = 250;
const rule = { measure: 'occupancy', where: 'room:hall' };
const FILE = {
  zone: 'UTC',
  rooms: [{ id: 'hall' }, { id: 'bar' }],
  gateways: [
    { id: 'g1', room: 'hall' },
    { id: 'g2', room: 'bar' },
  ],
  rules: [
    { id: 'full', ...rule, above: 2, for: 3 },
    { id: 'empty', ...rule, below: 3, for: 0, clear: 3 },
  ],
};
/** The same venue, whose second gateway stood elsewhere in the past: what is known has to be learnt anew. */
const moved = (times: number) => {
  const places = Array.from({ length: times }, (_, i) => ({
    room: 'bar',
    from: new Date(T0 - i * 1000).toISOString(),
  }));
  const [first, second] = FILE.gateways;
  const read = parseVenue(
    JSON.stringify({
      ...FILE,
      gateways: [
        first,
        { ...second, until: places.at(-1)!.from },
        ...places.map(({ room, from }, i) => ({
          id: 'g2',
          room,
          x: i,
          y: 1,
          from,
          ...(i > 0 && { until: places[i - 1]!.from }),
        })),
      ],
    }),
  );
  assert.ok('venue' in read, JSON.stringify(read));
  return read.venue;
};

/** A stage in a folder, whose seconds are over when `beat` says so. */
async function openOn(dataDir: string, given: Pick<StageOptions, 'sources' | 'close' | 'fanout'>) {
  let beat = () => {};
  const failed = (error: unknown) => assert.fail(error as Error);
  const none = { kafka: null, entrance: null, mouth: null, changed: async () => {}, took: () => {}, info: () => {} };
  const stage = await openStage(readConfig({ DATA_DIR: dataDir, DEMO: 'off' }), null, {
    ...{ ...given, ...none, opened: Promise.resolve(), engine: duckdbEngine, partitions: [0] },
    ...{ failed, ended: failed, missed: failed, log: failed },
    every(_grace, due) {
      beat = due;
      return () => {
        beat = () => {};
      };
    },
  });
  return { stage, beat: () => beat() };
}

it('takeUp(venue), however long it takes, says of no second that nobody was there, and rules hear nothing of it', async () => {
  mock.timers.enable({ apis: ['Date'], now: T0 });
  const dataDir = newFolder();
  writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(FILE));
  const [inbox, fanout, frames] = [createInbox(), createFanout(), [] as Frame[]];
  fanout.watch(({ frame }) => frame && frames.push(frame));
  let haltMs = 0;
  /** As slow as a machine that has no time for it. */
  const slow: Source = async function* (signal) {
    try {
      yield* inbox.source(signal);
    } finally {
      mock.timers.tick(haltMs);
    }
  };
  const { stage, beat } = await openOn(dataDir, { sources: [slow], close: inbox.close, fanout });
  /** A second in which three badges speak in the hall, and the bar's gateway hears none; its frame is made. */
  const second = async (isSpoken = true) => {
    mock.timers.tick(500);
    const now = Date.now();
    const observations = ['a', 'b', 'c'].map((badge) => sighting(badge, 'g1', now - 100, -50, now));
    if (isSpoken) await inbox.send({ observations, rejects: [] });
    mock.timers.tick(500);
    beat();
  };
  try {
    mock.timers.tick(GRACE_MS);
    for (let n = 0; n < 30; n++) await second();
    const gaps: number[] = [];
    for (const [times, ms] of [2000, 8000, 15_000].entries()) {
      const last = frames.at(-1)!.time;
      haltMs = ms;
      await stage.takeUp(moved(times + 1));
      haltMs = 0;
      // Whoever sends waits for its answer, and comes again a moment after.
      for (let n = 0; n < 20; n++) await second(n > 0);
      const since = frames.filter(({ time }) => time > last);
      gaps.push((since[0]!.time - last) / 1000 - 1);
      assert.ok(since.length >= 12);
      for (const { time, rooms } of since)
        assert.equal(
          rooms.find(({ room }) => room === 'hall')!.occupancy,
          3,
          `${(time - last) / 1000} s after a halt of ${ms}`,
        );
    }
    // Of a short halt nothing is unknown; after a longer one it is listened for five seconds first.
    assert.deepEqual(gaps, [0, 13, 20]);
    const firings = await readFirings(stage.work().house.ledger);
    assert.deepEqual(
      firings.map(({ rule, cleared }) => [rule, cleared]),
      [['full', null]],
    );
  } finally {
    await stage.halt();
    await stage.work().house.close();
    mock.timers.reset();
    remove(dataDir);
  }
});

it('a start after nobody listened says of no second that a room was empty until it was listened again', async () => {
  mock.timers.enable({ apis: ['Date'], now: T0 });
  const dataDir = newFolder();
  writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(FILE));
  const frames: Frame[] = [];
  const gaps: number[] = [];
  try {
    for (const downMs of [0, 1000, 8000]) {
      mock.timers.tick(downMs);
      const last = frames.at(-1)?.time;
      const [inbox, fanout] = [createInbox(), createFanout()];
      fanout.watch(({ frame }) => frame && frames.push(frame));
      const { stage, beat } = await openOn(dataDir, { sources: [inbox.source], close: inbox.close, fanout });
      const since = frames.length;
      for (let n = 0; n < 20; n++) {
        mock.timers.tick(500);
        const now = Date.now();
        const observations = ['a', 'b', 'c'].map((badge) => sighting(badge, 'g1', now - 100, -50, now));
        // Who has sent in vain sends again some seconds later.
        if (last === undefined || n > (downMs > 5000 ? 3 : 0)) await inbox.send({ observations, rejects: [] });
        mock.timers.tick(500);
        beat();
      }
      const found = frames.slice(since);
      if (last !== undefined) {
        gaps.push((found[0]!.time - last) / 1000 - 1);
        const counts = found.map(({ rooms }) => rooms.find(({ room }) => room === 'hall')!.occupancy);
        assert.ok(
          counts.every((people) => people === 3),
          `${counts} after ${downMs} ms`,
        );
      }
      await stage.halt();
      await stage.work().house.close();
    }
    assert.equal(gaps[0], 0);
    assert.ok(gaps[1]! >= 12, `${gaps}`);
  } finally {
    mock.timers.reset();
    remove(dataDir);
  }
});
