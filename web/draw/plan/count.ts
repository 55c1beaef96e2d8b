import { deviationOf, type Layer } from '../../view/live/room.ts';
import { about, number } from '../number.ts';
import { densityOf } from './fill.ts';
import { type Mark, textMark } from './marks.ts';
import { ageOf } from './share.ts';
import type { Row } from './stack.ts';
import { isOver } from './state.ts';
import type { Slot, TileOf } from './tile.ts';

/** A figure is so high that this part of its size is above the baseline; the row ends just below. */
const [BASE, HEIGHT] = [0.73, 0.76];
/** What rounding may take, px. */
const HAIR = 0.01;

const FIGURES = {
  occupancy: ({ now }: TileOf) => number(now.count!),
  claps: ({ now }: TileOf) => number(now.claps!),
  temperature: ({ now }: TileOf) => now.temperature!.toFixed(1).replace('-', '−'),
  density: ({ now, shape }: TileOf) => number(densityOf(now, shape)!, 1),
  deviation: ({ now }: TileOf) => signed(deviationOf(now)?.off ?? 0),
};
const UNITS = { occupancy: '', claps: 'claps', temperature: '°C', density: '/ 10 m²', deviation: '' };

/** What stands behind the figure; of a temperature that no sensor measured also that badges felt it. */
const unitOf = ({ layer, now }: TileOf): string =>
  layer === 'temperature' && now.isFelt ? `${UNITS[layer]} felt` : UNITS[layer];

/** ▲ +12, ▼ −27, ≈: what is more and what is less is told by its sign too. */
const signed = (off: number): string => (off === 0 ? '≈' : off > 0 ? `▲ +${number(off)}` : `▼ ${number(off)}`);

/** What of the figures is made of counts; and the short sign of one that is rounded, where the word has no room. */
const OF_COUNTS: Layer[] = ['occupancy', 'density'];
const SIGN = '~';

/** The word before a figure that is rounded; nothing before any other. */
const wordOf = ({ layer, now }: TileOf): string => (OF_COUNTS.includes(layer) ? about(now).trimEnd() : '');

/** How large the figure may be in a width and a height, px: beside its word, unless that leaves it smaller than the name. */
export function countSize(of: TileOf, width: number, height: number, larger = 1): number {
  const wanted = of.type.count * larger;
  const sized = (figure: string, free: number) =>
    Math.min(wanted, (wanted * free) / of.measure(figure, wanted, 700), height / HEIGHT);
  const free = width - besideOf(of);
  const figure = FIGURES[of.layer](of);
  if (!wordOf(of)) return sized(figure, free);
  const besideWord = sized(figure, free - wordWidth(of));
  return besideWord > of.type.name ? besideWord : sized(SIGN + figure, free);
}

/** How wide the word before the figure is, with what keeps it apart. */
function wordWidth(of: TileOf): number {
  const word = wordOf(of);
  return word ? of.measure(word, of.type.small, 400) + of.type.small * 0.35 : 0;
}

/** How much stands beside the figure; of a number with a unit it is a part. */
function besideOf(of: TileOf): number {
  const { type, measure } = of;
  if (isOver(of)) return type.name * 1.2;
  const unit = unitOf(of);
  return unit && type.isRich ? measure(unit, type.small, 400) + type.small * 0.5 : 0;
}

/** The number of the layer, as large as the room allows; `isAlone`: no row below it says how old it is. */
export function countRow(of: TileOf, size: number, isAlone = false): Row {
  return {
    height: size * HEIGHT,
    draw(slot) {
      const figure = FIGURES[of.layer](of);
      const [y, small, wide] = [slot.y + size * BASE, of.type.small, wordWidth(of)];
      const isWord = wide > 0 && wide + of.measure(figure, size, 700) + besideOf(of) <= slot.width + HAIR;
      const [x, text] = isWord || wide === 0 ? [slot.x + wide, figure] : [slot.x, SIGN + figure];
      const beside = x + of.measure(text, size, 700) + small * 0.35;
      const signs = sign(of, slot, beside, size);
      return [
        ...(isWord ? [textMark('about', wordOf(of), { x: slot.x, y, size: small }, { fill: of.ink })] : []),
        textMark('count', text, { x: x - size * 0.03, y, size, weight: 700 }, { fill: of.ink, class: 'count' }),
        ...signs.marks,
        ...(isAlone ? old(of, slot, signs.end, y) : []),
      ];
    },
  };
}

/** What stands beside the figure, and where it ends: its unit, or the mark of too many. */
function sign(of: TileOf, slot: Slot, x: number, size: number): { marks: Mark[]; end: number } {
  const { type, measure, ink } = of;
  const isMany = isOver(of);
  const word = isMany ? '▲' : unitOf(of);
  const large = isMany ? Math.max(type.min, Math.min(type.name, size * 0.5)) : type.small;
  const end = x + measure(word, large, 400);
  if (!word || end > slot.x + slot.width) return { marks: [], end: x };
  const also = { fill: ink, ...(isMany && { class: 'over-sign' }) };
  return { marks: [textMark('unit', word, { x, y: slot.y + size * BASE, size: large }, also)], end };
}

/** How old it is, at the far end of its line, where that is free. */
function old(of: TileOf, { x, width }: Slot, end: number, y: number): Mark[] {
  const [words, size] = [ageOf(of), of.type.small];
  if (words === null || end + size * 0.35 + of.measure(words, size, 400) > x + width) return [];
  return [textMark('age', words, { x: x + width, y, size, anchor: 'end' }, { fill: of.ink })];
}
