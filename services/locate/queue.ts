import type { Observation } from '../model/observation.ts';

/** Items before the first that is left are let go once they are so many. */
const SLACK = 10_000;

/** Observations that wait for their second, in the order in which they were received. */
export type Queue = {
  put(observation: Observation): void;
  /** Takes out what was received up to an instant, UTC ms. */
  upTo(instant: number): Observation[];
  left(): Observation[];
};

/** Most come in order, so putting one in costs nothing; one that comes out of turn finds its place by halves. */
export function newQueue(given: readonly Observation[] = []): Queue {
  let items = [...given];
  let head = 0;
  return {
    put(observation) {
      const last = items.at(-1);
      if (last === undefined || last.received <= observation.received || head === items.length) items.push(observation);
      else items.splice(placeOf(items, head, observation.received), 0, observation);
    },
    upTo(instant) {
      const from = head;
      while (head < items.length && items[head]!.received <= instant) head += 1;
      const due = items.slice(from, head);
      if (head > SLACK || head === items.length) {
        items = items.slice(head);
        head = 0;
      }
      return due;
    },
    left: () => items.slice(head),
  };
}

/** The first place from `head` on whose item was received later. */
function placeOf(items: Observation[], head: number, received: number): number {
  let [low, high] = [head, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle]!.received <= received) low = middle + 1;
    else high = middle;
  }
  return low;
}
