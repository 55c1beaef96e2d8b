import type { Mark } from './marks.ts';
import type { TileOf } from './tile.ts';

/** Of more gateways than this the circles would be a crowd of their own; the words have the number. */
const CIRCLES_MAX = 4;

/** One circle for each gateway, solid when it speaks and hears, set from the right; and how wide they are. None where that is not told. */
export function coverageMarks({ now, type, ink }: TileOf, right: number, cy: number): { marks: Mark[]; width: number } {
  const { heard, gateways } = now;
  if (!type.isRich || heard === null || gateways > CIRCLES_MAX) return { marks: [], width: 0 };
  const radius = type.name * 0.2;
  const step = radius * 2.7;
  const marks = Array.from({ length: gateways }, (_, i): Mark => {
    const solid = i < heard;
    const attributes = {
      class: 'gateway',
      cx: right - radius - (gateways - 1 - i) * step,
      cy,
      r: solid ? radius : radius - 1,
      fill: solid ? ink : 'none',
      stroke: solid ? 'none' : ink,
      'stroke-width': 2,
    };
    return { key: `gateway ${i}`, tag: 'circle', attributes };
  });
  return { marks, width: gateways * step };
}
