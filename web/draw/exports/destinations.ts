import type { DeedRow, DestinationRow } from '../../read/sending.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { shape } from '../shape.ts';

/** Deeds that are shown at most. */
const DEEDS = 50;

/** Where files may go beside the folder, each with a way to try it; where there is none, how to have one. */
export function drawDestinations(
  document: Document,
  rows: readonly DestinationRow[],
  test: (name: string) => void,
): HTMLElement {
  return element(
    document,
    'section',
    { class: 'destinations', 'aria-label': 'Destinations' },
    element(document, 'h2', {}, 'Destinations'),
    ...rows.map((row) => lineOf(document, row, test)),
    howTo(document, rows.length === 0),
  );
}

function lineOf(document: Document, row: DestinationRow, test: (name: string) => void): HTMLElement {
  const { name, where, announces, tried, error } = row;
  const label = { type: 'button', class: 'button small', 'aria-label': `Test ${name}` };
  const button = element(document, 'button', label, 'Test');
  button.addEventListener('click', () => test(name));
  const said = {
    asked: ['dashed', 'muted', 'being tried'],
    done: ['check', 'ok', 'it works'],
    failed: ['warning', 'danger', error ?? 'it does not work'],
  } as const;
  const found = tried === null ? null : said[tried as keyof typeof said];
  const state = found
    ? [element(document, 'span', { class: 'state', 'data-tone': found[1] }, shape(document, found[0]), found[2])]
    : [];
  const words = element(
    document,
    'div',
    {},
    element(document, 'b', {}, name),
    element(document, 'small', {}, announces ? `${where}; told of failures` : where),
    ...state,
  );
  return element(document, 'div', { class: 'destination' }, words, button);
}

/** A sentence on how to have a destination. */
export function howTo(document: Document, isNone: boolean): HTMLElement {
  const words = isNone
    ? 'Files stay in the folder of exports. To send them on, name S3 storage, webhooks or addresses in the setting '
    : 'To have another, name it in the setting ';
  const code = element(document, 'code', {}, 'DESTINATIONS');
  return element(
    document,
    'p',
    { class: 'muted' },
    words,
    code,
    ', as the guide on exports shows, and start Hallway again.',
  );
}

/** Who did what to a schedule, newest first. */
export function drawDeeds(document: Document, deeds: readonly DeedRow[], zone: string, isOpen: boolean): HTMLElement {
  const { whole } = instantsIn(zone);
  const rows = deeds
    .slice(0, DEEDS)
    .map(({ time, who, did, what }) =>
      element(
        document,
        'tr',
        {},
        ...[whole(time), who, did, what].map((words, i) =>
          element(document, 'td', i === 0 ? { class: 'muted' } : {}, words),
        ),
      ),
    );
  const heads = ['When', 'Who', 'Did', 'What'].map((name) => element(document, 'th', { scope: 'col' }, name));
  const table = element(
    document,
    'table',
    { class: 'table deeds' },
    element(document, 'thead', {}, element(document, 'tr', {}, ...heads)),
    element(document, 'tbody', {}, ...rows),
  );
  const scrolled = element(document, 'div', { class: 'scrolled', tabindex: '0', 'aria-label': 'Deeds' }, table);
  return element(
    document,
    'details',
    { class: 'box', ...(isOpen ? { open: '' } : {}) },
    element(document, 'summary', {}, 'Who did what'),
    scrolled,
  );
}
