import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { DEFINITIONS } from '../../../services/answer/pivot/aggregators.ts';
import { pivot } from '../../../services/answer/pivot/pivot.ts';
import { recordsOfCell, withCell } from '../../../services/answer/pivot/records.ts';
import { all } from '../../../services/answer/run.ts';
import { AGGREGATORS, type Aggregator, LEVEL, type PivotQuery } from '../../../services/model/pivot.ts';
import type { Venue } from '../../../services/model/venue.ts';
import { type Database, openDatabase } from '../../../services/store/database.ts';
import { duckdbStore } from '../../../services/store/duckdb.ts';
import type { Row } from '../../../services/store/rows.ts';
import { parseVenue } from '../../../services/validate/venue.ts';
import { batchOf, sighting } from '../../sightings.ts';
import { loadPivotTable, type Value } from './pivottable.ts';

const ZONE = 'Europe/Dublin';
/** Two days around the end of summer time, when 01:00 to 02:00 comes twice. */
const FROM = Date.UTC(2026, 9, 24, 18);
const venue = venueOf({
  zone: ZONE,
  rooms: [{ id: 'hall', floor: 'g' }, { id: 'foyer', floor: 'g' }, { id: 'attic' }],
  floors: [{ id: 'g' }],
  gateways: [
    { id: 'pi-1', room: 'hall', until: FROM + 20 * 3_600_000 },
    { id: 'pi-1', room: 'attic', from: FROM + 20 * 3_600_000 },
    { id: 'pi-2', room: 'foyer' },
  ],
});

function venueOf(file: object): Venue {
  const read = parseVenue(JSON.stringify(file));
  if ('faults' in read) assert.fail(JSON.stringify(read.faults));
  return read.venue;
}

type Known = Record<string, Value>;

/** Sightings with everything that can be asked of them, worked out one by one. */
const observed = Array.from({ length: 700 }, (_, i) => {
  const time = FROM + ((i * 7919) % 1600) * 91_000;
  const one = sighting({
    time,
    received: time + 500 + (i % 4),
    gateway: ['pi-1', 'pi-2', 'pi-3'][(i * 31) % 3]!,
    badge: `k1.${'ABCDEFG'[(i * 13) % 7]!.repeat(16)}`,
    rssi: ((i * 37) % 19) - 9,
    temperature: i % 5 === 0 ? null : 20 + ((i * 17) % 311) / 100,
    claps: (i * 5) % 9,
  });
  return one;
});
const records = observed.map(({ time, gateway, badge, rssi, temperature, claps, received }): Known => {
  const local = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(ZONE);
  const stood = time < FROM + 20 * 3_600_000 ? 'hall' : 'attic';
  const room = { 'pi-1': stood, 'pi-2': 'foyer' }[gateway] ?? null;
  return {
    gateway,
    badge,
    rssi,
    temperature,
    claps,
    room,
    floor: room === 'hall' || room === 'foyer' ? 'g' : null,
    delay: (received - time) / 1000,
    'rssi:5': Math.floor(rssi / 5) * 5,
    'temperature:0.5': temperature === null ? null : Math.floor(Math.round(temperature * 100) / 50) / 2,
    day: local.toPlainDate().toString(),
    weekday: local.dayOfWeek,
    hour: local.hour,
    'time:30m': `${String(local.hour).padStart(2, '0')}:${local.minute < 30 ? '00' : '30'}`,
  };
});

let database: Database;
before(async () => {
  database = await openDatabase(null);
  const store = await duckdbStore(database);
  await store.append(batchOf(observed));
  await store.close();
});
after(() => database.close());

const asked = () => ({
  tables: async () => ({ connect: database.connect, close: () => undefined }),
  derived: async () => assert.fail('no derived tables are asked for'),
  house: null,
  venue,
  now: FROM,
});

async function answered(query: PivotQuery): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const some of (await pivot(query, asked())).rows) rows.push(...some);
  return rows;
}

const utilities = loadPivotTable();
const FIELDS = ['room', 'floor', 'gateway', 'badge', 'rssi:5', 'temperature:0.5', 'day', 'weekday', 'hour', 'time:30m'];
const NUMBERS = ['rssi', 'claps', 'temperature', 'delay'];
/** What every record has: PivotTable.js takes what is unknown for a value among others. */
const WHOLE = ['rssi', 'claps', 'delay', 'badge', 'gateway'];
const OF_ALL = new Set(['countUnique', 'listUnique', 'first', 'last']);

