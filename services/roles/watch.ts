import { setTimeout as sleep } from 'node:timers/promises';
import type { House } from '../house/house.ts';
import type { Batch } from '../model/batch.ts';
import type { Line } from '../model/line.ts';
import { atMost } from '../source/kafka/link.ts';
import type { Settled } from '../source/kafka/options.ts';
import { type Tail, tail } from '../source/kafka/tail.ts';
import { memoryRecord } from '../store/record.ts';
import { openRules, type Watchman } from '../work/rules.ts';
import { createFence, createFold } from './frames.ts';

/** Between two tries to open the rules, ms. */
const PAUSE_MS = 1000;
const LEAVE_MS = 3000;

export type Watch = { take(batch: Batch): void; end(): Promise<void> };

export type WatchOptions = {
  house: House;
  kafka: Settled;
  /** the offset in `frames` with which this process began to make them */
  term: number;
  /** what was shown before, as far back as rules have to look */
  lines: readonly Line[];
  /** UTC ms */
  clock: () => number;
  /** where what rules know is kept for whoever makes the frames next */
  folder: string;
  missed: (words: string) => (error: unknown) => void;
};

/**
 * Looks for what rules ask at the frames of one term, as everybody reads them: what was made and does not count, since another
 * term has begun, is not looked at. Whoever comes next folds the frames again that are not saved.
 */
export function watchFrames({ house, kafka, term, lines, clock, folder, missed }: WatchOptions): Watch {
  const [fence, fold] = [createFence(), createFold()];
  const record = memoryRecord(house.venue.zone);
  for (const line of lines) {
    record.append(line);
    fold(line);
  }
  const stopping = new AbortController();
  const { signal } = stopping;
  let [watchman, isOver]: [Watchman | null, boolean] = [null, false];
  const open = async () => {
    watchman = await opened(
      { ...house, record, clock, folder, failed: missed('what rules ask could not be looked at') },
      signal,
    );
    if (!watchman || signal.aborted) return;
    const { push } = watchman;
    const failed = missed('rules wait for frames in Kafka');
    const take: Tail['take'] = (entry) => {
      isOver ||= entry.value === null && Number(entry.offset) > term;
      const line = isOver ? null : fence(entry);
      const frame = line && fold(line);
      if (frame) push(frame);
    };
    await tail(kafka, 'frames', { from: { offset: term }, take, failed }, signal);
  };
  const watching = open();
  watching.catch(missed('rules are not looked at'));
  return {
    take: (batch) => watchman?.take(batch),
    async end() {
      stopping.abort();
      await atMost(
        LEAVE_MS,
        watching.finally(() => watchman?.end()),
      );
    },
  };
}

/** Opens the rules, over an outage of the ledger; null where `signal` aborts before. */
async function opened(options: Parameters<typeof openRules>[0], signal: AbortSignal): Promise<Watchman | null> {
  while (!signal.aborted) {
    try {
      return await openRules(options);
    } catch (error) {
      options.failed(error);
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}
