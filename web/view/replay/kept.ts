import { NoAnswer } from '../../read/ask.ts';

/** After a failure nobody is asked for the same again for so long, ms. */
const AGAIN_MS = 5000;

/**
 * What is read when it is first looked at, by its key; the newest `most` are kept. Null: it is being read, or there was no
 * answer, in which case whoever comes by later asks again. `changed` is told when something has come, and when it may be asked
 * for again.
 */
export function createKept<T>(
  most: number,
  changed: () => void,
  clock = () => performance.now(),
  later: (act: () => void, ms: number) => void = setTimeout,
) {
  const kept = new Map<string, T | null>();
  const failed = new Map<string, number>();
  const take = async (key: string, read: () => Promise<T>) => {
    kept.set(key, null);
    try {
      kept.set(key, await read());
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      kept.delete(key);
      failed.set(key, clock());
      later(changed, AGAIN_MS);
      return;
    }
    while (kept.size > most) kept.delete(kept.keys().next().value!);
    changed();
  };
  return (key: string, read: () => Promise<T>): T | null => {
    const found = kept.get(key);
    if (found !== undefined) return found;
    if (clock() - (failed.get(key) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return null;
    failed.delete(key);
    void take(key, read);
    return null;
  };
}
