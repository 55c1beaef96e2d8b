import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { RecordBatchReader } from 'apache-arrow';
import { type Options, parse } from 'csv-parse';
import { LEVEL } from '../model/pivot.ts';
import type { Columns } from '../model/query.ts';
import type { Added, ExportFile } from '../model/schedule.ts';
import { addUp, linesIn, numericIn, textIn } from '../store/added.ts';
import { sheetRows } from './sheet-rows.ts';

/**
 * What the rows of files of an export add up to, by the names of the files: how many, and the sums of the columns of numbers over those
 * that are no totals (of a workbook their number alone). The engine reads what it can, on threads of its own. What cannot be read is
 * an error. Flat in memory.
 */
export async function readBack(
  folder: string,
  files: readonly Pick<ExportFile, 'name' | 'format'>[],
  columns: Columns,
): Promise<Map<string, Added | Error>> {
  const found = new Map<string, Added | Error>();
  for (const { name, format } of files)
    found.set(name, await READERS[format](join(folder, name), columns).catch(onOneLine));
  return found;
}

/** The engine says more than what is wrong, below an empty line. */
const onOneLine = ({ message }: Error): Error => new Error(message.split('\n\n')[0]!.replaceAll('\n', ' '));

type Reader = (file: string, columns: Columns) => Promise<Added>;

const READERS: Record<ExportFile['format'], Reader> = {
  parquet: (file, columns) => addUp(file, 'read_parquet($file)', columns),
  async csv(file, columns) {
    refuseOthers(await headingOf(file, { record_delimiter: '\r\n' }), columns);
    return addUp(file, textIn(columns, `delim = ',', quote = '"', escape = '"'`), columns);
  },
  async tsv(file, columns) {
    refuseOthers(await headingOf(file, { delimiter: '\t', quote: null, record_delimiter: '\n' }), columns);
    return addUp(file, textIn(columns, `delim = chr(9), quote = '', escape = ''`), columns);
  },
  ndjson: (file, columns) => addUp(file, linesIn(columns, 0, 'line'), columns),
  // A row is a line, behind that of what is said of all.
  json: (file, columns) => addUp(file, linesIn(columns, 1, ROW), columns),
  arrow: addBatches,
  xlsx: async (file) => ({ rows: await sheetRows(file), sums: null }),
};

/** A row without the comma behind it, or the end of all. */
const ROW = String.raw`CASE WHEN ends_with(line, ',') THEN rtrim(line, ',') ELSE regexp_replace(line, '\]\}$', '') END`;

/** The engine cannot read it. */
async function addBatches(file: string, columns: Columns): Promise<Added> {
  const names = numericIn(columns);
  const sums = Object.fromEntries(names.map((name) => [name, { sum: 0, size: 0 }]));
  let rows = 0;
  for await (const batch of await RecordBatchReader.from(createReadStream(file))) {
    const level = batch.getChild(LEVEL);
    const isTotal = Array.from({ length: level ? batch.numRows : 0 }, (_, i) => Boolean(level!.get(i)));
    rows += batch.numRows;
    for (const name of names) {
      const column = batch.getChild(name);
      if (!column) throw new Error(`expected a column ${name}, found none`);
      const added = sums[name]!;
      for (let i = 0; i < batch.numRows; i++) {
        if (isTotal[i]) continue;
        const value = Number(column.get(i) ?? 0);
        added.sum += value;
        added.size += Math.abs(value);
      }
    }
  }
  return { rows, sums };
}

async function headingOf(file: string, how: Options): Promise<string[]> {
  for await (const cells of createReadStream(file).pipe(parse({ ...how, to: 1 }))) return cells as string[];
  return [];
}

function refuseOthers(found: readonly string[], columns: Columns): void {
  const expected = Object.keys(columns).join();
  if (found.join() !== expected) throw new Error(`expected the heading ${expected}, found ${found.join()}`);
}
