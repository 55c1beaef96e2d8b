import { randomUUID } from 'node:crypto';
import type { Entry, Ledger } from './ledger.ts';

/** What people do with exports, with the venue, tokens, badges, notices and rules. */
export const DEEDS = [
  ...['made', 'edited', 'paused', 'resumed', 'deleted', 'ran', 'backfilled'],
  ...['verified', 'downloaded', 'sent again', 'tested'],
  ...['moved', 'grouped', 'ungrouped', 'imported', 'replaced'],
  ...['made a token', 'rotated a token', 'took a token back'],
  ...['signed in', 'signed out'],
  ...['forgot a badge', 'wrote', 'ended'],
] as const;

/** Who did what to which schedule (null: to none), and what is worth knowing of it. */
export type Deed = { who: string; did: string; schedule: string | null; what: string };
export type Audited = Deed & { time: number };

/** Puts down what somebody does, before it is done. Its key begins with its time, so that keys are in order. */
export async function audit(ledger: Ledger, deed: Deed, now = Date.now()): Promise<void> {
  await ledger.put(`audit/${new Date(now).toISOString()}-${randomUUID().slice(0, 8)}`, 1, deed);
}

/** What was done, newest first; of one schedule, or of all. */
export async function readAudit(ledger: Pick<Ledger, 'list'>, schedule?: string): Promise<Audited[]> {
  const entries = (await ledger.list('audit/')) as Entry<Deed>[];
  return entries
    .map(({ value, time }) => ({ ...value, time }))
    .filter((deed) => schedule === undefined || deed.schedule === schedule)
    .reverse();
}
