import type { PivotField } from '../../read/pivot.ts';
import type { Shelves } from '../../view/explore/shelves.ts';
import { fieldOf, measureParts } from '../../view/explore/shelves.ts';
import { element, mark, type Part, write } from '../element.ts';
import { type IconName, icon } from '../icon.ts';
import { createRows } from '../rows.ts';
import { letDrag } from './dragging.ts';
import { focusOn, rove } from './roving.ts';
import type { Words } from './words.ts';

export type FieldsShown = { shelves: Shelves; words: Words };
type Item = { name: string; label: string; unit: string; icon: IconName; isUsed: boolean; isMeasure: boolean };
type Group = { title: string; items: Item[] };

const GROUPS: [name: string, title: string, icon: IconName][] = [
  ['time', 'Time', 'time'],
  ['place', 'Place', 'place'],
  ['people', 'People', 'people'],
  ['record', 'Records', 'record'],
];
const KEYS = [
  ['Enter', 'menu of a field'],
  ['Alt ← →', 'move on its shelf'],
  ['Alt ↑ ↓', 'to another shelf'],
  ['Delete', 'remove'],
  ['Ctrl Z', 'undo'],
];

/** All that can be put on a shelf, with a box that finds; arrows move in the list, Enter asks where to. */
export function createFields(
  document: Document,
  menu: (name: string, isMeasure: boolean, from: HTMLElement) => void,
): Part<FieldsShown> {
  let shown: FieldsShown | null = null;
  const find = element(document, 'input', {
    type: 'search',
    class: 'input',
    placeholder: 'Find a field',
    'aria-label': 'Find a field',
    'aria-keyshortcuts': '/',
  });
  const list = element(document, 'div', { class: 'field-list' });
  const nothing = element(document, 'p', { class: 'muted', role: 'status' });
  const keys = element(
    document,
    'dl',
    { class: 'keys' },
    ...KEYS.map(([key, what]) =>
      element(document, 'div', {}, element(document, 'dt', {}, key!), element(document, 'dd', {}, what!)),
    ),
  );
  const node = element(
    document,
    'aside',
    { class: 'fields', 'aria-label': 'Fields' },
    element(document, 'div', { class: 'find' }, icon(document, 'search'), find),
    list,
    nothing,
    keys,
  );
  const groups = createRows<Group>(
    list,
    ({ title }) => title,
    ({ title }) => createGroup(document, title, menu),
  );
  const buttons = () => [...list.querySelectorAll<HTMLElement>('button')];
  const draw = () => {
    if (!shown) return;
    const found = groupsOf(shown, find.value.trim().toLowerCase());
    groups(found);
    write(nothing, found.length === 0 ? `No field has “${find.value}” in its name.` : '');
    nothing.hidden = found.length > 0;
    rove(buttons());
  };
  find.addEventListener('input', draw);
  node.addEventListener('keydown', (event) => onKey(event, find, buttons()));
  return {
    node,
    update(next) {
      shown = next;
      draw();
    },
  };
}

function onKey(event: KeyboardEvent, find: HTMLInputElement, buttons: HTMLElement[]): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const at = buttons.indexOf(event.target as HTMLElement);
  if (event.key === 'ArrowDown') focusOn(buttons, buttons[at + 1]);
  else if (event.key === 'ArrowUp' && at === 0) find.focus();
  else if (event.key === 'ArrowUp') focusOn(buttons, buttons[at - 1]);
  else return;
  event.preventDefault();
}

function createGroup(
  document: Document,
  title: string,
  menu: (name: string, isMeasure: boolean, from: HTMLElement) => void,
) {
  const list = element(document, 'ul');
  const rows = createRows<Item>(
    list,
    ({ name }) => name,
    (item) => createItem(document, item, menu),
  );
  const node = element(document, 'section', {}, element(document, 'h3', {}, title), list);
  return { node, update: ({ items }: Group) => rows(items) };
}

function createItem(
  document: Document,
  { name, isMeasure, icon: picture }: Item,
  menu: (name: string, isMeasure: boolean, from: HTMLElement) => void,
) {
  const label = element(document, 'span');
  const unit = element(document, 'small');
  const button = element(
    document,
    'button',
    { type: 'button', 'aria-haspopup': 'menu', 'data-field': name },
    icon(document, picture),
    label,
    unit,
  );
  button.addEventListener('click', () => menu(name, isMeasure, button));
  letDrag(button, () => ({ name }));
  return {
    node: element(document, 'li', {}, button),
    update(item: Item) {
      write(label, item.label);
      write(unit, item.unit);
      mark(button, 'class', item.isUsed ? 'used' : null);
      mark(
        button,
        'title',
        `${item.label}: drag it to a shelf, or press for its menu${item.isUsed ? '; it is in use' : ''}`,
      );
    },
  };
}

function groupsOf({ shelves, words }: FieldsShown, search: string): Group[] {
  const used = new Set(
    [...shelves.rows, ...shelves.columns, ...shelves.filters.map(({ field }) => field)].map(fieldOf),
  );
  const isFound = ({ label, name }: { label: string; name: string }) =>
    `${label} ${name}`.toLowerCase().includes(search);
  const itemOf =
    (picture: IconName) =>
    (field: PivotField): Item => ({
      ...{ name: field.name, label: field.label, unit: field.group === 'time' ? '' : field.unit, icon: picture },
      ...{ isUsed: used.has(field.name), isMeasure: false },
    });
  const groups = GROUPS.map(
    ([group, title, picture]): Group => ({
      title,
      items: words.dataset.fields.filter((field) => field.group === group && isFound(field)).map(itemOf(picture)),
    }),
  );
  return [...groups, { title: 'Measures', items: measuresOf(shelves, words).filter(isFound) }].filter(
    ({ items }) => items.length > 0,
  );
}

/** The domain's own measures first, then aggregators of no field; those of a field begin with the field. */
function measuresOf({ measures }: Shelves, { dataset, catalogue }: Words): Item[] {
  const plain = catalogue.aggregators
    .filter(({ fields }) => fields === 0)
    .map(({ name, label }) => ({ name, label, unit: '' }));
  const inUse = new Set(measures.map((measure) => measureParts(measure).name));
  return [...dataset.measures, ...plain].map(({ name, label, unit }) => ({
    ...{ name, label, icon: 'sum' as const },
    unit: unit.toLowerCase() === label.toLowerCase() || unit === 'badges' ? '' : unit,
    ...{ isUsed: inUse.has(name), isMeasure: true },
  }));
}
