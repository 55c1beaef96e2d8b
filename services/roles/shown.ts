import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaMessage } from 'kafkajs';
import { lineWithout } from '../forget/record.ts';
import type { Sieve } from '../house/forgotten.ts';
import { resultsFrom } from '../house/house.ts';
import type { Line } from '../model/line.ts';
import type { Config } from '../settings/config.ts';
import { retentionOf } from '../source/kafka/kept.ts';
import type { Settled } from '../source/kafka/options.ts';
import { type Tail, tail } from '../source/kafka/tail.ts';
import type { AsSeen } from '../store/record.ts';
import { createFence, earlierIn } from './frames.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Showing = {
  config: Pick<Config, 'dataDir' | 'keepResultsDays'>;
  kafka: Settled;
  record: AsSeen;
  sift: Pick<Sieve, 'isForgotten'>;
  /** told of each line and of the entry it came in, after the record has it */
  each?: (line: Line, entry: KafkaMessage) => void;
  /** all is read that was there when it began */
  caughtUp: () => void;
  missed: (words: string) => (error: unknown) => void;
  signal: AbortSignal;
};

/**
 * Keeps what was shown in a record, until `signal` aborts: all of `frames` that is to be kept, and what comes. Days that ended longer
 * ago than the topic keeps them, or results are kept, leave the record too: whoever starts anew has as much.
 */
export async function keepShown({ config, kafka, record, sift, each, caughtUp, missed, signal }: Showing) {
  const fence = createFence();
  const take: Tail['take'] = (entry) => {
    const line = fence(entry);
    if (!line) return;
    record.append(lineWithout(line, sift.isForgotten));
    each?.(line, entry);
  };
  const since = resultsFrom(config, Date.now()) - DAY_MS;
  const from = Number.isFinite(since) ? { time: since } : { offset: 0 };
  const failed = missed('frames wait in Kafka');
  await Promise.all([
    tail(kafka, 'frames', { from, earlier: earlierIn(config.dataDir), take, failed, caughtUp }, signal),
    forgetting(() => forgetShown(kafka, config, record), missed('how long Kafka keeps frames is not known'), signal),
  ]);
}

/** Forgets of a record what its topic keeps no longer, or is older than results are kept. Resolves to how many days. */
export async function forgetShown(
  kafka: Settled,
  config: Pick<Config, 'keepResultsDays'>,
  record: Pick<AsSeen, 'forget'>,
  now = Date.now(),
): Promise<number> {
  const kept = now - (await retentionOf(kafka, 'frames'));
  return record.forget(Math.max(resultsFrom(config, now), kept));
}

/** Now and then, by the hour. */
async function forgetting(task: () => Promise<unknown>, failed: (error: unknown) => void, signal: AbortSignal) {
  while (!signal.aborted) {
    await sleep(HOUR_MS, undefined, { signal })
      .then(task)
      .catch((error) => signal.aborted || failed(error));
  }
}
