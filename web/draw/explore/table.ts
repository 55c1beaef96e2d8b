import type { ChangesAt } from '../../view/explore/changes.ts';
import { type Cube, type Node, numberAt } from '../../view/explore/cube.ts';
import { type ExtentOf, extentsOf } from '../../view/explore/extent.ts';
import type { Column, Grid, Line, Sorting } from '../../view/explore/grid.ts';
import { type Run, runOf } from '../../view/explore/window.ts';
import { element, type Part } from '../element.ts';
import { icon } from '../icon.ts';
import type { Palette } from '../plan/palette.ts';
import { type CellLook, fillCell } from './cell.ts';
import { markHead } from './changes.ts';
import { createCursor } from './cursor.ts';
import { type HeadActs, type HeadShown, headRows, levelsOf, stickTo } from './head.ts';
import { columnWidth, headWidth, sum, totalWidth, widthsOf } from './widths.ts';
import type { Words } from './words.ts';

export type TableShown = {
  cube: Cube;
  grid: Grid;
  rowFields: string[];
  columnFields: string[];
  measures: string[];
  sort: Sorting | null;
  shut: ReadonlySet<string>;
  /** the cell whose records are open: keys of its row and column */
  open: { row: string; column: string } | null;
  kind: CellLook['kind'];
  by: ExtentOf;
  palette: Palette;
  words: Words;
  changesAt: ChangesAt;
  isNarrow: boolean;
};
export type TableActs = HeadActs & { open(line: Line, column: Column): void };

/** px; `--row` of the sheet, and the header's */
const [ROW, HEAD] = [32, 30];
/** More totals than this would cover what they are of. */
const STUCK_MAX = 2;

/** Everything that one drawing of the table needs. */
type Drawing = {
  shown: TableShown;
  rows: Run;
  columns: Run;
  width: number;
  look(column: Column, line: Line): CellLook;
};

/**
 * The pivot as a table of which only what is in sight is made: native scrolling, headings and totals that stay, one Tab stop,
 * arrows from cell to cell, Enter for its records.
 */
export function createTable(document: Document, acts: TableActs): Part<TableShown> {
  const table = element(document, 'table', { class: 'pivot', role: 'grid' });
  const node = element(document, 'div', { class: 'scroll' }, table);
  let shown: TableShown | null = null;
  let drawn = '';
  /** the columns that are new to whoever looks */
  let isNew = false;
  /** found once an answer: it looks at every cell */
  let extent: ReturnType<typeof extents> | null = null;
  const cursor = createCursor(node, table, {
    rowPx: ROW,
    open: (line, column) => acts.open(line, column),
    draw: () => draw(true),
  });
  const draw = (isForced: boolean) => {
    if (!shown) return;
    const { grid } = shown;
    const width = columnWidth(shown, node.clientWidth);
    if (isNew && node.clientWidth > 0) {
      isNew = false;
      toBusy(shown, width);
    }
    const rows = runOf(grid.lines.length, ROW, node.scrollTop, node.clientHeight);
    const columns = runOf(grid.columns.length, width, node.scrollLeft, node.clientWidth);
    const key = JSON.stringify([rows, columns, width]);
    if (!isForced && key === drawn) return;
    drawn = key;
    extent ??= extents(shown);
    const by = extent;
    const { kind, palette, words } = shown;
    const look = (column: Column, line: Line): CellLook => ({ kind, palette, words, extent: by(line, column) });
    fill(document, table, { shown, rows, columns, width, look }, acts);
    cursor.update(shown);
  };
  /** Scrolls to where there is something, before anything is drawn there. */
  const toBusy = (of: TableShown, width: number) => {
    // Only the upper ones: a strip that is still to come pushes the others out of sight. On a phone it is as high as what is in it: nothing yet.
    const height = node.clientHeight || Number.POSITIVE_INFINITY;
    const seenPx = Math.min(height, document.defaultView!.innerHeight - node.getBoundingClientRect().top);
    const lines = Math.max(1, Math.ceil(seenPx / ROW / 2));
    const [busy, seen] = [firstBusy(of, lines) * width, node.clientWidth - headWidth(of.isNarrow)];
    if (of.open || busy <= seen / 2) return;
    const { scrollTop } = node;
    // As large as it will be, and empty: that is laid out at once.
    table.replaceChildren();
    table.style.width = `${sum(widthsOf(of, { from: 0, until: of.grid.columns.length }, width))}px`;
    table.style.height = `${scrollTop + Math.max(1, node.clientHeight)}px`;
    node.scrollTo(busy - width, scrollTop);
  };
  node.addEventListener('scroll', () => draw(false), { passive: true });
  new ResizeObserver(() => draw(false)).observe(node);
  return {
    node,
    update(next) {
      isNew ||= String(shown?.columnFields) !== String(next.columnFields);
      shown = next;
      extent = null;
      draw(true);
    },
  };
}

/** Where the first column is that any of the first lines has anything in: nights and hours before an event are left of it. */
function firstBusy({ cube, grid }: TableShown, lines: number): number {
  const first = grid.lines.filter(({ isTotal }) => !isTotal).slice(0, lines);
  return Math.max(
    0,
    grid.columns.findIndex(({ node, measure }) => first.some((line) => numberAt(cube, line.node, node, measure))),
  );
}

/** The extent of each measure, found once a drawing. */
function extents({ cube, grid, by, measures }: TableShown) {
  const made = new Map(measures.map((measure) => [measure, extentsOf(cube, grid, measure, by)]));
  return (line: Line, column: Column) =>
    line.isTotal || column.isTotal ? null : made.get(column.measure)!(line, column);
}

