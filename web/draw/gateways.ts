import type { GatewayRow } from '../read/rows.ts';
import type { Scene } from '../view/scene.ts';
import type { Sort, SortColumn } from '../view/sort.ts';
import { element, mark, type Part } from './element.ts';
import { createGatewayRow } from './gateway.ts';
import { instantsIn } from './instant.ts';
import { createMore } from './more.ts';
import { number } from './number.ts';
import { createRows } from './rows.ts';
import { createSection } from './section.ts';

/** Rows that are shown at first: a conference has about as many gateways. */
const FIRST = 20;
/** Rows that a page can hold at most. */
const MAX = 500;
/** A table older than this says when it was made, ms. */
const STALE_MS = 10_000;

const COLUMNS: [column: SortColumn, title: string, isNumber?: true][] = [
  ['gateway', 'Gateway'],
  ['room', 'Room'],
  ['status', 'Status'],
  ['observations', 'Observations', true],
  ['badges', 'Badges', true],
  ['rssi', 'Median rssi', true],
  ['received', 'Last heard', true],
];

/** What the table of gateways does when it is used. */
export type GatewayActions = { sortBy(column: SortColumn): void; changed(): void };

/** Every gateway that spoke or that the venue knows, sortable by each column. */
export function createGateways(document: Document, actions: GatewayActions): Part<Scene> {
  const headings = createHeadings(document, actions.sortBy);
  const body = element(document, 'tbody', { role: 'rowgroup' });
  const more = createMore(document, FIRST, MAX, actions.changed);
  const table = element(
    document,
    'table',
    { class: 'table folding gateways', role: 'table', 'aria-labelledby': 'gateways-title' },
    element(document, 'thead', { role: 'rowgroup' }, headings.node),
    body,
  );
  const empty = 'No gateways yet. One is listed here when it is first heard, or when the venue names it.';
  const section = createSection(document, 'gateways', 'Gateways', empty, table, more.node);
  let scene: Scene;
  let most = 0;
  const draw = createRows<GatewayRow>(
    body,
    (row) => row.gateway,
    () => createGatewayRow(document, () => ({ scene, most })),
  );
  return {
    node: section.node,
    update(next) {
      scene = next;
      const rows = scene.gateways?.rows ?? null;
      most = rows?.reduce((max, row) => Math.max(max, row.observations), 0) ?? 0;
      section.update(rows?.length ?? null, noteOf(scene));
      headings.update(scene.sort);
      draw(more.take(rows ?? []));
    },
  };
}

function createHeadings(document: Document, sortBy: (column: SortColumn) => void) {
  const cells = COLUMNS.map(([column, title, isNumber]) => {
    const button = element(document, 'button', { type: 'button' }, title);
    button.addEventListener('click', () => sortBy(column));
    const node = element(
      document,
      'th',
      { role: 'columnheader', scope: 'col', class: isNumber ? `${column} number` : column },
      button,
    );
    return { column, node };
  });
  return {
    node: element(document, 'tr', { role: 'row' }, ...cells.map(({ node }) => node)),
    update(sort: Sort) {
      for (const { column, node } of cells)
        mark(node, 'aria-sort', sort.column !== column ? null : sort.descending ? 'descending' : 'ascending');
    },
  };
}

function noteOf({ gateways, now, zone }: Scene): string {
  if (!gateways || gateways.rows.length === 0) return '';
  const known = gateways.rows.filter((row) => row.known).length;
  const others = gateways.rows.length - known;
  const asAt = now - gateways.at > STALE_MS ? `, as at ${instantsIn(zone).second(gateways.at)}` : '';
  return `${number(known)} in the venue, ${number(others)} not${asAt}`;
}
