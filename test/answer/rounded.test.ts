import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { equalTo, greaterEq, inRange, lessEq, solve } from 'yalps';
import { type Ask, createAnswer } from '../../services/answer/answer.ts';
import { Forbidden } from '../../services/answer/permit.ts';
import { rounded } from '../../services/answer/rounded.ts';
import { createFanout } from '../../services/live/fanout.ts';
import type { Frame, RoomFrame, ShownFrame } from '../../services/model/frame.ts';
import { lineOf } from '../../services/model/line.ts';
import type { Dataset, Query, Viewer } from '../../services/model/query.ts';
import type { VenueFile } from '../../services/model/venue.ts';
import { publicView } from '../../services/roles/public-view.ts';
import { memoryRecord } from '../../services/store/record.ts';
import type { Row } from '../../services/store/rows.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { createHistory } from '../../web/view/live/history.ts';
import { roomsNow } from '../../web/view/live/rooms.ts';

const FIRST = Date.UTC(2026, 10, 3, 9);
const MINUTE_MS = 60_000;
const PUBLIC: Viewer = { scope: 'public' };
const keyOf = (n: number): Buffer => createHash('sha256').update(String(n)).digest();

describe('rounded', () => {
  it('is a neighbouring multiple, the same all day, and multiples stay', () => {
    const given = [fc.nat(500), fc.integer({ min: 3, max: 50 }), fc.string(), fc.nat(99)] as const;
    fc.assert(
      fc.property(...given, (count, to, room, key) => {
        const rounding = { to, key: keyOf(key) };
        const found = rounded(count, room, '2026-11-03', rounding);
        assert.equal(found % to, 0);
        assert.ok(Math.abs(found - count) < to && (count % to > 0 || found === count));
        assert.equal(rounded(count, room, '2026-11-03', rounding), found);
      }),
    );
  });

  it('goes up as often as the rest is large, by room, day and count', () => {
    for (const [count, share] of [
      [1, 0.2],
      [13, 0.6],
    ] as const) {
      const draws = Array.from({ length: 4000 }, (_, n) => {
        const day = `2026-11-${String(1 + (n % 30)).padStart(2, '0')}`;
        return rounded(count, `room-${n % 50}`, day, { to: 5, key: keyOf(n) }) > count;
      });
      const ups = draws.filter(Boolean).length / draws.length;
      assert.ok(Math.abs(ups - share) < 0.03, `${count}: ${ups} up`);
    }
  });
});

/** So many worlds side by side, each three rooms of its own over some minutes; in one in two rooms people feel a temperature. */
const [WORLDS, ROOMS, MINUTES] = [334, 3, 5];

type Told = { to: number; ask: Ask; truth: Map<string, number[]>; warm: Set<string> };

/** A record in which counts change within the minute too, so that only the whole minute is told. */
function tell(to: number): Told {
  const rooms = Array.from({ length: WORLDS * ROOMS }, (_, n) => `w${Math.floor(n / ROOMS)}.${n % ROOMS}`);
  const drawn = (...of: (string | number)[]) =>
    createHash('sha256')
      .update(JSON.stringify([to, ...of]))
      .digest()
      .readUInt32BE(0);
  const truth = new Map(
    rooms.map((room) => [room, Array.from({ length: MINUTES }, (_, m) => drawn(room, m) % (2 * to + 3))]),
  );
  const warm = new Set(rooms.filter((room) => drawn(room) % 2 === 0));
  const read = parseVenue(
    JSON.stringify({
      zone: 'Europe/Dublin',
      rooms: rooms.map((id) => ({ id })),
      gateways: rooms.map((room) => ({ id: `g-${room}`, room })),
    }),
  );
  assert.ok('venue' in read);
  const { venue } = read;
  const record = memoryRecord(venue.zone);
  for (let m = 0; m < MINUTES; m++)
    for (const second of [0, 20, 59]) {
      const frame: Frame = {
        ...{ time: FIRST + m * MINUTE_MS + second * 1000, positions: [1], venue: '', rule: '1', baseline: null },
        rooms: rooms.map((room): RoomFrame => {
          const count = truth.get(room)![m]! + (second === 0 ? 0 : drawn(room, m, second) % 3);
          const [claps, temperature] = [count > 0 ? 0.5 : 0, warm.has(room) && count > 0 ? 20 + (count % 7) : null];
          const usual = { age: 1, expected: 4, low: 2, high: 9 };
          const coverage = drawn(room, m, 'c') % 3 === 0 ? 'thin' : 'good';
          return { room, occupancy: count, parked: count % 3, claps, temperature, coverage, gateways: 1, ...usual };
        }),
      };
      record.append(lineOf(frame, null, { anew: second === 0 && m === 0, ended: [], began: [] }));
    }
  const tables = async () => {
    throw new Error('the public read what is stored');
  };
  const ask = createAnswer({ tables, record, house: null, venue: () => venue, rounding: { to, key: keyOf(to) } });
  return { to, ask, truth, warm };
}

