import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal } from '../sentence.ts';
import { atMost, createLink, open } from '../source/kafka/link.ts';
import type { Settled } from '../source/kafka/options.ts';
import { openTopics, topicOf } from '../source/kafka/topics.ts';
import { seatIn } from './seat.ts';

/** Silence after which another takes over: the shortest that brokers grant, so that no second is too long overdue by then. */
const SESSION_MS = 6000;
const PAUSE_MS = 500;
const LEAVE_MS = 2000;

/** What a term in office does, until its signal aborts. */
export type Office = (term: AbortSignal) => Promise<void>;

/**
 * Waits for the one partition of `state`, and does the office while it is ours: of all processes of a venue one does, the
 * others stand by. Whoever is assigned it begins a term, which goes on as others come and go. Ends when `signal` aborts; throws `WrongTopic`.
 * `joined` is told each time that the group was put together anew.
 */
export async function terms(
  options: Settled,
  office: Office,
  signal: AbortSignal,
  failed: (error: unknown) => void,
  joined: () => void = () => undefined,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await candidacy(options, office, signal, joined);
    } catch (error) {
      if (isFinal(error)) throw error;
      if (!signal.aborted) failed(error);
    }
    await sleep(PAUSE_MS * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
  }
}

/** A member of the group, until `signal` aborts. Throws where it crashes, or a term fails: then another may have it. */
async function candidacy(options: Settled, office: Office, signal: AbortSignal, joined: () => void): Promise<void> {
  const link = createLink(options);
  const topic = topicOf(options, 'state');
  const admin = link.kafka.admin();
  const seat = seatIn(topic);
  const consumer = link.kafka.consumer({
    groupId: `${options.prefix}live`,
    partitionAssigners: [seat.assigner],
    sessionTimeout: SESSION_MS,
    heartbeatInterval: SESSION_MS / 6,
    maxWaitTimeInMs: SESSION_MS / 6,
  });
  let term = { stop: new AbortController(), over: Promise.resolve() };
  const end = () => {
    term.stop.abort();
    return term.over;
  };
  try {
    await open(admin);
    await openTopics(admin, options);
    await open(consumer);
    await consumer.subscribe({ topics: [topic] });
    const over = new Promise<never>((_resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        joined();
        const isOurs = payload.memberAssignment[topic]?.includes(0) === true;
        if (seat.keeps(payload.memberId, isOurs)) return;
        const before = end();
        if (!isOurs) return;
        const stop = new AbortController();
        term = { stop, over: before.then(() => (stop.signal.aborted ? undefined : office(stop.signal))).catch(reject) };
      });
    });
    over.catch(() => undefined);
    await consumer.run({ autoCommit: false, eachBatch: async () => undefined });
    await Promise.race([signal.aborted ? undefined : once(signal, 'abort'), over]);
  } finally {
    await end();
    await atMost(LEAVE_MS, Promise.all([consumer.disconnect(), admin.disconnect()]));
    link.cut();
  }
}
