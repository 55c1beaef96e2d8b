import type { Differences, RowDifference } from '../../../services/model/differences.ts';
import type { Published } from '../../../services/model/schedule.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted, number, UNKNOWN } from '../number.ts';
import { figureOf, NAMES } from './totals.ts';

/** What a revision changed: in words, and the first of the rows that it changed. `differences` null: they were not compared, or it is not known yet. */
export function drawChanged(
  document: Document,
  { revision, changed }: Published,
  differences: Differences | null,
  zone: string,
  nameOf: (measure: string) => string = (measure) => measure,
): HTMLElement {
  const { rows, added, removed, changed: other } = differences ?? { rows: [], added: 0, removed: 0, changed: 0 };
  const rest = added + removed + other - rows.length;
  const lines = rows.map((row) => element(document, 'li', {}, ...lineOf(document, row, zone, nameOf)));
  const more = `… and ${counted(rest, 'row')} more`;
  return element(
    document,
    'div',
    { class: 'note' },
    element(document, 'p', {}, element(document, 'b', {}, `What revision ${number(revision)} changed`)),
    element(document, 'p', {}, `${changed![0]!.toUpperCase()}${changed!.slice(1)}.`),
    ...(rows.length > 0 ? [element(document, 'ul', { class: 'differences' }, ...lines)] : []),
    ...(rows.length > 0 && rest > 0 ? [element(document, 'p', { class: 'muted' }, more)] : []),
  );
}

/** McCurdy 1, 3 Nov 10:00: Records 12 → 14 */
function lineOf(
  document: Document,
  { fields, before, after }: RowDifference,
  zone: string,
  nameOf: (measure: string) => string,
): (HTMLElement | string)[] {
  const measures = Object.keys(after ?? before ?? {}).map((name) => {
    const [was, is] = [before, after].map((cells) => cells && textOf(cells[name]!));
    return `${NAMES[name] ?? nameOf(name)} ${was === null || is === null ? (is ?? was) : `${was} → ${is}`}`;
  });
  const how = before === null ? 'new, ' : after === null ? 'gone, was ' : '';
  return [element(document, 'b', {}, placeOf(fields, zone)), `: ${how}${measures.join(', ')}`];
}

/** What a row is about; of a total what is left. */
function placeOf({ level, ...fields }: RowDifference['fields'], zone: string): string {
  const totalled = String(level ?? '').split(',');
  const kept = Object.entries(fields).filter(([name]) => !totalled.includes(name));
  const words = kept.map(([name, value]) => {
    const at = name.split(':')[0] === 'step' ? Date.parse(String(value)) : Number.NaN;
    return Number.isNaN(at) ? textOf(value) : instantsIn(zone).long(at, 0);
  });
  return [...words, ...(level ? ['total'] : [])].join(', ') || 'All';
}

const textOf = (value: string | number | boolean | null): string =>
  typeof value === 'number' || value === null ? figureOf(value) : value === '' ? UNKNOWN : String(value);
