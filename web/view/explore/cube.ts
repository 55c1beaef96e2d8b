import type { AnswerRow, Value } from '../../read/pivot.ts';

/** A value of a field with those below it; the root stands for all. `path` names it from the root. */
export type Node = {
  path: Value[];
  /** unique within its axis, and the same for the same path in another answer */
  key: string;
  /** place among all nodes of its axis; the root's is 0 */
  index: number;
  parent: Node | null;
  children: Node[];
};

/** An answer as two trees and what stands where they cross. */
export type Cube = {
  rows: Node;
  columns: Node;
  cell(row: Node, column: Node): AnswerRow | undefined;
  /** cells and totals */
  size: number;
};

/** More nodes than this no axis has, so that two places make one number. */
const NODES_MAX = 2 ** 24;

/**
 * The rows of an answer (`services/model/pivot.ts`: `level` names the fields that a total is over) as a cube. Values stand
 * in the order of the totals, where the service has sorted them.
 */
export function cubeOf(rowFields: string[], columnFields: string[], rows: AnswerRow[]): Cube {
  const down = createAxis(rowFields);
  const across = createAxis(columnFields);
  const levels = new Map<string, [number, number]>();
  const depths = (level: string): [number, number] => {
    const known = levels.get(level);
    if (known) return known;
    const totalled = new Set(level.split(','));
    const depth = (fields: string[]) => fields.filter((field) => !totalled.has(field)).length;
    const made: [number, number] = [depth(rowFields), depth(columnFields)];
    levels.set(level, made);
    return made;
  };
  // Totals know the order of values that no single row has all of.
  for (const row of rows) {
    const [r, c] = depths(String(row.level ?? ''));
    if (c === 0) down.node(row, r);
    if (r === 0) across.node(row, c);
  }
  const cells = new Map<number, AnswerRow>();
  for (const row of rows) {
    const [r, c] = depths(String(row.level ?? ''));
    cells.set(down.node(row, r).index * NODES_MAX + across.node(row, c).index, row);
  }
  return {
    rows: down.root,
    columns: across.root,
    cell: (row, column) => cells.get(row.index * NODES_MAX + column.index),
    size: rows.length,
  };
}

/** Finds or makes the node of a row's first `depth` fields. */
function createAxis(fields: string[]) {
  const root: Node = { path: [], key: '', index: 0, parent: null, children: [] };
  const below = new Map<Node, Map<Value, Node>>();
  let count = 1;
  const step = (parent: Node, value: Value): Node => {
    const known = below.get(parent) ?? new Map<Value, Node>();
    below.set(parent, known);
    const held = known.get(value);
    if (held) return held;
    const path = [...parent.path, value];
    const made: Node = { path, key: JSON.stringify(path), index: count++, parent, children: [] };
    parent.children.push(made);
    known.set(value, made);
    return made;
  };
  return {
    root,
    node(row: AnswerRow, depth: number): Node {
      let node = root;
      for (let i = 0; i < depth; i++) node = step(node, (row[fields[i]!] ?? null) as Value);
      return node;
    },
  };
}

/** The nodes without any below, in order. */
export function leavesOf(node: Node): Node[] {
  if (node.children.length === 0) return [node];
  return node.children.flatMap(leavesOf);
}

/** The number that a measure has where two nodes cross; null where it is unknown or no number. */
export function numberAt(cube: Cube, row: Node, column: Node, measure: string): number | null {
  const value = cube.cell(row, column)?.[measure];
  return typeof value === 'number' ? value : null;
}
