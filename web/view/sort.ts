import type { GatewayRow } from '../read/rows.ts';

/** What the table of gateways can be sorted by. */
export const SORT_COLUMNS = ['gateway', 'room', 'status', 'observations', 'badges', 'rssi', 'received'] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];
export type Sort = { column: SortColumn; descending: boolean };

/** By room: what the venue knows comes first, and rows stay where they are while counts grow. */
export const SORT_DEFAULT: Sort = { column: 'room', descending: false };

const text = new Intl.Collator('en', { numeric: true });
const TEXTS: ReadonlySet<SortColumn> = new Set(['gateway', 'room', 'status']);

/** The rows in order; unknown values are last either way, equal ones by id. `roomName` is what the table shows. */
export function sorted(rows: GatewayRow[], { column, descending }: Sort, roomName: (id: string) => string) {
  const value = (row: GatewayRow) => (column === 'room' && row.room !== null ? roomName(row.room) : row[column]);
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byId(a, b);
    return sign * compare(x, y) || byId(a, b);
  });
}

const byId = (a: GatewayRow, b: GatewayRow) => text.compare(a.gateway, b.gateway);

const compare = (a: string | number, b: string | number) =>
  typeof a === 'number' && typeof b === 'number' ? a - b : text.compare(String(a), String(b));

/** A click on a heading: numbers begin with the largest, texts with the first; a second click turns round. */
export function nextSort(sort: Sort, column: SortColumn): Sort {
  if (sort.column === column) return { column, descending: !sort.descending };
  return { column, descending: !TEXTS.has(column) };
}

/** `-rssi` ⇄ sort. */
export const sortText = ({ column, descending }: Sort): string => `${descending ? '-' : ''}${column}`;

export function parseSort(words: string | null): Sort {
  const column = SORT_COLUMNS.find((name) => name === words?.replace(/^-/, ''));
  return column ? { column, descending: words!.startsWith('-') } : SORT_DEFAULT;
}
