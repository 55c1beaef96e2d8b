import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Ask } from '../answer/answer.ts';
import type { Copied } from '../model/copied.ts';
import type { Meta } from '../model/query.ts';
import type { Asked } from '../model/schedule.ts';
import type { Span } from '../model/venue.ts';
import { COPIES } from '../store/database.ts';
import type { House } from './house.ts';

/** Where copies lie for as long as a run needs them. */
export const copiesIn = (folder: string): string => join(folder, COPIES);

/** What runs that a kill has broken off have left. Nobody may be at work. */
export const dropCopies = (folder: string): void => rmSync(copiesIn(folder), { recursive: true, force: true });

/** No run needs a copy for so long, ms. */
const DAY_MS = 86_400_000;
const COPY = /^[0-9a-f-]{36}\.parquet$/;

/** As `dropCopies` while others may be at work: copies that are older than any run, as of an instant (UTC ms). */
export function dropOldCopies(folder: string, now: number): void {
  const copies = copiesIn(folder);
  for (const name of existsSync(copies) ? readdirSync(copies) : []) {
    const path = join(copies, name);
    const made = COPY.test(name) ? statSync(path, { throwIfNoEntry: false })?.mtimeMs : undefined;
    if (made !== undefined && made < now - DAY_MS) rmSync(path, { force: true });
  }
}

/** Copies a span (`time`, UTC ms) of what a house has stored. Resolves to the name of a new file below its copies. */
export async function copyOut(
  { folder, store }: Pick<House, 'folder' | 'store'>,
  span: Span,
  signal: AbortSignal,
  what?: Copied,
): Promise<string> {
  if (folder === null) throw new Error('expected a house in a folder, found one in memory');
  const name = `${randomUUID()}.parquet`;
  mkdirSync(copiesIn(folder), { recursive: true, mode: 0o700 });
  try {
    await store.copy(span, join(copiesIn(folder), name), signal, what);
    return name;
  } catch (error) {
    rmSync(join(copiesIn(folder), name), { force: true });
    throw error;
  }
}

/**
 * Has the engine write what a schedule asks into a Parquet file below the house's copies, in the columns and order of the
 * answer. Resolves to what the answer says of itself.
 */
export async function answerOut(ask: Ask, asked: Asked, file: string, signal: AbortSignal): Promise<Meta> {
  const dataset = asked.holds === 'records' ? 'records' : 'pivot';
  const answer = await ask({ dataset, pivot: asked.query, limit: null, toFile: true }, { scope: asked.scope }, signal);
  if (!answer.copy) throw new Error(`expected ${dataset} to be written by the engine, found rows alone`);
  try {
    return { ...answer.meta, rows: await answer.copy(file) };
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}
