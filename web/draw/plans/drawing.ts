import type { Plan } from '../../../services/model/plan.ts';
import { element, type Part, svg } from '../element.ts';
import { pathOf } from '../plan/ring.ts';

/** What was read of an SVG: its rooms and its lines, drawn from their numbers. */
export function createDrawing(document: Document): Part<Plan | null> {
  const node = element(document, 'figure', { class: 'drawing', hidden: '' });
  return {
    node,
    update(plan) {
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
        ),
      );
    },
  };
}

function titled(document: Document, words: string): SVGElement {
  const title = svg(document, 'title');
  title.textContent = words;
  return title;
}
