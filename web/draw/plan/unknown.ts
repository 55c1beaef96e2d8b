import type { Layer } from '../../view/live/room.ts';
import { instantsIn } from '../instant.ts';
import { number } from '../number.ts';
import { fit } from './fit.ts';
import { headRow } from './head.ts';
import { type Mark, textMark } from './marks.ts';
import { type Row, spread, take } from './stack.ts';
import type { Slot, TileOf } from './tile.ts';

/** A room of which the number is not known: why, since when, and what was known last. */
export function unknown(of: TileOf, slot: Slot): Mark[] {
  const gap = of.type.small * 0.36;
  if (of.now.coverage === 'deaf') return deaf(of, slot, gap);
  if (of.now.coverage === 'silent' || of.now.coverage === 'gap') return absent(of, slot, gap);
  return spread(take([headRow(of), linesRow(of, 'why', whyNot(of))], slot.height, gap), slot, gap);
}

const whyNot = ({ now, layer }: TileOf): string[] =>
  now.coverage === 'unmeasured' ? ['not measured'] : [WHY_NOT[layer]];

const WHY_NOT: Record<Layer, string> = {
  occupancy: 'not known',
  claps: 'not known',
  temperature: 'no temperature',
  density: 'no area',
  deviation: 'too little history',
};

/** Words on a plaque over the hatch: no number. */
function deaf(of: TileOf, slot: Slot, gap: number): Mark[] {
  const { type, now, measure } = of;
  const head = headRow(of, false);
  // Since when is worth more than large letters.
  const room = (slot.height - head.height - type.small * 1.2 - 3 * gap) / 0.95;
  const size = Math.max(type.min, Math.min(type.count * 0.5, room));
  const word = fit(measure, ['— deaf', 'deaf'], { width: slot.width, size, min: type.min, weight: 700 });
  const big: Row | null = word && {
    height: word.size * 0.95,
    draw: ({ x, y }) => [
      textMark('word', word.text, { x, y: y + word.size * 0.75, size: word.size, weight: 700 }, { fill: of.ink }),
    ],
  };
  const since = sinceWords(of, '');
  const some = `${number(now.heard ?? 0)} of ${number(now.gateways)} gateway${now.gateways === 1 ? '' : 's'}`;
  const rows = [
    head,
    big,
    since ? linesRow(of, 'since', since, 600) : null,
    type.isRich && now.heard !== null ? linesRow(of, 'heard', [some]) : null,
  ];
  const taken = take(rows, slot.height, gap);
  const marks = spread(taken, slot, gap, 1);
  return [patch(of, slot, marks, taken, gap), ...marks];
}

/** The background under the words of a hatched room. */
function patch(of: TileOf, slot: Slot, marks: Mark[], rows: Row[], gap: number): Mark {
  const { type, measure } = of;
  const right = marks.map(
    ({ text, attributes: at }) =>
      Number(at.x) + measure(text ?? '', Number(at['font-size']), Number(at['font-weight'])),
  );
  const height = rows.reduce((sum, row) => sum + row.height, 0) + (rows.length - 1) * gap;
  const pad = type.pad * 0.55;
  const attributes = {
    class: 'patch',
    x: slot.x - pad,
    y: slot.y - pad * 0.6,
    width: Math.max(...right) - slot.x + 2 * pad,
    height: Math.min(height, slot.height) + pad * 1.4,
    fill: 'var(--panel)',
  };
  return { key: 'patch', tag: 'rect', attributes };
}

/** Hollow digits are outlines: smaller than this they cannot be read, px. */
const HOLLOW_LEAST = 16;

/** Hollow digits inside the dashes: what was known last. */
function absent(of: TileOf, slot: Slot, gap: number): Mark[] {
  const { type, now } = of;
  const inner = {
    ...slot,
    x: slot.x + type.pad * 0.5,
    width: slot.width - type.pad,
    y: slot.y + type.pad * 0.3,
    height: slot.height - type.pad * 0.6,
  };
  const head = headRow(of);
  const words = sinceWords(of, now.coverage);
  const number = hollow(of, inner, head.height + type.small * 1.2 + 3 * gap);
  const since = linesRow(
    of,
    'since',
    words ?? [now.coverage === 'gap' ? 'no frame yet' : now.coverage],
    600,
    'var(--warn)',
  );
  const last = now.last && type.isRich ? linesRow(of, 'last', lastWords(of)) : null;
  const taken = take([head, since, number, last], inner.height, gap);
  const shown = [head, number, since, last].filter((row): row is Row => row !== null && taken.includes(row));
  return spread(shown, inner, gap);
}

function hollow({ now, type, measure }: TileOf, slot: Slot, spent: number): Row | null {
  if (!now.last) return null;
  const figure = number(now.last.count);
  const width = (type.count * slot.width) / measure(figure, type.count, 700);
  const size = Math.min(type.count, width, Math.max(HOLLOW_LEAST, type.name, (slot.height - spent) / 0.76));
  const line = { fill: 'none', stroke: 'var(--text)', 'stroke-width': Math.max(1, size * 0.022), class: 'hollow' };
  return {
    height: size * 0.76,
    draw: ({ x, y }) => [textMark('count', figure, { x, y: y + size * 0.73, size, weight: 700 }, line)],
  };
}

/** "gap since 10:38", and shorter. */
function sinceWords({ now, zone }: TileOf, state: string): string[] | null {
  if (!now.since) return null;
  const at = instantsIn(zone).minute(now.since.at);
  const words = `since ${now.since.isBefore ? 'before ' : ''}${at}`;
  if (state) return [`${state} ${words}`, state];
  // "before 10:38" alone would say that it is over.
  return now.since.isBefore ? [words] : [words, at];
}

function lastWords({ now, zone }: TileOf): string[] {
  const at = instantsIn(zone).minute(now.last!.at);
  return [`last ${number(now.last!.count)} at ${at}`, `last at ${at}`, at];
}

/** A line of small words: the first wording that fits, or nothing. */
function linesRow({ type, measure, ink }: TileOf, key: string, wordings: string[], weight = 400, fill = ink): Row {
  return {
    height: type.small * 1.2,
    draw({ x, y, width }) {
      const words = fit(measure, wordings, { width, size: type.small, min: type.min, weight });
      return words
        ? [textMark(key, words.text, { x, y: y + type.small * 0.92, size: words.size, weight }, { fill })]
        : [];
    },
  };
}
