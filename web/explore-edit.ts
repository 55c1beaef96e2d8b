import type { Dragged } from './draw/explore/dragging.ts';
import { createFilterEditor, type ValueCount } from './draw/explore/filter-editor.ts';
import type { Menu, MenuItem } from './draw/explore/menu.ts';
import { type MenuActs, usualName } from './draw/explore/menus.ts';
import { TITLES } from './draw/explore/shelves.ts';
import type { Toast } from './draw/explore/toast.ts';
import type { Words } from './draw/explore/words.ts';
import { type Pivot, type Refusal, Refused } from './read/pivot.ts';
import { type Exploration, queryOf } from './view/explore/address.ts';
import { withShelves } from './view/explore/change.ts';
import {
  fieldOf,
  move,
  nameAt,
  nameOn,
  type Place,
  put,
  rename,
  type Shelf,
  type Shelves,
  take,
  withFilter,
} from './view/explore/shelves.ts';

type Editing = {
  document: Document;
  pivot: Pick<Pivot, 'answer'>;
  menu: Menu;
  toast: Toast;
  now(): Exploration;
  words(): Words;
  change(to: Exploration, said: string): void;
};

/** Values that a filter offers at most, as many as a question may name. */
const VALUES_MAX = 1000;

/** Everything that changes what stands on the shelves: by mouse, by keyboard and from menus they are the same acts. */
export function createEditing(of: Editing) {
  const { toast, menu, now, words } = of;
  let opener: HTMLElement = of.document.body;
  const editor = createFilterEditor(of.document, (filter) =>
    edit(withFilter(now(), filter), `${words().field(filter.field)} is filtered.`),
  );
  const edit = (shelves: Partial<Shelves>, said: string) => of.change(withShelves(now(), shelves), said);
  const say = (name: string, shelf: Shelf) => (shelf === 'measures' ? words().measure(name) : words().field(name));
  const drop = (what: Dragged, to: Place): void => {
    const before = now();
    const from = 'place' in what ? what.place.shelf : null;
    const name = 'place' in what ? nameAt(before, what.place) : what.name;
    const becomes = name === null ? null : from ? nameOn(name, from, to.shelf) : newName(name, to.shelf, words());
    if (name === null || becomes === null) {
      toast.say(`${name === null ? 'That' : say(name, from ?? 'measures')} cannot stand there.`);
      return;
    }
    const after = 'place' in what ? move(before, what.place, to) : put(before, becomes, to);
    const at = Math.min(to.at, after[to.shelf].length - 1);
    edit(
      after,
      `${say(becomes, to.shelf)} is on ${TITLES[to.shelf].toLowerCase()}, place ${at + 1} of ${after[to.shelf].length}.`,
    );
    if (to.shelf === 'filters' && from === null) filter(becomes);
  };
  const takeAway = (place: Place): void => {
    const name = nameAt(now(), place);
    if (name) edit(take(now(), place), `${say(name, place.shelf)} is removed. Back brings it again.`);
  };
  const filter = (name: string): void => {
    const field = words().dataset.fields.find((one) => one.name === fieldOf(name));
    if (!field) return;
    const held = now().filters.find((one) => one.field === name) ?? { field: name };
    editor.open({ field, filter: held, words: words(), values: valuesOf(of.pivot, now(), name) });
  };
  const acting: MenuActs = {
    add: (name, shelf) => drop({ name }, { shelf, at: now()[shelf].length }),
    rename: (place, name) => edit(rename(now(), place, name), `It is ${say(name, place.shelf)} now.`),
    move: (from, to) => drop({ place: from }, to),
    take: takeAway,
    sort: (measure, isDown) =>
      of.change({ ...now(), sort: { key: '', measure, isDown } }, `Sorted by ${words().measure(measure)}.`),
    filter,
    next: (items) => setTimeout(() => menu.open(opener, items)),
  };
  const open = (from: HTMLElement, items: MenuItem[]): void => {
    opener = from;
    menu.open(from, items);
  };
  return { editor, edit, drop, take: takeAway, acting, open };
}

/** A field of the list as a shelf has it: in its usual bin, or counted; null where it cannot stand there. */
function newName(name: string, shelf: Shelf, { dataset }: Words): string | null {
  const field = dataset.fields.find((one) => one.name === fieldOf(name));
  if (!field) return shelf === 'measures' ? name : null;
  return nameOn(
    name === field.name && (shelf === 'rows' || shelf === 'columns') ? usualName(field) : name,
    null,
    shelf,
  );
}

/** The values of a field with how many records have them, under the other filters; or in words why they are not to be had. */
async function valuesOf(pivot: Pick<Pivot, 'answer'>, of: Exploration, name: string): Promise<ValueCount[] | string> {
  const filters = of.filters.filter(({ field }) => field !== name);
  const asked = queryOf({ ...of, rows: [name], columns: [], measures: ['count'], filters });
  try {
    const { rows } = await pivot.answer({ ...asked, limit: VALUES_MAX });
    const cells = rows.filter(({ level }) => level === '');
    return cells.map((row) => ({ value: (row[name] ?? null) as ValueCount['value'], count: Number(row.count) }));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return refusalWords(error.refusal);
  }
}

const refusalWords = (refusal: Refusal): string =>
  refusal.kind === 'wrong'
    ? `The service cannot tell the values: ${[refusal.title, ...refusal.details].join('. ')}.`
    : 'The values did not come. Close this and open it again.';
