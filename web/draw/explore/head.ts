import type { ChangesAt } from '../../view/explore/changes.ts';
import type { Node } from '../../view/explore/cube.ts';
import type { Column, Sorting } from '../../view/explore/grid.ts';
import { element } from '../element.ts';
import { icon } from '../icon.ts';
import { markHead } from './changes.ts';
import type { Words } from './words.ts';

export type HeadShown = {
  columnFields: string[];
  rowFields: string[];
  measures: string[];
  /** those that are drawn, and how many there are before and after them */
  columns: Column[];
  first: number;
  hasGap: [boolean, boolean];
  totals: Column[];
  sort: Sorting | null;
  shut: ReadonlySet<string>;
  words: Words;
  changesAt: ChangesAt;
  /** px from the right edge at which a total stays */
  stick: (at: number) => number | null;
};
export type HeadActs = { sort(key: string, measure: string): void; toggle(key: string): void };

/** Rows of headings: one for each field of the columns, one for the measures where there are several. */
export const levelsOf = ({ columnFields, measures }: Pick<HeadShown, 'columnFields' | 'measures'>): number =>
  columnFields.length + (measures.length > 1 || columnFields.length === 0 ? 1 : 0);

/** The headings of the columns that are drawn; the last row sorts. */
export function headRows(document: Document, shown: HeadShown, acts: HeadActs): HTMLElement[] {
  const levels = levelsOf(shown);
  return Array.from({ length: levels }, (_, level) => {
    const isLast = level === levels - 1;
    const corner = cornerOf(document, shown, level, isLast);
    const gap = (is: boolean) => (is ? [element(document, 'td', { class: 'gap', 'aria-hidden': 'true' })] : []);
    const cells = isLast
      ? shown.columns.map((column, i) => lastCell(document, column, shown, acts, shown.first + i))
      : groupCells(document, shown, level, acts);
    const totals = shown.totals.map((column, i) => totalCell(document, column, shown, acts, isLast, i));
    return element(
      document,
      'tr',
      { 'aria-rowindex': String(level + 1) },
      corner,
      ...gap(shown.hasGap[0]),
      ...cells,
      ...gap(shown.hasGap[1]),
      ...totals,
    );
  });
}

function cornerOf(
  document: Document,
  { rowFields, columnFields, words }: HeadShown,
  level: number,
  isLast: boolean,
): HTMLElement {
  const across = columnFields[level];
  const parts = [
    ...(isLast && rowFields.length > 0 ? [element(document, 'span', {}, rowFields.map(words.field).join(', '))] : []),
    ...(across ? [element(document, 'small', {}, words.field(across))] : []),
  ];
  return element(document, 'th', { class: 'corner', scope: 'col', 'aria-colindex': '1' }, ...parts);
}

/** Neighbours below one value share its heading. */
function groupCells(document: Document, shown: HeadShown, level: number, acts: HeadActs): HTMLElement[] {
  const cells: HTMLElement[] = [];
  let open: { node: Node | null; depth: number; cell: HTMLElement; span: number } | null = null;
  shown.columns.forEach(({ node }, i) => {
    const at = ancestor(node, level + 1);
    if (open && open.node === at && at !== null) open.span++;
    else {
      open = { node: at, depth: node.path.length, cell: groupCell(document, at, node, shown, acts, level), span: 1 };
      open.cell.setAttribute('aria-colindex', String(shown.first + i + 2));
      cells.push(open.cell);
    }
    open.cell.setAttribute('colspan', String(open.span));
  });
  return cells;
}

function groupCell(
  document: Document,
  at: Node | null,
  column: Node,
  { columnFields, words, shut }: HeadShown,
  acts: HeadActs,
  level: number,
): HTMLElement {
  if (!at) return element(document, 'th', { class: 'group', scope: 'col' }, level === column.path.length ? 'all' : '');
  const name = words.value(columnFields[level]!, at.path[level]!);
  if (at.children.length === 0)
    return element(document, 'th', { class: 'group', scope: 'colgroup' }, element(document, 'span', {}, name));
  const isShut = shut.has(`|${at.key}`);
  const button = element(
    document,
    'button',
    { type: 'button', 'aria-expanded': String(!isShut) },
    icon(document, isShut ? 'right' : 'down'),
    name,
  );
  button.addEventListener('click', () => acts.toggle(`|${at.key}`));
  return element(document, 'th', { class: 'group', scope: 'colgroup' }, button);
}

/** The value of a level above or at a column; null below it. */
function ancestor(node: Node, depth: number): Node | null {
  let at: Node | null = node;
  while (at && at.path.length > depth) at = at.parent;
  return at && at.path.length === depth ? at : null;
}

function lastCell(document: Document, column: Column, shown: HeadShown, acts: HeadActs, at: number): HTMLElement {
  const { node, measure } = column;
  const level = shown.columnFields.length - 1;
  const isMeasure = shown.measures.length > 1 || level < 0;
  const words = isMeasure
    ? shown.words.measure(measure)
    : node.path.length > level
      ? shown.words.value(shown.columnFields[level]!, node.path[level]!)
      : 'all';
  const cell = sortable(document, column, words, shown, acts, { 'aria-colindex': String(at + 2) });
  markHead(document, cell, shown.changesAt(node.path, shown.columnFields), shown.words.zone);
  return cell;
}

function totalCell(
  document: Document,
  column: Column,
  shown: HeadShown,
  acts: HeadActs,
  isLast: boolean,
  at: number,
): HTMLElement {
  const words = shown.measures.length > 1 ? shown.words.measure(column.measure) : 'All';
  const first = at === 0 && !isLast && shown.measures.length > 1 ? 'All' : '';
  const cell = isLast ? sortable(document, column, words, shown, acts, {}) : element(document, 'td', {}, first);
  cell.classList.add('total');
  stickTo(cell, shown.stick(at));
  return cell;
}

/** Keeps a total in sight at the right edge. */
export function stickTo(cell: HTMLElement, right: number | null): void {
  if (right === null) return;
  cell.classList.add('stuck');
  cell.style.right = `${right}px`;
}

function sortable(
  document: Document,
  { node, measure, isTotal }: Column,
  words: string,
  { sort }: HeadShown,
  acts: HeadActs,
  more: Record<string, string>,
) {
  const isSorted = sort?.key === node.key && sort.measure === measure;
  const button = element(document, 'button', { type: 'button', title: `Sort by ${words}` }, words);
  button.addEventListener('click', () => acts.sort(node.key, measure));
  const th = element(
    document,
    'th',
    { scope: 'col', ...more, ...(isSorted && { 'aria-sort': sort.isDown ? 'descending' : 'ascending' }) },
    button,
  );
  if (isTotal) th.classList.add('sub');
  return th;
}
