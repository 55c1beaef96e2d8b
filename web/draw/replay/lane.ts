import { element, mark, write } from '../element.ts';
import { createRows } from '../rows.ts';

/** Something that lies over a part of a lane, in shares of its width. */
export type Piece = { key: string; left: number; width: number; row: number; word: string; class: string };

/** Pieces of a lane by their places; texts that do not fit are cut with dots. */
export function createLane(document: Document, name: string) {
  const node = element(document, 'div', { class: `lane ${name}` });
  const rows = createRows<Piece>(
    node,
    ({ key }) => key,
    () => {
      const piece = element(document, 'span');
      return {
        node: piece,
        update({ left, width, row, word, class: kind }: Piece) {
          write(piece, word);
          mark(piece, 'class', `piece ${kind}`);
          mark(piece, 'title', word || null);
          Object.assign(piece.style, { left: percent(left), width: percent(width) });
          piece.style.setProperty('--row', String(row));
        },
      };
    },
  );
  return { node, update: rows };
}

export const percent = (share: number): string => `${(100 * share).toFixed(3)}%`;

/** Where a span lies in another, cut at its ends; null outside. */
export function within(
  span: { from: number; until: number },
  of: { from: number; until: number },
): { left: number; width: number } | null {
  const [from, until] = [Math.max(span.from, of.from), Math.min(span.until, of.until)];
  if (from >= until) return null;
  const whole = of.until - of.from;
  return { left: (from - of.from) / whole, width: (until - from) / whole };
}
