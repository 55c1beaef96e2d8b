import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { recordsOfCell } from '../../../services/answer/pivot/records.ts';
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

async function records(page: { limit?: number; cursor?: string | undefined }, isWhole = false) {
  const answer = await recordsOfCell(QUERY, page, {
    tables: async () => ({ connect: database.connect, close: () => undefined }),
    derived: async () => assert.fail('no derived tables are asked for'),
    house: null,
    venue: venueOf([['pi-1', 'hall']]),
    now: FROM,
    isWhole,
  });
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
