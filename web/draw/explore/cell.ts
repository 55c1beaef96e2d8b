import type { AnswerRow } from '../../read/pivot.ts';
import type { Extent } from '../../view/explore/extent.ts';
import { shareOf } from '../../view/explore/extent.ts';
import { measureParts } from '../../view/explore/shelves.ts';
import { element } from '../element.ts';
import { number, THIN, UNKNOWN } from '../number.ts';
import type { Palette } from '../plan/palette.ts';
import type { Words } from './words.ts';

/** How a cell is drawn: as a figure, over a bar, on a colour. */
export type CellLook = { kind: 'plain' | 'bars' | 'heat'; extent: Extent | null; palette: Palette; words: Words };

/** Within this share of the largest deviation nothing stands out. */
const SIGMAS = 4;

/** The colour of a value; null where it has none, because it is unknown or no number. */
export function fillOf(measure: string, value: unknown, extent: Extent | null, palette: Palette): string | null {
  if (typeof value !== 'number' || !extent) return null;
  const { name } = measureParts(measure);
  if (name === 'temperature') return palette.temperature(value);
  if (name === 'deviation') return palette.deviation((SIGMAS * value) / largest(extent));
  if (name === 'covered') return palette.occupancy(value);
  return palette.occupancy(shareOf(value, extent));
}

const largest = ({ min, max }: Extent): number => Math.max(Math.abs(min), Math.abs(max)) || 1;

/** Draws what stands in a cell. `row` undefined: the service counted nothing there. */
export function fillCell(
  document: Document,
  td: HTMLElement,
  measure: string,
  row: AnswerRow | undefined,
  look: CellLook,
): void {
  const value = row?.[measure];
  const words = look.words.amount(measure, value);
  const isNumber = typeof value === 'number';
  const figure = element(document, 'b', {}, signed(measure, value, words));
  td.replaceChildren(figure);
  if (words === UNKNOWN) td.classList.add('unknown');
  else if (!isNumber) td.classList.add('text');
  if (look.kind === 'heat') {
    const fill = fillOf(measure, value, look.extent, look.palette);
    if (fill) {
      td.style.background = fill;
      td.style.color = look.palette.ink(fill);
    }
  } else if (look.kind === 'bars' && isNumber && look.extent) td.append(barOf(document, value, look.extent));
}

/** ▲ +12, ▼ −27: a deviation says its sign twice. */
function signed(measure: string, value: unknown, words: string): string {
  if (measureParts(measure).name !== 'deviation' || typeof value !== 'number') return words;
  if (Math.abs(value) < 0.05) return `≈${THIN}${number(0)}`;
  return value > 0 ? `▲${THIN}+${words}` : `▼${THIN}${words}`;
}

/** A bar from 0, which lies where the extent has it. */
function barOf(document: Document, value: number, { min, max }: Extent): HTMLElement {
  const [from, until] = [Math.min(0, min), Math.max(0, max)];
  const width = until - from || 1;
  const bar = element(document, 'i', { class: value < 0 ? 'bar below' : 'bar' });
  bar.style.left = `${(100 * (Math.min(0, value) - from)) / width}%`;
  bar.style.width = `${(100 * Math.abs(value)) / width}%`;
  return bar;
}
