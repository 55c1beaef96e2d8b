import type { Filter } from '../../../services/model/pivot.ts';
import { fieldOf, measureParts } from '../../../services/model/pivot-words.ts';

export const SHELVES = ['rows', 'columns', 'measures', 'filters'] as const;
export type Shelf = (typeof SHELVES)[number];

/** What stands where. Rows and columns hold fields (`time:15m`), measures what is computed (`sum(rssi)`). */
export type Shelves = { rows: string[]; columns: string[]; measures: string[]; filters: Filter[] };
export type Place = { shelf: Shelf; at: number };

export { fieldOf, measureParts };

/** What stands at a place, as it is written there; null where nothing does. */
export const nameAt = (shelves: Shelves, { shelf, at }: Place): string | null => {
  const item = shelves[shelf][at];
  return item === undefined ? null : typeof item === 'string' ? item : item.field;
};

/** Puts a field or measure on a shelf; a field stands on rows or columns once, a filter of it beside that. */
export function put(shelves: Shelves, name: string, to: Place): Shelves {
  if (to.shelf === 'filters') return withFilter(shelves, { field: name }, to.at);
  if (to.shelf === 'measures') return { ...shelves, measures: insert(without(shelves.measures, name), name, to.at) };
  const before = shelves[to.shelf].slice(0, to.at).filter((held) => held === name).length;
  const rows = without(shelves.rows, name);
  const columns = without(shelves.columns, name);
  const cleared = { ...shelves, rows, columns };
  return { ...cleared, [to.shelf]: insert(cleared[to.shelf], name, to.at - before) };
}

/** Takes away what stands there. */
export const take = (shelves: Shelves, { shelf, at }: Place): Shelves => ({
  ...shelves,
  [shelf]: (shelves[shelf] as unknown[]).filter((_, i) => i !== at),
});

/**
 * Moves what stands at one place to another. A field that becomes a measure is counted (`countUnique`), a measure of a field
 * becomes that field; what cannot stand there stays where it was.
 */
export function move(shelves: Shelves, from: Place, to: Place): Shelves {
  const name = nameAt(shelves, from);
  if (name === null) return shelves;
  if (from.shelf === to.shelf)
    return { ...shelves, [from.shelf]: moved(shelves[from.shelf] as unknown[], from.at, to.at) };
  const becomes = nameOn(name, from.shelf, to.shelf);
  if (becomes === null) return shelves;
  return put(take(shelves, from), becomes, to);
}

/** What a name is called on another shelf; null where it cannot be. */
export function nameOn(name: string, from: Shelf | null, to: Shelf): string | null {
  if (to === 'measures') return from === 'measures' ? name : `countUnique(${fieldOf(name)})`;
  if (from === 'measures') return measureParts(name).fields[0] ?? null;
  return to === 'filters' ? fieldOf(name) : name;
}

/** Another bin for a field, or another aggregator for a measure, in the same place. */
export const rename = (shelves: Shelves, { shelf, at }: Place, name: string): Shelves =>
  shelf === 'filters'
    ? shelves
    : { ...shelves, [shelf]: shelves[shelf].map((held, i) => (i === at ? name : held)).filter(isFirst) };

/** Sets what a filter lets through; it is made if there is none of that field. */
export function withFilter(shelves: Shelves, filter: Filter, at = shelves.filters.length): Shelves {
  const held = shelves.filters.findIndex(({ field }) => field === filter.field);
  if (held === -1) return { ...shelves, filters: insert(shelves.filters, filter, at) };
  return { ...shelves, filters: shelves.filters.map((old, i) => (i === held ? filter : old)) };
}

/** A filter that lets everything through is a chip without an effect, and is not asked. */
export const isOpen = ({ in: some, not, from, until }: Filter): boolean =>
  !some && !not && from === undefined && until === undefined;

const without = (list: string[], name: string): string[] => list.filter((held) => held !== name);
const isFirst = (name: string, at: number, all: string[]): boolean => all.indexOf(name) === at;

function insert<T>(list: T[], item: T, at: number): T[] {
  const place = Math.max(0, Math.min(at, list.length));
  return [...list.slice(0, place), item, ...list.slice(place)];
}

const moved = <T>(list: T[], from: number, to: number): T[] =>
  insert(
    list.filter((_, i) => i !== from),
    list[from]!,
    to,
  );
