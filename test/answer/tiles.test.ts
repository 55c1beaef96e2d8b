import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { minutesOf, writeMinutes } from '../../jobs/minutes.ts';
import { dayRows } from '../../services/answer/days.ts';
import { createPresenceTable } from '../../services/answer/presences.ts';
import { Refused } from '../../services/answer/refused.ts';
import { seen } from '../../services/answer/seen.ts';
import { tileRows } from '../../services/answer/tiles.ts';
import { tile } from '../../services/formats/tile.ts';
import { publish } from '../../services/ledger/manifest.ts';
import { type Day, daysIn } from '../../services/model/day.ts';
import { COVERAGES, type RoomFrame } from '../../services/model/frame.ts';
import { advance, frameOf, type Line, lineOf, type Rooms, roomsOf } from '../../services/model/line.ts';
import type { Query } from '../../services/model/query.ts';
import type { Venue } from '../../services/model/venue.ts';
import { openMemory } from '../../services/store/database.ts';
import { memoryRecord } from '../../services/store/record.ts';
import { gridOf, MEASURES, NONE } from '../../web/read/tiles.ts';
import { newFolder, remove } from '../service.ts';

const T0 = Date.UTC(2026, 10, 3, 10);
const MINUTE = 60_000;
const ROOMS = ['a', 'b', 'c'];
const venue: Venue = {
  version: '0'.repeat(64),
  zone: 'Europe/Dublin',
  file: { zone: 'Europe/Dublin', rooms: ROOMS.map((id) => ({ id })), gateways: [] },
  rooms: ROOMS,
  gateways: ROOMS.map((room) => ({ id: `g-${room}`, room, from: 0, until: Number.POSITIVE_INFINITY })),
  merges: [],
} as unknown as Venue;

type Second = Pick<RoomFrame, 'occupancy' | 'claps' | 'temperature' | 'coverage' | 'low' | 'high' | 'gateways'> | null;

const second: fc.Arbitrary<Second> = fc.option(
  fc.record({
    occupancy: fc.option(fc.nat(400)),
    claps: fc.nat(900).map((tenths) => tenths / 10),
    temperature: fc.option(fc.integer({ min: 1500, max: 3000 }).map((cents) => cents / 100)),
    coverage: fc.constantFrom(...COVERAGES.filter((state) => state !== 'gap')),
    low: fc.option(fc.nat(50)),
    high: fc.option(fc.integer({ min: 50, max: 90 })),
    gateways: fc.nat(4),
  }),
  { freq: 6 },
);
/** Seconds of three rooms; a whole second may lack a frame. */
const world = fc
  .array(fc.option(fc.tuple(second, second, second), { freq: 8 }), { minLength: 1, maxLength: 200 })
  .map((seconds) => whole(seconds));

/** Whole minutes, whose last second has a frame: as far as the record is known. */
function whole(seconds: (Second[] | null)[]): (Second[] | null)[] {
  const until = Math.ceil((seconds.length + 1) / 60) * 60;
  const rest = Array.from({ length: until - seconds.length - 1 }, () => null);
  const last: Second = {
    occupancy: 1,
    claps: 0,
    temperature: null,
    coverage: 'good',
    low: null,
    high: null,
    gateways: 1,
  };
  return [...seconds, ...rest, [last, null, null]];
}

const roomFrame = (room: string, of: NonNullable<Second>): RoomFrame => ({
  room,
  parked: 0,
  age: 1,
  expected: null,
  ...of,
});

function recordOf(seconds: (Second[] | null)[]) {
  const record = memoryRecord(venue.zone);
  let before: Rooms | null = null;
  for (const [i, rooms] of seconds.entries()) {
    if (rooms === null) {
      before = null;
      continue;
    }
    const frame = {
      time: T0 + i * 1000,
      positions: [i],
      venue: venue.version,
      rule: '1',
      baseline: null,
      rooms: rooms.flatMap((of, k) => (of ? [roomFrame(ROOMS[k]!, of)] : [])),
    };
    record.append(lineOf(frame, before, { anew: before === null, ended: [], began: [] }));
    before = roomsOf(frame);
  }
  return record;
}

const noStore = async () => {
  throw new Error('no observation is asked for');
};
const tileOf = (record: ReturnType<typeof recordOf>, asked: Omit<Query, 'dataset'>, house: string | null = null) =>
  tileRows({ dataset: 'tiles', ...asked }, { record, house, venue: () => venue, tables: noStore });

