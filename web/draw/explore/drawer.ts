import type { Again, AnswerRow, Value } from '../../read/pivot.ts';
import { element, type Part, write } from '../element.ts';
import { icon } from '../icon.ts';
import { instantsIn } from '../instant.ts';
import { counted, number, THIN } from '../number.ts';
import { shape } from '../shape.ts';
import type { Words } from './words.ts';

/** Records of a cell, as far as they came; `failed` in words. */
export type Opened = {
  crumb: string;
  measures: string[];
  cell: AnswerRow | undefined;
  again: Again | null;
  rows: AnswerRow[];
  failed: string | null;
  words: Words;
  isMore: boolean;
};

/** What belongs to the house rather than to the record. */
const HIDDEN = new Set(['position', 'rule', 'simulated', 'known']);
/** Sums of floats may differ in their last digits, whatever the order they were added in. */
const CLOSE = 1e-9;

/** The records behind a cell or a total: what it says, whether they add up to it, and the records themselves. */
export function createDrawer(document: Document, acts: { close(): void; more(): void }): Part<Opened | null> {
  const title = element(document, 'h2', { id: 'drawer-title' }, 'Records');
  const crumb = element(document, 'p', { class: 'muted' });
  const close = element(
    document,
    'button',
    { type: 'button', class: 'button icon-only', 'aria-label': 'Close the records', title: 'Close (Esc)' },
    icon(document, 'close'),
  );
  const figures = element(document, 'dl', { class: 'figures' });
  const proof = element(document, 'p', { class: 'proof', role: 'status' });
  const table = element(document, 'table', { class: 'table' });
  const scroll = element(
    document,
    'div',
    { class: 'records', tabindex: '0', role: 'region', 'aria-label': 'Records' },
    table,
  );
  const more = element(document, 'button', { type: 'button', class: 'button' }, 'More');
  const shown = element(document, 'span', { class: 'muted' });
  const foot = element(document, 'footer', {}, more, shown);
  const head = element(document, 'header', {}, element(document, 'div', {}, title, crumb), close);
  const node = element(
    document,
    'aside',
    { class: 'drawer', 'aria-labelledby': title.id },
    head,
    figures,
    proof,
    scroll,
    foot,
  );
  close.addEventListener('click', acts.close);
  more.addEventListener('click', acts.more);
  return {
    node,
    update(opened) {
      node.hidden = !opened;
      if (!opened) return;
      write(crumb, opened.crumb);
      figures.replaceChildren(...opened.measures.map((measure) => figure(document, measure, opened)));
      proof.replaceChildren(...proofOf(document, opened));
      table.replaceChildren(...tableOf(document, opened));
      more.hidden = !opened.isMore;
      write(shown, opened.again ? `${number(opened.rows.length)} of ${number(opened.again.count)} shown` : '');
    },
  };
}

function figure(document: Document, measure: string, { cell, words }: Opened): HTMLElement {
  return element(
    document,
    'div',
    {},
    element(document, 'dd', {}, words.whole(measure, cell?.[measure])),
    element(document, 'dt', {}, words.measure(measure)),
  );
}

/** What the records come to, counted again by the service, beside what the cell says. */
function proofOf(document: Document, { again: anew, failed, cell, measures, words }: Opened): (Node | string)[] {
  if (failed) return [warning(document), failed];
  if (!anew) return ['Asking for the records'];
  const { count, row: again, ms } = anew;
  const compared = measures.filter((measure) => measure in again && typeof cell?.[measure] === 'number');
  const different = compared.filter((measure) => !isEqual(cell![measure] as number, again[measure]));
  const took = `Counted again from them in ${number(ms, 1)}${THIN}ms`;
  if (different.length === 0) {
    const both = compared.map(
      (measure) => `${words.amount(measure, again[measure])} = ${words.amount(measure, cell?.[measure])}`,
    );
    return [
      shape(document, 'check'),
      element(document, 'b', {}, `${counted(count, 'record')}, they add up`),
      ` ${took}${both.length > 0 ? `: ${both.join(', ')}` : ''}.`,
    ];
  }
  const words_ = different.map(
    (measure) =>
      `${words.measure(measure)} is ${words.amount(measure, again[measure])} from the records and ${words.amount(measure, cell?.[measure])} in the table`,
  );
  return [
    warning(document),
    element(document, 'b', {}, `${counted(count, 'record')}, and something came since.`),
    ` ${words_.join('; ')}. Ask again.`,
  ];
}

function warning(document: Document): SVGElement {
  const drawn = shape(document, 'warning');
  drawn.classList.add('warn');
  return drawn;
}

const isEqual = (a: number, b: unknown): boolean =>
  typeof b === 'number' && Math.abs(a - b) <= CLOSE * Math.max(1, Math.abs(a), Math.abs(b));

function tableOf(document: Document, { rows, words }: Opened): HTMLElement[] {
  const names = Object.keys(rows[0] ?? {}).filter(
    (name) => !HIDDEN.has(name) && rows.some((row) => row[name] !== null),
  );
  const isNumber = (name: string) =>
    rows.every((row) => row[name] === null || (typeof row[name] === 'number' && !isInstant(row[name])));
  const numbers = new Set(names.filter(isNumber));
  const cellOf = (tag: 'th' | 'td', name: string, text: string) =>
    element(
      document,
      tag,
      { ...(tag === 'th' && { scope: 'col' }), ...(numbers.has(name) && { class: 'number' }) },
      text,
    );
  const head = element(document, 'tr', {}, ...names.map((name) => cellOf('th', name, fieldWords(name, words))));
  const body = rows.map((row) =>
    element(
      document,
      'tr',
      {},
      ...names.map((name) => cellOf('td', name, valueWords(name, row[name] as Value, words))),
    ),
  );
  return [element(document, 'thead', {}, head), element(document, 'tbody', {}, ...body)];
}

function fieldWords(name: string, words: Words): string {
  // The instant of a record, not the time of the day that it is at.
  if (name === 'time') return 'Time';
  const field = words.dataset.fields.find((one) => one.name === name);
  const label = field?.label ?? name.replace(/^./, (letter) => letter.toUpperCase());
  return field?.unit ? `${label}, ${field.unit}` : label;
}

const isInstant = (value: unknown): value is number => typeof value === 'number' && value > 1e11;

function valueWords(name: string, value: Value, words: Words): string {
  if (!isInstant(value)) return words.value(name, value);
  const { day, second } = instantsIn(words.zone);
  return `${day(value)} ${second(value)}${value % 1000 ? `.${String(value % 1000).padStart(3, '0')}` : ''}`;
}
