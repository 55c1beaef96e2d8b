import type { Plan } from '../../../services/model/plan.ts';
import { element, svg } from '../element.ts';
import { pathOf } from '../plan/ring.ts';

/** Rooms and lines of a floor, m. */
export type Drawn = Pick<Plan, 'rooms' | 'lines' | 'box'>;

/** A floor, of an SVG or of the venue: its rooms and its lines, drawn from their numbers, and a word of what this is. */
export function createDrawing(document: Document) {
  const node = element(document, 'figure', { class: 'drawing', hidden: '' });
  return {
    node,
    update(plan: Drawn | null, caption: string) {
      node.hidden = plan === null;
      if (!plan) return;
      const rooms = plan.rooms.map(({ room, rings }) =>
        svg(document, 'path', { class: 'room', d: pathOf(rings), 'fill-rule': 'evenodd' }, titled(document, room)),
      );
      const d = plan.lines.map((line) => `M${line.map(([x, y]) => `${x} ${y}`).join('L')}`).join('');
      const label = `The drawing: ${plan.rooms.length} rooms, ${plan.lines.length} lines`;
      node.replaceChildren(
        svg(
          document,
          'svg',
          { viewBox: plan.box.join(' '), role: 'img', 'aria-label': label },
          svg(document, 'path', { class: 'line', d }),
          ...rooms,
        ) as unknown as Node,
        element(document, 'figcaption', {}, caption),
      );
    },
  };
}

function titled(document: Document, words: string): SVGElement {
  const title = svg(document, 'title');
  title.textContent = words;
  return title;
}
