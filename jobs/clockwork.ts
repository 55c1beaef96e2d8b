import { setTimeout as sleep } from 'node:timers/promises';
import { schedule } from 'node-cron';
import type { Ledger } from '../services/ledger/ledger.ts';
import type { Timetable } from './timetable.ts';

/** What somebody wants now is put under these; and that a day is no longer written to. */
const CALLS = ['request/', 'pause/', 'touched/', 'call/'];
/** Nothing is waited for longer, ms. */
const AWAKE_MS = 3_600_000;

/**
 * Looks what is due each minute, when somebody asks for something or has written to a day, and when a run is to be tried again, until `signal` aborts.
 * The ticks carry no meaning: one that comes late, or is lost while the machine is busy, delays work and loses none.
 */
export async function keepTime(
  { work }: Timetable,
  ledger: Ledger,
  signal: AbortSignal,
  failed: (error: unknown, words: string) => void,
): Promise<void> {
  let isCalled = false;
  let wake = () => {};
  const call = () => {
    isCalled = true;
    wake();
  };
  const ticks = schedule('* * * * *', call, { noOverlap: true, suppressMissedWarning: true });
  const watching = CALLS.map(async (prefix) => {
    for await (const _ of ledger.watch(prefix, signal)) call();
  });
  signal.addEventListener('abort', call);
  while (!signal.aborted) {
    isCalled = false;
    let next: number | null = null;
    try {
      next = await work();
    } catch (error) {
      failed(error, 'the jobs cannot be looked at; they will be at the next minute');
    }
    const over = new AbortController();
    const called = new Promise<void>((resolve) => (wake = resolve));
    const waits =
      next === null
        ? []
        : [sleep(Math.max(0, Math.min(AWAKE_MS, next - Date.now())), undefined, { signal: over.signal })];
    if (!isCalled && !signal.aborted) await Promise.race([called, ...waits]).catch(() => undefined);
    over.abort();
    await Promise.allSettled(waits);
  }
  await ticks.destroy();
  await Promise.all(watching);
}
