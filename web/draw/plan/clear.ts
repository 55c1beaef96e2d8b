import type { Mark } from './marks.ts';
import type { Measure } from './measure.ts';
import type { Point } from './ring.ts';

/** Where something stands, px. */
export type Box = { x: number; y: number; width: number; height: number };

/** So much is left around a text, px; and how far it reaches above its baseline and in all, in its size. */
const [AROUND, ABOVE, HEIGHT] = [3, 0.8, 1.05];
/** Where a text with an anchor begins, in its width. */
const BEGINS: Record<string, number> = { start: 0, middle: 0.5, end: 1 };

/** The boxes of the texts among some marks. */
export function boxesOf(marks: Mark[], measure: Measure): Box[] {
  return marks.flatMap(({ tag, text, attributes }) => {
    if (tag !== 'text' || !text) return [];
    const [x, y, size, weight] = ['x', 'y', 'font-size', 'font-weight'].map((name) => Number(attributes[name])) as [
      number,
      number,
      number,
      number,
    ];
    const width = measure(text, size, weight);
    const left = x - width * (BEGINS[String(attributes['text-anchor'])] ?? 0);
    return [
      {
        x: left - AROUND,
        y: y - size * ABOVE - AROUND,
        width: width + 2 * AROUND,
        height: size * HEIGHT + 2 * AROUND,
      },
    ];
  });
}

export const touch = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** The parts of a line that no box covers, as shares of it, in order. */
export function clearParts(from: Point, to: Point, boxes: Box[]): [from: number, to: number][] {
  const covered = boxes.flatMap((box) => coveredBy(from, to, box)).sort((a, b) => a[0] - b[0]);
  const parts: [number, number][] = [];
  let end = 0;
  for (const [first, last] of covered) {
    if (first > end) parts.push([end, first]);
    end = Math.max(end, last);
  }
  if (end < 1) parts.push([end, 1]);
  return parts;
}

/** The part of a line within a box (Liang and Barsky's way of clipping). */
function coveredBy([x, y]: Point, [toX, toY]: Point, box: Box): [number, number][] {
  let [first, last] = [0, 1];
  for (const [start, by, low, size] of [
    [x, toX - x, box.x, box.width],
    [y, toY - y, box.y, box.height],
  ] as const) {
    if (by === 0 && (start < low || start > low + size)) return [];
    if (by === 0) continue;
    const [a, b] = [(low - start) / by, (low + size - start) / by];
    first = Math.max(first, Math.min(a, b));
    last = Math.min(last, Math.max(a, b));
  }
  return first < last ? [[first, last]] : [];
}
