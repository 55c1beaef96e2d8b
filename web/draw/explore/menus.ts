import type { PivotField } from '../../read/pivot.ts';
import {
  fieldOf,
  measureParts,
  nameAt,
  type Place,
  SHELVES,
  type Shelf,
  type Shelves,
} from '../../view/explore/shelves.ts';
import type { MenuItem } from './menu.ts';
import { TITLES } from './shelves.ts';
import { binWords, type Words } from './words.ts';

/** What a menu of a field can do. */
export type MenuActs = {
  add(name: string, shelf: Shelf): void;
  rename(place: Place, name: string): void;
  move(from: Place, to: Place): void;
  take(place: Place): void;
  sort(measure: string, isDown: boolean): void;
  filter(field: string): void;
  /** shows other items in the same place */
  next(items: MenuItem[]): void;
};
type Shown = { shelves: Shelves; words: Words };

/** The menu of what stands on a shelf. */
export function chipMenu(place: Place, { shelves, words }: Shown, acts: MenuActs): MenuItem[] {
  const name = nameAt(shelves, place)!;
  const own =
    place.shelf === 'measures'
      ? measureItems(name, place, words, acts)
      : fieldItems(name, place, { shelves, words }, acts);
  return [
    { head: place.shelf === 'measures' ? words.measure(name) : words.field(name) },
    ...own,
    ...moveItems(place, shelves, acts),
  ];
}

function fieldItems(name: string, place: Place, { shelves, words }: Shown, acts: MenuActs): MenuItem[] {
  const field = words.dataset.fields.find((one) => one.name === fieldOf(name));
  const filter: MenuItem = {
    label: `${place.shelf === 'filters' ? 'Change the filter' : `Filter by ${fieldOf(words.field(name)).toLowerCase()}`}…`,
    run: () => acts.filter(fieldOf(name)),
  };
  if (place.shelf === 'filters') return [filter];
  const first = shelves.measures[0];
  const sorts: MenuItem[] =
    place.shelf !== 'rows' || !first
      ? []
      : [{ label: 'Sort by total', hint: 'high to low', run: () => acts.sort(first, true) }];
  return [...binItems(name, field, (bin) => acts.rename(place, bin)), ...sorts, filter];
}

/** Widths of bins; a number may stand without one. */
function binItems(name: string, field: PivotField | undefined, choose: (name: string) => void): MenuItem[] {
  if (!field?.bins.length) return [];
  const names = [...(field.type === 'number' ? [field.name] : []), ...field.bins.map((bin) => `${field.name}:${bin}`)];
  const words = (one: string) => (one.includes(':') ? binWords(one.split(':')[1]!, field.unit) : 'each value');
  return [
    ...names.map((one) => ({
      label: words(one),
      hint: one.includes(':') ? 'bin' : '',
      isOn: one === name,
      run: () => choose(one),
    })),
    'line',
  ];
}

function measureItems(measure: string, place: Place, words: Words, acts: MenuActs): MenuItem[] {
  const { name, fields } = measureParts(measure);
  const others = words.catalogue.aggregators.filter(
    (aggregator) => aggregator.fields === fields.length && fields.length > 0,
  );
  const choices = others.map(
    (aggregator): MenuItem => ({
      label: aggregator.label,
      isOn: aggregator.name === name,
      run: () => acts.rename(place, `${aggregator.name}(${fields.join(',')})`),
    }),
  );
  return [
    { label: 'Sort rows by this', hint: 'high to low', run: () => acts.sort(measure, true) },
    { label: 'Sort rows by this', hint: 'low to high', run: () => acts.sort(measure, false) },
    ...(choices.length > 0
      ? [{ label: 'Another aggregator…', run: () => acts.next([{ head: 'Aggregator' }, ...choices]) } as MenuItem]
      : []),
  ];
}