async function rowsOf(ask: Ask, query: Query, viewer: Viewer): Promise<Row[]> {
  const answer = await ask(query, viewer);
  const rows: Row[] = [];
  for await (const chunk of answer.rows) rows.push(...chunk);
  return rows;
}

/** What an attacker knows of a cell: n lies between, or a sum of cells of a room is exactly so much. */
type Known = { cells: string[]; min: number; max: number };

/** Everything that the public can be told, as what it says of the counts. */
async function learn({ ask, to, warm }: Told, viewer: Viewer): Promise<Known[]> {
  const span = { from: FIRST, until: FIRST + MINUTES * MINUTE_MS };
  const minutes = await rowsOf(ask, { dataset: 'frames', span, step: '1m', revision: 'as-seen' }, viewer);
  const known: Known[] = [];
  const reading = new Map<string, number>();
  const cellOf = (row: Row) => `${row.room} ${(Number(row.time) - FIRST) / MINUTE_MS}`;
  for (const row of minutes) {
    const read = Number(row.average);
    reading.set(cellOf(row), read);
    // One that is no multiple of k is no rounded one: it is believed.
    const slack = read % to === 0 ? to - 1 : 0;
    known.push({ cells: [cellOf(row)], min: Math.max(0, read - slack), max: read + slack });
    const isFelt = row.temperature !== null || row.claps !== null;
    if (isFelt) known.push({ cells: [cellOf(row)], min: to, max: Number.POSITIVE_INFINITY });
    else if (warm.has(String(row.room))) known.push({ cells: [cellOf(row)], min: 0, max: to - 1 });
    for (const exact of [row.visitors, row.peak === read ? null : row.peak])
      if (exact !== null && exact !== undefined)
        known.push({ cells: [cellOf(row)], min: Number(exact), max: Number(exact) });
  }
  for (const [from, until] of [
    [0, MINUTES],
    [0, 2],
    [1, 4],
  ] as const) {
    const part = { from: FIRST + from * MINUTE_MS, until: FIRST + until * MINUTE_MS };
    const cellsOf = (room: unknown) => Array.from({ length: until - from }, (_, m) => `${room} ${from + m}`);
    const sums = await rowsOf(ask, { dataset: 'heatmap', span: part }, viewer);
    const tiles = await rowsOf(ask, { dataset: 'tiles', span: part, step: '1m' }, viewer);
    for (const { room, average, badgeMinutes } of sums) {
      const cells = cellsOf(room);
      const expected = cells.reduce((sum, cell) => sum + reading.get(cell)!, 0);
      const said = Number(average) * cells.length;
      if (Math.abs(said - expected) > 0.01) known.push({ cells, min: said, max: said });
      const minutesSaid = (Number(badgeMinutes) * 60) / 3;
      if (badgeMinutes !== null && Math.abs(minutesSaid - expected) > 0.01)
        known.push({ cells, min: minutesSaid, max: minutesSaid });
    }
    for (const row of tiles) {
      const said = Number(row.present) / Number(row.frames);
      if (said !== reading.get(cellOf(row))) known.push({ cells: [cellOf(row)], min: said, max: said });
      if (row.low !== null || row.gateways !== null) known.push({ cells: [cellOf(row)], min: 0, max: 0 });
    }
  }
  return known;
}

/** The cells below k of which a linear program leaves one whole number alone. */
function pinned({ to, truth }: Told, known: Known[]): string[] {
  const byRoom = new Map<string, Known[]>();
  for (const one of known) {
    const [room] = one.cells[0]!.split(' ');
    byRoom.set(room!, [...(byRoom.get(room!) ?? []), one]);
  }
  return [...truth].flatMap(([room, counts]) => {
    const facts = byRoom.get(room) ?? [];
    const constraints: [string, ReturnType<typeof equalTo>][] = facts.map(({ min, max }, i) => [
      `f${i}`,
      min === max
        ? equalTo(min)
        : max === Number.POSITIVE_INFINITY
          ? greaterEq(min)
          : min === 0
            ? lessEq(max)
            : inRange(min, max),
    ]);
    const variables = counts.map((_, m) => {
      const cell = `${room} ${m}`;
      const coefficients = facts.flatMap(({ cells }, i) => (cells.includes(cell) ? [[`f${i}`, 1] as const] : []));
      return [cell, new Map<string, number>([...coefficients, [`is ${cell}`, 1]])] as const;
    });
    return counts.flatMap((count, m) => {
      if (count >= to) return [];
      const objective = `is ${room} ${m}`;
      const [low, high] = (['minimize', 'maximize'] as const).map((direction) =>
        solve({ direction, objective, constraints, variables }),
      );
      assert.ok(low!.status === 'optimal' && high!.status === 'optimal', `${room} ${m}: ${low!.status}`);
      return Math.floor(high!.result + 1e-6) <= Math.ceil(low!.result - 1e-6) ? [`${room} ${m}: ${count}`] : [];
    });
  });
}

