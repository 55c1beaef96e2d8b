import { number, THIN } from '../number.ts';
import { type Mark, pathMark, textMark } from './marks.ts';
import { round } from './ring.ts';
import type { Row } from './stack.ts';
import type { Slot, TileOf } from './tile.ts';

const CELLS = 10;
/** How wide the meter is with its number and what keeps it apart, in sizes of small type. */
const METER = 6;

/** The clap-o-meter, its number, and the temperature. */
export function clapsRow(of: TileOf): Row | null {
  if (of.now.claps === null && of.now.temperature === null) return null;
  return { height: of.type.small * 1.05, draw: (slot) => [...degrees(of, slot), ...meter(of, slot)] };
}

/** Who felt it is said as fully as leaves the meter its room. */
function degreesOf({ now, layer, type, measure }: TileOf, width: number): string {
  if (now.temperature === null || layer === 'temperature') return '';
  const text = `${now.temperature.toFixed(1).replace('-', '−')}${THIN}°C`;
  if (!now.isFelt) return text;
  const whole = `${text} felt by badges`;
  return measure(whole, type.small, 400) + METER * type.small <= width ? whole : `${text} felt`;
}

function degrees(of: TileOf, { x, y, width }: Slot): Mark[] {
  const { type, ink, measure } = of;
  const text = degreesOf(of, width);
  if (!text || measure(text, type.small, 400) > width) return [];
  return [
    textMark(
      'degrees',
      text,
      { x: x + width, y: y + type.small * 0.9, size: type.small, anchor: 'end' },
      { fill: ink },
    ),
  ];
}

/** Ten upright cells over the same scale as the layer's: the root of the peak, because applause is all or nothing. */
function meter(of: TileOf, { x, y, width }: Slot): Mark[] {
  const { type, now, ink, measure, extents, layer } = of;
  if (now.claps === null) return [];
  const free = width - measure(degreesOf(of, width), type.small, 400) - type.small * 0.8;
  const step = Math.min(type.small * 0.3, free / CELLS);
  if (step < type.small * 0.14) return [];
  const lit = Math.round(CELLS * Math.sqrt(Math.min(1, now.claps / extents.claps)));
  const cell = (i: number) =>
    `M${round(x + i * step)} ${round(y + type.small * 0.14)}h${round(step * 0.62)}v${round(type.small * 0.78)}h${round(-step * 0.62)}z`;
  const cells = Array.from({ length: CELLS }, (_, i) => cell(i));
  const count = number(now.claps);
  const after = CELLS * step + type.small * 0.35;
  const fits = layer !== 'claps' && after + measure(count, type.small, 600) <= free;
  const at = { x: x + after, y: y + type.small * 0.9, size: type.small, weight: 600 };
  return [
    pathMark('claps', cells.slice(0, lit).join(''), { fill: ink, class: 'claps' }),
    pathMark('no-claps', cells.slice(lit).join(''), { fill: ink, opacity: 0.28 }),
    ...(fits ? [textMark('claps-count', count, at, { fill: ink })] : []),
  ];
}
