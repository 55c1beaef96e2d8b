import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Row } from '../../services/formats/format.ts';
import { workbook } from '../../services/formats/xlsx.ts';
import type { Columns } from '../../services/model/query.ts';
import { sheetsIn, unzip } from './unzip.ts';

const AT = Date.UTC(2026, 10, 3, 9, 30, 15, 250);
const COLUMNS: Columns = { room: 'text', count: 'number', known: 'boolean', time: 'instant' };
const ROWS: Row[] = [
  { room: 'Café & <hall>', count: -1e-7, known: true, time: AT },
  { room: '=1+1', count: 4, known: false, time: null },
  { room: null, count: null, known: null, time: Date.UTC(1850, 0, 1) },
];

async function bytesOf(chunks: Row[][], columns = COLUMNS, most = 1_048_576): Promise<Buffer> {
  const rows = (async function* () {
    yield* chunks;
  })();
  const parts: Uint8Array[] = [];
  for await (const part of workbook(columns, rows, most)) parts.push(part);
  return Buffer.concat(parts);
}

const PYTHON = process.env.PYTHON ?? 'python3';
const python = spawnSync(PYTHON, ['-c', 'import openpyxl']);
const noOpenpyxl = python.status === 0 ? false : 'python3 has no openpyxl here';

describe('xlsx', () => {
  it('has the parts of a workbook; texts are texts, numbers numbers, instants dates; what is unknown has no cell', async () => {
    const bytes = await bytesOf([ROWS]);
    assert.deepEqual([...unzip(bytes).keys()].sort(), [
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet1.xml',
    ]);
    const [[heading, first, second, third] = []] = sheetsIn(bytes);
    assert.deepEqual(
      [...heading!.values()].map(({ value }) => value),
      Object.keys(COLUMNS),
    );
    assert.deepEqual(first!.get('A'), { type: 'inlineStr', style: 0, value: 'Café & <hall>' });
    assert.deepEqual(first!.get('B'), { type: 'n', style: 0, value: '-1e-7' });
    assert.deepEqual(first!.get('C'), { type: 'b', style: 0, value: '1' });
    assert.equal(first!.get('D')!.style, 1);
    assert.equal(Math.round((Number(first!.get('D')!.value) - 25_569) * 86_400_000), AT);
    assert.deepEqual(second!.get('A'), { type: 'inlineStr', style: 3, value: '=1+1' });
    assert.deepEqual([...third!.keys()], ['D']);
    assert.equal(third!.get('D')!.value, '1850-01-01T00:00:00.000Z', 'older than spreadsheets count');
  });

  it('a text that begins with any sign a spreadsheet runs stays quoted when it is edited, no other does', async () => {
    const signs = ['=', '+', '-', '@', '\t', '\r', '\n', '\uff1d', '\uff0b', '\uff0d', '\uff20'];
    const texts = [...signs.map((sign) => `${sign}1+1`), ...['1=1', ' =1', "'=1", '\u22121', 'a@b', '']];
    const [lines] = sheetsIn(await bytesOf([texts.map((text) => ({ text }))], { text: 'text' }));
    const found = lines!.slice(1).map((cells) => cells.get('A')!);
    assert.deepEqual(
      found.map(({ value, style }) => [value, style === 3]),
      texts.map((text, i) => [text, i < signs.length]),
    );
  });

  it('made again it has the same bytes, in any time zone', async () => {
    const zone = process.env.TZ;
    try {
      process.env.TZ = 'Pacific/Auckland';
      const there = await bytesOf([ROWS]);
      process.env.TZ = 'America/New_York';
      assert.equal(there.compare(await bytesOf([ROWS.slice(0, 1), [], ROWS.slice(1)])), 0);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it('what does not fit a sheet goes on in the next, with the heading; no row is lost, no sheet is empty', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 6 }),
        fc.integer({ min: 2, max: 7 }),
        async (sizes, most) => {
          let n = 0;
          const chunks = sizes.map((size) => Array.from({ length: size }, () => ({ n: n++ })));
          const sheets = sheetsIn(await bytesOf(chunks, { n: 'number' }, most));
          assert.equal(sheets.length, Math.max(1, Math.ceil(n / (most - 1))));
          assert.ok(sheets.every((lines) => lines[0]!.get('A')!.value === 'n' && lines.length <= most));
          const found = sheets.flatMap((lines) => lines.slice(1).map((cells) => Number(cells.get('A')!.value)));
          assert.deepEqual(
            found,
            Array.from({ length: n }, (_, i) => i),
          );
        },
      ),
      { numRuns: 60 },
    ));

  it('any text comes back as it was, whatever XML cannot hold', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('_x000D_', 'a\r\nb', '\u0000', '_x_', ' x '))),
        async (texts) => {
          const [lines] = sheetsIn(await bytesOf([texts.map((text) => ({ text }))], { text: 'text' }));
          assert.deepEqual(
            lines!.slice(1).map((cells) => cells.get('A')!.value),
            texts,
          );
        },
      ),
      { numRuns: 100 },
    ));

  it('a text that no cell can hold, and rows that break off, are errors', async () => {
    await assert.rejects(
      bytesOf([[{ text: 'x'.repeat(32_768) }]], { text: 'text' }),
      /expected texts of 32767 characters at most.*found 32768 in text/,
    );
    const rows = (async function* () {
      yield [{ text: 'x' }];
      throw new Error('the query ended');
    })();
    const read = async () => {
      for await (const _ of workbook({ text: 'text' }, rows, 10));
    };
    await assert.rejects(read(), /the query ended/);
  });

  it('openpyxl reads the same', { skip: noOpenpyxl }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hallway-xlsx-'));
    try {
      const file = join(folder, 'x.xlsx');
      writeFileSync(file, await bytesOf([ROWS.slice(0, 2)]));
      const code =
        'import openpyxl,sys,json\nw=openpyxl.load_workbook(sys.argv[1])\nprint(json.dumps([[str(c.value) for c in r] for r in w.worksheets[0]["A2:D3"]]))';
      const { stdout, stderr } = spawnSync(PYTHON, ['-c', code, file], { encoding: 'utf8' });
      assert.equal(stderr, '');
      assert.deepEqual(JSON.parse(stdout), [
        ['Café & <hall>', '-1e-07', 'True', '2026-11-03 09:30:15.250000'],
        ['=1+1', '4', 'False', 'None'],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
