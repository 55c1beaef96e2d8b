import { area, extent, line, max, scaleLinear } from 'd3';
import { type Series, TREND_OF } from '../../view/live/room.ts';
import { type Mark, pathMark } from './marks.ts';
import type { Row } from './stack.ts';
import type { Slot, TileOf } from './tile.ts';

/** Fewer than so many people or claps, or °C from the coldest to the warmest, do not fill the height. */
const LEAST = 4;

export type Line = {
  values: Series;
  band: { low: Series; high: Series } | null;
  ink: string;
  thick: number;
  /** it has no zero to begin at: degrees */
  isFree?: boolean;
};

/** The last 60 minutes of what the layer shows; gaps stay gaps. */
export function sparkRow({ now, type, ink, layer }: TileOf): Row | null {
  if (!now.trend.values.some((value) => value !== null)) return null;
  const thick = Math.max(1.3, type.small * 0.11);
  const isFree = TREND_OF[layer] === 'temperature';
  return {
    height: type.small * 1.5,
    grows: type.small * 1.8,
    draw: (slot) => sparkline(slot, { values: now.trend, band: now.band, ink, thick, isFree }),
  };
}

/** A line over its band, its end a dot; where nothing is known a dashed bracket on the baseline. */
export function sparkline(slot: Slot, { values: { values }, band, ink, thick, isFree = false }: Line): Mark[] {
  const [left, right] = [slot.x, slot.x + slot.width - thick * 1.7];
  const [top, bottom] = [slot.y + thick * 1.7, slot.y + slot.height - thick];
  const x = scaleLinear([0, Math.max(1, values.length - 1)], [left, right]);
  const y = scaleLinear(isFree ? around(values) : [0, mostOf(values, band)], [bottom, top]);
  const known = line<number | null>()
    .defined((value) => value !== null)
    .x((_, i) => x(i))
    .y((value) => y(value ?? 0))
    .digits(1);
  const end = values.at(-1);
  const dot = { class: 'end', cx: x(values.length - 1), cy: y(end ?? 0), r: thick * 1.7, fill: ink };
  return [
    ...(band ? [bandMark(band, x, y, ink)] : []),
    pathMark('trend', known(values) ?? '', stroked(ink, thick, 'trend')),
    pathMark('trend-gaps', brackets(values, x, bottom, thick), {
      ...stroked(ink, thick * 0.8, 'trend-gaps'),
      'stroke-dasharray': `${thick * 1.8} ${thick * 1.3}`,
    }),
    ...(end === null || end === undefined ? [] : [{ key: 'end', tag: 'circle', attributes: dot } as const]),
  ];
}

const mostOf = (values: (number | null)[], band: Line['band']): number =>
  max([LEAST, ...values, ...(band?.high.values ?? [])], (value) => value ?? 0)!;

/** From the least to the most, and as much on both sides as is missing to `LEAST`. */
function around(values: (number | null)[]): [number, number] {
  const [low = 0, high = 0] = extent(values, (value) => value ?? undefined);
  const spare = Math.max(0, LEAST - (high - low)) / 2;
  return [low - spare, high + spare];
}

const stroked = (ink: string, thick: number, name: string) => ({
  class: name,
  fill: 'none',
  stroke: ink,
  'stroke-width': thick,
  'stroke-linejoin': 'round',
});

type Scale = (value: number) => number;

function bandMark(band: { low: Series; high: Series }, x: Scale, y: Scale, ink: string): Mark {
  const shape = area<number | null>()
    .defined((low, i) => low !== null && (band.high.values[i] ?? null) !== null)
    .x((_, i) => x(i))
    .y0((low) => y(low ?? 0))
    .y1((_, i) => y(band.high.values[i] ?? 0))
    .digits(1);
  return pathMark('band', shape(band.low.values) ?? '', { fill: ink, opacity: 0.2, class: 'band' });
}

/** Brackets over what is not known between two things that are; before the first nothing was ever drawn. */
function brackets(values: (number | null)[], x: Scale, bottom: number, thick: number): string {
  const found: string[] = [];
  let known = values.findIndex((value) => value !== null);
  for (let i = known + 1; known >= 0 && i < values.length; i++) {
    if (values[i] === null) continue;
    if (i > known + 1) found.push(bracket(x(known), Math.max(x(i), x(known) + 3), bottom, thick));
    known = i;
  }
  if (known >= 0 && known < values.length - 1) found.push(bracket(x(known), x(values.length - 1), bottom, thick));
  return found.join('');
}

const bracket = (from: number, until: number, bottom: number, thick: number): string =>
  `M${from.toFixed(1)} ${(bottom - thick * 3).toFixed(1)}V${bottom.toFixed(1)}H${until.toFixed(1)}v${(-thick * 3).toFixed(1)}`;
