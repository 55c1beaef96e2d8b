import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Span } from '../model/venue.ts';
import { writeWhole } from './whole.ts';

/** What jobs make, each in a folder of its own under `derived`, with one manifest and one writer. */
export const DERIVED = ['presences', 'frames', 'baselines', 'anomalies', 'observations'] as const;
export type Derived = (typeof DERIVED)[number];

/** A revision of a day (of the venue's zone; of observations an hour, `2026-11-03T10`, UTC): 0 is as seen, 1, 2 … are corrected. Never edited; the newest is last. */
export type Part = {
  day: string;
  revision: number;
  /** beside the manifest */
  file: string;
  /** UTC ms */
  span: Span;
  rows: number;
  /** how far the river had been read: one a partition */
  positions: number[];
  /** versions that it was made with */
  venue: string;
  rule: string;
  sha256: string;
  bytes: number;
  /** UTC ms */
  made: number;
  /** what changed since the revision before, in words */
  note: string | null;
};

const folderOf = (house: string, dataset: Derived) => join(house, 'derived', dataset);
/** Where a dataset says what there is of it; it is written anew whenever that changes. */
export const manifestOf = (house: string, dataset: Derived) => join(folderOf(house, dataset), 'manifest.json');

/** How long a file that no manifest names is left to those who may still read it, ms. */
const LEFT_MS = 86_400_000;

/** Every part of a dataset, by day and revision; `house` is the folder of store and record. */
export function readParts(house: string, dataset: Derived): Part[] {
  const file = manifestOf(house, dataset);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { parts: Part[] }).parts : [];
}

/** Where the file of a part lies. */
export const fileOf = (house: string, dataset: Derived, { file }: Pick<Part, 'file'>): string =>
  join(folderOf(house, dataset), file);

/**
 * Makes a revision of a day readable: `write` fills a file aside, which is named by its hash and renamed, then the manifest
 * names it. What equals the newest revision of its kind (as seen, corrected) is no new one: then `isNew` is false.
 */
export async function publish(
  house: string,
  dataset: Derived,
  part: Omit<Part, 'revision' | 'file' | 'sha256' | 'bytes' | 'rows'> & { asSeen: boolean },
  write: (aside: string) => Promise<number>,
): Promise<{ part: Part; isNew: boolean }> {
  const folder = folderOf(house, dataset);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const aside = join(folder, `${part.day}.aside`);
  const rows = await write(aside);
  const sha256 = await hashOf(aside);
  const parts = readParts(house, dataset);
  const { asSeen, ...said } = part;
  const before = parts.filter(({ day, revision }) => day === part.day && (revision === 0) === asSeen).at(-1);
  if (before?.sha256 === sha256) {
    rmSync(aside);
    return { part: before, isNew: false };
  }
  const revision = asSeen ? 0 : (before?.revision ?? 0) + 1;
  const file = `${part.day}.r${revision}.${sha256.slice(0, 12)}.parquet`;
  const made: Part = { ...said, revision, file, rows, sha256, bytes: statSync(aside).size };
  renameSync(aside, join(folder, file));
  const others = asSeen ? parts.filter((one) => one !== before) : parts;
  const all = [...others, made].sort((a, b) => (a.day === b.day ? a.revision - b.revision : a.day < b.day ? -1 : 1));
  writeWhole(manifestOf(house, dataset), `${JSON.stringify({ dataset, parts: all }, null, 1)}\n`);
  if (before && asSeen) sweepReplaced(folder, made, before);
  return { part: made, isNew: true };
}

/** What is as seen is replaced again and again: what was replaced goes with the next one, for somebody may be reading it now. */
function sweepReplaced(folder: string, made: Part, before: Part): void {
  const kept = new Set([made.file, before.file]);
  for (const name of readdirSync(folder))
    if (name.startsWith(`${made.day}.r0.`) && !kept.has(name)) rmSync(join(folder, name), { force: true });
}

/**
 * Puts another file in the place of one that a part has, under the same revision: for forgetting a badge, the one exception to
 * never. `write` fills it aside and resolves to its rows; the old file goes at once.
 */
export async function replace(
  house: string,
  dataset: Derived,
  part: Part,
  write: (aside: string) => Promise<number>,
): Promise<Part> {
  const folder = folderOf(house, dataset);
  const aside = join(folder, `${part.day}.aside`);
  const rows = await write(aside);
  const sha256 = await hashOf(aside);
  const file = `${part.day}.r${part.revision}.${sha256.slice(0, 12)}.parquet`;
  const made: Part = { ...part, file, rows, sha256, bytes: statSync(aside).size };
  renameSync(aside, join(folder, file));
  const parts = readParts(house, dataset).map((one) => (one.file === part.file ? made : one));
  writeWhole(manifestOf(house, dataset), `${JSON.stringify({ dataset, parts }, null, 1)}\n`);
  if (file !== part.file) rmSync(join(folder, part.file), { force: true });
  return made;
}

/** No longer names parts that ended before an instant, UTC ms; `sweep` removes their files a day later, when nobody reads them. */
export function dropBefore(house: string, dataset: Derived, from: number): number {
  const parts = readParts(house, dataset);
  const kept = parts.filter(({ span }) => span.until > from);
  if (kept.length < parts.length)
    writeWhole(manifestOf(house, dataset), `${JSON.stringify({ dataset, parts: kept }, null, 1)}\n`);
  return parts.length - kept.length;
}

/** Removes files that no manifest has named for a day. Returns how many. */
export function sweep(house: string, dataset: Derived, now: number): number {
  const folder = folderOf(house, dataset);
  if (!existsSync(folder)) return 0;
  let count = 0;
  const named = new Set(readParts(house, dataset).map(({ file }) => file));
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const isLeft = !named.has(name) && name !== 'manifest.json' && statSync(file).mtimeMs < now - LEFT_MS;
    if (!isLeft) continue;
    rmSync(file);
    count += 1;
  }
  return count;
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
