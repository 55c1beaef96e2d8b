import { element, mark, write } from '../element.ts';
import { percent } from './lane.ts';

/** A span of time that is drawn from left to right, UTC ms. */
export type Span = { from: number; until: number };

/** What pointing at a track means: the instant under the pointer (UTC ms), and null when it leaves. */
export type Pointing = { seek(at: number): void; hover(at: number | null): void };

/** A strip of time with a cursor on it; pressing seeks, and dragging goes on. */
export function createTrack(document: Document, name: string, pointing: Pointing) {
  const cursor = element(document, 'div', { class: 'cursor' });
  const ghost = element(document, 'div', { class: 'ghost', hidden: '' });
  const node = element(document, 'div', { class: `track ${name}` }, ghost, cursor);
  let span: Span = { from: 0, until: 1 };
  const instant = ({ clientX }: PointerEvent) => {
    const { left, width } = node.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (clientX - left) / Math.max(1, width)));
    return Math.min(span.until - 1, span.from + share * (span.until - span.from));
  };
  let isHeld = false;
  node.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    node.setPointerCapture(event.pointerId);
    isHeld = true;
    pointing.seek(instant(event));
  });
  node.addEventListener('pointermove', (event) => {
    if (isHeld) pointing.seek(instant(event));
    pointing.hover(instant(event));
  });
  const release = () => {
    isHeld = false;
  };
  node.addEventListener('pointerup', release);
  node.addEventListener('pointercancel', release);
  node.addEventListener('pointerleave', () => pointing.hover(null));
  return {
    node,
    span: () => span,
    show(of: Span) {
      span = of;
    },
    /** where the cursor is; not drawn outside */
    place(at: number) {
      put(cursor, at, span);
    },
    /** what is under the pointer, in words */
    point(at: number | null, words: string) {
      ghost.hidden = at === null;
      if (at === null) return;
      put(ghost, at, span);
      if (ghost.childElementCount === 0) ghost.append(element(document, 'span'));
      write(ghost.firstElementChild!, words);
      mark(ghost, 'data-side', at > (span.from + span.until) / 2 ? 'left' : 'right');
    },
  };
}

function put(node: HTMLElement, at: number, { from, until }: Span): void {
  const share = (at - from) / (until - from);
  const isIn = share >= 0 && share <= 1;
  node.style.visibility = isIn ? '' : 'hidden';
  // Beyond the track it would make the page wider, though nobody sees it.
  if (isIn) node.style.left = percent(share);
}