/** A cell by looking at each second. */
function oracle(seconds: (Second[] | null)[], room: number, first: number, end: number) {
  const of = seconds.slice(first, end);
  const own = of.flatMap((rooms) => (rooms?.[room] ? [rooms[room]!] : []));
  const made = of.filter((rooms) => rooms !== null).length;
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const isSaid = own.length > 0;
  const bands = own.filter(({ low, high }) => low !== null && high !== null);
  const measured = own.filter(({ coverage }) => coverage !== 'unmeasured');
  const warm = own.flatMap(({ temperature }) => (temperature === null ? [] : [Math.round(temperature * 100)]));
  const gap = end - first - made;
  const held = COVERAGES.map((state) =>
    state === 'gap' ? gap : own.filter(({ coverage }) => coverage === state).length,
  );
  const mean = (values: number[]) => Math.round(sum(values) / values.length);
  return {
    frames: own.length,
    present: measured.length > 0 ? sum(own.map(({ occupancy }) => occupancy ?? 0)) : null,
    claps: isSaid ? sum(own.map(({ claps }) => Math.round(claps * 10))) : null,
    temperature: warm.length > 0 ? mean(warm) : null,
    coverage: isSaid || made === 0 ? held.indexOf(Math.max(...held)) : null,
    gateways: isSaid ? Math.min(...own.map(({ gateways }) => gateways)) : null,
    low: bands.length > 0 ? mean(bands.map(({ low }) => low! * 10)) : null,
    high: bands.length > 0 ? mean(bands.map(({ high }) => high! * 10)) : null,
  };
}

describe('tileRows(record, venue, span, step)', () => {
  it('says of each room and step what its seconds say', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (seconds) => {
        const until = Math.ceil(seconds.length / 60) * 60;
        const asked = { span: { from: T0, until: T0 + until * 1000 }, step: '60s' };
        const { rows } = await tileOf(recordOf(seconds), asked);
        const expected = ROOMS.flatMap((room, k) =>
          Array.from({ length: until / 60 }, (_, i) => ({
            room,
            time: T0 + i * MINUTE,
            ...oracle(seconds, k, i * 60, i * 60 + 60),
          })),
        );
        assert.deepEqual(rows, expected);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a grid that is too large with what was found', async () => {
    const record = recordOf([[null, null, null]]);
    const last = { time: T0 + 86_400_000 * 200, positions: [9], venue: '', rule: '1', baseline: null, rooms: [] };
    record.append(lineOf(last, null, { anew: true, ended: [], began: [] }));
    const span = { from: T0, until: T0 + 86_400_000 * 200 };
    await assert.rejects(tileOf(record, { span, step: '60s' }), (error: Refused) => {
      assert.match(error.message, /a tile of 300000 cells at most, found 60s: 864000 cells/);
      return error instanceof Refused;
    });
  });
});

describe('tileRows of a day that jobs have made', () => {
  it('whole minutes of it are read from its file, cell for cell what the record says', async () => {
    const house = newFolder();
    const day = daysIn({ from: T0, until: T0 + 1 }, venue.zone)[0]!;
    try {
      await fc.assert(
        fc.asyncProperty(world, async (seconds) => {
          const record = recordOf(seconds);
          const span = { from: T0, until: T0 + seconds.length * 1000 };
          await made(house, record, day, true);
          for (const step of ['60s', '120s']) {
            const files = await tileOf(record, { span, step }, house);
            assert.deepEqual([files.readFrom, files.revisions[0]?.revision], ['minute frames', 0]);
            assert.deepEqual(files.rows, (await tileOf(record, { span, step })).rows);
          }
          const fine = await tileOf(record, { span: { from: T0, until: T0 + 9000 }, step: '1s' }, house);
          assert.equal(fine.readFrom, 'as-seen record');
        }),
        { numRuns: 12 },
      );
    } finally {
      remove(house);
    }
  });

  it('the corrected revision is what latest means, and as-seen is still what was shown', async () => {
    const house = newFolder();
    const day = daysIn({ from: T0, until: T0 + 1 }, venue.zone)[0]!;
    const people = (occupancy: number): Second[] =>
      ROOMS.map(() => ({
        occupancy,
        claps: 0,
        temperature: null,
        coverage: 'good',
        low: null,
        high: null,
        gateways: 1,
      }));
    const [shown, corrected] = [3, 5].map((n) => recordOf(Array.from({ length: 60 }, () => people(n)))) as [
      ReturnType<typeof recordOf>,
      ReturnType<typeof recordOf>,
    ];
    try {
      await made(house, shown, day, true);
      await made(house, corrected, day, false);
      const span = { from: T0, until: T0 + MINUTE };
      for (const [revision, expected] of [
        ['as-seen', 180],
        ['latest', 300],
        [1, 300],
      ] as const) {
        const { rows } = await tileOf(shown, { span, step: '60s', revision }, house);
        assert.equal(rows[0]!.present, expected, String(revision));
      }
      const listed = await dayRows(shown, venue.zone, house);
      assert.deepEqual(
        listed.map(({ revision, whole }) => [revision, whole]),
        [
          [0, false],
          [1, true],
        ],
      );
      assert.notEqual(listed[0]!.tag, listed[1]!.tag);
      await assert.rejects(tileOf(shown, { span, step: '60s', revision: 7 }, house), Refused);
    } finally {
      remove(house);
    }
  });
});

