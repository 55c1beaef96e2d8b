import type { WindowTotals } from '../../../services/model/window-told.ts';
import { element } from '../element.ts';
import { number, THIN, UNKNOWN } from '../number.ts';
import { shape } from '../shape.ts';

/** Of measures that are no aggregator of a field. */
export const NAMES: Record<string, string> = {
  count: 'Records',
  occupancy: 'Average occupancy',
  peak: 'Peak occupancy',
  visitors: 'Visitors',
  badgeMinutes: 'Badge-minutes',
  claps: 'Claps',
  temperature: 'Temperature, °C',
  covered: 'Covered share',
  dwell: 'Median dwell, min',
  dwellMean: 'Mean dwell, min',
  dwellP90: 'Dwell of 90 %, min',
};
const SAID = {
  equal: { title: 'Totals agree with Explore', tone: 'ok', shape: 'check' },
  moved: { title: 'Totals beside Explore', tone: 'warn', shape: 'half' },
  different: { title: 'Totals differ from Explore', tone: 'danger', shape: 'warning' },
} as const;

/** Totals of a window's files beside what Explore says now. null: it is being asked; a text: why there are none. */
export function drawTotals(
  document: Document,
  found: WindowTotals | string | null,
  nameOf: (measure: string) => string = (measure) => measure,
): HTMLElement {
  if (found === null || typeof found === 'string' || found.totals.length === 0) {
    const words = found === null ? 'Explore is being asked …' : typeof found === 'string' ? found : 'It has no total.';
    return part(document, element(document, 'h3', {}, 'Totals'), element(document, 'p', { class: 'muted' }, words));
  }
  const { state, totals } = found;
  const said = SAID[state];
  const equal = totals.filter((one) => one.equal).length;
  const count = `${number(equal)} of ${number(totals.length)} equal`;
  const heads = ['Measure', 'File', 'Explore', 'Difference'].map((name, i) =>
    element(document, 'th', { scope: 'col', ...(i > 0 && { class: 'number' }) }, name),
  );
  const line = ({ name, file, now, equal }: WindowTotals['totals'][number]) =>
    element(
      document,
      'tr',
      {},
      element(document, 'td', {}, NAMES[name] ?? nameOf(name)),
      ...[file, now].map((value) => element(document, 'td', { class: 'number' }, figureOf(value))),
      element(
        document,
        'td',
        { class: 'number', 'data-tone': equal ? 'ok' : said.tone },
        differenceOf(file, now, equal),
      ),
    );
  return part(
    document,
    element(
      document,
      'h3',
      {},
      said.title,
      element(document, 'span', { class: 'state', 'data-tone': said.tone }, shape(document, said.shape), count),
    ),
    element(
      document,
      'table',
      { class: 'table totals' },
      element(document, 'thead', {}, element(document, 'tr', {}, ...heads)),
      element(document, 'tbody', {}, ...totals.map(line)),
    ),
    ...(state === 'equal' ? [] : [element(document, 'p', { class: 'muted' }, sentence(found))]),
  );
}

/** Of what moved on the figures stand in the table: the sentence ends behind what was read. */
const sentence = ({ state, words }: WindowTotals): string =>
  state === 'moved' ? `${words.slice(0, 1).toUpperCase()}${words.slice(1, words.indexOf('): ') + 1)}.` : words;

const part = (document: Document, ...children: HTMLElement[]): HTMLElement =>
  element(document, 'section', { class: 'part', 'aria-label': 'Totals' }, ...children);

/** Finer where it is small. */
export const figureOf = (value: number | null): string =>
  value === null ? UNKNOWN : number(value, Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 3 : 1);

function differenceOf(file: number | null, now: number | null, equal: boolean): string {
  if (equal) return file === null ? UNKNOWN : '0';
  if (file === null || now === null) return 'one is unknown';
  const off = now - file;
  return `${off > 0 ? '+' : ''}${figureOf(off)}`.replace('+−', '−') + (off === 0 ? THIN : '');
}
