import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from '../../jobs/lock.ts';
import { readPrints } from '../ledger/forgetting.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readRoll } from '../ledger/roll.ts';
import { say } from '../ledger/runs.ts';
import { NotStored } from '../source/inbox.ts';

/** Where the ledger says what the roles of a venue work in. */
export const HOUSE = 'house/now';
/** How long a change may be held by whoever has begun it, in silence, and how long another waits for it, ms. */
const LEASE_MS = 30_000;
const PATIENCE_MS = 60_000;
const LOOK_MS = 250;

/** What the others take up: a version of the venue, one of the list of groups, how many pseudonyms are forgotten. */
type Said = { venue: string; roll: number; forgotten: number };

/** Tells all roles of a venue what changed in the folder that they share. What did not is no news. */
export async function sayHouse(ledger: Ledger, dataDir: string, venue: string): Promise<void> {
  const forgotten = (await readPrints(ledger)).size;
  await say(ledger, HOUSE, { venue, roll: readRoll(dataDir)?.version ?? 0, forgotten } satisfies Said);
}

/** Resolves when somebody has said that something changed since the call, or `signal` aborts. */
export async function changedIn(ledger: Ledger, signal: AbortSignal): Promise<void> {
  for await (const _ of ledger.watch(HOUSE, signal)) return;
}

/** Does what one process at a time may do, under a lock of the ledger. Throws `NotStored` where others hold it for too long. */
export async function alone<T>(ledger: Ledger, key: string, task: () => Promise<T>): Promise<T> {
  const holder = { ledger, owner: randomUUID(), leaseMs: LEASE_MS, now: Date.now, key };
  for (const end = Date.now() + PATIENCE_MS; ; await sleep(LOOK_MS)) {
    const held = await takeLock(holder);
    if ('fence' in held) return task().finally(held.release);
    if (Date.now() > end)
      throw new NotStored(`others have been at work for ${PATIENCE_MS / 1000} s (${key}): try again`);
  }
}