const aggregates = fc.constantFrom(...(Object.keys(AGGREGATORS) as Aggregator[])).chain((name) =>
  fc
    .array(fc.constantFrom(...(OF_ALL.has(name) ? WHOLE : NUMBERS)), {
      minLength: AGGREGATORS[name],
      maxLength: AGGREGATORS[name],
    })
    .map((fields) => ({ name, fields, text: fields.length > 0 ? `${name}(${fields.join()})` : name })),
);
const questions = fc.record({
  fields: fc.shuffledSubarray(FIELDS, { maxLength: 4 }),
  split: fc.nat(4),
  aggregates: fc.uniqueArray(aggregates, { minLength: 1, maxLength: 3, selector: ({ text }) => text }),
});

it('pivot(query) is PivotTable.js cell for cell, in subtotals and totals too, for all 22 aggregators', () =>
  fc.assert(
    fc.asyncProperty(questions, async ({ fields, split, aggregates }) => {
      const at = Math.min(split, fields.length);
      const [rows, columns] = [fields.slice(0, at), fields.slice(at)];
      const measures = aggregates.map(({ text }) => text);
      const found = await answered({ dataset: 'observations', rows, columns, measures });
      for (const { name, fields: args, text } of aggregates) {
        const seen = compare(found, { rows, columns }, name, args, text);
        assert.equal(seen, found.length, 'each row of the answer stands for one cell or total');
      }
    }),
    { numRuns: Number(process.env.PIVOT_RUNS ?? 30) },
  ));

type Sides = { rows: string[]; columns: string[] };

/** Compares every level with a PivotTable.js of the fields that the level keeps; returns how many cells there were. */
function compare(found: Row[], { rows, columns }: Sides, name: Aggregator, args: string[], text: string): number {
  let seen = 0;
  for (let r = 0; r <= rows.length; r++)
    for (let c = 0; c <= columns.length; c++) {
      const [own, across] = [rows.slice(0, r), columns.slice(0, c)];
      const aggregator = utilities.aggregators[DEFINITIONS[name].label]!(args);
      const theirs = new utilities.PivotData(records, { rows: own, cols: across, aggregator });
      const level = [...rows.slice(r), ...columns.slice(c)].join();
      const ours = found.filter((row) => row[LEVEL] === level);
      seen += ours.length;
      for (const row of ours) {
        const key = (names: string[]) => names.map((field) => row[field] ?? 'null');
        const expected = theirs.getAggregator(key(own), key(across)).value();
        assert.ok(isSame(name, row[text] as Value, expected), `${text} of ${JSON.stringify(row)}: ${expected}`);
      }
      assert.equal(ours.length, cellsIn(own, across));
    }
  return seen;
}

/** Cells of a level that have records. */
const cellsIn = (rows: string[], columns: string[]): number =>
  new Set(records.map((record) => JSON.stringify([...rows, ...columns].map((field) => record[field])))).size;

/**
 * Where PivotTable.js says otherwise, with its reason: a ratio with nothing below it is NaN or ∞ there and unknown here; sums,
 * means and variances are added up in floating point there and in whole steps here; Integer Sum is rounded when shown there.
 */
function isSame(name: Aggregator, ours: Value, theirs: Value): boolean {
  if (typeof theirs !== 'number') return name === 'listUnique' ? sorted(ours) === sorted(theirs) : ours === theirs;
  if (!Number.isFinite(theirs)) return ours === null;
  if (typeof ours !== 'number') return false;
  const error = Math.abs(ours - theirs);
  if (name === 'integerSum') return Number.isInteger(ours) && error <= 0.5 + 1e-9;
  return error <= 1e-9 * Math.max(1, Math.abs(theirs));
}

const sorted = (list: Value): string => String(list).split(', ').sort().join();

it('where PivotTable.js is wrong or means otherwise, we say what we say', async () => {
  const bins = await answered({ dataset: 'observations', rows: ['rssi:5'], measures: ['count'], totals: false });
  assert.deepEqual(
    bins.map((row) => row['rssi:5']),
    [-10, -5, 0, 5],
    'bins go down: -3 lies in -5',
  );
  assert.equal(Math.abs(utilities.derivers.bin('rssi', 5)({ rssi: -3 })), 0, 'there -3 and 3 fall into one bin');
  const [total] = await answered({
    dataset: 'observations',
    measures: ['countUnique(temperature)', 'sum(temperature)'],
  });
  const known = records.flatMap(({ temperature }) => (typeof temperature === 'number' ? [temperature] : []));
  assert.equal(total!['countUnique(temperature)'], new Set(known).size, 'unknown is no value; there it counts as one');
  const steps = known.reduce((sum, value) => sum + Math.round(value * 100), 0);
  assert.equal(total!['sum(temperature)'], steps / 100, 'added up in whole hundredths');
});

