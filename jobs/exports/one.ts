import { Refused } from '../../services/answer/refused.ts';
import type { Entry, Ledger } from '../../services/ledger/ledger.ts';
import { readSchedule, rowKey } from '../../services/ledger/schedules.ts';
import { isByHand, type Schedule, type Sealed, type WindowRow } from '../../services/model/schedule.ts';
import type { Memory } from '../../services/store/database.ts';
import type { Bench } from '../job.ts';
import { type Filled, fill } from './fill.ts';
import { dropAside, publish } from './place.ts';

/** Pauses before a window that failed is tried again, ms; after the last it waits until somebody asks. */
const RETRY_MS = [60_000, 300_000, 1_800_000, 7_200_000];
/** The same where the process ended before the window was filled: once it is tried again at once, for most are ended by somebody. */
const BROKEN_MS = [0, ...RETRY_MS.slice(0, -1)];

/** Nobody wants a window any more that is being filled. */
class Unwanted extends Error {}

/** A window that nobody is at, since one process alone fills windows, has failed; what is sealed has not: it is finished. */
export async function endBroken(
  { key, version, value: row }: Entry<WindowRow>,
  { ledger, now }: Pick<Bench, 'ledger' | 'now'>,
): Promise<void> {
  if (row.state !== 'running' || row.sealed) return;
  await ledger.put(key, version + 1, failedOf(row, 'the process ended before the window was filled', now(), BROKEN_MS));
}

/**
 * One window, and what became of it. Each step is the next version of its row, so of two who try one goes on: it is
 * running; its files are whole, aside (from here on whoever comes finishes it); it is done. Where its schedule is deleted or paused
 * meanwhile it is as it was.
 */
export async function fillOnce(
  schedule: Schedule,
  due: WindowRow,
  known: Entry<WindowRow> | undefined,
  bench: Bench,
): Promise<void> {
  const { ledger, now, house, signal } = bench;
  const key = rowKey(schedule.id, due.until);
  let version = (known?.version ?? 0) + 1;
  const put = (row: WindowRow) => ledger.put(key, version++, row);
  const row: WindowRow = { ...due, state: 'running', began: now(), ended: null, error: null, retry: null };
  const fence = version;
  if (!(await put(row))) return;
  const wanted = whileWanted(schedule, row, ledger);
  try {
    const { published, sealed } = await atWork(bench, wanted.lost, (own) => filledBy(schedule, row, fence, own));
    if (sealed) {
      await wanted.check();
      // Whoever has taken over by now makes files of its own.
      if (wanted.lost.aborted || !(await put({ ...row, sealed }))) {
        dropAside(house, sealed.aside);
        wanted.lost.throwIfAborted();
        return;
      }
      publishOrDrop(house, sealed);
    }
    await put({ ...row, state: 'done', ended: now(), published, sealed: null });
  } catch (error) {
    // One window that fails holds no other up.
    const words = (error as Error).message.replaceAll(house, '');
    if (wanted.lost.aborted) await put(known?.value ?? due);
    else await put(signal.aborted ? stoppedOf(row, words, now()) : failedBy(error as Error, row, words, now()));
    signal.throwIfAborted();
  } finally {
    wanted.end();
  }
}

/** `lost` aborts when the schedule of a window that is filled is deleted, or paused and nobody has asked for that window, until `end`. */
function whileWanted({ id }: Schedule, row: WindowRow, ledger: Ledger) {
  const [lost, over] = [new AbortController(), new AbortController()];
  const check = async () => {
    const now = await readSchedule(ledger, id);
    if (!now) lost.abort(new Unwanted('its schedule was deleted'));
    else if (now.paused && !isByHand(row)) lost.abort(new Unwanted('its schedule was paused'));
  };
  const listen = async () => {
    for await (const _ of ledger.watch(`schedule/${id}`, over.signal)) await check();
  };
  listen().catch((error: unknown) => lost.abort(error));
  return { lost: lost.signal, check, end: () => over.abort() };
}

/** A bench for one window, which stops when `lost` aborts. What was opened for it goes with it. */
async function atWork<T>(bench: Bench, lost: AbortSignal, work: (bench: Bench) => Promise<T>): Promise<T> {
  const opened: Memory[] = [];
  const signal = AbortSignal.any([bench.signal, lost]);
  const interrupt = () => {
    for (const { connection } of opened) connection.interrupt();
  };
  signal.addEventListener('abort', interrupt);
  try {
    return await work({
      ...bench,
      signal,
      ask: (asked, file) => bench.ask(asked, file, signal),
      async database() {
        signal.throwIfAborted();
        const memory = await bench.database();
        opened.push(memory);
        return memory;
      },
    });
  } finally {
    signal.removeEventListener('abort', interrupt);
    for (const memory of opened) memory.close();
  }
}

/** Brings what is sealed to its place. Where there is no room for it, it is made again when there is. */
function publishOrDrop(house: string, sealed: Sealed): void {
  try {
    publish(house, sealed);
  } catch (error) {
    dropAside(house, sealed.aside);
    throw error;
  }
}

/** What is published of a window: what was sealed before a kill, else what is made of it now. */
async function filledBy(schedule: Schedule, row: WindowRow, fence: number, bench: Bench): Promise<Filled> {
  const { sealed = null } = row;
  if (sealed && publish(bench.house, sealed)) return { published: sealed.published, sealed: null };
  return fill(schedule, { ...row, sealed: null }, fence, bench);
}

/** A question that is refused is refused each time. */
const failedBy = (error: Error, row: WindowRow, words: string, ended: number): WindowRow =>
  error instanceof Refused
    ? failedOf(row, `the question cannot be answered: ${words}`, ended, [])
    : failedOf(row, words, ended);

function failedOf(row: WindowRow, error: string, ended: number, pauses: readonly number[] = RETRY_MS): WindowRow {
  const pause = pauses[row.attempt - 1];
  return { ...row, state: 'failed', ended, error, retry: pause === undefined ? null : ended + pause, sealed: null };
}

/** Who was told to stop has not failed. */
const stoppedOf = (row: WindowRow, error: string, ended: number): WindowRow => ({
  ...failedOf(row, error, ended),
  ...{ retry: ended, attempt: row.attempt - 1 },
});