function fill(document: Document, table: HTMLTableElement, drawing: Drawing, acts: TableActs): void {
  const { shown, rows, columns, width } = drawing;
  const { grid } = shown;
  const widths = widthsOf(shown, columns, width);
  table.style.width = `${sum(widths)}px`;
  table.style.height = '';
  table.setAttribute('aria-label', `${shown.measures.map(shown.words.measure).join(', ')}`);
  table.setAttribute('aria-rowcount', String(grid.lines.length + levelsOf(shown) + (grid.total ? 1 : 0)));
  table.setAttribute('aria-colcount', String(grid.columns.length + grid.totals.length + 1));
  table.className = `pivot ${shown.kind}`;
  const head = headRows(document, headOf(drawing), acts);
  head.forEach((row, i) => {
    for (const cell of row.children) (cell as HTMLElement).style.top = `${i * HEAD}px`;
  });
  const gap = (height: number) => (height > 0 ? [gapRow(document, height)] : []);
  const lines = grid.lines
    .slice(rows.from, rows.until)
    .map((line, i) => lineRow(document, line, rows.from + i, drawing, acts));
  table.replaceChildren(
    element(document, 'colgroup', {}, ...widths.map((px) => sized(element(document, 'col'), px))),
    element(document, 'thead', {}, ...head),
    element(document, 'tbody', {}, ...gap(rows.from * ROW), ...lines, ...gap((grid.lines.length - rows.until) * ROW)),
    ...(grid.total
      ? [element(document, 'tfoot', {}, lineRow(document, grid.total, grid.lines.length, drawing, acts))]
      : []),
  );
}

function sized(col: HTMLElement, px: number): HTMLElement {
  col.style.width = `${px}px`;
  return col;
}

function gapRow(document: Document, height: number): HTMLElement {
  const row = element(document, 'tr', { class: 'gap', 'aria-hidden': 'true' });
  row.style.height = `${height}px`;
  return row;
}

function headOf({ shown, columns }: Drawing): HeadShown {
  const hasGap: [boolean, boolean] = [columns.from > 0, columns.until < shown.grid.columns.length];
  const { grid, rowFields, columnFields, measures, sort, shut, words, changesAt } = shown;
  return {
    ...{ rowFields, columnFields, measures, sort, shut, words, changesAt, hasGap },
    columns: grid.columns.slice(columns.from, columns.until),
    first: columns.from,
    totals: grid.totals,
    stick: (at) => stickAt(shown, at),
  };
}

/** px from the right edge at which a total stays; null where it scrolls with the rest. */
const stickAt = (shown: TableShown, at: number): number | null =>
  shown.isNarrow || shown.grid.totals.length > STUCK_MAX
    ? null
    : (shown.grid.totals.length - 1 - at) * totalWidth(shown);

function lineRow(document: Document, line: Line, at: number, drawing: Drawing, acts: TableActs): HTMLElement {
  const { shown, columns } = drawing;
  const { grid } = shown;
  const gap = (is: boolean) => (is ? [element(document, 'td', { class: 'gap', 'aria-hidden': 'true' })] : []);
  const cells = grid.columns
    .slice(columns.from, columns.until)
    .map((column, i) => cellOf(document, line, column, columns.from + i, drawing));
  const totals = grid.totals.map((column, i) => {
    const cell = cellOf(document, line, column, grid.columns.length + i, drawing);
    cell.classList.add('total');
    stickTo(cell, stickAt(shown, i));
    return cell;
  });
  const row = element(
    document,
    'tr',
    { 'aria-rowindex': String(at + 1 + levelsOf(shown)), ...(line.isTotal && { class: 'sub' }) },
    rowHead(document, line, shown, acts),
    ...gap(columns.from > 0),
    ...cells,
    ...gap(columns.until < grid.columns.length),
    ...totals,
  );
  row.dataset.line = String(at);
  return row;
}

function rowHead(
  document: Document,
  { node, depth, isOpen }: Line,
  { rowFields, words, changesAt }: TableShown,
  acts: TableActs,
): HTMLElement {
  const name = node.path.length === 0 ? 'All' : words.value(rowFields[depth]!, node.path[depth]!);
  const th = element(document, 'th', { scope: 'row', 'aria-colindex': '1', title: titleOf(node, rowFields, words) });
  th.style.setProperty('--depth', String(depth));
  if (isOpen === null) th.append(element(document, 'span', {}, name));
  else {
    const button = element(
      document,
      'button',
      { type: 'button', 'aria-expanded': String(isOpen) },
      icon(document, isOpen ? 'down' : 'right'),
      element(document, 'span', {}, name),
    );
    button.addEventListener('click', () => acts.toggle(node.key));
    th.append(button);
  }
  markHead(document, th, changesAt(node.path, rowFields), words.zone);
  return th;
}

const titleOf = ({ path }: Node, rowFields: string[], words: Words): string =>
  path.map((value, i) => words.value(rowFields[i]!, value)).join(' · ') || 'All';

function cellOf(document: Document, line: Line, column: Column, at: number, { shown, look }: Drawing): HTMLElement {
  const td = element(document, 'td', { 'aria-colindex': String(at + 2), 'data-at': String(at), tabindex: '-1' });
  if (column.isTotal) td.classList.add('sub');
  if (shown.open?.row === line.node.key && shown.open.column === column.node.key)
    td.setAttribute('aria-selected', 'true');
  fillCell(document, td, column.measure, shown.cube.cell(line.node, column.node), look(column, line));
  return td;
}
