import { element, mark } from '../element.ts';
import type { PlanFloor, RoomShape } from '../plan/floor.ts';
import { createRows } from '../rows.ts';
import { nearest } from './nearest.ts';

/** What a person does with a room: looks at it (by keyboard or not), or no longer. */
export type Choose = (room: string | null, isFocused: boolean) => void;

type Target = { shape: RoomShape; words: string; box: [number, number, number, number] };

/** Buttons over the rooms of a plan, one Tab stop in all; arrows go to the next room that way, Escape lets go. */
export function createTargets(document: Document, choose: Choose) {
  const node = element(document, 'div', { class: 'targets', role: 'group', 'aria-label': 'Rooms of this floor' });
  let shown: Target[] = [];
  const rows = createRows<Target>(
    node,
    ({ shape }) => shape.id,
    (first) => createTarget(document, first, choose),
  );
  node.addEventListener('keydown', (event) => {
    const from = shown.find(({ shape }) => shape.id === document.activeElement?.getAttribute('data-room'));
    const way = WAYS[event.key];
    if (event.key === 'Escape') choose(null, false);
    if (!from || !way) return;
    event.preventDefault();
    const to = nearest(from.box, shown, way);
    if (to) node.querySelector<HTMLElement>(`[data-room="${CSS.escape(to.shape.id)}"]`)?.focus();
  });
  return {
    node,
    update(
      floor: PlanFloor,
      rooms: RoomShape[],
      scale: number,
      words: (shape: RoomShape) => string,
      chosen: string | null,
    ) {
      const [x, y] = floor.bounds;
      shown = rooms.map((shape) => {
        const [left, top, width, height] = shape.label;
        return {
          shape,
          words: words(shape),
          box: [(left - x) * scale, (top - y) * scale, width * scale, height * scale],
        };
      });
      rows(shown);
      const stop = shown.some(({ shape }) => shape.id === chosen) ? chosen : shown[0]?.shape.id;
      for (const button of node.children)
        mark(button, 'tabindex', button.getAttribute('data-room') === stop ? '0' : '-1');
    },
  };
}

const WAYS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function createTarget(document: Document, { shape }: Target, choose: Choose) {
  const button = element(document, 'button', { type: 'button', class: 'target', 'data-room': shape.id });
  button.addEventListener('focus', () => choose(shape.id, button.matches(':focus-visible')));
  button.addEventListener('blur', () => choose(shape.id, false));
  return {
    node: button,
    update({ words, box: [left, top, width, height] }: Target) {
      mark(button, 'aria-label', words);
      Object.assign(button.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    },
  };
}
