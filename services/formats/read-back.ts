import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { RecordBatchReader } from 'apache-arrow';
import { parse } from 'csv-parse';
import { LEVEL } from '../model/pivot.ts';
import { type Columns, isNumeric } from '../model/query.ts';
import type { Added, ExportFile } from '../model/schedule.ts';
import { openMemory } from '../store/database.ts';
import { type Row, rowsOf } from '../store/rows.ts';
import { sheetRows } from './sheet-rows.ts';

/** Bytes that are read at once. */
const CHUNK = 2 ** 18;

type Reader = (file: string, names: readonly string[]) => AsyncIterable<Row[]>;

/**
 * What the rows of files of an export add up to, by the names of the files, each read as whoever gets it would: how many, and the sums of
 * the columns of numbers over those that are no totals (of a workbook their number alone). What cannot be read is an error. Flat in memory.
 */
export async function readBack(
  folder: string,
  files: readonly Pick<ExportFile, 'name' | 'format'>[],
  columns: Columns,
): Promise<Map<string, Added | Error>> {
  const found = new Map<string, Added | Error>();
  const names = Object.keys(columns).filter((name) => isNumeric(columns[name]));
  for (const { name, format } of files) {
    const file = join(folder, name);
    const added = format === 'xlsx' ? rowsAlone(file) : addUp(READERS[format](file, [...names, LEVEL]), names);
    found.set(name, await added.catch((error: Error) => error));
  }
  return found;
}

const rowsAlone = async (file: string): Promise<Added> => ({ rows: await sheetRows(file), sums: null });

async function addUp(chunks: AsyncIterable<Row[]>, names: readonly string[]): Promise<Added> {
  const sums = names.map(() => ({ sum: 0, size: 0 }));
  let rows = 0;
  for await (const chunk of chunks) {
    rows += chunk.length;
    for (const row of chunk)
      if (!row[LEVEL])
        for (const [i, name] of names.entries()) {
          const value = Number(row[name] ?? 0);
          sums[i]!.sum += value;
          sums[i]!.size += Math.abs(value);
        }
  }
  return { rows, sums: Object.fromEntries(names.map((name, i) => [name, sums[i]!])) };
}

const READERS: Record<Exclude<ExportFile['format'], 'xlsx'>, Reader> = {
  async *parquet(file) {
    const memory = await openMemory(dirname(file));
    try {
      yield* rowsOf(await memory.connection.stream('FROM read_parquet($file)', { file }));
    } finally {
      memory.close();
    }
  },
  async *arrow(file, names) {
    for await (const batch of await RecordBatchReader.from(createReadStream(file))) {
      const columns = names.flatMap((name) => {
        const column = batch.getChild(name);
        return column ? [{ name, column }] : [];
      });
      yield Array.from({ length: batch.numRows }, (_, i) =>
        Object.fromEntries(columns.map(({ name, column }) => [name, column.get(i)])),
      );
    }
  },
  async *csv(file, names) {
    yield* named(createReadStream(file).pipe(parse({ record_delimiter: '\r\n' })), names);
  },
  async *tsv(file, names) {
    yield* named(split(file), names);
  },
  async *ndjson(file) {
    for await (const line of linesOf(file)) yield [JSON.parse(line) as Row];
  },
  // A row is a line, behind that of what is said of all.
  async *json(file) {
    let isFirst = true;
    for await (const line of linesOf(file)) {
      if (!isFirst) yield [JSON.parse(line.replace(/(,|\]\})$/, '')) as Row];
      isFirst = false;
    }
  },
};

/** Lines that end in LF alone: texts may have other breaks, which `readline` would take. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let held = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: CHUNK })) {
    const lines = (held + chunk).split('\n');
    held = lines.pop()!;
    yield* lines;
  }
  if (held !== '') yield held;
}

async function* split(file: string): AsyncGenerator<string[]> {
  for await (const line of linesOf(file)) yield line.split('\t');
}

/** Records behind a heading, with some of their cells. */
async function* named(records: AsyncIterable<string[]>, names: readonly string[]): AsyncGenerator<Row[]> {
  let places: [name: string, at: number][] | null = null;
  for await (const cells of records) {
    if (places) yield [Object.fromEntries(places.map(([name, at]) => [name, cells[at]]))];
    else places = names.flatMap((name) => (cells.includes(name) ? [[name, cells.indexOf(name)]] : []));
  }
}
