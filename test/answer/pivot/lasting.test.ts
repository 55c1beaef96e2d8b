import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { openDerived } from '../../../services/answer/pivot/derived.ts';
import { pivot } from '../../../services/answer/pivot/pivot.ts';
import { recordsOfCell, withCell } from '../../../services/answer/pivot/records.ts';
import { all } from '../../../services/answer/run.ts';
import type { RoomFrame } from '../../../services/model/frame.ts';
import { type Began, type Line, lineOf, type Rooms, roomsOf } from '../../../services/model/line.ts';
import { LEVEL, type PivotQuery } from '../../../services/model/pivot.ts';
import { memoryRecord } from '../../../services/store/record.ts';
import type { Row } from '../../../services/store/rows.ts';
import { parseVenue } from '../../../services/validate/venue.ts';

/** Two minutes before an hour ends in Dublin until four minutes after. */
const T0 = Date.UTC(2026, 10, 3, 9, 58);
const SECONDS = 360;
const ROOMS = ['a', 'b', 'c'];
const FLOORS: Record<string, string> = { a: 'g', b: 'g', c: 'h' };
/** Rooms with a fixed sensor. */
const SENSED = ['a', 'c'];

const read = parseVenue(
  JSON.stringify({
    zone: 'Europe/Dublin',
    floors: [{ id: 'g' }, { id: 'h' }],
    rooms: ROOMS.map((id) => ({ id, floor: FLOORS[id] })),
    gateways: ROOMS.map((room) => ({ id: `g-${room}`, room })),
    sensors: SENSED.map((room) => ({ id: `s-${room}`, room })),
  }),
);
if ('faults' in read) throw new Error(JSON.stringify(read.faults));
const { venue } = read;

type Stay = { badge: string; room: string; from: number; until: number; parked: boolean };

/** Random stays in seconds from T0; nobody is in two rooms at once, some go straight from one room to the next. */
const crowds = fc
  .array(
    fc.record({
      badge: fc.constantFrom('k1.AAAAAAAAAAAAAAAA', 'k1.BBBBBBBBBBBBBBBB', 'k1.CCCCCCCCCCCCCCCC'),
      room: fc.constantFrom(...ROOMS),
      gap: fc.constantFrom(0, 0, 1, 20),
      length: fc.integer({ min: 1, max: 150 }),
      parked: fc.constantFrom(false, false, false, true),
    }),
    { maxLength: 14 },
  )
  .map((list) => {
    const free: Record<string, number> = {};
    return list.flatMap(({ gap, length, ...one }): Stay[] => {
      const from = (free[one.badge] ?? 0) + gap;
      free[one.badge] = from + length;
      return from + length <= SECONDS ? [{ ...one, from, until: from + length }] : [];
    });
  });

const isThere = (stay: Stay, room: string, second: number) =>
  stay.room === room && !stay.parked && stay.from <= second && second < stay.until;
const clapsAt = (room: string, second: number) => ((ROOMS.indexOf(room) + second) % 4) / 10;

/** The record that showed them, second by second. */
function recordOf(stays: Stay[]) {
  const record = memoryRecord('Europe/Dublin');
  let before: Rooms | null = null;
  for (let second = 0; second < SECONDS; second++) {
    const time = T0 + second * 1000;
    const rooms = ROOMS.map((room): RoomFrame => {
      const occupancy = stays.filter((stay) => isThere(stay, room, second)).length;
      const rest = {
        parked: 0,
        temperature: null,
        coverage: 'good',
        gateways: 1,
        age: 0,
        expected: null,
        low: null,
        high: null,
      } as const;
      return { room, occupancy, claps: clapsAt(room, second), ...rest };
    });
    const frame = { time, positions: [second], venue: 'v', rule: '1', baseline: null, rooms };
    const turn: Pick<Line, 'anew' | 'ended' | 'began'> = {
      anew: second === 0,
      ended: stays.filter(({ until }) => until === second).map(({ badge }) => ({ badge, until: time, heard: time })),
      began: stays.filter(({ from }) => from === second).map((stay) => presenceOf(stay, time)),
    };
    record.append(lineOf(frame, time % 60_000 === 0 ? null : before, turn));
    before = roomsOf(frame);
  }
  return record;
}

const presenceOf = ({ badge, room, parked }: Stay, time: number): Began => ({
  badge,
  room,
  parked,
  from: time,
  until: null,
  reason: '',
  heard: time,
  visit: time,
  rule: '1',
});

const askedOf = (stays: Stay[]) => ({
  tables: () => assert.fail('no observations are asked for'),
  derived: openDerived({
    record: recordOf(stays),
    house: null,
    venue: () => venue,
    tables: () => assert.fail('no observations are asked for'),
  }),
  house: null,
  venue,
  now: T0,
});

async function answered(query: PivotQuery, asked: ReturnType<typeof askedOf>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const some of (await pivot(query, asked)).rows) rows.push(...some);
  return rows;
}

/** What a second of a room is called by each field. */
const NAMES: Record<string, (room: string, second: number) => unknown> = {
  room: (room) => room,
  floor: (room) => FLOORS[room],
  thermometer: (room) => (SENSED.includes(room) ? 'fixed sensor' : 'badges'),
  hour: (_, second) => (second < 120 ? 9 : 10),
  'time:1m': (_, second) => ['09:58', '09:59', '10:00', '10:01', '10:02', '10:03'][Math.floor(second / 60)],
  'step:2m': (_, second) => T0 + Math.floor(second / 120) * 120_000,
};
const fields = fc.shuffledSubarray(Object.keys(NAMES), { maxLength: 3 });

