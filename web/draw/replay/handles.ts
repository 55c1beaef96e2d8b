import { element, mark } from '../element.ts';
import { percent, within } from './lane.ts';
import type { Span } from './track.ts';

export type Loop = { from: number; until: number };
const MINUTE_MS = 60_000;
const MOVES: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageDown: -60, PageUp: 60 };

/** The part that is played again and again, with a handle at either end: dragged, or moved with the arrows. */
export function createHandles(document: Document, say: (at: number) => string, changed: (loop: Loop) => void) {
  const range = element(document, 'div', { class: 'loop' });
  const node = element(document, 'div', { class: 'handles', hidden: '' }, range);
  let [loop, span]: [Loop, Span] = [
    { from: 0, until: 1 },
    { from: 0, until: 1 },
  ];
  const move = (end: 'from' | 'until', to: number) => {
    const at = Math.round(to / MINUTE_MS) * MINUTE_MS;
    if (end === 'from') changed({ ...loop, from: Math.min(at, loop.until - MINUTE_MS) });
    else changed({ ...loop, until: Math.max(at, loop.from + MINUTE_MS) });
  };
  const handles = (['from', 'until'] as const).map((end) => {
    const word = end === 'from' ? 'Loop from' : 'Loop until';
    const handle = element(document, 'div', {
      class: `handle ${end}`,
      role: 'slider',
      tabindex: '0',
      'aria-label': word,
    });
    handle.addEventListener('pointerdown', (event) => {
      event.stopPropagation();
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener('pointermove', (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const { left, width } = node.getBoundingClientRect();
      move(end, span.from + ((event.clientX - left) / Math.max(1, width)) * (span.until - span.from));
    });
    handle.addEventListener('keydown', (event) => {
      const by = MOVES[event.key];
      if (by === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      move(end, loop[end] + by * MINUTE_MS);
    });
    node.append(handle);
    return { end, handle };
  });
  return {
    node,
    update(shown: Loop | null, of: Span) {
      const place = shown && within(shown, of);
      node.hidden = place === null;
      if (!shown || !place) return;
      [loop, span] = [shown, of];
      Object.assign(range.style, { left: percent(place.left), width: percent(place.width) });
      for (const { end, handle } of handles) {
        handle.style.left = percent(end === 'from' ? place.left : place.left + place.width);
        mark(handle, 'aria-valuemin', String(of.from));
        mark(handle, 'aria-valuemax', String(of.until));
        mark(handle, 'aria-valuenow', String(shown[end]));
        mark(handle, 'aria-valuetext', say(shown[end]));
      }
    },
  };
}
