import { randomUUID } from 'node:crypto';
import { createBook } from './book.ts';
import { entryOf, type Kept, textOf } from './entry.ts';
import { cleared, printIn, printOf } from './forgetting.ts';
import type { Ledger } from './ledger.ts';

/** A topic of one partition: what is sent comes back in the one order that all see. */
export type Topic = {
  /** Resolves when every in-sync broker has it. */
  send(text: string): Promise<void>;
  /** Takes each entry from the first on, over every outage; `caughtUp` is called when all is taken that was there at the beginning. */
  follow(take: (text: string) => void, caughtUp: () => void): void;
  close(): Promise<void>;
};

type Place = { version: number; text: string };

export type KafkaLedger = Ledger & { close(): Promise<void> };

/**
 * A ledger in a topic, held in memory as texts. Resolves when all is read that was there. Nothing can be taken out of a topic, so
 * who is forgotten is taken out of each text as it is read.
 */
export async function kafkaLedger(topic: Topic, now: () => number = Date.now): Promise<KafkaLedger> {
  const prints = new Set<string>();
  const isForgotten = (badge: string) => prints.has(printOf(badge));
  const book = createBook<Place>(({ text }) => entryOf(prints.size === 0 ? text : cleared(text, isForgotten))!);
  const waiting = new Map<string, { decide(isOurs: boolean): void; end(error: Error): void }>();
  const take = (text: string) => {
    const entry = entryOf(text);
    if (!entry) return;
    const print = printIn(entry.key);
    if (print !== null) prints.add(print);
    const isFirst = book.take(entry.key, { version: entry.version, text });
    waiting.get(entry.id)?.decide(isFirst);
  };
  await new Promise<void>((resolve) => topic.follow(take, resolve));
  return {
    ...book,
    async put(key, version, value) {
      const kept: Kept = { key, version, value, time: now(), id: randomUUID() };
      const text = textOf(kept);
      if (book.find(key, version)) return false;
      const decided = new Promise<boolean>((decide, end) => waiting.set(kept.id, { decide, end }));
      decided.catch(() => undefined);
      try {
        await topic.send(text);
        return await decided;
      } finally {
        waiting.delete(kept.id);
      }
    },
    async close() {
      for (const { end } of waiting.values()) end(new Error('the ledger was closed before the entry was read back'));
      await topic.close();
    },
  };
}
