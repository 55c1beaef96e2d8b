import Type, { type Static } from 'typebox';
import { Maybe } from './fields.ts';

const Cells = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]));

/**
 * What a revision changed: how many rows are new, gone, or have other measures, and the first of those, by their fields. Measures of a
 * row that is new or gone are all told, else those that differ; instants are RFC 3339. Records have no fields by which one is found
 * again: another one is a new one. Rows that may name badges are not told.
 */
export const Differences = Type.Object({
  added: Type.Integer(),
  removed: Type.Integer(),
  changed: Type.Integer(),
  rows: Type.Array(Type.Object({ fields: Cells, before: Maybe(Cells), after: Maybe(Cells) })),
});
export type Differences = Static<typeof Differences>;
export type RowDifference = Differences['rows'][number];

/** rows: 2 new, 14 changed, 1 gone */
export function differenceWords({ added, removed, changed }: Differences): string | null {
  const parts = [
    [added, 'new'],
    [changed, 'changed'],
    [removed, 'gone'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return said.length > 0 ? `rows: ${said.join(', ')}` : null;
}
