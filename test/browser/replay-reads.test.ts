import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Anomaly } from '../../services/model/anomaly.ts';
import { clearParts, touch } from '../../web/draw/plan/clear.ts';
import { readAnomalies } from '../../web/read/anomalies.ts';
import { type Ask, NoAnswer } from '../../web/read/ask.ts';
import { type DayRow, type Grid, type Lane, MEASURES, NONE } from '../../web/read/tiles.ts';
import { createBook, enter } from '../../web/view/replay/book.ts';
import { createFine } from '../../web/view/replay/fine.ts';
import { createKept } from '../../web/view/replay/kept.ts';
import { type Loaded, load } from '../../web/view/replay/load.ts';
import { isAll, loopWithin, nextLoop } from '../../web/view/replay/loop.ts';
import { byDay, momentsOf } from '../../web/view/replay/moments.ts';
import { sightOf } from '../../web/view/replay/motion.ts';
import { roomsThen } from '../../web/view/replay/rooms.ts';

const T0 = Date.UTC(2026, 10, 3);
const MINUTE = 60_000;
const [GAP, GOOD] = [1, 5];
type Cell = Partial<Record<keyof Lane, number>>;
const laneOf = (cells: Cell[]): Lane =>
  Object.fromEntries(
    MEASURES.map((name) => [name, Int32Array.from(cells, (cell) => cell[name] ?? (name === 'frames' ? 0 : NONE))]),
  ) as unknown as Lane;
const gridOf = (cells: Cell[], stepMs: number): Grid => ({
  ...{ from: T0, stepMs, steps: cells.length },
  lanes: new Map([['a', laneOf(cells)]]),
});
const known = (people: number, frames = 60): Cell => ({ frames, present: people * frames, claps: 0, coverage: GOOD });
const dayRow = (n = 0): DayRow => ({
  ...{ day: `2026-11-0${8 + n}`, from: T0 + n * 1440 * MINUTE, until: T0 + (n + 1) * 1440 * MINUTE },
  ...{ known: T0 + n * 1440 * MINUTE + 20 * MINUTE, revision: 0, whole: false, tag: 't', address: `day-${n}` },
});
const VENUE = { zone: 'UTC', rooms: [{ id: 'a' }], gateways: [{ id: 'g', room: 'a' }] };

describe('createKept(most, changed, clock)', () => {
  it('asks once, keeps the newest, and after a failure asks again only when some seconds have gone', async () => {
    let [now, isThere, asked, told] = [0, false, 0, 0];
    const kept = createKept<string>(
      2,
      () => {
        told += 1;
      },
      () => now,
      (act) => {
        again = act;
      },
    );
    let again = () => {};
    const look = (key: string) =>
      kept(key, async () => {
        asked += 1;
        if (!isThere) throw new NoAnswer('none');
        return key;
      });
    for (let i = 0; i < 100; i++) {
      assert.equal(look('a'), null);
      await turn();
    }
    assert.deepEqual([asked, told], [1, 0]);
    [now, isThere] = [5000, true];
    again();
    for (const key of ['a', 'b', 'c', 'c']) {
      look(key);
      await turn();
    }
    assert.deepEqual([look('c'), look('b'), asked, told], ['c', 'b', 4, 4]);
    assert.equal(look('a'), null);
  });
});

describe('createFine(base, changed, read)', () => {
  it('a second without a frame is a gap, not the minute around it, once it is read; what is not read is nothing', async () => {
    const seconds = Array.from({ length: 600 }, (_, i) => (i >= 65 && i < 70 ? { coverage: GAP } : known(i, 1)));
    const fine = createFine(
      '',
      () => undefined,
      async () => gridOf(seconds, 1000),
    );
    const at = (second: number) => fine.at({ name: null, days: [dayRow()] }, T0 + 10 * MINUTE, T0 + second * 1000);
    assert.equal(at(0), null);
    await turn();
    assert.equal(at(600), null);
    const book = createBook(T0, T0 + 10 * MINUTE, MINUTE);
    enter(book, gridOf([known(3), known(7, 55), ...Array.from({ length: 8 }, () => known(5))], MINUTE));
    const roomAt = (second: number) =>
      roomsThen(VENUE, { book, step: Math.floor(second / 60) }, at(second), new Map([['a', 1]])).get('a')!;
    assert.deepEqual([roomAt(64).count, roomAt(64).coverage], [64, 'good']);
    const gap = roomAt(67);
    assert.deepEqual(
      [gap.count, gap.coverage, gap.last, gap.since],
      [null, 'gap', { count: 64, at: T0 + 64_000 }, { at: T0 + 65_000, isBefore: false }],
    );
    assert.equal(roomAt(70).count, 70);
  });
});

