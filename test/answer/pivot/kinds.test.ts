import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { pivot } from '../../../services/answer/pivot/pivot.ts';
import { preflight, TooMany } from '../../../services/answer/pivot/preflight.ts';
import { recordsOfCell, withCell } from '../../../services/answer/pivot/records.ts';
import { Refused } from '../../../services/answer/refused.ts';
import type { Measurement } from '../../../services/model/observation.ts';
import { LEVEL, type PivotQuery } from '../../../services/model/pivot.ts';
import { type Database, openDatabase } from '../../../services/store/database.ts';
import { duckdbStore } from '../../../services/store/duckdb.ts';
import type { Row } from '../../../services/store/rows.ts';
import { parseVenue } from '../../../services/validate/venue.ts';
import { batchOf } from '../../sightings.ts';

const HOUR_MS = 3_600_000;
/** Two events of two days, half a year and a change of clocks apart; both begin at 14:00 and end at 12:00 in Dublin. */
const BEGAN = { spring: Date.UTC(2026, 4, 12, 13), autumn: Date.UTC(2026, 10, 3, 14) };
const LONG_MS = 22 * HOUR_MS;
const read = parseVenue(
  JSON.stringify({
    zone: 'Europe/Dublin',
    rooms: [{ id: 'hall' }],
    gateways: [],
    sensors: [
      { id: 'air', room: 'hall', quantity: 'temperature' },
      { id: 'gas', room: 'hall', quantity: 'co2' },
    ],
    events: Object.entries(BEGAN).map(([id, from]) => ({ id, name: id, from, until: from + LONG_MS })),
    sessions: Object.entries(BEGAN).map(([id, from]) => ({
      ...{ id: `${id}-opening`, title: 'Opening', room: 'hall', from, until: from + HOUR_MS },
    })),
  }),
);
if ('faults' in read) assert.fail(JSON.stringify(read.faults));
const { venue } = read;

const measured = (sensor: string, quantity: string, time: number, value: number): Measurement => ({
  ...{ kind: 'measurement', time, received: time, sensor, quantity, value, simulated: false },
});
/** 0, 0.01 … 39.99 °C below and above zero within the first hour of spring, ppm each hour of both events. */
const CELSIUS = Array.from({ length: 4000 }, (_, i) => (i - 2000) / 100);
const GAS = Object.values(BEGAN).flatMap((from) =>
  Array.from({ length: 22 }, (_, hour) => measured('gas', 'co2', from + hour * HOUR_MS, 400 + hour)),
);

let database: Database;
before(async () => {
  database = await openDatabase(null);
  const store = await duckdbStore(database);
  await store.append(
    batchOf([...CELSIUS.map((value, i) => measured('air', 'temperature', BEGAN.spring + i * 500, value)), ...GAS]),
  );
  await store.close();
});
after(() => database.close());

const asked = () => ({
  tables: async () => ({ connect: database.connect, close: () => undefined }),
  derived: async () => assert.fail('no derived tables are asked for'),
  house: null,
  venue,
  now: BEGAN.autumn,
});

async function answered(query: Omit<PivotQuery, 'dataset'>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const some of (await pivot({ dataset: 'observations', ...query }, asked())).rows) rows.push(...some);
  return rows;
}

it('a bin of decimals holds what lies in it and is named by its lower end, below zero too', async () => {
  const celsius = [{ field: 'quantity', in: ['temperature'] }];
  for (const [width, perUnit] of [
    ['0.1', 10],
    ['0.3', 10],
    ['0.05', 100],
    ['2', 1],
  ] as const) {
    const wide = Math.round(Number(width) * perUnit);
    const expected = new Map<number, number>();
    for (const value of CELSIUS) {
      const bin = (Math.floor((Math.round(value * 100) * perUnit) / 100 / wide) * wide) / perUnit;
      expected.set(bin, (expected.get(bin) ?? 0) + 1);
    }
    const name = `value:${width}`;
    const rows = await answered({ rows: [name], measures: ['count'], filters: celsius, totals: false });
    assert.deepEqual(new Map(rows.map((row) => [row[name], row.count])), expected, name);
  }
  const query: PivotQuery = { dataset: 'observations', rows: ['value:0.1'], measures: ['count'], filters: celsius };
  const { count } = await recordsOfCell(withCell(query, { 'value:0.1': 19.3 }), {}, asked());
  assert.equal(count, 10);
});

it('measured values of several quantities have no total, those of one have', async () => {
  const query = { columns: ['quantity'], measures: ['maximum(value)', 'sumAsFractionOfTotal(value)', 'count'] };
  assert.deepEqual(
    (await answered(query)).map((row) => [row.quantity, row[LEVEL], row['maximum(value)'], row.count]),
    [
      ['co2', '', 421, 44],
      ['temperature', '', 19.99, 4000],
      [null, 'quantity', null, 4044],
    ],
  );
  await assert.rejects(answered({ rows: ['sensor'], measures: ['sum(value)'] }), (error) => {
    assert.ok(error instanceof Refused);
    assert.match(error.message, /one quantity, or quantity on rows or columns: value is of several kinds/);
    return true;
  });
  const filters = [{ field: 'quantity', in: ['co2'] }];
  assert.equal((await answered({ measures: ['minimum(value)'], filters }))[0]!['minimum(value)'], 400);
});

it('events stand side by side, by the local day of each and by the title of a session', async () => {
  const filters = [{ field: 'quantity', in: ['co2'] }];
  const side = async (field: string) =>
    (await answered({ rows: [field], columns: ['event'], measures: ['count', 'sum(value)'], filters }))
      .filter((row) => row[LEVEL] === '')
      .map((row) => [row[field], row.event, row.count, row['sum(value)']]);
  // Ten hours up to midnight, twelve after it, whatever the offset.
  assert.deepEqual(await side('eventDay'), [
    [1, 'autumn', 10, 4045],
    [1, 'spring', 10, 4045],
    [2, 'autumn', 12, 4986],
    [2, 'spring', 12, 4986],
  ]);
  assert.deepEqual((await side('session')).slice(0, 2), [
    ['Opening', 'autumn', 1, 400],
    ['Opening', 'spring', 1, 400],
  ]);
});

it('a day that no calendar has is refused', async () => {
  for (const day of ['2026-02-31', '2026-11-31', '2026-13-01'])
    await assert.rejects(answered({ measures: ['count'], filters: [{ field: 'day', in: [day] }] }), Refused, day);
});

it('more steps than are made are refused as too many, though fewer than cells may be, and so the preflight says', async () => {
  const query: PivotQuery = { dataset: 'observations', rows: ['step:2m'], measures: ['count'], limit: 1_000_000 };
  const { coarser, ...size } = await preflight(query, asked());
  assert.ok(size.cells > size.limit && coarser.length > 0, JSON.stringify(size));
  await assert.rejects(pivot(query, asked()), (error) => {
    assert.ok(error instanceof TooMany);
    assert.deepEqual([error.size, error.coarser], [size, coarser]);
    return true;
  });
});
