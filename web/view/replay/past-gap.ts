import { type Book, stepAt, timeOf } from './book.ts';

/**
 * Where a moment without frames leads to: to the first step after it that has some, or (backwards) the last before it. A
 * moment with frames stays, and so does one after which there are none.
 */
export function pastGap(book: Book, at: number, way: 1 | -1): number {
  let step = stepAt(book, at);
  if (book.made[step] !== 0) return at;
  while (step >= 0 && step < book.steps && book.made[step] === 0) step += way;
  if (step < 0 || step >= book.steps) return at;
  return way > 0 ? timeOf(book, step) : timeOf(book, step + 1) - 1;
}
