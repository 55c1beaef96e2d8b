import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { wholeOf } from '../../../services/answer/pivot/whole.ts';
import type { Row } from '../../../services/formats/format.ts';
import { BY_NAME } from '../../../services/formats/formats.ts';
import type { Columns } from '../../../services/model/query.ts';
import { type Memory, openMemory } from '../../../services/store/database.ts';
import { fromParquet } from '../../formats/parquet.ts';

const COLUMNS: Columns = { who: 'text', much: 'number', n: 'integer', is: 'boolean', told: 'instant' };
let memory: Memory;
before(async () => {
  memory = await openMemory();
});
after(() => memory.close());

/** The rows of a statement as Arrow and Parquet have them from the engine's columns, and as they are. */
async function bothWays(text: string): Promise<Record<'rows' | 'arrow' | 'parquet', Row[]> & { ended: number }> {
  let ended = 0;
  const whole = async () => {
    const connection = await memory.connect();
    const end = () => {
      connection.closeSync();
      ended += 1;
    };
    return {
      ...wholeOf(connection, { text, values: {} }, COLUMNS, end),
      columns: COLUMNS,
      meta: {} as never,
      next: null,
    };
  };
  const bytes = async (name: string) => {
    const parts: Uint8Array[] = [];
    for await (const part of BY_NAME[name]!.write(await whole())) parts.push(part as Uint8Array);
    return Buffer.concat(parts);
  };
  const rows: Row[] = [];
  for await (const some of (await whole()).rows) rows.push(...some);
  const arrow = tableFromIPC(await bytes('arrow')).toArray();
  return {
    rows,
    arrow: arrow.map((row) => {
      const { n, ...said } = row!.toJSON();
      return { ...said, n: n === null ? null : Number(n) };
    }),
    parquet: await fromParquet(await bytes('parquet')),
    ended,
  };
}

const said = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);

it('columns of the engine are the rows that they are, whatever is in them and unknown', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          fc.option(
            fc.oneof(
              fc.constantFrom('', "'", 'ü\u{1F600}', 'a text that is longer than twelve'),
              fc.string({ unit: 'grapheme-ascii' }),
            ),
          ),
          fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0)),
          fc.option(fc.maxSafeInteger()),
          fc.option(fc.boolean()),
          fc.option(fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2099, 0) })),
        ),
        { maxLength: 20 },
      ),
      async (all) => {
        const lines = all.map(
          ([who, much, n, is, at], i) =>
            `(${i}, ${said(who)}::VARCHAR, ${said(much)}::DOUBLE, ${said(n)}::BIGINT, ${said(is)}::BOOLEAN, ${at === null ? 'NULL::TIMESTAMPTZ' : `make_timestamptz(${at}000)`})`,
        );
        const none = "(-1, '', 0::DOUBLE, 0::BIGINT, true, make_timestamptz(0))";
        const { rows, arrow, parquet, ended } = await bothWays(
          `SELECT who, much, n, "is", told FROM (VALUES ${[none, ...lines].join(', ')}) t(i, who, much, n, "is", told) WHERE i >= 0 ORDER BY i`,
        );
        assert.equal(rows.length, all.length);
        assert.deepEqual(arrow, rows);
        assert.deepEqual(parquet, rows);
        assert.equal(ended, 3);
      },
    ),
    { numRuns: 15, includeErrorInReport: true },
  ));

it('more rows than a batch, of so many texts that they are told each, in the order of the statement', async () => {
  const rows = `SELECT 'text ' || i AS who, CASE WHEN i % 7 <> 0 THEN i END::DOUBLE AS much, CASE WHEN i % 9 <> 0 THEN i END AS n, CASE WHEN i % 3 <> 0 THEN i % 2 = 0 END AS "is", CASE WHEN i % 5 <> 0 THEN make_timestamptz(i * 1000) END AS told FROM range(150000) t(i)`;
  const found = await bothWays(`${rows} ORDER BY i`);
  assert.deepEqual(found.arrow, found.rows);
  assert.deepEqual(found.parquet, found.rows);
  const few = await bothWays(
    `SELECT CASE WHEN i % 11 <> 0 THEN 'text ' || i % 300 END AS who, NULL::DOUBLE AS much, NULL::BIGINT AS n, NULL::BOOLEAN AS "is", NULL::TIMESTAMPTZ AS told FROM range(70000) t(i) ORDER BY i`,
  );
  assert.deepEqual(few.arrow, few.rows);
});