it('sightOf(state, at, place) is the minute where minutes are looked at, and its mean only until the second is read', () => {
  const state = { rate: 60, isPlaying: false, bySecond: false };
  const place = { book: createBook(T0, T0 + 1000, 1000), step: 0 };
  assert.equal(sightOf(state, T0, null), 'minute');
  assert.equal(sightOf(state, T0 + 1000, null), 'mean');
  assert.equal(sightOf(state, T0 + 1000, place), 'second');
  assert.equal(sightOf({ ...state, bySecond: true }, T0, place), 'second');
  assert.equal(sightOf({ ...state, isPlaying: true }, T0 + 700, null), 'minute');
  assert.equal(sightOf({ ...state, rate: 1, isPlaying: true }, T0, null), 'mean');
});

it('byDay(moments, stretch) shows the longest of a crowded day and every note, and the other days whole', () => {
  const book = createBook(T0, T0 + 3 * 1440 * MINUTE, MINUTE);
  const note = (i: number, day: number) => ({
    ...{ id: `n${i}`, time: T0 + day * 1440 * MINUTE + i * 1000, until: null, room: null },
    ...{ text: '', wall: false, made: 1 },
  });
  const anomalies = Array.from({ length: 500 }, (_, i) => ({
    ...{ room: 'a', time: T0 + i * MINUTE, until: T0 + i * MINUTE + (1 + (i % 10)) * MINUTE, sentence: `${i}` },
  })) as unknown as Anomaly[];
  const notes = [...Array.from({ length: 410 }, (_, i) => note(i, 0)), note(999, 2)];
  const all = momentsOf(book, { venue: VENUE, changes: [] }, { anomalies, notes });
  const days = [0, 1, 2].map(dayRow);
  const of = byDay(all, { name: null, days });
  const [first, second, third] = days.map(({ day }) => of(day));
  assert.deepEqual([all.length, first!.moments.length, first!.more], [911, 810, 100]);
  assert.equal(first!.moments.filter(({ kind }) => kind === 'note').length, 410);
  assert.ok(first!.moments.every(({ kind, at, until }) => kind === 'note' || until! - at > 2 * MINUTE));
  assert.deepEqual([second!.moments, third!.moments.map(({ id }) => id)], [[], ['n999']]);
});

it('readAnomalies(ask, span) reads every page', async () => {
  const asked: string[] = [];
  const ask = async (path: string) => {
    asked.push(path);
    const rows = [{ severity: 'minor', sentence: path }, { severity: 'state' }];
    return { body: { rows, next: asked.length < 3 ? `page ${asked.length}` : null }, clock: null };
  };
  const found = await readAnomalies(ask as unknown as Ask, { from: T0, until: T0 + 1 });
  assert.deepEqual([found.length, asked.length], [3, 3]);
  assert.match(asked[2]!, /cursor=page\+2/);
});

it('a loop is around the cursor, then all, then none, and never outside of what is known', () => {
  const of = { book: { from: T0, until: T0 + 1440 * MINUTE }, known: T0 + 600 * MINUTE };
  const around = nextLoop(null, T0 + 100 * MINUTE, of)!;
  assert.deepEqual(around, { from: T0 + 70 * MINUTE, until: T0 + 130 * MINUTE });
  const all = nextLoop(around, T0, of)!;
  assert.deepEqual([isAll(around, of), isAll(all, of), nextLoop(all, T0, of)], [false, true, null]);
  assert.deepEqual(loopWithin(all, of), { from: T0, until: T0 + 600 * MINUTE });
  assert.equal(loopWithin({ from: T0 - 20, until: T0 - 10 }, of), null);
  assert.equal(loopWithin({ from: of.known, until: of.known + 10 }, of), null);
});

