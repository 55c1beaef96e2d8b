import type { Entry, Ledger } from '../ledger/ledger.ts';
import { DUE_MS, entriesIn, KEYS, type Touched } from '../ledger/runs.ts';
import type { Batch, Receipt } from '../model/batch.ts';
import { type Day, daysOf } from '../model/day.ts';
import type { Store } from '../store/store.ts';

/** A day that nobody has written to for so long is no longer open, ms. */
const QUIET_MS = 10_000;
/** Nor is one that has been open for so long, ms: what a gateway whose clock is behind sends without a pause is noted too. */
const OPEN_MS = 300_000;
/** How often a change is tried where others note the same day. */
const TRIES_MAX = 20;
const QUARTER_MS = 900_000;

/** A day that is open. `opened` resolves to the version that had counted before. */
type Mark = { opened: Promise<number>; began: number; writers: number; isNew: boolean; timer?: NodeJS.Timeout };

/** `isAlone`: no other process writes to this store, so what is open was left open by a kill. */
export type NoticeOptions = { now?: () => number; isAlone?: boolean };

/**
 * A store that notes in the ledger which days are written to of which something was due, today too: so jobs do them again, and
 * windows of exports. Before the
 * first such batch that the day is open, and when it has been quiet for 10 s whether it holds anything new. So a kill between
 * the two loses no note, and a load of hours is one. `close` notes what is open.
 */
export async function noticing(
  store: Store,
  ledger: Ledger,
  zone: string,
  { now = Date.now, isAlone = true }: NoticeOptions = {},
): Promise<{ store: Store; close(): Promise<void> }> {
  if (isAlone) await closeLeft(ledger);
  const marks = new Map<string, Mark>();
  let last: Promise<unknown> = Promise.resolve();
  const note = (day: string, value: (version: number) => Touched): Promise<number> => {
    const turn = last.then(() => putNext(ledger, day, value));
    last = turn.catch(() => undefined);
    return turn;
  };
  const close = async (day: string, mark: Mark) => {
    clearTimeout(mark.timer);
    marks.delete(day);
    const before = await mark.opened;
    await note(day, (version) => ({ open: false, since: mark.isNew ? version : before }));
  };
  const begin = ({ day }: Day): Mark => {
    const mark = marks.get(day) ?? {
      opened: note(day, (version) => ({ open: true, since: version })),
      began: now(),
      writers: 0,
      isNew: false,
    };
    marks.set(day, mark);
    mark.opened.catch(() => marks.delete(day));
    clearTimeout(mark.timer);
    mark.writers += 1;
    return mark;
  };
  const end = ({ day }: Day, mark: Mark, isNew: boolean) => {
    mark.writers -= 1;
    mark.isNew ||= isNew;
    // A day that could not be closed stays open in the ledger, and counts as written to.
    const quiet = () => void close(day, mark).catch(() => undefined);
    if (mark.writers > 0) return;
    if (now() - mark.began >= OPEN_MS) quiet();
    else mark.timer = setTimeout(quiet, QUIET_MS).unref();
  };
  const append = async (batch: Batch): Promise<Receipt> => {
    const before = now() - DUE_MS;
    const days = daysTouched(batch, before, zone).map((day) => ({ day, mark: begin(day) }));
    let receipt: Receipt | null = null;
    try {
      await Promise.all(days.map(({ mark }) => mark.opened));
      receipt = await store.append(batch);
      return receipt;
    } finally {
      for (const { day, mark } of days) end(day, mark, receipt === null || isNewIn(day, batch, receipt, before));
    }
  };
  return {
    store: { ...store, append },
    close: async () => void (await Promise.allSettled([...marks].map(([day, mark]) => close(day, mark)))),
  };
}

/** The days of what a batch has that is older than a window waits for. `before`: UTC ms. */
function daysTouched({ observations }: Batch, before: number, zone: string): Day[] {
  const quarters = new Set<number>();
  for (const { time } of observations) if (time < before) quarters.add(Math.floor(time / QUARTER_MS));
  const instants = [...quarters].sort((a, b) => a - b).map((quarter) => quarter * QUARTER_MS);
  return daysOf(instants, zone);
}

function isNewIn(
  { from, until }: Day,
  { observations }: Batch,
  { stored, duplicates }: Receipt,
  before: number,
): boolean {
  const end = Math.min(until, before);
  if (stored === 0) return false;
  const known = new Set(duplicates);
  return observations.some(({ time }, i) => time >= from && time < end && !known.has(i));
}

/** Puts the next version of what is known of a day, over races. Resolves to the version that had counted before. */
async function putNext(ledger: Ledger, day: string, value: (version: number) => Touched): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const newest = (await ledger.get(KEYS.touched(day))) as Entry<Touched> | null;
    const [version, before] = [(newest?.version ?? 0) + 1, newest?.value.since ?? 0];
    if (await ledger.put(KEYS.touched(day), version, value(version))) return before;
  }
  throw new Error(`ledger: what is known of ${day} could not be put, others were faster ${TRIES_MAX} times`);
}

/** What a kill has left open counts as written to. */
async function closeLeft(ledger: Ledger): Promise<void> {
  for (const { key, version, value } of (await entriesIn<Touched>(ledger, 'touched/')).values())
    if (value.open) await ledger.put(key, version + 1, { open: false, since: value.since } satisfies Touched);
}
