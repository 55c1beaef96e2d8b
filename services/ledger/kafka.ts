import { randomUUID } from 'node:crypto';
import { createBook } from './book.ts';
import { entryOf, type Kept, textOf } from './entry.ts';
import { cleared, printIn, printOf } from './forgetting.ts';
import type { Renewable } from './ledger.ts';

/** A topic of one partition: what is sent comes back in the one order that all see, each text with its offset. */
export type Topic = {
  /** Resolves when every in-sync broker has them. */
  send(texts: string[]): Promise<void>;
  /** Takes each text from the first on, over every outage; `caughtUp` is called when all is taken that was there at the beginning. */
  follow(take: (text: string, offset: number) => void, caughtUp: () => void): void;
  /** Deletes what stands before an offset, where that is allowed. */
  drop(offset: number): Promise<unknown>;
  close(): Promise<void>;
};

/** What writes a topic anew, beside entries: that it begins, an entry once more, that it has ended and from which offset on all counts. */
type Turn = { begins: string } | { again: string } | { ended: string; from: number };

type Place = { version: number; time: number; text: string; offset: number; isAgain: boolean };

export type KafkaLedger = Renewable & { close(): Promise<void> };

/** Entries that are sent once more together. */
const TOGETHER = 200;

/**
 * A ledger in a topic, held in memory as texts. Resolves when all is read that was there. Who is forgotten is taken out of each text as
 * it is read, and out of the topic when it is renewed: what stays is put behind what was, and that is deleted. Of an entry that is put once more
 * all keep that one, so whoever reads from there on has what everybody has; a renewal that a kill breaks off loses nothing.
 */
export async function kafkaLedger(topic: Topic, now: () => number = Date.now): Promise<KafkaLedger> {
  const prints = new Set<string>();
  const isForgotten = (badge: string) => prints.has(printOf(badge));
  const read = ({ text }: Place): Kept => entryOf(prints.size === 0 ? text : cleared(text, isForgotten))!;
  const book = createBook<Place>(read, (_known, { isAgain }) => isAgain);
  const waiting = new Map<string, { decide(found: number): void; end(error: Error): void }>();
  const enter = (text: string, offset: number, isAgain: boolean) => {
    const entry = entryOf(text);
    if (!entry) return;
    const print = printIn(entry.key);
    if (print !== null) prints.add(print);
    const isFirst = book.take(entry.key, { version: entry.version, time: entry.time, text, offset, isAgain });
    if (!isAgain) waiting.get(entry.id)?.decide(isFirst ? 1 : 0);
  };
  await new Promise<void>((resolve) => {
    topic.follow((text, offset) => {
      const turn = turnOf(text);
      if (!turn) enter(text, offset, false);
      else if ('again' in turn) enter(turn.again, offset, true);
      else if ('begins' in turn) waiting.get(turn.begins)?.decide(offset);
      else {
        book.drop((place) => place.offset < turn.from);
        waiting.get(turn.ended)?.decide(offset);
      }
    }, resolve);
  });
  /** Sends a text; resolves to what is found when it is read back. */
  const said = async (id: string, text: string): Promise<number> => {
    const decided = new Promise<number>((decide, end) => waiting.set(id, { decide, end }));
    decided.catch(() => undefined);
    try {
      await topic.send([text]);
      return await decided;
    } finally {
      waiting.delete(id);
    }
  };
  const turn = (one: Turn) => JSON.stringify(one);
  return {
    ...book,
    async put(key, version, value) {
      const kept: Kept = { key, version, value, time: now(), id: randomUUID() };
      const text = textOf(kept);
      if (book.find(key, version)) return false;
      return (await said(kept.id, text)) === 1;
    },
    async renew(staying) {
      const id = randomUUID();
      const from = await said(id, turn({ begins: id }));
      const known = book.all();
      const stay = staying(known.map(read));
      if (!stay) return 0;
      const texts = stay.map((entry) => turn({ again: textOf(entry) }));
      for (let at = 0; at < texts.length; at += TOGETHER) await topic.send(texts.slice(at, at + TOGETHER));
      await said(id, turn({ ended: id, from }));
      await topic.drop(from);
      return known.length - stay.length;
    },
    async close() {
      for (const { end } of waiting.values()) end(new Error('the ledger was closed before the entry was read back'));
      await topic.close();
    },
  };
}

/** A text that is no entry and no array: a turn of a renewal, or nothing that is known. */
function turnOf(text: string): Turn | null {
  if (!text.startsWith('{')) return null;
  const found = JSON.parse(text) as Partial<Turn>;
  return 'again' in found || 'begins' in found || 'ended' in found ? (found as Turn) : null;
}
