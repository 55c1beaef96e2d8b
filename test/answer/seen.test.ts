import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { framesOf } from '../../services/answer/frames.ts';
import { heatmapRows } from '../../services/answer/heatmap.ts';
import { seen } from '../../services/answer/seen.ts';
import type { RoomFrame } from '../../services/model/frame.ts';
import { type Line, lineOf, type Rooms, roomsOf } from '../../services/model/line.ts';
import type { Span, Venue } from '../../services/model/venue.ts';
import { type AsSeen, openRecord } from '../../services/store/record.ts';
import { venueOf } from '../locate/world.ts';
import { newFolder, remove } from '../service.ts';

const T0 = Date.UTC(2026, 10, 3, 10);
const venue: Venue = venueOf([
  ['g1', 'a'],
  ['g2', 'b'],
]);

const room = (id: string, fields: Partial<RoomFrame> = {}): RoomFrame => ({
  room: id,
  occupancy: 0,
  parked: 0,
  claps: 0,
  temperature: null,
  coverage: 'good',
  gateways: 1,
  age: 0,
  expected: null,
  low: null,
  high: null,
  ...fields,
});

/** Frames of a record, nothing else. */
const framesSeen = (record: AsSeen, of: Venue, span: Span, step: string) =>
  framesOf({ dataset: 'frames', span, step }, { record, house: null, venue: () => of, tables: nothing });
const nothing = () => Promise.reject(new Error('expected no question to the store'));

/** A record of what each second showed; a second without rooms is a gap. Presences are told apart. */
async function record(seconds: (RoomFrame[] | null)[], turns: Record<number, Partial<Line>> = {}, from = T0) {
  const folder = newFolder();
  const one = openRecord(folder, 'UTC');
  let before: Rooms | null = null;
  for (const [second, rooms] of seconds.entries()) {
    const time = from + second * 1000;
    if (rooms === null) {
      before = null;
      continue;
    }
    const frame = { time, positions: [second], venue: 'v', rule: '1', baseline: null, rooms };
    const isWhole = before === null || time % 60_000 === 0;
    const { ended = [], began = [] } = turns[second] ?? {};
    one.append(lineOf(frame, isWhole ? null : before, { anew: before === null, ended, began }));
    before = roomsOf(frame);
  }
  return { record: one, folder };
}

const began = (badge: string, id: string, from: number) => ({
  badge,
  room: id,
  from,
  until: null,
  reason: '',
  parked: false,
  heard: from,
  visit: from,
  rule: '1',
});

it('coverage over a span is the state that held longest, the worse on a tie; covered is the share of good and thin', async () => {
  const of = (coverage: RoomFrame['coverage'], count: number) =>
    Array.from({ length: count }, () => [room('a', { coverage }), room('b')]);
  for (const [seconds, coverage, covered] of [
    [[...of('good', 5), ...of('thin', 5)], 'thin', 1],
    [[...of('good', 6), ...of('thin', 4)], 'good', 1],
    [[...of('deaf', 5), ...of('silent', 5)], 'silent', 0],
    [[...of('thin', 3), ...of('deaf', 3), ...of('good', 4)], 'good', 0.7],
    [[...of('good', 5), ...Array<null>(5).fill(null)], 'gap', 0.5],
    [[...of('good', 6), ...Array<null>(4).fill(null)], 'good', 0.6],
  ] as const) {
    // a second more, or the gap at the end would be yet to come
    const { record: one, folder } = await record([...seconds, [room('a'), room('b')]]);
    const { rows } = await framesSeen(one, venue, { from: T0, until: T0 + 10_000 }, 'all');
    const [a] = rows;
    assert.deepEqual([a!.room, a!.coverage, a!.covered], ['a', coverage, covered]);
    remove(folder);
  }
});