function moveItems(place: Place, shelves: Shelves, acts: MenuActs): MenuItem[] {
  const along = (by: number, label: string, hint: string): MenuItem[] => {
    const to = { shelf: place.shelf, at: place.at + by };
    return nameAt(shelves, to) === null ? [] : [{ label, hint, run: () => acts.move(place, to) }];
  };
  const others = SHELVES.filter((shelf) => shelf !== place.shelf && isPossible(place, shelf, shelves));
  return [
    'line',
    ...along(-1, 'Move left', 'Alt ←'),
    ...along(1, 'Move right', 'Alt →'),
    ...others.map(
      (shelf): MenuItem => ({
        label: `Move to ${TITLES[shelf].toLowerCase()}`,
        run: () => acts.move(place, { shelf, at: shelves[shelf].length }),
      }),
    ),
    'line',
    { label: 'Remove', hint: 'Delete', run: () => acts.take(place) },
  ];
}

/** A measure without a field is nothing that rows could have. */
const isPossible = (place: Place, to: Shelf, shelves: Shelves): boolean =>
  place.shelf !== 'measures' || to === 'measures' || measureParts(nameAt(shelves, place)!).fields.length > 0;

/** The menu of a field in the list: where to, or what to compute of it. */
export function fieldMenu(name: string, { words }: Shown, acts: MenuActs): MenuItem[] {
  const field = words.dataset.fields.find((one) => one.name === name);
  if (!field)
    return [{ head: words.measure(name) }, { label: 'Add to measures', run: () => acts.add(name, 'measures') }];
  const usual = usualName(field);
  return [
    { head: field.label },
    { label: 'Add to rows', run: () => acts.add(usual, 'rows') },
    { label: 'Add to columns', run: () => acts.add(usual, 'columns') },
    { label: 'Filter by it…', run: () => acts.filter(name) },
    { label: 'Compute of it…', run: () => acts.next(aggregatorItems(field, words, acts)) },
  ];
}

/** A time of the day stands in bins, unless somebody asks for another. */
export const usualName = ({ name, type, bins }: PivotField): string =>
  type !== 'number' && bins.length ? `${name}:${bins[0]}` : name;

function aggregatorItems(field: PivotField, words: Words, acts: MenuActs): MenuItem[] {
  const possible = words.catalogue.aggregators.filter(
    ({ fields, takes }) => fields > 0 && (takes === 'any' || field.type === 'number'),
  );
  return [
    { head: `Of ${field.label.toLowerCase()}` },
    ...possible.map(
      ({ name, label, fields }): MenuItem => ({
        label: fields === 2 ? `${label}…` : label,
        run: () =>
          fields === 2
            ? acts.next(secondItems(name, field, words, acts))
            : acts.add(`${name}(${field.name})`, 'measures'),
      }),
    ),
  ];
}

function secondItems(aggregator: string, first: PivotField, { dataset }: Words, acts: MenuActs): MenuItem[] {
  const numbers = dataset.fields.filter(({ type }) => type === 'number');
  return [
    { head: `${first.label} over` },
    ...numbers.map(
      ({ name, label }): MenuItem => ({
        label,
        run: () => acts.add(`${aggregator}(${first.name},${name})`, 'measures'),
      }),
    ),
  ];
}

/** What the + of a shelf offers. */
export function shelfMenu(shelf: Shelf, { shelves, words }: Shown, acts: MenuActs): MenuItem[] {
  if (shelf === 'measures') {
    const own = words.dataset.measures.filter(({ name }) => !shelves.measures.includes(name));
    const plain = words.catalogue.aggregators.filter(
      ({ name, fields }) => fields === 0 && !shelves.measures.includes(name),
    );
    const of = words.dataset.fields.map(
      (field): MenuItem => ({ label: `${field.label}…`, run: () => acts.next(aggregatorItems(field, words, acts)) }),
    );
    return [
      { head: 'Measures' },
      ...[...own, ...plain].map(({ name, label }): MenuItem => ({ label, run: () => acts.add(name, 'measures') })),
      { head: 'Compute of a field' },
      ...of,
    ];
  }
  const used = new Set([...shelves.rows, ...shelves.columns].map(fieldOf));
  const fields = words.dataset.fields.filter(({ name }) => shelf === 'filters' || !used.has(name));
  return [
    { head: `Add to ${TITLES[shelf].toLowerCase()}` },
    ...fields.map(
      (field): MenuItem => ({
        label: field.label,
        run: () => (shelf === 'filters' ? acts.filter(field.name) : acts.add(usualName(field), shelf)),
      }),
    ),
  ];
}
