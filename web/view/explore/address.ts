import type { PivotQuery, When } from '../../../services/model/pivot.ts';
import { fromSearch, toSearch } from '../../read/pivot-url.ts';
import { EXTENTS, type ExtentOf } from './extent.ts';
import type { Sorting } from './grid.ts';
import { isOpen, type Shelves } from './shelves.ts';

export const VIEWS = ['table', 'bars', 'heat', 'line', 'bar', 'tree'] as const;
export type View = (typeof VIEWS)[number];

/** All that a link to the page says: the question, and how its answer is looked at. */
export type Exploration = Shelves & {
  dataset: PivotQuery['dataset'];
  span: When;
  zone?: string;
  revision?: string;
  view: View;
  by: ExtentOf;
  /** the measure of pictures that show one; null is the first */
  hue: string | null;
  sort: Sorting | null;
  shut: string[];
  /** the cell whose records are open: keys of its row and column */
  cell: { row: string; column: string } | null;
};

/** How an answer is looked at, whatever was asked. */
export type Look = Pick<Exploration, 'view' | 'by' | 'hue' | 'sort' | 'shut' | 'cell'>;

export const lookOf = ({ view, by, hue, sort, shut, cell }: Exploration): Look => ({ view, by, hue, sort, shut, cell });

const KEPT = ['theme'];
const LOOK = { view: 'heat', by: 'table' } as const;

/** The question alone. */
export function queryOf({ dataset, rows, columns, measures, filters, span, zone, revision }: Exploration): PivotQuery {
  const some = filters.filter((filter) => !isOpen(filter));
  return {
    dataset,
    rows,
    columns,
    measures,
    ...(some.length > 0 && { filters: some }),
    ...(Object.keys(span).length > 0 && { span }),
    ...(zone !== undefined && { zone }),
    ...(revision !== undefined && { revision }),
  };
}

/** A view of a question; what is not said is as it usually is. */
export function explorationOf(query: PivotQuery, look: Partial<Exploration> = {}): Exploration {
  const { dataset, rows = [], columns = [], measures, filters = [], span = {}, zone, revision } = query;
  return {
    ...{ dataset, rows, columns, measures, filters, span },
    ...(zone !== undefined && { zone }),
    ...(revision !== undefined && { revision }),
    ...{ ...LOOK, hue: null, sort: null, shut: [], cell: null },
    ...look,
  };
}

/** What of a link's question cannot be read, in words. */
export const faultsIn = (search: string): string[] => fromSearch(new URLSearchParams(search)).faults;

/** What an address says; null where it asks nothing, so that the page may choose. */
export function readExploration(search: string): Exploration | null {
  const words = new URLSearchParams(search);
  if (!words.has('dataset')) return null;
  const read = explorationOf(fromSearch(words).query, {
    view: VIEWS.find((view) => view === words.get('view')) ?? LOOK.view,
    by: EXTENTS.find((by) => by === words.get('by')) ?? LOOK.by,
    hue: words.get('hue'),
    sort: sortingOf(words.get('sort')),
    shut: words.getAll('shut'),
    cell: cellOf(words.get('cell')),
  });
  const open = words.getAll('any').map((field) => ({ field }));
  return { ...read, filters: [...read.filters, ...open] };
}

/** The address of an exploration; what else the address holds of the page's own (`theme`) stays. */
export function writeExploration(search: string, of: Exploration): string {
  const words = toSearch(queryOf(of));
  for (const { field } of of.filters.filter(isOpen)) words.append('any', field);
  if (of.view !== LOOK.view) words.set('view', of.view);
  if (of.by !== LOOK.by) words.set('by', of.by);
  if (of.hue !== null) words.set('hue', of.hue);
  if (of.sort) words.set('sort', `${of.sort.isDown ? '-' : ''}${of.sort.measure};${of.sort.key}`);
  for (const key of of.shut) words.append('shut', key);
  if (of.cell) words.set('cell', `${of.cell.row};${of.cell.column}`);
  const old = new URLSearchParams(search);
  for (const name of KEPT) if (old.has(name)) words.set(name, old.get(name)!);
  // A link that people read and send: what is safe in a search need not be encoded.
  return `?${words.toString().replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%28/g, '(').replace(/%29/g, ')')}`;
}

function sortingOf(words: string | null): Sorting | null {
  const [, minus, measure, key] = /^(-?)([^;]+);(.*)$/s.exec(words ?? '') ?? [];
  return measure === undefined ? null : { measure, key: key!, isDown: minus === '-' };
}

function cellOf(words: string | null): Exploration['cell'] {
  const [, row, column] = /^(\[.*\]|);(\[.*\]|)$/s.exec(words ?? '') ?? [];
  return row === undefined ? null : { row, column: column! };
}
