import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../ledger/whole.ts';
import type { Settled } from '../source/kafka/options.ts';
import { readAll } from '../source/kafka/tail.ts';

/** An entry of the topic `state`: which file of the shared folder holds it, of when (UTC ms), and its SHA-256. */
export type Saved = { file: string; time: number; sha256: string; term: number };

/** A state, and of which second it is, UTC ms. */
export type Loaded = { bytes: Buffer; time: number };

/** A state is older than this only where nobody has been live for long: then what is usual is learnt anew. */
const KEPT_MS = 25 * 3_600_000;

const OF_TERM = /^state-(\d+)-\d$/;
/** Where live's states lie, and what its rules know. */
export const folderIn = (dataDir: string) => join(dataDir, 'live');

/** The files of states that lie in a shared folder. */
export const statesIn = (dataDir: string): string[] =>
  existsSync(folderIn(dataDir))
    ? readdirSync(folderIn(dataDir)).flatMap((file) => (OF_TERM.test(file) ? [join(folderIn(dataDir), file)] : []))
    : [];

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The state of the newest term that is there whole; null: there is none. */
export async function loadState(options: Settled, dataDir: string, now: number): Promise<Loaded | null> {
  const saved: Saved[] = [];
  await readAll(options, 'state', { time: now - KEPT_MS }, ({ value }) => {
    if (value) saved.push(JSON.parse(value.toString()) as Saved);
  });
  saved.sort((a, b) => a.term - b.term || a.time - b.time);
  for (const { file, sha256, time } of saved.reverse()) {
    const bytes = read(join(folderIn(dataDir), file));
    if (bytes && hashOf(bytes) === sha256) return { bytes, time };
  }
  return null;
}

/** Writes states of a term: two files in turn, so that the last one is whole while the next is written. */
export function stateWriter(dataDir: string, term: number): (bytes: Buffer, time: number) => Saved {
  mkdirSync(folderIn(dataDir), { recursive: true, mode: 0o700 });
  let count = 0;
  return (bytes, time) => {
    const file = `state-${term}-${count++ % 2}`;
    writeWhole(join(folderIn(dataDir), file), bytes);
    if (count === 2) forgetBefore(dataDir, term);
    return { file, time, sha256: hashOf(bytes), term };
  };
}

/** States of terms that are over are needed no more, once this one has its own. */
function forgetBefore(dataDir: string, term: number): void {
  for (const file of readdirSync(folderIn(dataDir))) {
    const of = Number(OF_TERM.exec(file)?.[1] ?? term);
    if (of < term) rmSync(join(folderIn(dataDir), file), { force: true });
  }
}

function read(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}
