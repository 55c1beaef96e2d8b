import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { framesOf } from '../../services/answer/frames.ts';
import { seen } from '../../services/answer/seen.ts';
import type { Observation } from '../../services/model/observation.ts';
import { seeded, sighting, venueOf } from '../locate/world.ts';
import { newFolder, remove } from '../service.ts';
import { GRACE_MS, madeAgain, memoryRiver, open, recorded } from './scene.ts';

const T0 = Date.UTC(2026, 10, 3, 10);
const SECONDS = 150;
const venue = venueOf([
  ['g1', 'hall'],
  ['g2', 'hall'],
  ['g3', 'foyer'],
]);

/** What each second brings, all of it stored before its frame is made: badges that walk and clap, some late, some twice. */
function told(seed: number, start: number): Observation[][] {
  const random = seeded(seed);
  return Array.from({ length: SECONDS }, (_, second) => {
    const now = start + second * 1000;
    const brought: Observation[] = [];
    for (let badge = 0; badge < 6; badge++) {
      if (random() < 0.4) continue;
      const late = random() < 0.1 ? Math.floor(random() * 8000) : 0;
      const inFoyer = Math.floor(second / 40 + badge) % 2 === 1;
      const gateway = inFoyer ? 'g3' : random() < 0.5 ? 'g1' : 'g2';
      const rssi = -50 - Math.floor(random() * 20);
      const one = { ...sighting(`b${badge}`, gateway, now - late, rssi, now + 1 + Math.floor(random() * 900)) };
      brought.push({ ...one, claps: random() < 0.2 ? 5 : 0, temperature: 30 });
      if (random() < 0.1) brought.push({ ...one, claps: 0 });
    }
    return brought;
  });
}

/** Five minutes of people who walk, received before the first frame. */
function backlog(seed: number, start: number): Observation[] {
  const random = seeded(seed + 1);
  return Array.from({ length: 300 }, (_, second) => start - 300_000 + second * 1000).flatMap((time) =>
    Array.from({ length: 6 }, (_, badge) => {
      const gateway = Math.floor(time / 20_000 + badge) % 2 === 1 ? 'g3' : 'g1';
      return sighting(`b${badge}`, gateway, time, -50 - Math.floor(random() * 20), time + 1);
    }),
  );
}

/** Runs a world; between `from` and `until` (seconds, pairs) nobody makes frames, while the river runs on. */
async function run(
  seed: number,
  dead: { from: number; until: number }[],
  folder: string,
  { start = T0, place = venue } = {},
) {
  const river = memoryRiver();
  const brought = told(seed, start);
  let now = start;
  let one: ReturnType<typeof open> | null = open(folder, place, river, () => now);
  await one.live.start();
  // What had been received before anybody made a frame comes at once.
  const before = backlog(seed, start);
  one.live.take({ observations: before, rejects: [] }, river.append(before));
  for (let second = 0; second < SECONDS; second++) {
    const isDead = dead.some(({ from, until }) => second >= from && second < until);
    if (isDead) one = null;
    now = start + second * 1000 + 950;
    if (!isDead && one === null) {
      one = open(folder, place, river, () => now);
      await one.live.start();
    }
    const receipt = river.append(brought[second]!);
    one?.live.take({ observations: brought[second]!, rejects: [] }, receipt);
    now = start + (second + 1) * 1000 + GRACE_MS + 20;
    one?.live.advance();
  }
  return { river, record: open(folder, place, river, () => now).record };
}