/** What `load` tells of the days, and how far they are known, while the newest of them ends and another begins. */
async function overMidnight(before: number[]): Promise<string[]> {
  const endedOf = (n: number) => ({ ...dayRow(n), whole: true, known: dayRow(n).until });
  const past = before.map(endedOf);
  const [listed, again]: [DayRow[][], AbortController] = [
    [
      [...past, dayRow(0)],
      [...past, endedOf(0), dayRow(1)],
    ],
    new AbortController(),
  ];
  let looks = 0;
  const ask = async (path: string) => {
    const rows = path === 'v1/venue' ? [{ venue: VENUE, changes: [] }] : [];
    return { body: { rows: path === 'v1/replay' ? listed[Math.min(looks++, 1)]! : rows }, clock: null };
  };
  const seen: string[] = [];
  const told = {
    changed: ({ stretch, known }: Loaded) =>
      void seen.push(`${stretch.days.map(({ day }) => day.slice(-1)).join('')} ${(known - T0) / MINUTE}`),
    nothing: () => assert.fail('nothing'),
    failed: () => assert.fail('failed'),
  };
  const pause = async () => {
    if (looks > 2) again.abort();
  };
  const tile = async () => gridOf([known(1)], MINUTE);
  const reads = { ask: ask as unknown as Ask, base: 'http://here/', tile, pause };
  await load({ since: null, at: null, isCorrected: false }, reads, told, again.signal);
  return [...new Set(seen)];
}

it('load(wanted, reads, told, signal) goes on over midnight: the new day joins the stretch, which lets go of its oldest', async () => {
  assert.deepEqual(await overMidnight([]), ['8 20', '8 1440', '89 1460']);
  assert.deepEqual(await overMidnight([-6, -5, -4, -3, -2, -1]), ['2345678 20', '2345678 1440', '3456789 1460']);
});

it('load(wanted, reads, told, signal) tells nothing of what comes after it was let go of', async () => {
  const [wanted, more] = [new AbortController(), { ...dayRow(0), known: dayRow(0).known + 10 * MINUTE }];
  let [looks, late, grown] = [0, 0, false];
  const ask = async (path: string) => {
    const rows = path === 'v1/venue' ? [{ venue: VENUE, changes: [] }] : [];
    return { body: { rows: path === 'v1/replay' ? [looks++ === 0 ? dayRow(0) : more] : rows }, clock: null };
  };
  const tile = async (_base: string, address: string) => {
    if (address.includes('from=')) {
      grown = true;
      wanted.abort();
    }
    return gridOf([known(1)], MINUTE);
  };
  const told = {
    changed: () => {
      if (wanted.signal.aborted) late += 1;
    },
    nothing: () => assert.fail('nothing'),
    failed: () => assert.fail('failed'),
  };
  const reads = { ask: ask as unknown as Ask, base: 'http://here/', tile, pause: async () => undefined };
  await load({ since: null, at: null, isCorrected: false }, reads, told, wanted.signal);
  assert.deepEqual([grown, late], [true, 0]);
});

it('clearParts(from, to, boxes) are all the parts of a line that no box covers', () => {
  const [n, point] = [fc.integer({ min: 0, max: 60 }), fc.tuple(fc.nat(100), fc.nat(100))];
  const box = fc.record({
    x: n,
    y: n,
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 40 }),
  });
  fc.assert(
    fc.property(point, point, fc.array(box, { maxLength: 6 }), fc.integer({ min: 1, max: 999 }), (a, b, boxes, of) => {
      const parts = clearParts(a, b, boxes);
      const share = of / 1000 + 0.00005;
      const [x, y] = [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
      const isCovered = boxes.some((one) => touch(one, { x: x - 1e-9, y: y - 1e-9, width: 2e-9, height: 2e-9 }));
      const isClear = parts.some(([first, last]) => first <= share + 1e-6 && share - 1e-6 <= last);
      const isInside = parts.some(([first, last]) => first + 1e-6 < share && share < last - 1e-6);
      assert.ok(isCovered ? !isInside : isClear, `${x} ${y} ${JSON.stringify(parts)}`);
    }),
  );
});
