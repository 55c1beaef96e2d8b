import type { Plan } from '../../../services/model/plan.ts';
import { element, svg } from '../element.ts';
import { largestRectangle } from '../plan/rectangle.ts';
import { pathOf, type Ring } from '../plan/ring.ts';

/** Rooms and lines of a floor, m. */
export type Drawn = Pick<Plan, 'rooms' | 'lines' | 'box'>;

/** A name is at most so high, of the drawing's width, and a letter so wide, of its height. */
const [HIGH, WIDE] = [1 / 48, 0.56];

/** A floor, of an SVG or of the venue: its rooms with their names and its lines, drawn from their numbers, and a word of what this is. */
export function createDrawing(document: Document, nameOf: (room: string) => string) {
  const node = element(document, 'figure', { class: 'drawing', hidden: '' });
  return {
    node,
    update(plan: Drawn | null, caption: string) {
      node.hidden = plan === null;
      if (!plan) return;
      const rooms = plan.rooms.map(({ room, rings }) =>
        svg(
          document,
          'path',
          { class: 'room', d: pathOf(rings), 'fill-rule': 'evenodd' },
          titled(document, nameOf(room)),
        ),
      );
      const names = plan.rooms.map(({ room, rings }) => named(document, nameOf(room), rings, plan.box[2] * HIGH));
      const d = plan.lines.map((line) => `M${line.map(([x, y]) => `${x} ${y}`).join('L')}`).join('');
      const label = `The drawing: ${plan.rooms.length} rooms, ${plan.lines.length} lines`;
      node.replaceChildren(
        svg(
          document,
          'svg',
          { viewBox: plan.box.join(' '), role: 'img', 'aria-label': label },
          svg(document, 'path', { class: 'line', d }),
          ...rooms,
          ...names,
        ) as unknown as Node,
        element(document, 'figcaption', {}, caption),
      );
    },
  };
}

/** As high as its room has space for. */
function named(document: Document, name: string, rings: Ring[], most: number): SVGElement {
  const [x, y, width, height] = largestRectangle(rings);
  const size = Math.min(most, (0.9 * width) / (WIDE * name.length), 0.8 * height);
  const at = { x: String(x + width / 2), y: String(y + height / 2), 'font-size': String(size) };
  const text = svg(document, 'text', { ...at, 'text-anchor': 'middle', 'dominant-baseline': 'central' });
  text.textContent = name;
  return text;
}

function titled(document: Document, words: string): SVGElement {
  const title = svg(document, 'title');
  title.textContent = words;
  return title;
}