it('a room that is not there while a wall is open was no gap then; claps add up, temperature is a mean', async () => {
  const parts = [room('a', { occupancy: 1, claps: 0.3, temperature: 21 }), room('b')];
  const whole = [room('ab', { occupancy: 3 })];
  const merged = { ...venue, rooms: ['a', 'b', 'ab'] };
  const seconds = [...Array(4).fill(parts), ...Array(6).fill(whole)] as RoomFrame[][];
  seconds[1] = [room('a', { occupancy: 1, claps: 0.4, temperature: 22 }), room('b')];
  const { record: one, folder } = await record(seconds, { 0: { began: [began('k1', 'a', T0)] } });
  const { rows } = await framesSeen(one, merged, { from: T0, until: T0 + 10_000 }, 'all');
  assert.deepEqual(
    rows.map((row) => [row.room, row.frames, row.coverage, row.covered, row.claps, row.temperature]),
    [
      ['a', 4, 'good', 1, 1.3, 21.25],
      ['b', 4, 'good', 1, 0, null],
      ['ab', 6, 'good', 1, 0, null],
    ],
  );
  remove(folder);
});

it('rooms are known from the first second of a span, though they last changed a minute before', async () => {
  const seconds = Array.from({ length: 100 }, (_, i) => [room('a', { occupancy: i < 1 ? 5 : 5 }), room('b')]);
  const { record: one, folder } = await record(seconds);
  const told: [number, number | null][] = [];
  await seen(one, { from: T0 + 58_000, until: T0 + 61_000 }, (time, rooms) =>
    told.push([(time - T0) / 1000, rooms.get('a')!.occupancy]),
  );
  assert.deepEqual(told, [
    [58, 5],
    [59, 5],
    [60, 5],
  ]);
  remove(folder);
});

it('presences of a day that is over end with it; those after the newest line are open', async () => {
  const midnight = Date.UTC(2026, 10, 4);
  const rooms = [room('a', { occupancy: 1 }), room('b')];
  const from = midnight - 5000;
  const { record: one, folder } = await record(
    Array.from({ length: 10 }, () => rooms),
    { 0: { began: [began('k1', 'a', from)] }, 5: { began: [began('k1', 'a', midnight)] } },
    from,
  );
  const { presences, days } = await seen(one, { from, until: midnight + 5000 }, () => {});
  assert.deepEqual(days, ['2026-11-03', '2026-11-04']);
  assert.deepEqual(
    presences.map((p) => [p.from, p.until]),
    [
      [from, midnight],
      [midnight, null],
    ],
  );
  remove(folder);
});

it('one line that cannot be read costs the seconds up to the next whole frame, not the day', async () => {
  const seconds = Array.from({ length: 130 }, (_, i) => [room('a', { occupancy: i % 7 }), room('b')]);
  const { record: one, folder } = await record(seconds);
  const [day] = readdirSync(folder);
  const lines = readFileSync(join(folder, day!), 'utf8').trimEnd().split('\n');
  lines[20] = `${lines[20]!.slice(0, 40)}${lines[21]}`;
  lines.splice(21, 1);
  writeFileSync(join(folder, day!), `${lines.join('\n')}\n`);
  const told: number[] = [];
  await seen(one, { from: T0, until: T0 + 130_000 }, (time, rooms) => {
    told.push((time - T0) / 1000);
    assert.equal(rooms.get('a')!.occupancy, told.at(-1)! % 7);
  });
  assert.deepEqual(told, [...Array(20).keys(), ...Array.from({ length: 70 }, (_, i) => 60 + i)]);
  remove(folder);
});

it('the rings of a heatmap are closed, as GeoJSON wants them; a merged room has those of its parts', () => {
  const square = (x: number): [number, number][] => [
    [x, 0],
    [x + 2, 0],
    [x + 2, 2],
  ];
  const file = {
    zone: 'UTC',
    rooms: [{ id: 'a', polygon: square(0), capacity: 4 }, { id: 'b', polygon: square(5) }, { id: 'ab' }, { id: 'c' }],
    gateways: [],
    merges: [{ room: 'ab', of: ['a', 'b'], from: 0, until: 1 }],
  };
  const rows = heatmapRows(
    file.rooms.map(({ id }) => ({ room: id, average: 1 })),
    { ...venue, file },
  );
  const ring = (x: number) => [...square(x), square(x)[0]];
  assert.deepEqual(
    rows.map(({ geometry, share }) => [geometry, share]),
    [
      [{ type: 'Polygon', coordinates: [ring(0)] }, 0.25],
      [{ type: 'Polygon', coordinates: [ring(5)] }, null],
      [{ type: 'MultiPolygon', coordinates: [[ring(0)], [ring(5)]] }, null],
      [null, null],
    ],
  );
});
