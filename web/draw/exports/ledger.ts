import type { WindowShown } from '../../read/schedules.ts';
import { byDay, type Standing, standingOf } from '../../view/exports/words.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted, number, THIN } from '../number.ts';
import { type ShapeName, shape } from '../shape.ts';

/** So many windows in a day have hours above them. */
const HOURLY = 6;

/** How windows stand: their shape and tone, and what the legend says. */
export const STANDINGS: Record<Standing, { shape: ShapeName; tone: string; word: string }> = {
  done: { shape: 'check', tone: 'ok', word: 'done' },
  superseded: { shape: 'check', tone: 'ok', word: 'superseded, a later revision is current' },
  running: { shape: 'half', tone: 'accent', word: 'running' },
  failed: { shape: 'warning', tone: 'danger', word: 'failed' },
  planned: { shape: 'dashed', tone: 'muted', word: 'planned' },
};

/** One cell for each window, a row a day: the ledger of a schedule. `older` has older windows shown; null: there are none. */
export function drawLedger(
  document: Document,
  rows: readonly WindowShown[],
  zone: string,
  chosen: number | null,
  choose: (until: number) => void,
  older: (() => void) | null,
): HTMLElement {
  const { day, minute } = instantsIn(zone);
  const byDays = byDay(rows, day);
  const hourOf = ({ from }: WindowShown) => Number(minute(from).slice(0, 2));
  // Where windows are hours they stand below each other; a night of a doubled hour stands in line.
  const isHourly = byDays.some(([, windows]) => windows.length >= HOURLY && isEach(windows, hourOf));
  const days = byDays.map(([name, windows]) =>
    element(
      document,
      'div',
      { class: isHourly && isEach(windows, hourOf) ? 'day placed' : 'day' },
      element(document, 'span', { class: 'date' }, name),
      element(document, 'div', { class: 'windows' }, ...windows.map(cell)),
    ),
  );
  return element(
    document,
    'section',
    { class: isHourly ? 'ledger hourly' : 'ledger', 'aria-label': 'Ledger: one row for each window' },
    ...(isHourly ? [drawHours(document)] : []),
    ...days,
    legend(document, rows, older),
  );

  function cell(row: WindowShown): HTMLElement {
    const standing = standingOf(row);
    const sign = signOf(document, row, standing);
    const words = `${day(row.from)} ${minute(row.from)}–${minute(row.until)}: ${standingWords(standing, sign)}`;
    const node = element(
      document,
      'button',
      {
        type: 'button',
        class: 'window',
        'data-state': standing,
        'aria-pressed': String(row.until === chosen),
        'aria-label': words,
        title: words,
      },
      sign,
    );
    node.style.setProperty('--hour', String(hourOf(row) + 1));
    node.addEventListener('click', () => choose(row.until));
    return node;
  }
}

/** No two windows are at the same hour. */
const isEach = (windows: readonly WindowShown[], hourOf: (row: WindowShown) => number): boolean =>
  new Set(windows.map(hourOf)).size === windows.length;

/** The hours of a day, above the windows. */
function drawHours(document: Document): HTMLElement {
  const hours = Array.from({ length: 24 }, (_, hour) => element(document, 'span', {}, String(hour).padStart(2, '0')));
  return element(
    document,
    'div',
    { class: 'day hours', 'aria-hidden': 'true' },
    element(document, 'span'),
    element(document, 'div', { class: 'windows' }, ...hours),
  );
}

/** What a cell says, its sign too. */
function standingWords(standing: Standing, sign: Node | string): string {
  if (typeof sign !== 'string') return standing;
  return standing === 'superseded' ? `${standing}, revision ${sign} is current` : `${standing}, ${sign}${THIN}%`;
}

/** The revision that is current, how far it is, or a shape. */
function signOf(document: Document, row: WindowShown, standing: Standing): Node | string {
  if (standing === 'superseded') return number(row.published!.revision);
  if (standing === 'running' && row.progress) return number(row.progress.share * 100);
  return shape(document, STANDINGS[standing].shape);
}

function legend(document: Document, rows: readonly WindowShown[], older: (() => void) | null): HTMLElement {
  const node = element(document, 'p', { class: 'legend' });
  for (const [name, { word }] of Object.entries(STANDINGS)) {
    const count = rows.filter((row) => standingOf(row) === name).length;
    if (count === 0) continue;
    const sample = element(document, 'i', { class: 'window', 'data-state': name });
    if (name !== 'superseded') sample.append(shape(document, STANDINGS[name as Standing].shape));
    else sample.append('2');
    node.append(element(document, 'span', {}, sample, element(document, 'b', {}, number(count)), word));
  }
  const all = older ? `the newest ${counted(rows.length, 'window')}` : `${counted(rows.length, 'window')} in all`;
  node.append(element(document, 'span', { class: 'all' }, `one row for each window, ${all}`));
  if (!older) return node;
  const button = element(document, 'button', { type: 'button', class: 'button small' }, 'Show older windows');
  button.addEventListener('click', older);
  node.append(button);
  return node;
}
