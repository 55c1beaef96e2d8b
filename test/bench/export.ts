import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { columnsIn, writeExport } from '../../jobs/exports/files.ts';
import { createAnswer } from '../../services/answer/answer.ts';
import { answerOut } from '../../services/house/copies.ts';
import { ROWS_FILE } from '../../services/ledger/exported.ts';
import type { Asked, FileFormat } from '../../services/model/schedule.ts';
import { openDatabase, openMemory } from '../../services/store/database.ts';
import { openRecord } from '../../services/store/record.ts';
import { sql } from '../../services/store/sql.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { newFolder, remove } from '../service.ts';
import { tell } from './figure.ts';

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
const RUNS = ROWS > 10_000_000 || MEMORY ? 1 : 5;
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
    mkdirSync(join(house, 'copies'), { recursive: true });
    if (RUNS > 1) await checkSame(house, ask, asked, connection);
    for (const format of FORMATS) {
      const isBeside = format in LIMITS && !MEMORY;
      const { own, bare } = await inTurn(
        () => exported(house, ask, asked, format),
        isBeside ? () => bareCopy(house, connection, format) : null,
      );
      tell({
        measure: `${ROWS.toLocaleString('en')} sightings as ${format}`,
        run: `${inWords(own)}, ${Math.round(own.bytes / 2 ** 20)} MB, peak ${own.peak} MB`,
        ...(bare && {
          beside: `DuckDB's bare COPY: ${inWords(bare)}; of CPU × ${(own.cpu / bare.cpu).toFixed(2)}`,
          found: own.ms / bare.ms,
          goal: `≤ ${LIMITS[format]!}`,
        }),
      });
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

/** `cpu`: ms of it, of all threads; `looks`: after how many ms how many MB were resident */
type Measured = { ms: number; cpu: number; bytes: number; peak: number; looks: [ms: number, mb: number][] };

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

/** Fails unless the bare COPY has every column and row of an export: an instant has no zone there, which costs nothing to write. */
async function checkSame(
  house: string,
  ask: ReturnType<typeof askIn>,
  asked: Asked,
  connection: DuckDBConnection,
): Promise<void> {
  const [own, bare] = ['own', 'by-hand'].map((name) => join(house, 'copies', `${name}.parquet`)) as [string, string];
  await answerOut(ask, asked, own, new AbortController().signal);
  await connection.run(`COPY (${BY_HAND}) TO $bare (FORMAT parquet)`, { bare });
  const other = (a: string, b: string) => `SELECT * FROM (${a} EXCEPT ALL ${b})`;
  const [ours, theirs] = ['FROM read_parquet($own)', 'FROM read_parquet($bare)'];
  const text = `SELECT count(*) FROM (${other(ours, theirs)} UNION ALL ${other(theirs, ours)})`;
  const differing = Number((await connection.runAndReadAll(text, { own, bare })).getRows()[0]![0]);
  if (differing > 0) throw new Error(`expected the bare COPY to have the same rows, found ${differing} others`);
  for (const file of [own, bare]) rmSync(file);
}

async function measured(run: () => Promise<number>): Promise<Measured> {
  // The peak since now.
  writeFileSync('/proc/self/clear_refs', '5');
  const [began, before] = [performance.now(), process.cpuUsage()];
  const looks: Measured['looks'] = [];
  const look = () => looks.push([performance.now() - began, memoryNow()]);
  const looking = setInterval(look, LOOK_MS);
  look();
  try {
    const bytes = await run();
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(before);
    return { ms, cpu: (user + system) / 1000, bytes, peak: memoryNow('VmHWM'), looks };
  } finally {
    clearInterval(looking);
  }
}

/** MB of this process, its DuckDB included. */
const memoryNow = (what = 'VmRSS'): number =>
  Math.round(Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024);

/** The best of some runs of an export and of the bare COPY, in turn, so that whatever else the machine does meets both. */
async function inTurn(own: () => Promise<Measured>, bare: (() => Promise<Measured>) | null) {
  const runs: [Measured, Measured | null][] = [];
  // What has no peer is measured once: XLSX takes a minute.
  for (let i = 0; i < (bare ? RUNS : 1); i++) runs.push([await own(), bare ? await bare() : null]);
  const beside = runs.flatMap(([, one]) => one ?? []);
  return { own: bestOf(runs.map(([one]) => one)), bare: beside.length > 0 ? bestOf(beside) : null };
}

/** The shortest run, with the least CPU and the highest peak of all. */
function bestOf(runs: Measured[]): Measured {
  const shortest = runs.reduce((best, one) => (one.ms < best.ms ? one : best));
  const cpu = Math.min(...runs.map((one) => one.cpu));
  return { ...shortest, cpu, peak: Math.max(...runs.map(({ peak }) => peak)) };
}

const inWords = ({ ms, cpu }: Measured): string => `${ms.toFixed(0)} ms, ${cpu.toFixed(0)} of CPU`;
