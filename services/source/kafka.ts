import { createLetters, type Letters } from './kafka/letters.ts';
import { atMost, createLink, type Link } from './kafka/link.ts';
import { type Behind, createMember } from './kafka/member.ts';
import { type KafkaOptions, type Settled, settle } from './kafka/options.ts';
import { joined } from './kafka/part.ts';
import type { ContextAt } from './kafka/read.ts';
import type { Topics } from './kafka/topics.ts';
import { createWaiting, Ended, type Held } from './kafka/waiting.ts';
import type { Source } from './source.ts';

export type { KafkaOptions } from './kafka/options.ts';
export { WrongTopic } from './kafka/topics.ts';

/** Who is told how it goes, and how Kafka is reached. */
export type Told = {
  /** it has joined; the topics were found with so many partitions */
  opened?: (topics: Topics) => void;
  /** so many observations are stored, and their offsets committed */
  committed?: (observations: number) => void;
  createLink?: (options: Settled) => Link;
  /** so far a partition is read, and what was read is stored */
  passed?: (partition: number, next: number) => void;
  behind?: Behind;
  /** who takes the dead letters, if not their topic */
  letters?: Letters;
};

/** How long a stop waits for a start that is under way, and for the goodbye to the group, ms. */
const START_MS = 500;
const LEAVE_MS = 3000;

/**
 * The topic `observations`, as a member of a group, as a source. What several messages, of several partitions, came to is
 * one batch; each observation carries the position of its message. Offsets are committed when the next batch is asked
 * for; what is not comes again, at the same positions. While a batch is out nothing more is fetched than was; heartbeats
 * go on. A message that has rejects also goes to `dead-letters`. Throws `WrongTopic`, `Crashed`, `Stuck`, or what the
 * broker said: then it may be started anew.
 */
export function kafkaSource(options: KafkaOptions, context: ContextAt, told: Told = {}): Source {
  const settled = settle(options);
  const { createLink: connect = createLink, opened = () => {}, committed = () => {}, passed = () => {} } = told;
  const given = { ends: -1n };
  return async function* (signal) {
    if (signal.aborted) return;
    const link = connect(settled);
    const waiting = createWaiting();
    const member = createMember(link, settled, context, waiting, { behind: told.behind, given });
    const letters = told.letters ?? createLetters(link.kafka, settled);
    signal.addEventListener('abort', waiting.end);
    const started = member.start().then(opened, waiting.fail);
    let taken: Held[] = [];
    try {
      for (;;) {
        taken = await waiting.take();
        if (taken.length === 0) return;
        const parts = taken.map(({ part }) => part);
        const batch = joined(parts);
        if (batch.observations.length + batch.rejects.length > 0) yield batch;
        for (const { partition, next } of parts) passed(partition, next);
        await letters.send(parts.flatMap(({ refused }) => refused));
        const safe = await member.commit(taken);
        committed(safe.reduce((sum, { part }) => sum + part.observations.length, 0));
      }
    } finally {
      signal.removeEventListener('abort', waiting.end);
      waiting.end();
      for (const held of taken) held.fail(new Ended());
      await atMost(START_MS, started);
      await atMost(LEAVE_MS, Promise.all([member.leave(), letters.close()]));
      link.cut();
    }
  };
}