it('records that are alike are added up first, or each by itself where too many differ: the answer is the same', async () => {
  const measures = [
    'count',
    'median(rssi)',
    'average(rssi)',
    'sampleVariance(rssi)',
    'maximum(claps)',
    'countUnique(badge)',
  ];
  for (const span of [{}, { from: FROM + 3_600_000, until: FROM + 18 * 3_600_000 }]) {
    const query: PivotQuery = { dataset: 'observations', rows: ['room', 'gateway'], columns: ['hour'], measures, span };
    const together = await answered(query);
    const each = await answered({ ...query, measures: [...measures, 'countUnique(temperature)'] });
    assert.deepEqual(
      together,
      each.map(({ 'countUnique(temperature)': _, ...row }) => row),
    );
    const rooms = new Set(together.flatMap(({ room, gateway }) => (gateway === 'pi-1' ? [room] : [])));
    assert.deepEqual(rooms, new Set('from' in span ? ['hall'] : ['attic', 'hall']), 'where it stood in the span');
  }
});

it('records that are alike are added up by blocks of time, where time is nothing but a key: the answer is the same', async () => {
  const columns = [['hour'], ['day', 'hour'], ['weekday'], ['time:15m']];
  const filters = [[], [{ field: 'hour', in: [1, 2, 20] }], [{ field: 'weekday', not: [6] }]];
  // Not from the beginning of an hour, so that the first block is cut.
  const span = { from: FROM + 1_234_000, until: FROM + 30 * 3_600_000 };
  for (const timed of columns)
    for (const some of filters)
      for (const more of [[], ['countUnique(hour)']]) {
        const measures = ['count', 'average(rssi)', 'minimum(claps)', ...more];
        const query = {
          dataset: 'observations' as const,
          rows: ['gateway'],
          columns: timed,
          filters: some,
          measures,
          span,
        };
        const each = await answered({ ...query, measures: [...measures, 'listUnique(temperature)'] });
        assert.ok(each.length > 4);
        assert.deepEqual(
          await answered(query),
          each.map(({ 'listUnique(temperature)': _, ...row }) => row),
          JSON.stringify(query),
        );
      }
});

it('the records of any cell or total add up to it', () =>
  fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(FIELDS, { minLength: 1, maxLength: 3 }), fc.nat(), async (rows, at) => {
      const query: PivotQuery = {
        dataset: 'observations',
        rows,
        measures: ['count', 'sum(claps)', 'sum(temperature)'],
      };
      const found = await answered(query);
      const cell = found[at % found.length]!;
      const totalled = new Set(String(cell[LEVEL]).split(','));
      const kept = rows.filter((name) => !totalled.has(name));
      const values = Object.fromEntries(kept.map((name) => [name, cell[name] as string | number | null]));
      const behind: Row[] = [];
      let cursor: string | undefined;
      do {
        const page = await recordsOfCell(withCell(query, values), { limit: 97, cursor }, asked());
        behind.push(...(await all(page.rows)));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      const sum = (name: string) => behind.reduce((all, row) => all + Number(row[name] ?? 0), 0);
      assert.equal(behind.length, cell.count);
      assert.equal(sum('claps'), cell['sum(claps)']);
      assert.ok(Math.abs(sum('temperature') - Number(cell['sum(temperature)'])) < 1e-6);
    }),
    { numRuns: 15 },
  ));

const hostile = fc.oneof(
  fc.string(),
  fc.constantFrom(
    "'; DROP TABLE sighting; --",
    '"',
    '$p0',
    '{x}',
    'room',
    'rssi:5',
    'sum(rssi)',
    'count',
    '__proto__',
    'constructor',
  ),
);

const mixed = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...FIELDS) }, { weight: 1, arbitrary: hostile });
const measured = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('count', 'listUnique(badge)') }, hostile);

it('hostile names and values are refused or answered, never an error of SQL', async () => {
  let answers = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(mixed, { maxLength: 2 }),
      measured,
      mixed,
      hostile,
      async (rows, measure, field, value) => {
        const query: PivotQuery = {
          dataset: 'observations',
          rows,
          measures: [measure],
          filters: [
            { field, in: [value, null] },
            { field: 'gateway', not: [value] },
            { field: 'room', in: [value] },
          ],
          zone: ZONE,
        };
        const found = await answered(query).catch((error: Error) => error);
        if (found instanceof Error) assert.equal(found.constructor.name, 'Refused', found.message);
        else answers += found.at(-1)!.count === 0 || measure !== 'count' ? 1 : assert.fail('expected no such record');
      },
    ),
    { numRuns: 80 },
  );
  assert.ok(answers > 0, 'some are answered');
});
