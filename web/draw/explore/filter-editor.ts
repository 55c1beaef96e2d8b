import type { Filter } from '../../../services/model/pivot.ts';
import type { PivotField, Value } from '../../read/pivot.ts';
import { element, write } from '../element.ts';
import { createChoice } from '../live/choice.ts';
import { number } from '../number.ts';
import type { Words } from './words.ts';

export type ValueCount = { value: Value; count: number };
/** `values` in words: why there are none. */
type Asked = { field: PivotField; filter: Filter; words: Words; values: Promise<ValueCount[] | string> };

/** Values that are listed at most; the search finds among all that came. */
const LISTED_MAX = 500;

/** A dialogue that says which values of a field count: chosen from a list, or between two numbers. */
export function createFilterEditor(document: Document, done: (filter: Filter) => void) {
  const title = element(document, 'h2', { id: 'filter-title' });
  const body = element(document, 'div', { class: 'filter-body' });
  const apply = element(document, 'button', { type: 'submit', class: 'button primary' }, 'Apply');
  const cancel = element(document, 'button', { type: 'button', class: 'button' }, 'Cancel');
  const form = element(
    document,
    'form',
    { method: 'dialog' },
    title,
    body,
    element(document, 'div', { class: 'buttons' }, apply, cancel),
  );
  const node = element(document, 'dialog', { class: 'filter', 'aria-labelledby': title.id }, form);
  let read: () => Filter | null = () => null;
  cancel.addEventListener('click', () => node.close());
  form.addEventListener('submit', () => {
    const filter = read();
    if (filter) done(filter);
  });
  return {
    node,
    async open(asked: Asked) {
      const { field } = asked;
      write(title, `Filter by ${field.label.toLowerCase()}`);
      read = () => null;
      body.replaceChildren(element(document, 'p', { class: 'muted' }, 'Looking which values there are'));
      node.showModal();
      const range = field.type === 'number' ? rangePart(document, asked) : null;
      const values = await asked.values;
      // A range needs no list, and without an answer there is none.
      const list = typeof values === 'string' ? null : listPart(document, asked, values);
      const told = list?.node ?? element(document, 'p', {}, String(values));
      body.replaceChildren(...(range ? [range.node] : []), told);
      if (list || range) read = () => ({ field: field.name, ...list?.read(), ...range?.read() });
      body.querySelector<HTMLElement>('input')?.focus();
    },
  };
}

function rangePart(document: Document, { field, filter }: Asked) {
  const unit = field.unit ? `, ${field.unit}` : '';
  const input = (words: string, value: number | undefined) => {
    const made = element(document, 'input', {
      type: 'number',
      class: 'input',
      step: 'any',
      value: value === undefined ? '' : String(value),
    });
    return { made, label: element(document, 'label', {}, element(document, 'span', {}, words), made) };
  };
  const [from, until] = [input(`From${unit}`, filter.from), input('Below', filter.until)];
  const numberIn = ({ value }: HTMLInputElement) => (value === '' ? undefined : Number(value));
  return {
    node: element(document, 'div', { class: 'range' }, from.label, until.label),
    read: (): Partial<Filter> => {
      const [a, b] = [numberIn(from.made), numberIn(until.made)];
      return { ...(a !== undefined && { from: a }), ...(b !== undefined && { until: b }) };
    },
  };
}

function listPart(document: Document, { field, filter, words }: Asked, values: ValueCount[]) {
  const chosen = new Set<Value>(filter.in ?? filter.not ?? []);
  let way = filter.not ? 'not' : 'in';
  const choice = createChoice(document, 'way', 'What happens to the chosen values', (value) => {
    way = value;
    choice.update(WAYS, way);
  });
  choice.update(WAYS, way);
  const search = element(document, 'input', {
    type: 'search',
    class: 'input',
    placeholder: 'Find a value',
    'aria-label': 'Find a value',
  });
  const list = element(document, 'ul', { class: 'values' });
  const count = element(document, 'p', { class: 'muted', role: 'status' });
  const say = () =>
    write(
      count,
      chosen.size === 0
        ? `none of ${number(values.length)} chosen: all count`
        : `${number(chosen.size)} of ${number(values.length)} chosen`,
    );
  const toggle = (value: Value, isOn: boolean) => {
    if (isOn) chosen.add(value);
    else chosen.delete(value);
    say();
  };
  const draw = () => {
    const found = values.filter(({ value }) =>
      words.value(field.name, value).toLowerCase().includes(search.value.trim().toLowerCase()),
    );
    list.replaceChildren(
      ...found
        .slice(0, LISTED_MAX)
        .map((one) => valueRow(document, words.value(field.name, one.value), one, chosen.has(one.value), toggle)),
    );
    say();
  };
  search.addEventListener('input', draw);
  draw();
  return {
    node: element(document, 'div', { class: 'list' }, choice.node, search, list, count),
    read: (): Partial<Filter> => (chosen.size === 0 ? {} : { [way]: [...chosen] }),
  };
}

const WAYS = [
  { value: 'in', word: 'only these' },
  { value: 'not', word: 'all but these' },
];

function valueRow(
  document: Document,
  name: string,
  { value, count }: ValueCount,
  isOn: boolean,
  toggle: (value: Value, isOn: boolean) => void,
): HTMLElement {
  const box = element(document, 'input', { type: 'checkbox' });
  box.checked = isOn;
  box.addEventListener('change', () => toggle(value, box.checked));
  return element(
    document,
    'li',
    {},
    element(
      document,
      'label',
      {},
      box,
      element(document, 'span', {}, name),
      element(document, 'small', {}, number(count)),
    ),
  );
}
