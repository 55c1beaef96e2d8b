import type { PlanFloor } from './floor.ts';
import { type Mark, pathMark } from './marks.ts';
import type { Place } from './place.ts';
import { boundsOf, pathOf, type Ring, round } from './ring.ts';

/** What a floor is made of under its rooms: the ground, passages, stairs and lifts, or the lines of its SVG. */
export function fabricMarks({ outline, shapes, lines }: PlanFloor, { px, thin }: Place): Mark[] {
  const ground = outline ? [pathMark('ground', pathOf([px(outline)]), { fill: 'var(--panel)' })] : [];
  const parts = shapes.flatMap(({ kind, name = '', polygon }, i): Mark[] => {
    if (!polygon || kind === 'movable-wall') return [];
    if (kind === 'circulation') return [pathMark(`passage ${i}`, pathOf([px(polygon)]), { fill: 'var(--panel)' })];
    const line = { stroke: 'var(--line-strong)', 'stroke-width': thin };
    return [
      pathMark(`service ${i}`, pathOf([px(polygon)]), { ...line, fill: 'var(--sunken)' }),
      pathMark(`what ${i}`, symbols(name, px(polygon), thin), { ...line, fill: 'none' }),
    ];
  });
  const drawn = lines
    .map(
      (line) =>
        `M${px(line)
          .map((point) => point.map(round).join(' '))
          .join('L')}`,
    )
    .join('');
  const stroke = { fill: 'none', stroke: 'var(--line-strong)', 'stroke-width': thin };
  return [...ground, ...parts, ...(drawn === '' ? [] : [pathMark('lines', drawn, stroke)])];
}

/** Treads where there are stairs, a crossed square where there is a lift: as a plan has them. */
function symbols(name: string, ring: Ring, thin: number): string {
  const [x, y, w, h] = boundsOf(ring);
  const [inset, step] = [w * 0.2, Math.max(4 * thin, w * 0.14)];
  const treads = /stair/i.test(name)
    ? Array.from({ length: 9 }, (_, i) => y + inset * 2 + i * step)
        .filter((at) => at < y + h * 0.6)
        .map((at) => `M${round(x + inset)} ${round(at)}h${round(w - 2 * inset)}`)
    : [];
  const s = Math.min(w * 0.56, h * 0.25);
  const [left, top] = [round(x + (w - s) / 2), round(y + h - s * 1.5)];
  const lift = /lift|elevator/i.test(name)
    ? `M${left} ${top}h${round(s)}v${round(s)}h${round(-s)}zl${round(s)} ${round(s)}m0 ${round(-s)}l${round(-s)} ${round(s)}`
    : '';
  return treads.join('') + lift;
}
