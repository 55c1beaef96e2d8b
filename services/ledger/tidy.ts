import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
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
 * forgotten. Nobody else may have it open, as at the start of a service. `now` is UTC ms. Resolves to how many entries went.
 */
export async function tidyLedger(file: string, now: number): Promise<number> {
  if (!existsSync(file)) return 0;
  const ledger = await fileLedger(file);
  const lines: Buffer[] = [];
  let gone = 0;
  for (const last of await ledger.list('')) {
    const versions = (await ledger.list(last.key, { history: true })).filter(({ key }) => key === last.key);
    const kept = versions.filter((entry) => isWanted(entry, last, now));
    gone += versions.length - kept.length;
    for (const entry of kept) lines.push(lineOf({ ...entry, id: randomUUID() }));
  }
  const prints = await readPrints(ledger);
  ledger.close();
  if (gone > 0) writeWhole(file, Buffer.concat(lines));
  if (prints.size > 0) scrubLedger(file, (badge) => prints.has(printOf(badge)));
  return gone;
}

function isWanted({ key, version, time }: Entry, last: Entry, now: number): boolean {
  if (key.startsWith('request/')) return (last.value as Request).state !== 'done' || last.time > now - REQUEST_MS;
  if (key.startsWith('audit/')) return time > now - AUDIT_MS;
  if (key.startsWith('usage/') && last.time <= now - AUDIT_MS) return false;
  if (version === last.version) return true;
  return key.startsWith('run/') ? time > now - RUN_MS : !NOW_ONLY.test(key);
}
