import { STATUS_CODES } from 'node:http';
import Type, { type Static } from 'typebox';
import { PivotQuery } from '../model/pivot.ts';
import { Reason } from '../model/reject.ts';

/** RFC 9457: what went wrong, and in `errors` each field that is at fault. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Array(Reason)),
  requestId: Type.Optional(Type.String({ description: 'as in X-Request-Id, and in the log' })),
  cells: Type.Optional(Type.Integer({ description: 'of a pivot that is too large: about how many there would be' })),
  bytes: Type.Optional(Type.Integer({ description: 'about how many as JSON' })),
  limit: Type.Optional(Type.Integer()),
  coarser: Type.Optional(
    Type.Array(Type.Object({ words: Type.String(), query: PivotQuery, cells: Type.Integer() }), {
      description: 'what would fit, the mildest change first',
    }),
  ),
});
export type Problem = Static<typeof Problem>;

/** A refusal on its way to the client. */
export class ProblemError extends Error {
  readonly problem: Problem;
  readonly headers: Record<string, string>;
  constructor(status: number, detail: string, errors?: Reason[], headers: Record<string, string> = {}) {
    super(detail);
    this.problem = problemOf(status, detail, errors);
    this.headers = headers;
  }
}

export const problemOf = (status: number, detail: string, errors?: Reason[]): Problem => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail,
  ...(errors && { errors }),
});
