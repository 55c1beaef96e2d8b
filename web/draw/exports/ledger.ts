import type { WindowRow } from '../../../services/model/schedule.ts';
import { byDay, type Standing, standingOf } from '../../view/exports/words.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted, number } from '../number.ts';
import { type ShapeName, shape } from '../shape.ts';

export const STANDINGS: Record<Standing, { shape: ShapeName; word: string }> = {
  done: { shape: 'check', word: 'done' },
  revised: { shape: 'check', word: 'done, in a later revision' },
  running: { shape: 'half', word: 'running' },
  failed: { shape: 'warning', word: 'failed' },
  planned: { shape: 'dashed', word: 'planned' },
};

/** One cell for each window, a row a day: the ledger of a schedule. `older` has older windows shown; null: there are none. */
export function drawLedger(
  document: Document,
  rows: readonly WindowRow[],
  zone: string,
  chosen: number | null,
  choose: (until: number) => void,
  older: (() => void) | null,
): HTMLElement {
  const { day, minute } = instantsIn(zone);
  const days = byDay(rows, day).map(([name, windows]) =>
    element(
      document,
      'div',
      { class: 'day' },
      element(document, 'span', { class: 'date' }, name),
      element(document, 'div', { class: 'windows' }, ...windows.map(cell)),
    ),
  );
  return element(
    document,
    'section',
    { class: 'ledger', 'aria-label': 'Ledger: one row for each window' },
    ...days,
    legend(document, rows, older),
  );

  function cell(row: WindowRow): HTMLElement {
    const standing = standingOf(row);
    const words = `${day(row.from)} ${minute(row.from)}–${minute(row.until)}: ${STANDINGS[standing].word}`;
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
      ...(standing === 'revised' ? [number(row.published!.revision)] : [shape(document, STANDINGS[standing].shape)]),
    );
    node.addEventListener('click', () => choose(row.until));
    return node;
  }
}

function legend(document: Document, rows: readonly WindowRow[], older: (() => void) | null): HTMLElement {
  const node = element(document, 'p', { class: 'legend' });
  for (const [name, { word }] of Object.entries(STANDINGS)) {
    const count = rows.filter((row) => standingOf(row) === name).length;
    if (count === 0) continue;
    const sample = element(document, 'i', { class: 'window', 'data-state': name });
    if (name !== 'revised') sample.append(shape(document, STANDINGS[name as Standing].shape));
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
