import { type Attributes, type Child, element } from './element.ts';

/**
 * A column. `label` stands before its value where rows fold ('': the value says it itself); `isUnseen`: only a screen reader
 * is told its title.
 */
export type Head = {
  title: string;
  isNumber?: boolean;
  isUnseen?: boolean;
  hint?: string;
  label?: string;
  name?: string;
};
/** Cells of a row; the first is its header. */
export type Line = { cells: (Child | Child[])[]; attributes?: Attributes };

/**
 * A small table that may be wider than its place, and is moved by keys then; one that `folds` (among `names`, which are its
 * classes) has a paragraph a row where there is no room for columns. Roles are written out, since folding takes them away.
 */
export function drawTable(
  document: Document,
  names: string,
  label: string,
  heads: readonly Head[],
  lines: readonly Line[],
): HTMLElement {
  const titles = heads.map((head) =>
    element(
      document,
      'th',
      { role: 'columnheader', scope: 'col', ...classOf(head), ...(head.hint && { title: head.hint }) },
      head.isUnseen ? element(document, 'span', { class: 'unseen' }, head.title) : head.title,
    ),
  );
  const rows = lines.map(({ cells, attributes }) =>
    element(
      document,
      'tr',
      { role: 'row', ...attributes },
      ...cells.map((cell, i) => cellOf(document, cell, heads, i)),
    ),
  );
  const table = element(
    document,
    'table',
    { class: `table ${names}`, role: 'table', 'aria-label': label },
    element(document, 'thead', { role: 'rowgroup' }, element(document, 'tr', { role: 'row' }, ...titles)),
    element(document, 'tbody', { role: 'rowgroup' }, ...rows),
  );
  return element(document, 'div', { class: 'scrolled', tabindex: '0', role: 'group', 'aria-label': label }, table);
}

function cellOf(document: Document, cell: Line['cells'][number], heads: readonly Head[], i: number): HTMLElement {
  const children = Array.isArray(cell) ? cell : [cell];
  const head = heads[i]!;
  if (i === 0) return element(document, 'th', { role: 'rowheader', scope: 'row', ...classOf(head) }, ...children);
  const label = head.label ?? (head.isUnseen ? '' : head.title);
  return element(
    document,
    'td',
    { role: 'cell', ...classOf(head), ...(label && { 'data-label': label }) },
    ...children,
  );
}

function classOf({ isNumber, name }: Head): Attributes {
  const names = [...(isNumber ? ['number'] : []), ...(name ? [name] : [])];
  return names.length > 0 ? { class: names.join(' ') } : {};
}
