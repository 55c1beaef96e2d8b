import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { recordsOfCell } from '../../../services/answer/pivot/records.ts';
import { arrow } from '../../../services/formats/arrow.ts';
import type { PivotQuery } from '../../../services/model/pivot.ts';
import { type Database, openDatabase } from '../../../services/store/database.ts';
import { duckdbStore } from '../../../services/store/duckdb.ts';
import type { Row } from '../../../services/store/rows.ts';
import { venueOf } from '../../locate/world.ts';
import { batchOf, sighting } from '../../sightings.ts';

const FROM = Date.UTC(2026, 10, 3, 8);
const BADGES = Array.from({ length: 60 }, (_, i) => `badge-${i}`);
/** Two instants at which every badge was heard. */
const TIMES = [FROM, FROM + 1000];
const QUERY: PivotQuery = { dataset: 'observations', measures: ['count'] };

let database: Database;
before(async () => {
  database = await openDatabase(null);
  const store = await duckdbStore(database);
  const heard = TIMES.flatMap((time) => BADGES.map((badge) => sighting({ badge, time, received: time })));
  await store.append(batchOf(heard));
  await store.close();
});
after(() => database.close());

const asked = (tables: Database, isWhole: boolean) => ({
  tables: async () => ({ connect: tables.connect, close: () => undefined }),
  derived: async () => assert.fail('no derived tables are asked for'),
  house: null,
  venue: venueOf([['pi-1', 'hall']]),
  now: FROM,
  isWhole,
});

async function records(page: { limit?: number; cursor?: string | undefined }, isWhole = false) {
  const answer = await recordsOfCell(QUERY, page, asked(database, isWhole));
  const rows: Row[] = [];
  for await (const some of answer.rows) rows.push(...some);
  return { rows, next: answer.next };
}

it('pages end anywhere among the records of one instant, and have each once, in the order of all', async () => {
  for (const limit of [7, 59]) {
    const paged: Row[] = [];
    let cursor: string | undefined;
    do {
      const { rows, next } = await records({ limit, cursor });
      paged.push(...rows);
      cursor = next ?? undefined;
    } while (cursor !== undefined && paged.length <= 2 * BADGES.length);
    assert.deepEqual(paged, (await records({}, true)).rows, `pages of ${limit}`);
  }
  assert.equal((await records({}, true)).rows.length, 2 * BADGES.length);
});

it('records of every kind are the same by their codes as by their texts, whatever is unknown of them', async () => {
  const mixed = await openDatabase(null);
  try {
    const store = await duckdbStore(mixed);
    const given = { received: FROM, simulated: false };
    await store.append(
      batchOf([
        ...TIMES.map((time, i) => sighting({ time, received: time, badge: `badge-${i}`, temperature: 21.5, claps: 3 })),
        // Of a gateway that stands nowhere.
        sighting({ time: FROM + 500, received: FROM, gateway: 'pi-9', simulated: true }),
        { kind: 'measurement', ...given, time: FROM - 1, sensor: 'air', quantity: 'co2', value: 400.25 },
        { kind: 'heartbeat', ...given, time: FROM + 250, gateway: 'pi-1', status: 'online', info: null },
      ]),
    );
    await store.close();
    const rows: Row[] = [];
    for await (const some of (await recordsOfCell(QUERY, {}, asked(mixed, true))).rows) rows.push(...some);
    const parts: Uint8Array[] = [];
    const answer = await recordsOfCell(QUERY, {}, asked(mixed, true));
    for await (const part of arrow.write({ ...answer, meta: {} as never })) parts.push(part as Uint8Array);
    const read = tableFromIPC(Buffer.concat(parts)).toArray();
    const numbers = (row: Row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
      );
    assert.deepEqual(
      read.map((row) => numbers(row!.toJSON())),
      rows,
    );
    assert.deepEqual(
      rows.map(({ kind, room, gateway, sensor, value, status }) => [kind, room, gateway, sensor, value, status]),
      [
        ['measurement', null, null, 'air', 400.25, null],
        ['sighting', 'hall', 'pi-1', null, null, null],
        ['heartbeat', 'hall', 'pi-1', null, null, 'online'],
        ['sighting', null, 'pi-9', null, null, null],
        ['sighting', 'hall', 'pi-1', null, null, null],
      ],
    );
  } finally {
    mixed.close();
  }
});
