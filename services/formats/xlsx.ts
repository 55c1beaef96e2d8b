import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Columns } from '../model/query.ts';
import type { Format, Row } from './format.ts';
import { CONTENT_TYPES, headOf, lineOf, RELATIONS, relationsOf, STYLES, TAIL, workbookOf } from './sheet.ts';

/** Rows of a sheet at most, its heading among them (ECMA-376; every spreadsheet holds to it). */
const SHEET_ROWS_MAX = 1_048_576;

/** No clock is in a workbook. DOS time has no zone: the same on whatever clock this machine has. */
const entry = () => ({ mtime: new Date(2000, 0, 1), mode: 0o100644, forceDosTimestamp: true });

/**
 * Office Open XML: real numbers, truths and dates (UTC), texts that no spreadsheet runs as formulas. What does not fit a sheet
 * goes on in the next, each with the heading. Flat in memory. Throws where a text is longer than a cell may be.
 */
export const xlsx: Format = {
  type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  whole: false,
  write: ({ columns, rows }) => workbook(columns, rows, SHEET_ROWS_MAX),
};

/** @param most rows of a sheet, its heading among them */
export async function* workbook(
  columns: Columns,
  rows: AsyncIterable<Row[]>,
  most: number,
): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const left = leftOf(rows);
  const add = (number: number) => {
    const sheet = Readable.from(sheetOf(columns, left, most), { objectMode: false });
    sheet.once('error', (error) => output.destroy(error));
    // Whether another sheet is needed is known only at the end of this one.
    sheet.once('end', () => (left.isOver ? finish(number) : add(number + 1)));
    zip.addReadStream(sheet, `xl/worksheets/sheet${number}.xml`, entry());
  };
  const finish = (sheets: number) => {
    const parts = {
      'xl/workbook.xml': workbookOf(sheets),
      'xl/_rels/workbook.xml.rels': relationsOf(sheets),
      'xl/styles.xml': STYLES,
      '_rels/.rels': RELATIONS,
      '[Content_Types].xml': CONTENT_TYPES(sheets),
    };
    for (const [name, text] of Object.entries(parts)) zip.addBuffer(Buffer.from(text), name, entry());
    zip.end();
  };
  zip.once('error', (error: Error) => output.destroy(error));
  add(1);
  yield* output;
}

/** Rows that no sheet has taken yet. */
type Left = {
  isOver: boolean;
  /** so many at most; none: there are no more */
  take(most: number): Promise<Row[]>;
};

/** It always knows whether there is another row, so it holds one chunk. */
function leftOf(rows: AsyncIterable<Row[]>): Left {
  const chunks = rows[Symbol.asyncIterator]();
  let held: Row[] = [];
  const left: Left = {
    isOver: false,
    async take(most) {
      await fill();
      const taken = held.slice(0, most);
      held = held.slice(most);
      await fill();
      return taken;
    },
  };
  async function fill(): Promise<void> {
    while (held.length === 0 && !left.isOver) {
      const { done, value } = await chunks.next();
      if (done) left.isOver = true;
      else held = value;
    }
  }
  return left;
}

async function* sheetOf(columns: Columns, left: Left, most: number): AsyncGenerator<string> {
  const named = Object.entries(columns);
  yield headOf(named);
  let line = 1;
  for (;;) {
    const some = line < most ? await left.take(most - line) : [];
    if (some.length === 0) break;
    yield some.map((row) => lineOf(named, row, ++line)).join('');
  }
  yield TAIL;
}
