import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Firing } from '../model/rule.ts';
import { fileLedger, lineOf } from './file.ts';
import { printOf, readPrints, scrubLedger } from './forgetting.ts';
import type { Entry } from './ledger.ts';
import type { Request } from './runs.ts';
import { writeWhole } from './whole.ts';

const DAY_MS = 86_400_000;
/** How long what became of a request is told, and a run that another of its day has followed, ms. */
const REQUEST_MS = DAY_MS;
const RUN_MS = 90 * DAY_MS;
/** How long it is known who did what, and how much was used, ms. */
const AUDIT_MS = 400 * DAY_MS;
/** Of these nobody asks what they were before. */
const NOW_ONLY = /^(lock|progress|due|trial|told|usage)\//;

/**
 * Writes a ledger file anew without what nobody will ask for: requests that were answered a day ago, runs of 90 days ago but
 * the last of each day, what locks and progress were before, and deeds of 400 days ago. In the texts that stay nobody is named who is
 * forgotten. Nobody else may have it open, as at the start of a service. `now` is UTC ms. Episodes that are over since before `results`
 * (UTC ms), what was told of them, and what gateways heard before it go too. Resolves to how many entries went.
 */
export async function tidyLedger(file: string, now: number, results = Number.NEGATIVE_INFINITY): Promise<number> {
  if (!existsSync(file)) return 0;
  const ledger = await fileLedger(file);
  const lines: Buffer[] = [];
  let gone = 0;
  const isOver = over(await ledger.list(''), results);
  for (const last of await ledger.list('')) {
    const versions = (await ledger.list(last.key, { history: true })).filter(({ key }) => key === last.key);
    const kept = isOver(last) ? [] : versions.filter((entry) => isWanted(entry, last, now));
    gone += versions.length - kept.length;
    for (const entry of kept) lines.push(lineOf({ ...entry, id: randomUUID() }));
  }
  const prints = await readPrints(ledger);
  ledger.close();
  if (gone > 0) writeWhole(file, Buffer.concat(lines));
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
  return key.startsWith('run/') ? time > now - RUN_MS : !NOW_ONLY.test(key);
}
