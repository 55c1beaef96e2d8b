import type { Coverage } from '../../../services/model/frame.ts';
import { type Grid, type Lane, MEASURES, NONE } from '../../read/tiles.ts';

export const UNREAD = -1;
/** In the order of `services/model/frame.ts`. */
export const COVERAGES: Coverage[] = ['unmeasured', 'gap', 'silent', 'deaf', 'thin', 'good'];

/**
 * All that is known of a span (UTC ms) by the minute: what a picture of any of its moments is made from, by place in
 * arrays. Steps that were not read yet, or have no frame, have no frames.
 */
export type Book = {
  from: number;
  until: number;
  stepMs: number;
  steps: number;
  lanes: Map<string, Lane>;
  /** counts are multiples of this; null: they are whole */
  rounded: number | null;
  /** seconds of a step that have a frame; −1: it was not read yet */
  made: Int16Array;
  /** people in the rooms whose counts can be trusted, as the total has them; NaN where nobody knows */
  people: Float32Array;
  /** tells one content from another */
  edition: number;
  /** the most claps in 10 s, when and where */
  loudest: { room: string; step: number; claps: number } | null;
};

/** An empty book of a span, for rooms, whose counts are whole or `rounded`. */
export function createBook(from: number, until: number, stepMs: number, rounded: number | null = null): Book {
  const steps = Math.max(0, Math.ceil((until - from) / stepMs));
  return {
    from,
    until,
    stepMs,
    steps,
    lanes: new Map(),
    rounded,
    made: new Int16Array(steps).fill(UNREAD),
    people: new Float32Array(steps).fill(Number.NaN),
    edition: 0,
    loudest: null,
  };
}

/** Enters a grid of the book's own step; what it has of other times is left out. */
export function enter(book: Book, grid: Grid): void {
  const shift = Math.round((grid.from - book.from) / book.stepMs);
  const [first, last] = [Math.max(0, -shift), Math.min(grid.steps, book.steps - shift)];
  if (first >= last) return;
  for (const [room, lane] of grid.lanes) {
    const own = book.lanes.get(room) ?? emptyLane(book.steps);
    book.lanes.set(room, own);
    for (const name of MEASURES) own[name].set(lane[name].subarray(first, last), first + shift);
  }
  for (let i = first + shift; i < last + shift; i++) sum(book, i);
  book.edition += 1;
}

const emptyLane = (steps: number): Lane =>
  Object.fromEntries(
    MEASURES.map((name) => [name, new Int32Array(steps).fill(name === 'frames' ? 0 : NONE)]),
  ) as unknown as Lane;

/** What all rooms together say of a step. */
function sum(book: Book, i: number): void {
  let [people, known, made] = [0, 0, 0];
  for (const [room, lane] of book.lanes) {
    const frames = lane.frames[i]!;
    made = Math.max(made, frames);
    if (frames === 0) continue;
    const count = isCountedAt(lane, i) ? countAt(lane, i) : null;
    if (count !== null) {
      people += count;
      known += 1;
    }
    const claps = clapsAt(lane, i) ?? 0;
    if (claps > (book.loudest?.claps ?? 0)) book.loudest = { room, step: i, claps };
  }
  book.made[i] = made;
  book.people[i] = known > 0 ? people : Number.NaN;
}

/** People in a room in a step, the mean of its seconds; null where nothing measures. */
export const countAt = ({ present, frames }: Lane, i: number): number | null =>
  present[i] === NONE || !frames[i] ? null : present[i]! / frames[i]!;

/** Whether what is counted in a step can be trusted to be a count. */
export const isCountedAt = ({ coverage }: Lane, i: number): boolean => coverage[i]! >= COVERAGES.indexOf('thin');

/** Claps in 10 s, the mean of a step. */
export const clapsAt = ({ claps, frames }: Lane, i: number): number | null =>
  claps[i] === NONE || !frames[i] ? null : claps[i]! / frames[i]!;

/** The step an instant is in, within the book. */
export const stepAt = ({ from, stepMs, steps }: Book, at: number): number =>
  Math.max(0, Math.min(steps - 1, Math.floor((at - from) / stepMs)));

export const timeOf = ({ from, stepMs }: Book, step: number): number => from + step * stepMs;
