import { nameAt, type Place, SHELVES, type Shelf, type Shelves } from '../../view/explore/shelves.ts';
import { element, type Part, write } from '../element.ts';
import { icon } from '../icon.ts';
import { createRows } from '../rows.ts';
import { type ChipActs, type ChipShown, createChip } from './chip.ts';
import { type Dragged, letDrag, letDrop } from './dragging.ts';
import { filterWords } from './filter-words.ts';
import { focusOn, rove } from './roving.ts';
import type { Words } from './words.ts';

export type ShelvesShown = { shelves: Shelves; words: Words };
export type ShelfActs = {
  drop(what: Dragged, to: Place): void;
  take(place: Place): void;
  menu(place: Place, from: HTMLElement): void;
  add(shelf: Shelf, from: HTMLElement): void;
};

export const TITLES: Record<Shelf, string> = {
  rows: 'Rows',
  columns: 'Columns',
  measures: 'Measures',
  filters: 'Filters',
};
const HOW = 'Enter opens its menu. Alt and arrows move it along its shelf or to another one. Delete removes it.';

/** The four shelves. Each is one Tab stop; what is moved by keyboard keeps the focus. */
export function createShelves(document: Document, acts: ShelfActs): Part<ShelvesShown> {
  let shown: Shelves = { rows: [], columns: [], measures: [], filters: [] };
  /** what was moved by keyboard keeps the focus where it went */
  let wanted: Place | null = null;
  const shelves = SHELVES.map((shelf) => createShelf(document, shelf, { ...acts, shift, step }));
  const how = element(document, 'p', { id: 'how-chips', class: 'unseen' }, HOW);
  const node = element(document, 'div', { class: 'shelves' }, how, ...shelves.map((shelf) => shelf.node));
  const controls = (shelf: number) => shelves[shelf]?.controls() ?? [];

  function shift(from: Place, key: string): void {
    const to = targetOf(shown, from, key);
    if (!to) return;
    wanted = to;
    acts.drop({ place: from }, to);
    // Where it could not go nothing is drawn, and a later drawing is another's.
    setTimeout(() => {
      wanted = null;
    });
  }
  function step(from: HTMLElement, key: string): void {
    const shelf = shelves.findIndex(({ node: of }) => of.contains(from));
    const at = controls(shelf).indexOf(from);
    if (key === 'ArrowUp' || key === 'ArrowDown') {
      const next = controls(shelf + (key === 'ArrowUp' ? -1 : 1));
      focusOn(next, next[Math.min(at, next.length - 1)]);
      return;
    }
    const all = controls(shelf);
    focusOn(all, key === 'Home' ? all[0] : key === 'End' ? all.at(-1) : all[at + (key === 'ArrowLeft' ? -1 : 1)]);
  }
  return {
    node,
    update({ shelves: held, words }) {
      shown = held;
      const hadFocus = node.contains(document.activeElement);
      const shelf = shelves.findIndex(({ node: of }) => of.contains(document.activeElement));
      const at = controls(shelf).indexOf(document.activeElement as HTMLElement);
      for (const part of shelves) part.update({ shelves: held, words });
      if (wanted) {
        const all = controls(SHELVES.indexOf(wanted.shelf));
        focusOn(all, all[Math.min(wanted.at, all.length - 2)]);
        wanted = null;
        return;
      }
      // What had the focus is gone: its neighbour has it now.
      if (hadFocus && !node.contains(document.activeElement)) {
        const all = controls(shelf);
        focusOn(all, all[Math.min(Math.max(0, at), all.length - 1)]);
      }
    },
  };
}

/** Where Alt and an arrow bring a chip; null where there is no further. */
function targetOf(shelves: Shelves, { shelf, at }: Place, key: string): Place | null {
  const along = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0;
  if (along !== 0) return nameAt(shelves, { shelf, at: at + along }) === null ? null : { shelf, at: at + along };
  const across = key === 'ArrowUp' ? -1 : key === 'ArrowDown' ? 1 : 0;
  const other = SHELVES[SHELVES.indexOf(shelf) + across];
  return across === 0 || !other ? null : { shelf: other, at: shelves[other].length };
}

type AllActs = ShelfActs & Pick<ChipActs, 'shift' | 'step'>;

function createShelf(document: Document, shelf: Shelf, acts: AllActs) {
  const list = element(document, 'ul', { 'aria-labelledby': `shelf-${shelf}` });
  const add = element(
    document,
    'button',
    { type: 'button', class: 'add', 'aria-haspopup': 'menu', 'aria-label': `Add to ${TITLES[shelf].toLowerCase()}` },
    icon(document, 'plus'),
  );
  const nothing = element(document, 'span', { class: 'nothing-here' });
  const title = element(document, 'h3', { id: `shelf-${shelf}` }, TITLES[shelf]);
  const node = element(document, 'div', { class: 'shelf', 'data-shelf': shelf }, title, list, add, nothing);
  const rows = createRows<ChipShown>(
    list,
    ({ key }) => key,
    () => createChip(document, acts, (chip, place) => letDrag(chip, () => ({ place: place() }))),
  );
  add.addEventListener('click', () => acts.add(shelf, add));
  add.addEventListener('keydown', (event) => {
    if (event.altKey || !/^Arrow|^Home$|^End$/.test(event.key)) return;
    event.preventDefault();
    acts.step(add, event.key);
  });
  letDrop(node, shelf, acts.drop);
  const controls = () => [...node.querySelectorAll<HTMLElement>('.chip .name, .add')];
  return {
    node,
    controls,
    update({ shelves, words }: ShelvesShown) {
      rows(chipsOf(shelf, shelves, words));
      write(nothing, shelves[shelf].length === 0 ? EMPTY[shelf] : '');
      rove(controls());
    },
  };
}

const EMPTY: Record<Shelf, string> = {
  rows: 'one line for all',
  columns: 'one column for all',
  measures: 'nothing is measured',
  filters: 'everything counts',
};

function chipsOf(shelf: Shelf, shelves: Shelves, words: Words): ChipShown[] {
  const count = shelves[shelf].length;
  if (shelf === 'filters')
    return shelves.filters.map((filter, at) => ({
      key: filter.field,
      label: words.field(filter.field),
      note: filterWords(filter, words),
      place: { shelf, at },
      count,
    }));
  const say = shelf === 'measures' ? words.measure : words.field;
  return shelves[shelf].map((name, at) => ({ key: name, label: say(name), note: '', place: { shelf, at }, count }));
}
