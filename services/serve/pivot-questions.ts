import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { PivotQuery } from '../model/pivot.ts';
import { filterOf, fromUrl } from '../model/pivot-url.ts';
import { ROWS_MAX } from '../model/query.ts';
import { checkedBy, jsonOf } from './checked.ts';
import { LIMIT } from './page.ts';
import { ProblemError } from './problem.ts';

/** Addresses whose questions are kept. */
const QUESTIONS_MAX = 500;
const question = Compile(PivotQuery);

/** A question about the records of a cell: its values of fields on rows and columns; those left out are totalled. */
export const RecordsQuery = Type.Object(
  {
    query: PivotQuery,
    cell: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()]))),
    limit: Type.Optional(
      Type.Unsafe<number | 'all'>({ anyOf: [Type.Integer({ minimum: 1, maximum: ROWS_MAX }), { const: 'all' }] }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
);
export type Asked = Static<typeof RecordsQuery>;
const recordsQuestion = Compile(RecordsQuery);

/** The questions of addresses; what is asked again is not read again. */
export function createQuestions() {
  const known = new Map<string, PivotQuery>();
  return (request: FastifyRequest): PivotQuery => {
    const held = known.get(request.url);
    if (held) return held;
    const query = questionFrom(searchOf(request).toString());
    known.set(request.url, query);
    if (known.size > QUESTIONS_MAX) known.delete(known.keys().next().value!);
    return query;
  };
}

function searchOf(request: FastifyRequest): URLSearchParams {
  const at = request.url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : request.url.slice(at + 1));
}

function questionFrom(search: string): PivotQuery {
  const read = fromUrl(search);
  if ('reasons' in read) throw new ProblemError(400, 'the question has faults', read.reasons);
  return questionOf(read.query);
}

export const bodyOf = (request: FastifyRequest): unknown => jsonOf(request.body, 'a pivot');
/** What somebody sent as a question, or a problem with every fault. */
export const questionOf = (value: unknown): PivotQuery => checkedBy<PivotQuery>(question, value);

/** The records of an address: a question, the cell, and which page. */
export function recordsIn(request: FastifyRequest): Asked {
  const search = searchOf(request);
  const [cells, limit, cursor] = [search.getAll('cell'), search.get('limit'), search.get('cursor')];
  for (const name of ['cell', 'limit', 'cursor']) search.delete(name);
  if (limit !== null && !new RegExp(LIMIT).test(limit)) throw faultAt('/limit', `1 to ${ROWS_MAX}, or all`, limit);
  const cell = cells.map((text) => {
    const { field, in: values } = filterOf(text) ?? {};
    if (field === undefined || values?.length !== 1)
      throw faultAt('/cell', 'field:value, one for each that is not totalled', text);
    return [field, values[0]!] as const;
  });
  return {
    query: questionFrom(search.toString()),
    cell: Object.fromEntries(cell),
    ...(limit !== null && { limit: limit === 'all' ? limit : Number(limit) }),
    ...(cursor !== null && { cursor }),
  };
}

export const recordsOf = (value: unknown): Asked => checkedBy<Asked>(recordsQuestion, value);

const faultAt = (pointer: string, expected: string, found: string) =>
  new ProblemError(400, 'the question has faults', [{ pointer, expected, found }]);