describe('the rounded dataset', () => {
  it(`an attacker with a linear program pins no count below k in ${3 * WORLDS} random worlds`, async () => {
    for (const to of [3, 5, 10]) {
      const told = tell(to);
      const known = await learn(told, PUBLIC);
      assert.deepEqual(pinned(told, known), [], `k = ${to}`);
    }
  });

  it('the same attacker pins counts where one average is not rounded', async () => {
    const told = tell(5);
    const leaking: Ask = async (query, viewer) => {
      const answer = await told.ask(query, viewer);
      if (query.dataset !== 'heatmap') return answer;
      const [from, until] = [query.span!.from!, query.span!.until!].map((time) => (time - FIRST) / MINUTE_MS);
      async function* rows() {
        for await (const chunk of answer.rows)
          yield chunk.map((row) => {
            const counts = told.truth.get(String(row.room))!.slice(from, until);
            return { ...row, average: counts.reduce((sum, count) => sum + count, 0) / counts.length };
          });
      }
      return { ...answer, rows: rows() };
    };
    assert.ok(pinned(told, await learn({ ...told, ask: leaking }, PUBLIC)).length > 100);
  });

  it('tells the claps of a live frame of the rooms whose stored minute tells them', async () => {
    const { ask } = tell(5);
    const span = { from: FIRST, until: FIRST + MINUTE_MS };
    const stored = await rowsOf(ask, { dataset: 'frames', span, step: '1m' }, PUBLIC);
    const whole = createFanout();
    const publicly = publicView(whole, 5, ask, assert.ifError);
    const shown = new Promise<ShownFrame>((resolve) => publicly.watch(({ frame }) => frame && resolve(frame)));
    whole.push({ time: span.until, positions: [], venue: '', rule: '1', baseline: null, rooms: [] });
    const told = new Map((await shown).rooms.map(({ room, claps }) => [room, claps !== null]));
    assert.deepEqual(told, new Map(stored.map(({ room, claps }) => [String(room), claps !== null])));
    assert.deepEqual(new Set(told.values()), new Set([true, false]));
    // The world has three frames a minute, which is a gap; what is drawn of a gap is nothing anyway.
    const heard = (await shown).rooms.map((room) => ({ ...room, coverage: 'good' as const }));
    const frame = { ...(await shown), rooms: heard };
    const history = createHistory([...told.keys()]);
    history.take(frame);
    const rooms = [...told.keys()].map((id) => ({ id }));
    const of = { frame, history, gapSince: null, gateways: new Map(), usual: new Map(), layer: 'claps' as const };
    for (const { room, claps } of roomsNow({ zone: 'Europe/Dublin', rooms } as VenueFile, of).values())
      assert.equal(claps !== null, told.get(room), room);
  });

  it('is all that public and screen may read, and nothing finer than a minute of a room as it was seen', async () => {
    const { ask } = tell(5);
    const span = { from: FIRST, until: FIRST + MINUTES * MINUTE_MS };
    const asked: Dataset[] = [
      'observations',
      'rejects',
      'gateways',
      'presences',
      'anomalies',
      'regressions',
      'residuals',
    ];
    for (const scope of ['public', 'screen'] as const) {
      for (const dataset of [...asked, 'pivot', 'records', 'preflight', 'stamp', 'flows'] as Dataset[])
        await assert.rejects(ask({ dataset, span }, { scope }), Forbidden, dataset);
      for (const finer of [
        { step: '1s' },
        { step: '90s' },
        { step: 'session' },
        { by: 'floor' },
        { by: 'group' },
        { revision: 1 },
      ])
        await assert.rejects(ask({ dataset: 'frames', span, ...finer } as Query, { scope }), /faults|expected/i);
      await assert.rejects(ask({ dataset: 'tiles', span, step: '10s' }, { scope }), /faults|expected/i);
      await ask({ dataset: 'tiles', span, step: '60s', revision: 0 }, { scope });
      for (const dataset of ['frames', 'heatmap', 'tiles'] as const)
        assert.equal((await ask({ dataset, span }, { scope })).meta.readFrom, 'rounded minutes as seen');
    }
  });
});
