import { existsSync } from 'node:fs';
import type { Firing } from '../model/rule.ts';
import { fileLedger } from './file.ts';
import { printOf, readPrints, scrubLedger } from './forgetting.ts';
import type { Entry, Renewable } from './ledger.ts';
import type { Request, Run } from './runs.ts';
import { pastPeriods } from './series.ts';

const DAY_MS = 86_400_000;
/** How long what became of a request is told, and a run that another of its day has followed, ms; one of no day comes each minute. */
const REQUEST_MS = DAY_MS;
const RUN_MS = 90 * DAY_MS;
const CHORE_MS = 2 * DAY_MS;
/** How long it is known who did what, how much was used, and which rules held unless results are kept for another time. */
export const AUDIT_DAYS = 400;
const AUDIT_MS = AUDIT_DAYS * DAY_MS;
/** Of these nobody asks what they were before. */
const NOW_ONLY = /^(lock|progress|due|call|trial|told|untold|silence|telling|settled|usage|series)\//;

/**
 * What of a ledger somebody may still ask for: all but requests that were answered a day ago, runs of 90 days ago (of no day: two) but the last of each,
 * what locks and progress were before, deeds of 400 days ago, episodes that are over since before `results` (UTC ms; as deeds), what was told of
 * them, and what gateways heard before it; and which badges had a tag in a bucket that keeps nothing of then. `now` is UTC ms; entries come by key, in the order of versions.
 */
function tidied<E extends Entry>(entries: readonly E[], now: number, results = now - AUDIT_MS): E[] {
  const newest = new Map(entries.map((entry) => [entry.key, entry]));
  const isOver = over([...newest.values()], results);
  const isPast = pastPeriods(newest, now);
  return entries.filter((entry) => {
    const last = newest.get(entry.key)!;
    return !isOver(last) && !isPast(entry.key) && isWanted(entry, last, now);
  });
}

/** Share of a ledger that has to be gone before it is worth writing the rest anew while it is used. */
const WORTH = 0.1;

/** Renews a ledger that is used without what nobody will ask for, where that is worth it. Resolves to how many entries went. */
export const renewTidied = (ledger: Renewable, now: number, results?: number): Promise<number> =>
  ledger.renew((entries) => {
    const left = tidied(entries, now, results);
    return entries.length - left.length < WORTH * entries.length ? null : left;
  });

/**
 * Writes a ledger file anew without what nobody will ask for, as at the start of a service: nobody else may have it open. In the texts
 * that stay nobody is named who is forgotten. Resolves to how many entries went.
 */
export async function tidyLedger(file: string, now: number, results?: number): Promise<number> {
  if (!existsSync(file)) return 0;
  const ledger = await fileLedger(file);
  const gone = await ledger.renew((entries) => tidied(entries, now, results));
  const prints = await readPrints(ledger);
  ledger.close();
  if (prints.size > 0) scrubLedger(file, (badge) => prints.has(printOf(badge)));
  return gone;
}

/**
 * What of episodes and notices nobody will ask for: an episode that holds stays, however long, and what was told of one that
 * stays does too, or it would be told again.
 */
function over(entries: readonly Entry[], results: number): (last: Entry) => boolean {
  const isPast = ({ value }: Entry) => ((value as Firing).cleared ?? Number.POSITIVE_INFINITY) < results;
  const kept = new Set(
    entries.flatMap((one) => (one.key.startsWith('firing/') && !isPast(one) ? [(one.value as Firing).id] : [])),
  );
  return (last) => {
    if (last.key.startsWith('firing/')) return isPast(last);
    if (last.key.startsWith('heard/')) return last.time < results;
    if (!last.key.startsWith('telling/')) return false;
    const id = last.key.slice(last.key.lastIndexOf('/') + 1).replace(/-(fired|cleared)$/, '');
    return last.time < results && !kept.has(id);
  };
}

function isWanted({ key, version, time }: Entry, last: Entry, now: number): boolean {
  if (key.startsWith('request/')) return (last.value as Request).state !== 'done' || last.time > now - REQUEST_MS;
  if (key.startsWith('audit/')) return time > now - AUDIT_MS;
  if (key.startsWith('usage/') && last.time <= now - AUDIT_MS) return false;
  if (version === last.version) return true;
  if (!key.startsWith('run/')) return !NOW_ONLY.test(key);
  return time > now - ((last.value as Run).day === null ? CHORE_MS : RUN_MS);
}
