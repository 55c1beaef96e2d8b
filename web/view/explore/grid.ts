import { type Cube, type Node, numberAt } from './cube.ts';

/** A line of the table: a value of the rows at its depth. `isOpen` null: nothing is below it. */
export type Line = { node: Node; depth: number; isTotal: boolean; isOpen: boolean | null };
/** A column: a value of the columns and one measure. */
export type Column = { node: Node; measure: string; isTotal: boolean };
/** Sorted by a measure in one column of the answer (`key` of its node). */
export type Sorting = { key: string; measure: string; isDown: boolean };

export type Grid = {
  lines: Line[];
  columns: Column[];
  /** what all columns come to, beside them; empty where there are no columns to come to something */
  totals: Column[];
  /** what all lines come to, below them; null where there is only one line */
  total: Line | null;
};

export type GridOptions = {
  measures: string[];
  /** keys of rows that are shut, and of columns after `|` */
  shut: ReadonlySet<string>;
  sort: Sorting | null;
  /** whether groups of columns have a column of their own total */
  hasSubtotals: boolean;
};

/** What of a cube is on the screen, in its order. */
export function gridOf(cube: Cube, options: GridOptions): Grid {
  const { measures, shut, sort } = options;
  const order = sort ? sorter(cube, sort) : (nodes: Node[]) => nodes;
  const each = (node: Node, isTotal: boolean) => measures.map((measure) => ({ node, measure, isTotal }));
  const hasColumns = cube.columns.children.length > 0;
  return {
    lines: cube.rows.children.length > 0 ? linesBelow(cube.rows, 0, shut, order) : [line(cube.rows, 0, true, null)],
    columns: hasColumns
      ? columnsBelow(cube.columns, shut, options.hasSubtotals).flatMap(([n, t]) => each(n, t))
      : each(cube.columns, false),
    totals: hasColumns ? each(cube.columns, true) : [],
    total: cube.rows.children.length > 0 ? line(cube.rows, 0, true, null) : null,
  };
}

const line = (node: Node, depth: number, isTotal: boolean, isOpen: boolean | null): Line => ({
  node,
  depth,
  isTotal,
  isOpen,
});

function linesBelow(parent: Node, depth: number, shut: ReadonlySet<string>, order: (nodes: Node[]) => Node[]): Line[] {
  const lines: Line[] = [];
  for (const node of order(parent.children)) {
    const isOpen = node.children.length > 0 ? !shut.has(node.key) : null;
    lines.push(line(node, depth, isOpen !== null, isOpen));
    if (isOpen) for (const below of linesBelow(node, depth + 1, shut, order)) lines.push(below);
  }
  return lines;
}

function columnsBelow(parent: Node, shut: ReadonlySet<string>, hasSubtotals: boolean): [Node, boolean][] {
  const columns: [Node, boolean][] = [];
  for (const node of parent.children) {
    const isLeaf = node.children.length === 0;
    const isShut = !isLeaf && shut.has(`|${node.key}`);
    if (!isLeaf && !isShut) for (const below of columnsBelow(node, shut, hasSubtotals)) columns.push(below);
    if (isLeaf || isShut || hasSubtotals) columns.push([node, !isLeaf]);
  }
  return columns;
}

/** Siblings by their value in one column; unknown ones are last either way, equal ones keep their order. */
function sorter(cube: Cube, { key, measure, isDown }: Sorting): (nodes: Node[]) => Node[] {
  const column = find(cube.columns, key) ?? cube.columns;
  const sign = isDown ? -1 : 1;
  return (nodes) => {
    const valued = nodes.map((node) => ({ node, value: numberAt(cube, node, column, measure) }));
    valued.sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      return sign * (a.value - b.value);
    });
    return valued.map(({ node }) => node);
  };
}

/** The node of a key; null where the answer has none any more. */
export function find(node: Node, key: string): Node | null {
  if (node.key === key) return node;
  for (const below of node.children) {
    const found = find(below, key);
    if (found) return found;
  }
  return null;
}

/** A click on a heading: the largest first, then the smallest, then as the service has it. */
export function nextSorting(sort: Sorting | null, key: string, measure: string): Sorting | null {
  if (sort?.key !== key || sort.measure !== measure) return { key, measure, isDown: true };
  return sort.isDown ? { key, measure, isDown: false } : null;
}
