import type { Preview } from '../../read/schedules.ts';
import { bytesOf } from '../../view/exports/words.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { amount, counted, number, UNKNOWN } from '../number.ts';

/** The first rows of what files would hold, how many there would be, and about how large each file. */
export function drawPreview(document: Document, preview: Preview, zone: string): HTMLElement {
  const { from, until, rows, columns, first } = preview;
  const { day, minute, zone: zoned } = instantsIn(zone);
  const names = Object.keys(columns);
  const isNumber = (name: string) => columns[name] === 'number' || columns[name] === 'integer';
  const head = names.map((name) =>
    element(document, 'th', { scope: 'col', ...(isNumber(name) && { class: 'number' }) }, name),
  );
  const line = (row: Record<string, unknown>) =>
    element(
      document,
      'tr',
      {},
      ...names.map((name) =>
        element(document, 'td', isNumber(name) ? { class: 'number' } : {}, wordOf(row[name], columns[name]!, zone)),
      ),
    );
  const table = element(
    document,
    'div',
    { class: 'scrolled', tabindex: '0', role: 'group', 'aria-label': 'The first rows' },
    element(
      document,
      'table',
      { class: 'table' },
      element(document, 'thead', {}, element(document, 'tr', {}, ...head)),
      element(document, 'tbody', {}, ...first.map(line)),
    ),
  );
  const span = `${day(from)} ${minute(from)} to ${day(until)} ${minute(until)} ${zoned(until)}`;
  const rest = rows - first.length;
  const more = rest > 0 ? `… and ${counted(rest, 'row')} more` : 'That is all of them';
  const empty = 'Nothing is known of that window, so its files would have headings alone.';
  return element(
    document,
    'section',
    { class: 'preview', 'aria-label': 'Preview' },
    element(document, 'h3', {}, `The last whole window: ${span}`),
    element(document, 'p', { class: 'muted' }, sizesOf(preview)),
    ...(rows > 0 ? [table, element(document, 'p', { class: 'muted' }, more)] : [element(document, 'p', {}, empty)]),
  );
}

/** 27 rows: CSV about 2.1 kB, Parquet about 3 kB; 41 ms. */
function sizesOf({ rows, atLeast, files, ms }: Preview): string {
  const sizes = files.map(({ format, bytes }) => {
    const [value, unit] = bytesOf(bytes);
    return `${FORMAT_WORDS[format]} about ${amount(value, unit, 1)}`;
  });
  return `${atLeast ? 'at least ' : ''}${counted(rows, 'row')}: ${sizes.join(', ')}; asked in ${amount(ms, 'ms')}`;
}

export const FORMAT_WORDS = {
  csv: 'CSV',
  xlsx: 'XLSX',
  parquet: 'Parquet',
  arrow: 'Arrow',
  json: 'JSON',
  ndjson: 'NDJSON',
  tsv: 'TSV',
} as const;

function wordOf(value: unknown, type: string, zone: string): string {
  if (value === null || value === undefined) return UNKNOWN;
  if (type === 'instant') return instantsIn(zone).long(Number(value), 0);
  if (typeof value === 'number') return number(value, 3);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