/** What the job of that kind would publish of a day of a record. */
async function made(house: string, record: ReturnType<typeof recordOf>, day: Day, asSeen: boolean): Promise<void> {
  const minutes = minutesOf(day, venue);
  await seen(record, day, minutes.add);
  const said = { day: day.day, span: day, positions: [], venue: '', rule: '', made: 1, note: null, asSeen };
  const memory = await openMemory(house);
  try {
    await publish(house, 'presences', said, async (aside) => {
      await createPresenceTable(memory.connection);
      await memory.connection.run(`COPY presence TO '${aside}' (FORMAT parquet)`);
      return 0;
    });
    await publish(house, 'frames', said, (aside) => writeMinutes(memory, minutes.sums(), '', aside));
  } finally {
    memory.close();
  }
}

describe('the tile format', () => {
  it('is an Arrow stream of equal rows, which the page reads back as lanes', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (seconds) => {
        const span = { from: T0, until: T0 + Math.ceil(seconds.length / 60) * MINUTE };
        const { rows } = await tileOf(recordOf(seconds), { span, step: '60s' });
        const chunks = (async function* () {
          yield rows;
        })();
        const parts: Uint8Array[] = [];
        for await (const part of tile.write({ columns: {}, rows: chunks, meta: {} as never, next: null }))
          parts.push(part as Uint8Array);
        const bytes = Buffer.concat(parts);
        const table = tableFromIPC(bytes);
        assert.deepEqual(
          table.toArray().map((row) => {
            const { time, ...rest } = row!.toJSON();
            return { ...rest, time: Number(time) };
          }),
          rows.map(({ room, time, ...rest }) => ({ room, ...rest, time })),
        );
        const grid = gridOf(bytes, MINUTE);
        assert.deepEqual([grid.from, [...grid.lanes.keys()]], [T0, ROOMS]);
        for (const [i, row] of rows.entries())
          for (const name of MEASURES) {
            const value = grid.lanes.get(row.room as string)![name][i % grid.steps]!;
            assert.equal(value === NONE ? null : value, row[name], name);
          }
      }),
      { numRuns: 25 },
    );
  });
});

describe('advance(rooms, line)', () => {
  it('leads to the same rooms as frameOf', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(second, second, second), { minLength: 2, maxLength: 20 }), (seconds) => {
        const lines: Line[] = [];
        let before: Rooms | null = null;
        for (const [i, rooms] of seconds.entries()) {
          const listed = rooms.flatMap((of, k) => (of ? [roomFrame(ROOMS[k]!, of)] : []));
          const frame = { time: T0 + i * 1000, positions: [i], venue: '', rule: '1', baseline: null, rooms: listed };
          lines.push(structuredClone(lineOf(frame, before, { anew: false, ended: [], began: [] })));
          before = roomsOf(frame);
        }
        let [one, other]: [Rooms, Rooms] = [new Map(), new Map()];
        for (const line of lines) {
          one = advance(one, structuredClone(line));
          other = roomsOf(frameOf(line, other));
          assert.deepEqual([...one], [...other]);
        }
      }),
    );
  });
});

describe('dayRows(record, zone)', () => {
  it('has 23 and 25 hours where clocks change, and a tag that changes while a day grows', async () => {
    const record = memoryRecord(venue.zone);
    const line = (time: number) =>
      lineOf({ time, positions: [1], venue: '', rule: '1', baseline: null, rooms: [] }, null, {
        anew: true,
        ended: [],
        began: [],
      });
    record.append(line(Date.UTC(2026, 2, 29, 12)));
    record.append(line(Date.UTC(2026, 9, 25, 12)));
    const [spring, autumn] = (await dayRows(record, venue.zone)) as {
      from: number;
      until: number;
      whole: boolean;
      tag: string;
    }[];
    assert.equal((spring!.until - spring!.from) / 3_600_000, 23);
    assert.equal((autumn!.until - autumn!.from) / 3_600_000, 25);
    assert.deepEqual([spring!.whole, autumn!.whole], [true, false]);
    record.append(line(Date.UTC(2026, 9, 25, 12, 1)));
    const again = (await dayRows(record, venue.zone)) as { tag: string }[];
    assert.equal(again[0]!.tag, spring!.tag);
    assert.notEqual(again[1]!.tag, autumn!.tag);
  });
});
