import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { listValue } from '@duckdb/node-api';
import { dropCopies } from '../house/copies.ts';
import { exportsIn, ROWS_FILE } from '../ledger/exported.ts';
import type { Entry, Ledger } from '../ledger/ledger.ts';
import { DERIVED, fileOf, readParts, replace, sweep } from '../ledger/manifest.ts';
import { removeFiles } from '../ledger/remove-exported.ts';
import { say } from '../ledger/runs.ts';
import { goneKey, rowKey } from '../ledger/schedules.ts';
import { writeWhole } from '../ledger/whole.ts';
import type { Receipt } from '../model/forgetting.ts';
import type { WindowRow } from '../model/schedule.ts';
import type { Memory } from '../store/database.ts';
import { sql } from '../store/sql.ts';
import { forgetInRecord } from './record.ts';

/** What is made of observations and may name badges. */
const NAMING = ['presences', 'anomalies', 'observations'] as const;
/** Below a house: files of a demo that was ended, and recordings that are or were replayed. */
const ASIDE = /^((derived|as-seen)-demo-|replay$)/;
const DEAD_LETTERS = 'dead-letters.ndjson';

/** Takes badges out of every revision that jobs made; what no manifest names any more goes. */
export async function forgetDerived(
  { connection }: Memory,
  house: string,
  badges: string[],
): Promise<Receipt['files']> {
  const rewritten: Receipt['files'] = [];
  for (const dataset of NAMING)
    for (const part of readParts(house, dataset)) {
      const file = fileOf(house, dataset, part);
      const named = await namedIn({ connection }, file, badges);
      if (named === 0) continue;
      await replace(house, dataset, part, async (aside) => {
        await writeLeft({ connection }, file, aside, badges);
        return part.rows - named;
      });
      rewritten.push({ dataset, day: part.day, revision: part.revision });
    }
  for (const dataset of DERIVED) sweep(house, dataset, Number.POSITIVE_INFINITY);
  return rewritten;
}

async function namedIn({ connection }: Pick<Memory, 'connection'>, file: string, badges: string[]): Promise<number> {
  const found = await connection.runAndReadAll(sql(import.meta.url, 'named_in'), { file, badges: listValue(badges) });
  return found.getRows()[0]![0] as number;
}

/** Removes the files of windows that name badges, each revision of them, and plans the windows again. */
export async function forgetExports(
  memory: Memory,
  house: string,
  ledger: Ledger,
  badges: string[],
  now: number,
): Promise<Receipt['windows']> {
  const removed: Receipt['windows'] = [];
  const history = (await ledger.list('window/', { history: true })) as Entry<WindowRow>[];
  for (const { value } of history) {
    const { published, schedule, until } = value;
    if (!published || removed.some((one) => one.folder === published.folder)) continue;
    const folder = join(exportsIn(house), published.folder);
    // By the ledger's list of files: somebody may have taken the manifest away.
    if (!existsSync(folder) || !(await isNamedIn(memory, folder, published.files, badges))) continue;
    removeFiles(house, published, true);
    await say(ledger, goneKey(schedule, until, published.revision), { time: now });
    removed.push({ schedule, until, revision: published.revision, folder: published.folder });
  }
  for (const key of new Set(removed.map(({ schedule, until }) => rowKey(schedule, until)))) {
    const row = ((await ledger.get(key)) as Entry<WindowRow> | null)?.value;
    if (row?.state === 'done') await say(ledger, key, { ...row, state: 'planned', why: 'asked', attempt: 1 });
  }
  return removed;
}

/**
 * The rows lie in Parquet beside the files, or are one of them; where they are gone, the texts themselves are looked through. A
 * workbook cannot be: without its rows it counts as one that names them.
 */
async function isNamedIn(
  memory: Memory,
  folder: string,
  files: { name: string; format: string }[],
  badges: string[],
): Promise<boolean> {
  const rows = [ROWS_FILE, ...files.filter(({ format }) => format === 'parquet').map(({ name }) => name)]
    .map((name) => join(folder, name))
    .find(existsSync);
  if (rows) return (await namedIn(memory, rows, badges)) > 0;
  return files.some(({ name, format }) => {
    const file = join(folder, name);
    if (!existsSync(file) || format === 'xlsx') return existsSync(file);
    const bytes = readFileSync(file);
    return badges.some((badge) => bytes.includes(badge));
  });
}

/**
 * Takes badges out of what lies beside: what was put aside with a demo, recordings, what a store would not have. What jobs and
 * questions have copied for themselves goes.
 */
export async function forgetAside(memory: Memory, house: string, badges: string[]): Promise<void> {
  dropCopies(house);
  for (const name of readdirSync(house).filter((name) => ASIDE.test(name))) {
    const folder = join(house, name);
    forgetInRecord(folder, badges);
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
      if (path.endsWith('.parquet')) await forgetInFile(memory, join(folder, path), badges);
  }
  const letters = join(house, DEAD_LETTERS);
  if (!existsSync(letters)) return;
  const lines = readFileSync(letters, 'utf8').split('\n');
  const left = lines.filter((line) => !badges.some((badge) => line.includes(badge)));
  if (left.length < lines.length) writeWhole(letters, left.join('\n'));
}

async function forgetInFile(memory: Memory, file: string, badges: string[]): Promise<void> {
  if ((await namedIn(memory, file, badges)) === 0) return;
  await writeLeft(memory, file, `${file}.aside`, badges);
  renameSync(`${file}.aside`, file);
}

async function writeLeft({ connection }: Pick<Memory, 'connection'>, file: string, aside: string, badges: string[]) {
  await connection.run(sql(import.meta.url, 'left_of'), { file, aside, badges: listValue(badges) });
}
