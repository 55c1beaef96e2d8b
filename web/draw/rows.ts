/** A drawn row, and how it takes new values. */
export type DrawnRow<Row> = { node: Element; update(row: Row): void };

/**
 * Keeps the children of `parent` equal to the rows: one node a key, made once, moved only where the order changed, so
 * that focus, selections and what was opened stay.
 */
export function createRows<Row>(
  parent: Element,
  key: (row: Row) => string,
  make: (row: Row) => DrawnRow<Row>,
): (rows: Row[]) => void {
  let drawn = new Map<string, DrawnRow<Row>>();
  return (rows) => {
    const next = new Map(rows.map((row) => [key(row), row] as const));
    for (const [name, { node }] of drawn) if (!next.has(name)) node.remove();
    const kept = new Map<string, DrawnRow<Row>>();
    let place = parent.firstElementChild;
    for (const [name, row] of next) {
      const item = drawn.get(name) ?? make(row);
      item.update(row);
      if (item.node === place) place = place.nextElementSibling;
      else parent.insertBefore(item.node, place);
      kept.set(name, item);
    }
    drawn = kept;
  };
}
