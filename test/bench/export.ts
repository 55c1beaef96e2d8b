import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { columnsIn, writeExport } from '../../jobs/export-files.ts';
import { createAnswer } from '../../services/answer/answer.ts';
import { answerOut } from '../../services/house/copies.ts';
import { ROWS_FILE } from '../../services/ledger/exported.ts';
import type { Asked, FileFormat } from '../../services/model/schedule.ts';
import { openDatabase, openMemory } from '../../services/store/database.ts';
import { openRecord } from '../../services/store/record.ts';
import { sql } from '../../services/store/sql.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { newFolder, remove } from '../service.ts';

/** Sightings; EXPORT_ROWS=100000000 has a hundred million. */
const ROWS = Number(process.env.EXPORT_ROWS ?? 2_000_000);
/** Sightings that are made at once. */
const PIECE = 5_000_000;
/** What the engine may take before it spills; EXPORT_MEMORY=1GiB shows that memory is flat, however many rows: then nothing is copied beside it. */
const MEMORY = process.env.EXPORT_MEMORY;
/** Between two looks at the memory, ms, and how many of them are told. */
const [LOOK_MS, TOLD] = [500, 12];
/** Bounds of the issue. */
const LIMITS: Partial<Record<FileFormat, number>> = { parquet: 1.3, csv: 2 };
/** The formats that are measured; past ten million rows those that the engine writes. */
const FORMATS: FileFormat[] =
  ROWS > 10_000_000 || MEMORY ? ['parquet', 'csv'] : ['parquet', 'csv', 'arrow', 'ndjson', 'xlsx'];
/** Large runs are made once. */
const RUNS = ROWS > 10_000_000 || MEMORY ? 1 : 3;
const FROM = Date.UTC(2026, 10, 3, 8);
/** Between two sightings, as `pivot.sql` makes them, ms. */
const EACH_MS = 243;

const SIGHTINGS = sql(new URL('./pivot/', import.meta.url).href, 'sightings');

/** An export of records, from the question to files that are safe on disk, beside DuckDB's bare COPY of the same rows in the same order. */
export async function benchExport(): Promise<void> {
  const house = newFolder();
  const database = await openDatabase(house, [], MEMORY);
  const connection = await database.connect();
  try {
    for (let first = 0; first < ROWS; first += PIECE) {
      const count = Math.min(PIECE, ROWS - first);
      await connection.run(SIGHTINGS, { from: BigInt(FROM) * 1000n, first, count });
      await connection.run('CHECKPOINT');
    }
    const span = { from: FROM, until: FROM + Math.ceil(ROWS * EACH_MS) + 1 };
    const ask = askIn(house, database);
    const asked: Asked = {
      query: { dataset: 'observations', measures: ['count'], span },
      holds: 'records',
      scope: 'admin',
    };
    console.log(
      `${ROWS} sightings, ${memoryNow()} MB resident before, ${MEMORY ?? 'a quarter of the machine'} for the engine; load ${loadavg()[0]!.toFixed(1)}`,
    );
    for (const format of FORMATS) {
      const own = await best(() => exported(house, ask, asked, format));
      const bare = format in LIMITS && !MEMORY ? await best(() => bareCopy(house, connection, format)) : null;
      const ratio = bare
        ? `, × ${(own.ms / bare.ms).toFixed(2)} of bare COPY (${bare.ms.toFixed(0)} ms), at most ${LIMITS[format]}`
        : '';
      console.log(
        `${format}: ${own.ms.toFixed(0)} ms${ratio}, ${Math.round(own.bytes / 2 ** 20)} MB, peak ${own.peak} MB`,
      );
      if (MEMORY) console.log(`  MB by second: ${byTime(own.looks)}`);
    }
  } finally {
    connection.closeSync();
    database.close();
    remove(house);
  }
}

function askIn(house: string, database: Awaited<ReturnType<typeof openDatabase>>) {
  const gateways = Array.from({ length: 20 }, (_, i) => ({ id: `pi-${i}`, room: `room-${i >> 1}` }));
  const rooms = Array.from({ length: 10 }, (_, i) => ({ id: `room-${i}` }));
  const read = parseVenue(JSON.stringify({ zone: 'Europe/Dublin', rooms, gateways }));
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  const tables = async () => ({ connect: database.connect, close: () => undefined });
  return createAnswer({
    tables,
    record: openRecord(join(house, 'as-seen'), read.venue.zone),
    house,
    venue: () => read.venue,
  });
}

/** `looks`: after how many ms how many MB were resident */
type Measured = { ms: number; bytes: number; peak: number; looks: [ms: number, mb: number][] };

/** Some of the looks, evenly apart. */
const byTime = (looks: Measured['looks']): string =>
  Array.from({ length: TOLD }, (_, i) => looks[Math.floor((i * (looks.length - 1)) / (TOLD - 1))])
    .flatMap((look) => (look ? [`${Math.round(look[0] / 1000)}: ${look[1]}`] : []))
    .join(', ');

/** From the question to the manifest. */
async function exported(
  house: string,
  ask: ReturnType<typeof askIn>,
  asked: Asked,
  format: FileFormat,
): Promise<Measured> {
  const folder = join(house, 'copies', 'export+bench+0+1');
  mkdirSync(folder, { recursive: true });
  const rows = join(folder, ROWS_FILE);
  const memory = await openMemory(house);
  try {
    return await measured(async () => {
      const meta = await answerOut(ask, asked, rows, new AbortController().signal);
      const columns = await columnsIn(memory.connection, rows);
      const schedule = { formats: [format], profile: 'spreadsheet' as const };
      const names = new Map([[format, `bench.${format}`]]);
      const { files } = await writeExport(memory.connection, folder, {
        schedule,
        names,
        columns,
        meta,
        said: {} as never,
      });
      return files[0]!.bytes;
    });
  } finally {
    memory.close();
    rmSync(folder, { recursive: true });
  }
}

/** The same columns by hand, in the order of time. */
const bareCopy = (house: string, connection: DuckDBConnection, format: FileFormat): Promise<Measured> => {
  const file = join(house, 'copies', `bare.${format}`);
  return measured(async () => {
    await connection.run(`COPY (${BY_HAND}) TO $file (FORMAT ${format})`, { file });
    return statSync(file).size;
  });
};
const BY_HAND = readFileSync(new URL('sql/records_by_hand.sql', import.meta.url), 'utf8')
  .replace(/^--.*\n/gm, '')
  .trim();

async function measured(run: () => Promise<number>): Promise<Measured> {
  // The peak since now.
  writeFileSync('/proc/self/clear_refs', '5');
  const began = performance.now();
  const looks: Measured['looks'] = [];
  const look = () => looks.push([performance.now() - began, memoryNow()]);
  const looking = setInterval(look, LOOK_MS);
  look();
  try {
    const bytes = await run();
    return { ms: performance.now() - began, bytes, peak: memoryNow('VmHWM'), looks };
  } finally {
    clearInterval(looking);
  }
}

/** MB of this process, its DuckDB included. */
const memoryNow = (what = 'VmRSS'): number =>
  Math.round(Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024);

async function best(run: () => Promise<Measured>): Promise<Measured> {
  let shortest = await run();
  for (let i = 1; i < RUNS; i++) {
    const one = await run();
    if (one.ms < shortest.ms) shortest = { ...one, peak: Math.max(one.peak, shortest.peak) };
  }
  return shortest;
}
