import { deviationOf } from '../../view/live/room.ts';
import { age, isOld } from '../age.ts';
import { about, boundWords, number, THIN } from '../number.ts';
import { fit } from './fit.ts';
import { type Mark, textMark } from './marks.ts';
import type { Row } from './stack.ts';
import type { Slot, TileOf } from './tile.ts';

/** "63 % of 60", and how old the newest observation is. */
export function shareRow(of: TileOf): Row {
  return { height: of.type.small * 1.28, draw: (slot) => words(of, slot) };
}

function words(of: TileOf, { x, y, width }: Slot): Mark[] {
  const { type, measure, ink } = of;
  const base = y + type.small * 0.92;
  const old = ageOf(of);
  const oldWidth = old === null ? 0 : measure(old, type.small, 400) + type.small * 0.6;
  const [strong, rest] = shareOf(of);
  const options = { width: width - oldWidth, size: type.small, min: type.min, weight: 600 };
  const share = fit(measure, [strong], options) ?? fit(measure, [strong], { ...options, width });
  const hasAge = share !== null && old !== null && share.width + oldWidth <= width;
  const marks: Mark[] = [];
  if (share) marks.push(textMark('share', share.text, { x, y: base, size: share.size, weight: 600 }, { fill: ink }));
  if (
    share &&
    rest &&
    share.width + measure(rest, share.size, 400) + share.size * 0.3 <= width - (hasAge ? oldWidth : 0)
  )
    marks.push(
      textMark('of', rest, { x: x + share.width + share.size * 0.3, y: base, size: share.size }, { fill: ink }),
    );
  if (hasAge)
    marks.push(textMark('age', old, { x: x + width, y: base, size: type.small, anchor: 'end' }, { fill: ink }));
  return marks;
}

/** What is said under the figure: how full, or (where the figure is something else) how many are here. */
function shareOf({ now, shape, layer }: TileOf): [strong: string, rest: string] {
  const { count, bounds } = now;
  const some = count === null ? '' : `${about(now)}${number(count)} here`;
  if (layer === 'deviation' && bounds)
    return [`${number(count ?? 0)} here`, boundWords(bounds, deviationOf(now)?.off ?? 0)];
  if (layer !== 'occupancy') return [some, ''];
  if (shape.capacity === null) return [count === 1 ? 'badge' : 'badges', ''];
  return [`${number(Math.round((100 * (count ?? 0)) / shape.capacity))}${THIN}%`, `of ${number(shape.capacity)}`];
}

/** How old the newest observation is; marked where it should be newer. */
export function ageOf({ now, type }: TileOf): string | null {
  if (!type.isRich || now.age === null) return null;
  const ms = now.age * 1000;
  return isOld(ms) ? `⚠ ${age(ms)}` : age(ms);
}
