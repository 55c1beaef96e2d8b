/** Something that is to come out at `received`, UTC ms. */
export type Due = { received: number };

/** Things wait until the second in which they are received; within it they go by `received`, then as they were put. */
export type Queue<T extends Due> = {
  put(item: T): void;
  /** What is received in a second (its number), in order. */
  take(second: number): T[];
  readonly waiting: number;
};

const SECOND_MS = 1000;

export function createQueue<T extends Due>(): Queue<T> {
  const seconds = new Map<number, T[]>();
  let waiting = 0;
  return {
    put(item) {
      const second = Math.floor(item.received / SECOND_MS);
      const list = seconds.get(second);
      if (list) list.push(item);
      else seconds.set(second, [item]);
      waiting += 1;
    },
    take(second) {
      const list = seconds.get(second);
      if (!list) return [];
      seconds.delete(second);
      waiting -= list.length;
      return list.sort((a, b) => a.received - b.received);
    },
    get waiting() {
      return waiting;
    },
  };
}