describe('live', () => {
  it('after kills at random moments the frames are those of a run that was never disturbed; longer than 10 s is a gap', () =>
    fc.assert(
      fc.asyncProperty(
        fc.nat(1e6),
        fc.array(
          fc.record({ from: fc.integer({ min: 1, max: SECONDS - 30 }), length: fc.integer({ min: 1, max: 28 }) }),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
        async (seed, kills) => {
          const folders = [newFolder(), newFolder()];
          const dead = kills.map(({ from, length }) => ({ from, until: from + length }));
          const whole = await recorded((await run(seed, [], folders[0]!)).record);
          const killed = await recorded((await run(seed, dead, folders[1]!)).record);
          const at = new Map(whole.frames.map((frame) => [frame.time, frame]));
          assert.equal(whole.frames.length, SECONDS);
          for (const frame of killed.frames)
            assert.deepEqual(frame.rooms, at.get(frame.time)!.rooms, String((frame.time - T0) / 1000));
          const times = killed.frames.map(({ time }) => time);
          assert.deepEqual(times, [...new Set(times)].sort(), 'nothing is doubled');
          for (const { time } of whole.frames) {
            // dead when it was due, and not back within ten seconds
            const second = time / 1000 - T0 / 1000 - 1;
            const back = backAfter(second, dead);
            assert.equal(times.includes(time), back - second <= 10, `second ${second}, back at ${back}`);
          }
          for (const folder of folders) remove(folder);
        },
      ),
      { numRuns: 25 },
    ));

  it('the record can be made again from what is stored, by its positions', async () => {
    const folder = newFolder();
    const { river, record } = await run(
      7,
      [
        { from: 40, until: 47 },
        { from: 90, until: 120 },
      ],
      folder,
    );
    const { frames } = await recorded(record);
    assert.deepEqual(
      frames.map(({ rooms }) => rooms),
      madeAgain(frames, river.rows, venue),
    );
    remove(folder);
  });

  it('presences of the record add up to its frames, over gaps too', async () => {
    const folder = newFolder();
    const { record } = await run(3, [{ from: 50, until: 75 }], folder);
    const { frames } = await recorded(record);
    const span = { from: T0, until: T0 + (SECONDS + 1) * 1000 };
    const counted: string[] = [];
    const { presences } = await seen(record, span, (time) => counted.push(String(time)));
    assert.deepEqual(
      counted,
      frames.map(({ time }) => String(time)),
    );
    for (const { time, rooms } of frames)
      for (const { room, occupancy } of rooms) {
        const there = presences.filter((p) => p.room === room && p.from <= time && (p.until ?? Infinity) > time);
        assert.equal(there.length, occupancy, `${room} at ${time}`);
      }
    const made = new Set(frames.map(({ time }) => time));
    for (let time = T0 + 1000; time < span.until; time += 1000)
      if (!made.has(time))
        assert.ok(!presences.some((p) => p.from <= time && (p.until ?? Infinity) > time), `gap ${time}`);
    assert.ok(presences.length > 6 && made.size < SECONDS);
    remove(folder);
  });

  it('without its state nothing that was shown is made again, wherever the first row and the last whole frame lie', async () => {
    for (const first of [5, 58, 62, 75]) {
      const folder = newFolder();
      const river = memoryRiver();
      let now = T0;
      let one = open(folder, venue, river, () => now);
      await one.live.start();
      const tell = (second: number) => {
        const batch = [sighting('b1', 'g1', T0 + second * 1000 + 100, -50)];
        one.live.take({ observations: batch, rejects: [] }, river.append(batch));
      };
      for (let second = 0; second < 80; second++) {
        if (second >= first) tell(second);
        now = T0 + (second + 1) * 1000 + GRACE_MS + 20;
        one.live.advance();
      }
      rmSync(join(folder, 'live-state'));
      one = open(folder, venue, river, () => now);
      await one.live.start();
      for (let second = 80; second < 90; second++) {
        tell(second);
        now += 1000;
        one.live.advance();
      }
      const { lines, frames } = await recorded(one.record);
      const times = lines.map(({ time }) => (time - T0) / 1000);
      assert.deepEqual(
        times,
        Array.from({ length: 90 }, (_, i) => i + 1),
        `first row at ${first}`,
      );
      const { presences } = await seen(one.record, { from: T0, until: now }, () => {});
      for (const { time, rooms } of frames) {
        const there = presences.filter((p) => p.from <= time && (p.until ?? Infinity) > time);
        assert.equal(there.length, rooms.find(({ room }) => room === 'hall')!.occupancy);
      }
      remove(folder);
    }
  });

  it('a screen that comes back after a restart gets the ten minutes before it, from the record', async () => {
    const folder = newFolder();
    const river = memoryRiver();
    let now = T0;
    let one = open(folder, venue, river, () => now);
    await one.live.start();
    for (let second = 0; second < 200; second++) {
      now += 1000;
      one.live.advance();
    }
    one = open(folder, venue, river, () => now);
    await one.live.start();
    const missed = one.fanout.since(T0 + 100_000);
    assert.deepEqual(
      missed?.map(({ time }) => (time - T0) / 1000),
      Array.from({ length: missed!.length }, (_, i) => 101 + i),
    );
    assert.ok(missed!.length >= 98);
    remove(folder);
  });

  it('whose group is not counted is not counted', async () => {
    const folder = newFolder();
    const river = memoryRiver();
    const groups = [{ id: 'staff', counted: false }];
    // b1 is staff for ten seconds, and then handed to somebody who counts
    const handed = T0 + 10_000;
    const staffed = {
      ...venue,
      file: { ...venue.file, groups: [...groups, { id: 'attendee' }], badges: { default: 'attendee' } },
      members: [{ badge: 'b1', group: 'staff', from: Number.NEGATIVE_INFINITY, until: handed }],
    };
    let now = T0;
    const one = open(folder, staffed, river, () => now);
    await one.live.start();
    for (let second = 0; second < 20; second++) {
      const batch = [sighting('b1', 'g1', T0 + second * 1000 + 100, -50)];
      one.live.take({ observations: batch, rejects: [] }, river.append(batch));
      now = T0 + (second + 1) * 1000 + GRACE_MS;
      one.live.advance();
    }
    const { frames } = await recorded(one.record);
    const inHall = frames.map(
      ({ time, rooms }) => [time, rooms.find(({ room }) => room === 'hall')!.occupancy!] as const,
    );
    assert.deepEqual(
      inHall.map(([time, occupancy]) => [(time - T0) / 1000, occupancy]),
      inHall.map(([time]) => [(time - T0) / 1000, time >= handed ? 1 : 0]),
    );
    const { rows } = await framesOf(
      { dataset: 'frames', span: { from: T0, until: T0 + 21_000 }, step: 'all' },
      { record: one.record, house: null, venue: () => staffed, tables: () => Promise.reject(new Error('no store')) },
    );
    const minutes = inHall.reduce((sum, [, occupancy]) => sum + occupancy / 60, 0);
    const hall = rows.find(({ room }) => room === 'hall')!;
    assert.ok(minutes > 0, 'somebody was counted');
    assert.ok(Math.abs((hall.badgeMinutes as number) - minutes) < 1e-3, `${hall.badgeMinutes} of ${minutes}`);
    remove(folder);
  });

  it('there is a state from the first frame on: whoever is killed at once learns nothing anew', async () => {
    const folder = newFolder();
    let now = T0;
    const one = open(folder, venue, memoryRiver(), () => now);
    await one.live.start();
    now += 1000 + GRACE_MS;
    one.live.advance();
    assert.equal((await recorded(one.record)).lines.length, 1);
    assert.ok(existsSync(join(folder, 'live-state')));
    remove(folder);
  });

  it('midnight of the venue ends every presence and begins it again in a file of its own; both days add up', async () => {
    const folder = newFolder();
    // midnight is 75 s after the start, and a gap lies around it in the second run
    const midnight = Date.UTC(2026, 10, 3, 10);
    const place = { ...venue, zone: 'Etc/GMT+10' };
    for (const dead of [[], [{ from: 60, until: 100 }]]) {
      const inner = join(folder, String(dead.length));
      const { record } = await run(11, dead, inner, { start: midnight - 75_000, place });
      assert.deepEqual(record.days(), ['2026-11-02', '2026-11-03']);
      const { frames } = await recorded(record);
      const { presences } = await seen(record, { from: midnight - 100_000, until: midnight + 200_000 }, () => {});
      assert.ok(presences.some(({ from }) => from >= midnight));
      assert.ok(presences.every(({ from, until }) => from >= midnight || (until !== null && until <= midnight)));
      for (const { time, rooms } of frames)
        for (const { room, occupancy } of rooms) {
          const there = presences.filter((p) => p.room === room && p.from <= time && (p.until ?? Infinity) > time);
          assert.equal(there.length, occupancy, `${room} ${(time - midnight) / 1000} s after midnight`);
        }
    }
    remove(folder);
  });

  it('a line that was torn is cut, and what comes after it is whole', async () => {
    const folder = newFolder();
    await run(5, [], folder);
    const day = join(folder, 'as-seen', readdirSync(join(folder, 'as-seen'))[0]!);
    appendFileSync(day, '{"time":1793700000000,"positions":[9],"ven');
    const river = memoryRiver();
    let now = T0 + SECONDS * 1000 + 30_000;
    const one = open(folder, venue, river, () => now);
    await one.live.start();
    now += 1000;
    one.live.advance();
    const { lines } = await recorded(one.record);
    assert.ok(lines.length > SECONDS);
    assert.equal(lines[SECONDS]!.anew, true);
    remove(folder);
  });

  it('a clock that jumps forward leaves a gap; one that goes back makes no second twice', async () => {
    const folder = newFolder();
    const river = memoryRiver();
    let now = T0 + 500;
    let last = Number.NEGATIVE_INFINITY;
    const clock = () => {
      last = Math.max(last, now);
      return last;
    };
    const one = open(folder, venue, river, clock);
    await one.live.start();
    for (const step of [1000, 1000, 3_600_000, 1000, -7_200_000, 1000, 7_200_000, 1000]) {
      now += step;
      one.live.advance();
    }
    const { lines } = await recorded(one.record);
    const times = lines.map(({ time }) => (time - T0) / 1000);
    assert.deepEqual(
      times,
      [...new Set(times)].sort((a, b) => a - b),
    );
    const jump = times.findIndex((time) => time > 100);
    assert.equal(lines[jump]!.anew, true, 'after the jump');
    assert.equal(times[jump], 3602 - 10 + 1, 'ten seconds are made, the rest is a gap');
    remove(folder);
  });

  it('what is loaded from the past, and what was stored before, is shown by nobody', async () => {
    const folder = newFolder();
    const river = memoryRiver();
    let now = T0;
    const one = open(folder, venue, river, () => now);
    await one.live.start();
    const badge = (time: number) => [sighting('b', 'g1', time, -50)];
    for (let second = 0; second < 20; second++) {
      now = T0 + second * 1000 + 950;
      const batch = badge(now);
      one.live.take({ observations: batch, rejects: [], past: true }, river.append(batch));
      const again = badge(now + 1);
      const receipt = { ...river.append(again), duplicates: Uint32Array.of(0) };
      one.live.take({ observations: again, rejects: [] }, receipt);
      now += 400;
      one.live.advance();
    }
    const { frames } = await recorded(one.record);
    assert.ok(frames.length > 15);
    assert.ok(frames.every(({ rooms }) => rooms.every(({ occupancy }) => occupancy === 0)));
    remove(folder);
  });
});

/** The second in which somebody makes frames again, at or after a second. */
function backAfter(second: number, dead: { from: number; until: number }[]): number {
  let back = second;
  for (let found = true; found; ) {
    const span = dead.find(({ from, until }) => back >= from && back < until);
    found = span !== undefined;
    back = span?.until ?? back;
  }
  return back;
}
