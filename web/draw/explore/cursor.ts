import type { Column, Grid, Line } from '../../view/explore/grid.ts';
import { scrollFor } from '../../view/explore/window.ts';

type Acts = { rowPx: number; open(line: Line, column: Column): void; draw(): void };
type Shown = { grid: Grid };
type At = { line: number; column: number };

/** How many lines Page up and Page down go, at least. */
const PAGE_MIN = 5;

/** One cell of a windowed table has the Tab stop; it keeps the focus while rows are made anew around it. */
export function createCursor(scroll: HTMLElement, table: HTMLTableElement, acts: Acts) {
  let at: At = { line: 0, column: 0 };
  let grid: Grid | null = null;
  let hasFocus = false;
  const cell = ({ line, column }: At) =>
    table.querySelector<HTMLElement>(`tr[data-line="${line}"] > td[data-at="${column}"]`);
  const placeOf = (target: EventTarget | null): At | null => {
    const td = (target as HTMLElement | null)?.closest?.<HTMLElement>('td[data-at]');
    return td ? { line: Number(td.parentElement!.dataset.line), column: Number(td.dataset.at) } : null;
  };
  const open = () => {
    const line = lineAt(grid!, at.line);
    const column = columnAt(grid!, at.column);
    if (line && column) acts.open(line, column);
  };
  const go = (to: At) => {
    at = clamp(to, grid!);
    reveal(at, grid!, scroll, table, acts.rowPx);
    acts.draw();
    cell(at)?.focus({ preventScroll: true });
  };
  table.addEventListener('click', ({ target }) => {
    const place = placeOf(target);
    if (!place) return;
    at = place;
    open();
  });
  table.addEventListener('focusin', ({ target }) => {
    hasFocus = placeOf(target) !== null;
    at = placeOf(target) ?? at;
  });
  table.addEventListener('focusout', ({ relatedTarget }) => {
    // A row that is scrolled out of sight takes its focus along; it comes back with it.
    hasFocus = hasFocus && relatedTarget === null;
  });
  table.addEventListener('keydown', (event) => {
    if (!placeOf(event.target) || !grid || event.altKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') open();
    else {
      const to = targetOf(event, at, Math.max(PAGE_MIN, Math.floor(scroll.clientHeight / acts.rowPx) - 3), grid);
      if (!to) return;
      go(to);
    }
    event.preventDefault();
  });
  return {
    update(shown: Shown) {
      grid = shown.grid;
      at = clamp(at, grid);
      const held = cell(at) ?? table.querySelector<HTMLElement>('td[data-at]');
      if (held) held.tabIndex = 0;
      if (hasFocus) cell(at)?.focus({ preventScroll: true });
    },
  };
}

/** Headings, totals and the line of all cover the edges: a cell behind them is not in sight. */
function reveal(at: At, { lines, columns }: Grid, scroll: HTMLElement, table: HTMLTableElement, rowPx: number): void {
  const foot = table.tFoot?.offsetHeight ?? 0;
  const head = table.tHead!.offsetHeight;
  if (at.line < lines.length)
    scroll.scrollTop = scrollFor(at.line, rowPx, scroll.scrollTop, scroll.clientHeight - head - foot);
  if (at.column >= columns.length) {
    scroll.scrollLeft = scroll.scrollWidth;
    return;
  }
  const left = table.querySelector<HTMLElement>('tbody th, tfoot th')?.offsetWidth ?? 0;
  const stuck = [...table.querySelectorAll<HTMLElement>('thead tr:last-child .stuck')];
  const covered = stuck.reduce((sum, th) => sum + th.offsetWidth, left);
  const width = table.querySelector<HTMLElement>('td[data-at]:not(.total)')?.offsetWidth ?? 1;
  scroll.scrollLeft = scrollFor(at.column, width, scroll.scrollLeft, scroll.clientWidth - covered);
}

const lineAt = ({ lines, total }: Grid, at: number): Line | null => lines[at] ?? total;
const columnAt = ({ columns, totals }: Grid, at: number): Column | undefined =>
  columns[at] ?? totals[at - columns.length];

function clamp({ line, column }: At, { lines, total, columns, totals }: Grid): At {
  return {
    line: Math.max(0, Math.min(line, lines.length - (total ? 0 : 1))),
    column: Math.max(0, Math.min(column, columns.length + totals.length - 1)),
  };
}

function targetOf({ key, ctrlKey }: KeyboardEvent, { line, column }: At, page: number, grid: Grid): At | null {
  const targets: Record<string, At> = {
    ArrowUp: { line: line - 1, column },
    ArrowDown: { line: line + 1, column },
    ArrowLeft: { line, column: column - 1 },
    ArrowRight: { line, column: column + 1 },
    PageUp: { line: line - page, column },
    PageDown: { line: line + page, column },
    Home: { line: ctrlKey ? 0 : line, column: 0 },
    End: { line: ctrlKey ? grid.lines.length : line, column: Infinity },
  };
  return targets[key] ?? null;
}
