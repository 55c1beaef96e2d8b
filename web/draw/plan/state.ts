import { deviationOf } from '../../view/live/room.ts';
import { boundWords, number } from '../number.ts';
import { fit } from './fit.ts';
import { type Mark, textMark } from './marks.ts';
import type { Row } from './stack.ts';
import type { Slot, TileOf } from './tile.ts';

/** More people than the room is for. */
export const isOver = ({ shape, now, layer }: Pick<TileOf, 'shape' | 'now' | 'layer'>): boolean =>
  layer === 'occupancy' && shape.capacity !== null && now.count !== null && now.count > shape.capacity;

/** "over capacity", on a plaque: danger has no colour on a fill. */
export function overRow(of: TileOf): Row | null {
  if (!isOver(of)) return null;
  return plaqueRow(of, 'over', [
    [{ text: 'over capacity', weight: 700, fill: 'var(--danger)' }],
    [{ text: 'over', weight: 700, fill: 'var(--danger)' }],
  ]);
}

/** "▼ −27 below 38", only beyond the bounds and only when there are some. */
export function deviationRow(of: TileOf): Row | null {
  const { bounds } = of.now;
  const off = deviationOf(of.now)?.off ?? 0;
  if (of.layer !== 'occupancy' || bounds === null || off === 0 || !of.type.isRich) return null;
  const sign = { text: off > 0 ? `▲ +${number(off)}` : `▼ ${number(off)}`, weight: 700, fill: 'var(--accent)' };
  const bound = { text: boundWords(bounds, off), weight: 400, fill: 'var(--text)' };
  return plaqueRow(of, 'deviation', [[sign, bound], [sign]]);
}

/** "thin · 1 of 3 gateways". */
export function thinRow({ now, type, measure, ink }: TileOf): Row | null {
  if (now.coverage !== 'thin') return null;
  const some = `thin · ${now.heard} of ${now.gateways}`;
  // All may speak and hear, and yet too little.
  const few =
    now.heard !== null && now.heard < now.gateways
      ? [`${some} gateway${now.gateways === 1 ? '' : 's'}`, some]
      : ['thin · heard too seldom'];
  const wordings = [...few, 'thin'];
  return {
    height: type.small * 1.28,
    draw({ x, y, width }) {
      const words = fit(measure, wordings, { width, size: type.small, min: type.min, weight: 600 });
      const at = { x, y: y + type.small * 0.92, size: words?.size ?? 0, weight: 600 };
      return words ? [textMark('thin', words.text, at, { fill: ink })] : [];
    },
  };
}

type Part = { text: string; weight: number; fill: string };

/** Words in colours of their own on a patch of background; the first wording that fits. */
function plaqueRow({ type, measure }: TileOf, key: string, wordings: Part[][]): Row {
  const size = type.small;
  const widthOf = (parts: Part[]) =>
    parts.reduce((sum, { text, weight }) => sum + measure(text, size, weight) + size * 0.5, 0);
  return {
    height: size * 1.45,
    draw(slot) {
      const parts = wordings.find((wording) => widthOf(wording) + size * 0.2 <= slot.width);
      return parts
        ? plaque(key, parts, slot, size, widthOf(parts), (part) => measure(part.text, size, part.weight))
        : [];
    },
  };
}

function plaque(
  key: string,
  parts: Part[],
  slot: Slot,
  size: number,
  wide: number,
  widthOf: (part: Part) => number,
): Mark[] {
  let x = slot.x + size * 0.35;
  const words = parts.map((part, i) => {
    const at = { x, y: slot.y + size * 1.05, size, weight: part.weight };
    x += widthOf(part) + size * 0.5;
    return textMark(`${key} ${i}`, part.text, at, { fill: part.fill });
  });
  const patch = { x: slot.x, y: slot.y, width: wide + size * 0.2, height: size * 1.45, fill: 'var(--bg)' };
  return [{ key, tag: 'rect', attributes: patch }, ...words];
}
