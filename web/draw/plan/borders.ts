import { inset } from './inset.ts';
import { type Mark, pathMark } from './marks.ts';
import type { Place } from './place.ts';
import { type Box, type Point, pathOf, type Ring, round } from './ring.ts';
import { isOver } from './state.ts';
import type { TileOf } from './tile.ts';

/** Points nearer than this are the same, m. */
const SAME = 0.3;

/** What a room's edge says of its state: dashes, danger, the corner of thin coverage. */
export function borderMarks(of: TileOf, place: Place): Mark[] {
  const { now, shape, type } = of;
  const inner = (d: number) => pathOf(shape.rings.map((ring) => inset(place.px(ring), d)));
  const marks: Mark[] = [];
  if (now.coverage === 'gap' || now.coverage === 'silent')
    marks.push(
      pathMark('dashes', inner(5 * place.k + place.wall), {
        class: 'dashes',
        fill: 'none',
        stroke: 'var(--muted)',
        'stroke-width': Math.max(1.5, 3 * place.k),
        'stroke-dasharray': `${round(Math.max(5, 12 * place.k))} ${round(Math.max(3, 6 * place.k))}`,
      }),
    );
  if (of.fill !== null && isOver(of)) {
    const thick = type.isRich ? 4 : 3;
    marks.push(
      pathMark('danger', inner(place.wall / 2 + thick / 2), {
        class: 'danger',
        fill: 'none',
        stroke: 'var(--danger)',
        'stroke-width': thick,
      }),
    );
  }
  if (of.fill !== null && now.coverage === 'thin')
    marks.push(
      pathMark('corner', corner(shape.rings, shape.label, place, type.pad), {
        class: 'corner',
        fill: 'var(--warn)',
        stroke: of.ink,
        'stroke-width': place.thin,
      }),
    );
  return marks;
}

/** A triangle in a corner that the label and the room have in common, the lower right one first. */
function corner(rings: Ring[], [x, y, w, h]: Box, place: Place, pad: number): string {
  const corners: [Point, number, number][] = [
    [[x + w, y + h], -1, -1],
    [[x, y + h], 1, -1],
    [[x + w, y], -1, 1],
    [[x, y], 1, 1],
  ];
  const isCorner = ([[cx, cy]]: [Point, number, number]) =>
    rings.flat().some(([px, py]) => Math.hypot(px - cx, py - cy) < SAME);
  const [at, dx, dy] = corners.find(isCorner) ?? corners[0]!;
  const [px, py] = place.at(at);
  // Inside the wall, and small enough to stay clear of the words, which keep `pad` from the edge.
  const [left, top, leg] = [px + (dx * place.wall) / 2, py + (dy * place.wall) / 2, pad * 1.5];
  return `M${round(left)} ${round(top)}h${round(dx * leg)}L${round(left)} ${round(top + dy * leg)}z`;
}
