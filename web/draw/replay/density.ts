import type { Book } from '../../view/replay/book.ts';
import { mark, svg } from '../element.ts';

const HEIGHT = 100;

/** Bars of a part of a book: people in the building, a bar a step; nothing where nobody knows. */
export function createDensity(document: Document) {
  const path = svg(document, 'path');
  const node = svg(document, 'svg', { class: 'density', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, path);
  let drawn = '';
  return {
    node,
    /** Steps `first` to `end` of the book, `each` of them a bar. */
    update(book: Book, first: number, end: number, each: number) {
      const key = `${book.from} ${book.edition} ${first} ${end} ${each}`;
      if (key === drawn) return;
      drawn = key;
      mark(node, 'viewBox', `0 0 ${Math.max(1, end - first)} ${HEIGHT}`);
      mark(path, 'd', barsOf(book, first, end, each));
    },
  };
}

function barsOf({ people }: Book, first: number, end: number, each: number): string {
  const most = Math.max(1, ...people.filter((value) => !Number.isNaN(value)));
  const bars: string[] = [];
  for (let i = first; i < end; i += each) {
    const known = people.subarray(i, Math.min(i + each, end)).filter((value) => !Number.isNaN(value));
    if (known.length === 0) continue;
    const height = (HEIGHT * Math.max(...known)) / most;
    bars.push(`M${i - first} ${HEIGHT}v${(-height).toFixed(1)}h${(each * 0.86).toFixed(2)}v${height.toFixed(1)}z`);
  }
  return bars.join('');
}
