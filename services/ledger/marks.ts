import { Temporal } from 'temporal-polyfill';
import type { Mark } from '../model/anomaly.ts';
import { daysIn } from '../model/day.ts';
import type { Entry, Ledger } from './ledger.ts';

/** Days after a marked one whose baselines read it: eight weeks, and what recent memory holds beyond. */
const TAUGHT_DAYS = 77;
/** How often a version is tried where others write the same key. */
const TRIES_MAX = 20;

/** Marks that hold, by their beginning. */
export async function readMarks(ledger: Pick<Ledger, 'list'>): Promise<Mark[]> {
  const entries = (await ledger.list('mark/')) as Entry<Mark | null>[];
  return entries.flatMap(({ value }) => value ?? []).sort((a, b) => a.span.from - b.span.from);
}

/** Keeps a mark, and asks for what it re-scores. */
export async function putMark(ledger: Ledger, mark: Mark, zone: string, now: number): Promise<void> {
  await next(ledger, `mark/${mark.id}`, mark);
  await askAgain(ledger, mark, zone, now);
}

/** Takes a mark back. Resolves to it, or to null if there is none. */
export async function undoMark(ledger: Ledger, id: string, zone: string, now: number): Promise<Mark | null> {
  const mark = ((await ledger.get(`mark/${id}`)) as Entry<Mark | null> | null)?.value ?? null;
  if (!mark) return null;
  await next(ledger, `mark/${id}`, null);
  await askAgain(ledger, mark, zone, now);
  return mark;
}

/** The marked days, and those whose baselines read them, are made again: baselines first, which also judge. */
async function askAgain(ledger: Ledger, { id, span }: Mark, zone: string, now: number): Promise<void> {
  const [first] = daysIn({ from: span.from, until: span.from + 1 }, zone);
  if (!first || first.from > now) return;
  const last = Temporal.Instant.fromEpochMilliseconds(Math.min(span.until - 1, now)).toZonedDateTimeISO(zone);
  const until = last.add({ days: TAUGHT_DAYS }).toPlainDate().toString();
  for (const job of ['baselines', 'anomalies'])
    await next(ledger, `request/${job}/mark-${id}`, {
      job,
      from: first.day,
      until,
      again: true,
      state: 'asked',
      days: [],
    });
}

async function next(ledger: Ledger, key: string, value: unknown): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const version = ((await ledger.get(key))?.version ?? 0) + 1;
    if (await ledger.put(key, version, value)) return;
  }
  throw new Error(`ledger: ${key} could not be put, others were faster ${TRIES_MAX} times`);
}
