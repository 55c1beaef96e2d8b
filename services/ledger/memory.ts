import { createBook } from './book.ts';
import { entryOf, textOf } from './entry.ts';
import type { Ledger } from './ledger.ts';

/** A ledger that ends with the process, for a house in memory. */
export function memoryLedger(now: () => number = Date.now): Ledger & { close(): void } {
  const book = createBook<{ version: number; time: number; text: string }>(({ text }) => entryOf(text)!);
  return {
    ...book,
    put: async (key, version, value) => {
      const time = now();
      const text = textOf({ key, version, value, time, id: '' });
      return book.take(key, { version, time, text });
    },
    close: () => undefined,
  };
}
