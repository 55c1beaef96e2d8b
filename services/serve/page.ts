import Type from 'typebox';
import type { Format } from '../formats/format.ts';
import { type Query, ROWS, ROWS_MAX } from '../model/query.ts';
import { ProblemError } from './problem.ts';

export const LIMIT = '^([1-9][0-9]{0,4}|all)$';

/** Parameters of an answer that comes page by page. */
export const pageParameters = {
  limit: Type.Optional(
    Type.String({
      pattern: LIMIT,
      description: `rows at most, 1 to ${ROWS_MAX} (${ROWS} if not given), or "all" in any format but JSON`,
    }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 2000, description: '`next` of the answer before' })),
};

export type PageParameters = { limit?: string; cursor?: string };

/** Limit and cursor of a request. Only a format that is written row by row can hold all rows. */
export function pageOf({ limit, cursor }: PageParameters, format: Format): Pick<Query, 'limit' | 'cursor'> {
  if (limit === 'all' && format.whole)
    throw new ProblemError(400, 'one JSON object cannot hold all rows', [
      {
        pointer: '/limit',
        expected: `1 to ${ROWS_MAX}, or another Accept: application/x-ndjson, text/csv …`,
        found: 'all',
      },
    ]);
  return {
    ...(limit !== undefined && { limit: limit === 'all' ? null : Number(limit) }),
    ...(cursor !== undefined && { cursor }),
  };
}
