import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { listValue } from '@duckdb/node-api';
import { removeFiles } from '../jobs/retention.ts';
import { forgetInRecord, forgetInState } from './forget-record.ts';
import { forgottenKey } from './forgotten.ts';
import type { House } from './house.ts';
import { readDeliveries } from './ledger/deliveries.ts';
import { exportsIn, publishedBelow, ROWS_FILE } from './ledger/exported.ts';
import type { Entry, Ledger } from './ledger/ledger.ts';
import { fileOf, readParts, replace } from './ledger/manifest.ts';
import { KEYS, say, type Touched } from './ledger/runs.ts';
import { goneKey, rowKey } from './ledger/schedules.ts';
import { writeWhole } from './ledger/whole.ts';
import { daysOf } from './model/day.ts';
import type { Delivery } from './model/delivery.ts';
import type { Receipt } from './model/forgetting.ts';
import type { WindowRow } from './model/schedule.ts';
import { type Memory, openMemory } from './store/database.ts';
import { sql } from './store/sql.ts';

/** Who shall be forgotten, by all pseudonyms of one wearer, and who says so. */
export type Wish = { badges: string[]; who: string };
/** Where that stands as long as it is not done. */
const WISH = 'forgetting.json';

/** What is made of observations and may name badges. */
const NAMING = ['presences', 'anomalies', 'observations'] as const;

/**
 * Forgets badges (all pseudonyms of one wearer) in everything that a house holds: the store, the record of what was shown, the
 * state of the picture, what jobs made in every revision, exports. Nothing more of them is let in, from before the first of it.
 * Nobody may write to the house meanwhile. Done again after a kill it comes to the same. Resolves to what was done.
 */
export async function forget(house: House, folder: string, wish: Wish, now = Date.now()): Promise<Receipt> {
  const { ledger, engine, venue } = house;
  const { badges, who } = wish;
  // Until all is done it stands here whom it is about, for the next start.
  const aside = join(folder, WISH);
  writeWhole(aside, JSON.stringify(wish));
  for (const badge of badges) await say(ledger, forgottenKey(badge), { time: now });
  const heard = await engine.forgetBadges(badges);
  house.record.flush();
  const shown = forgetInRecord(join(folder, 'as-seen'), badges);
  const state = join(folder, 'live-state');
  if (existsSync(state)) writeWhole(state, forgetInState(readFileSync(state), badges));
  const memory = await openMemory(folder);
  try {
    const files = await forgetDerived(memory, folder, badges);
    const windows = await forgetExports(memory, folder, ledger, badges, now);
    const days = daysOf(heard.quarters, venue.zone).map(({ day }) => day);
    for (const day of days) await touch(ledger, day);
    const sent = await sentOf(ledger, windows);
    const receipt: Receipt = {
      ...{ id: randomUUID(), time: now, who, pseudonyms: badges.length, sightings: heard.sightings, days },
      ...{ shown: shown.map((name) => name.slice(0, 10)), files, windows, sent },
    };
    await say(ledger, `forgetting/${receipt.id}`, receipt);
    rmSync(aside);
    return receipt;
  } finally {
    memory.close();
  }
}

/** Goes on where a kill came between. */
export async function forgetOn(house: House, folder: string): Promise<void> {
  const aside = join(folder, WISH);
  if (existsSync(aside)) await forget(house, folder, JSON.parse(readFileSync(aside, 'utf8')) as Wish);
}

/** Takes badges out of every revision that jobs made. */
async function forgetDerived({ connection }: Memory, house: string, badges: string[]): Promise<Receipt['files']> {
  const rewritten: Receipt['files'] = [];
  for (const dataset of NAMING)
    for (const part of readParts(house, dataset)) {
      const file = fileOf(house, dataset, part);
      const named = await namedIn({ connection }, file, badges);
      if (named === 0) continue;
      await replace(house, dataset, part, async (aside) => {
        await connection.run(sql(import.meta.url, 'left_of'), { file, aside, badges: listValue(badges) });
        return part.rows - named;
      });
      rewritten.push({ dataset, day: part.day, revision: part.revision });
    }
  return rewritten;
}

async function namedIn({ connection }: Pick<Memory, 'connection'>, file: string, badges: string[]): Promise<number> {
  const found = await connection.runAndReadAll(sql(import.meta.url, 'named_in'), { file, badges: listValue(badges) });
  return found.getRows()[0]![0] as number;
}

/** Removes the files of windows that name badges, each revision of them, and plans the windows again. */
async function forgetExports(
  memory: Memory,
  house: string,
  ledger: Ledger,
  badges: string[],
  now: number,
): Promise<Receipt['windows']> {
  const removed: Receipt['windows'] = [];
  const history = (await ledger.list('window/', { history: true })) as Entry<WindowRow>[];
  const folders = new Set(publishedBelow(exportsIn(house)));
  for (const { value } of history) {
    const { published, schedule, until } = value;
    if (!published || removed.some((one) => one.folder === published.folder)) continue;
    const folder = join(exportsIn(house), published.folder);
    if (!folders.has(folder) || !(await isNamedIn(memory, folder, published.files, badges))) continue;
    removeFiles(house, published.folder);
    await say(ledger, goneKey(schedule, until, published.revision), { time: now });
    removed.push({ schedule, until, revision: published.revision, folder: published.folder });
  }
  for (const key of new Set(removed.map(({ schedule, until }) => rowKey(schedule, until)))) {
    const row = ((await ledger.get(key)) as Entry<WindowRow> | null)?.value;
    if (row?.state === 'done') await say(ledger, key, { ...row, state: 'planned', why: 'asked', attempt: 1 });
  }
  return removed;
}

/** The rows lie in Parquet beside the files, or are one of them; where they are gone, the texts themselves are looked through. */
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
  return files.some(({ name }) => {
    const bytes = readFileSync(join(folder, name));
    return badges.some((badge) => bytes.includes(badge));
  });
}

/** Where files of those windows went: what is there only its owner can remove. */
async function sentOf(ledger: Ledger, windows: Receipt['windows']): Promise<Receipt['sent']> {
  const isOf = (one: Receipt['windows'][number], { schedule, until, revision }: Delivery) =>
    one.schedule === schedule && one.until === until && one.revision === revision;
  return [...(await readDeliveries(ledger)).values()]
    .map(({ value }) => value)
    .filter((delivery) => delivery.state === 'sent' && windows.some((one) => isOf(one, delivery)))
    .map(({ schedule, until, revision, destination }) => ({ schedule, until, revision, destination }));
}

/** A day holds less than it did: jobs make it again. */
async function touch(ledger: Ledger, day: string): Promise<void> {
  for (;;) {
    const version = ((await ledger.get(KEYS.touched(day)))?.version ?? 0) + 1;
    if (await ledger.put(KEYS.touched(day), version, { open: false, since: version } satisfies Touched)) return;
  }
}