/** Rooms and seconds of a cell or total, by looking at all of them. */
function groundOf(row: Row, names: string[]): [string, number][] {
  const totalled = new Set(String(row[LEVEL]).split(','));
  const kept = names.filter((name) => !totalled.has(name));
  return ROOMS.flatMap((room) =>
    Array.from({ length: SECONDS }, (_, second): [string, number] => [room, second]).filter(([of, second]) =>
      kept.every((name) => NAMES[name]!(of, second) === row[name]),
    ),
  );
}

const round = (x: number) => Math.round(x * 1e4) / 1e4;

/** Everybody in every second; a visit is a run of seconds in the cell. */
function oracle(stays: Stay[], ground: [string, number][]) {
  const bySecond = new Map<number, string[]>();
  for (const [room, second] of ground) {
    const there = stays.filter((stay) => isThere(stay, room, second)).map(({ badge }) => badge);
    bySecond.set(second, [...(bySecond.get(second) ?? []), ...there]);
  }
  const counts = [...bySecond.values()].map((there) => there.length);
  const all = counts.reduce((a, b) => a + b, 0);
  const visits = [...new Set([...bySecond.values()].flat())].flatMap((badge) => {
    const lengths: number[] = [];
    for (let second = 0; second < SECONDS; second++) {
      if (!bySecond.get(second)?.includes(badge)) continue;
      if (second > 0 && bySecond.get(second - 1)?.includes(badge)) lengths[lengths.length - 1]! += 1;
      else lengths.push(1);
    }
    return lengths;
  });
  visits.sort((a, b) => a - b);
  const n = visits.length;
  const middle = n ? (visits[Math.floor((n - 1) / 2)]! + visits[Math.ceil((n - 1) / 2)]!) / 2 : null;
  return {
    occupancy: round(all / bySecond.size),
    peak: Math.max(...counts),
    visitors: new Set([...bySecond.values()].flat()).size,
    badgeMinutes: round(all / 60),
    dwell: middle === null ? null : round(middle / 60),
    dwellMean: n ? round(all / 60 / n) : null,
    dwellP90: n ? round(visits[Math.ceil(n * 0.9) - 1]! / 60) : null,
  };
}

const MEASURES = ['occupancy', 'peak', 'visitors', 'badgeMinutes', 'dwell', 'dwellMean', 'dwellP90'];

it('measures of frames are those of everybody in every second, in each cell, subtotal and total', () =>
  fc.assert(
    fc.asyncProperty(crowds, fields, fc.nat(3), async (stays, names, split) => {
      const [rows, columns] = [names.slice(0, split), names.slice(split)];
      const found = await answered(
        { dataset: 'frames', span: { from: T0 }, rows, columns, measures: [...MEASURES, 'claps'] },
        askedOf(stays),
      );
      assert.ok(found.length > 0);
      for (const row of found) {
        const ground = groundOf(row, names);
        const expected = oracle(stays, ground);
        const actual = Object.fromEntries(MEASURES.map((name) => [name, row[name]]));
        assert.deepEqual(actual, expected, JSON.stringify(row));
        const claps = ground.reduce((sum, [room, second]) => sum + Math.round(clapsAt(room, second) * 10), 0);
        assert.equal(row.claps, claps / 10);
      }
    }),
    { numRuns: Number(process.env.PIVOT_RUNS ?? 25) },
  ));

it('a presence counts in every cell that it touches with what lies there, once in their total', () =>
  fc.assert(
    fc.asyncProperty(crowds, fields, async (stays, names) => {
      const asked = askedOf(stays);
      const query: PivotQuery = {
        dataset: 'presences',
        span: { from: T0 },
        rows: names,
        measures: ['count', 'sum(minutes)', 'countUnique(badge)', 'visitors', 'peak'],
      };
      for (const row of await answered(query, asked)) {
        const ground = groundOf(row, names);
        const touched = stays
          .map((stay) => ({
            ...stay,
            lies: ground.filter(([room, second]) => stay.room === room && stay.from <= second && second < stay.until)
              .length,
          }))
          .filter(({ lies }) => lies > 0);
        assert.equal(row.count, touched.length);
        assert.equal(round(Number(row['sum(minutes)'])), round(touched.reduce((sum, { lies }) => sum + lies, 0) / 60));
        assert.equal(row['countUnique(badge)'], new Set(touched.map(({ badge }) => badge)).size);
        assert.equal(row.visitors, oracle(stays, ground).visitors);
        const kept = names.filter((name) => !String(row[LEVEL]).split(',').includes(name));
        const cell = Object.fromEntries(kept.map((name) => [name, row[name] as string | number]));
        const behind = await recordsOfCell(withCell(query, cell), {}, asked);
        const records = await all(behind.rows);
        assert.equal(records.length, row.count);
        const minutes = records.reduce((sum, { minutes: one }) => sum + Number(one), 0);
        assert.equal(round(minutes), round(Number(row['sum(minutes)'])));
      }
    }),
    { numRuns: 8 },
  ));
