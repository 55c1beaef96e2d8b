import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { differencesOf } from '../../jobs/exports/differences.ts';
import { differenceWords } from '../../services/model/differences.ts';
import type { PivotQuery } from '../../services/model/pivot.ts';
import type { Columns } from '../../services/model/query.ts';
import { openMemory } from '../../services/store/database.ts';

const COLUMNS: Columns = {
  ...{ room: 'text', 'step:1h': 'instant', level: 'text' },
  ...{ count: 'integer', 'average(rssi)': 'number' },
};
const query = {
  ...{ dataset: 'observations', rows: ['room'], columns: ['step:1h'], measures: ['count', 'average(rssi)'] },
} as PivotQuery;
type Cell = [room: string | null, hour: number | null, level: string, count: number, average: number | null];

it('what changed is told by rows that are new, gone or other, and the first of them by their fields; never where it may name a badge', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hallway-differences-'));
  const memory = await openMemory(folder);
  const { connection } = memory;
  const written = async (name: string, cells: Cell[]): Promise<string> => {
    const file = join(folder, name);
    const said = cells.map(
      ([room, hour, level, count, average]) =>
        `(${room === null ? 'NULL' : `'${room}'`}::VARCHAR, make_timestamptz(${hour === null ? 'NULL' : hour * 3_600_000_000}::BIGINT), '${level}', ${count}::BIGINT, ${average}::DOUBLE)`,
    );
    const names = Object.keys(COLUMNS).map((one) => `"${one}"`);
    await connection.run(`COPY (FROM (VALUES ${said}) t(${names})) TO '${file}' (FORMAT parquet)`);
    return file;
  };
  const compared = (before: string, after: string, holds: 'cells' | 'records' = 'cells', asked = query) =>
    differencesOf(connection, { before, after }, COLUMNS, { query: asked, holds });
  try {
    const before = await written('before', [
      ...([
        ['hall', 9, '', 12, -60],
        ['hall', 10, '', 5, -61],
        [null, 9, '', 1, null],
      ] satisfies Cell[]),
      ...([
        ['bar', 9, '', 2, -70],
        [null, null, 'room,step:1h', 20, -61.5],
      ] satisfies Cell[]),
    ]);
    const after = await written('after', [
      ...([
        ['hall', 9, '', 14, -60],
        ['hall', 10, '', 5, -61],
        [null, 9, '', 2, null],
      ] satisfies Cell[]),
      ...([
        ['yard', 9, '', 3, -50],
        [null, null, 'room,step:1h', 24, -61.5],
      ] satisfies Cell[]),
    ]);
    const at = { 'step:1h': '1970-01-01T09:00:00.000Z', level: '' };
    const found = await compared(before, after);
    assert.deepEqual(found, {
      ...{ added: 1, removed: 1, changed: 3 },
      rows: [
        { fields: { room: 'bar', ...at }, before: { count: 2, 'average(rssi)': -70 }, after: null },
        { fields: { room: 'hall', ...at }, before: { count: 12 }, after: { count: 14 } },
        { fields: { room: 'yard', ...at }, before: null, after: { count: 3, 'average(rssi)': -50 } },
        { fields: { room: null, ...at }, before: { count: 1 }, after: { count: 2 } },
        {
          fields: { room: null, 'step:1h': null, level: 'room,step:1h' },
          before: { count: 20 },
          after: { count: 24 },
        },
      ],
    });
    assert.equal(differenceWords(found), 'rows: 1 new, 3 changed, 1 gone');
    assert.deepEqual(await compared(before, before), { added: 0, removed: 0, changed: 0, rows: [] });
    assert.equal(differenceWords(await compared(before, before)), null);
    assert.deepEqual(await compared(before, after, 'records'), { added: 4, removed: 4, changed: 0, rows: [] });
    for (const asked of [
      { ...query, filters: [{ field: 'badge', in: ['k1.x'] }] },
      { ...query, measures: ['listUnique(badge)'] },
      { ...query, dataset: 'anomalies', measures: ['last(sentence)'] } as PivotQuery,
    ])
      assert.deepEqual(await compared(before, after, 'cells', asked), { added: 1, removed: 1, changed: 3, rows: [] });
    const many = Array.from({ length: 30 }, (_, i): Cell => [`room-${i}`, 9, '', i, null]);
    const more = await compared(before, await written('many', [...many]));
    assert.deepEqual([more.added, more.removed, more.rows.length], [30, 5, 20]);
  } finally {
    memory.close();
    rmSync(folder, { recursive: true });
  }
});
