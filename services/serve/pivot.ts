import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Answer } from '../answer/answer.ts';
import { fieldsListed } from '../answer/pivot/listing.ts';
import { withCell } from '../answer/pivot/records.ts';
import type { Format } from '../formats/format.ts';
import { Listed, PivotQuery } from '../model/pivot.ts';
import type { Query } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { createKept, hasAlready } from './kept.ts';
import { pageOf, pageParameters } from './page.ts';
import {
  type Asked,
  bodyOf,
  createQuestions,
  questionOf,
  RecordsQuery,
  recordsIn,
  recordsOf,
} from './pivot-questions.ts';
import { Problem, ProblemError } from './problem.ts';
import { formatFor, headersOf, sendAnswer } from './reply.ts';
import { viewerOf } from './viewer.ts';

/** Bytes of a question at most. */
const QUESTION_MAX = 256 * 1024;
/** Long enough that what cannot change is never asked for again, s. */
const FOR_EVER_S = 31_536_000;
/** A question that takes longer is ended, ms; when it may be asked again, s. */
const ANSWER_MAX_MS = 30_000;
const RETRY_S = '30';
/** Until all records have been taken, however slowly, ms. */
const WHOLE_MAX_MS = 10 * 60_000;

const text = (description: string) => Type.Optional(Type.String({ description }));
/** The URL form of a question, for the documentation: `fromUrl` reads it. */
const Parameters = Type.Object({
  dataset: Type.String({ description: 'observations, presences, frames, anomalies' }),
  rows: text('fields, with commas between them: room,hour'),
  columns: text('fields, as of rows'),
  measures: Type.String({ description: 'count, sum(rssi), sumOverSum(claps,rssi) … or those of the domain' }),
  where: Type.Optional(
    Type.Unsafe<string | string[]>({
      type: 'array',
      items: { type: 'string' },
      description: 'field:value,value or !field:value or field:from..until; several are joined by and',
    }),
  ),
  from: text('included: RFC 3339 or UTC epoch ms'),
  until: text('excluded'),
  last: text('instead: 90m, 24h, 7d'),
  event: text("instead: an event of the venue's"),
  session: text("instead: a session of the venue's"),
  zone: text('IANA zone of the parts of time; that of the venue if not given'),
  revision: text('latest (the default), as-seen, or a number'),
  totals: text('false: cells alone'),
  limit: text('cells and totals at most'),
});

const ROW = 'a column a field, `level`, a column a measure';
const Row = Type.Object({}, { additionalProperties: true, description: ROW });

/** Who answers, and how long that may take, ms. */
type Asking = Pick<Deps, 'ask'> & { answerMs: number };

/** A row of a preflight. */
const Sized = Type.Object({
  cells: Type.Integer({ description: 'cells and totals, about: a hundredth or two off' }),
  bytes: Type.Integer({ description: 'of JSON, about' }),
  limit: Type.Integer({ description: 'cells and totals at most' }),
  coarser: Type.Array(Type.Object({ words: Type.String(), query: PivotQuery, cells: Type.Integer() })),
});

/** `GET|POST /v1/pivot`: cells and totals. `GET /v1/pivot/preflight`: how many. `GET /v1/pivot/fields`: what can be asked. */
export function pivots(app: FastifyInstance, { ask }: Pick<Deps, 'ask'>, answerMs = ANSWER_MAX_MS): void {
  const deps = { ask, answerMs };
  const summary = 'Cells, subtotals and totals of any fields and measures, each computed from its own records';
  const answer = createPivotAnswer(deps);
  const questionIn = createQuestions();
  const schema = { summary, response: { '4xx': Problem, 503: Problem } };
  app.get(
    '/v1/pivot',
    {
      schema: { ...schema, querystring: Parameters },
      config: { docs: { rows: Row } },
      // The URL form has rules of its own, and its own words for what is wrong.
      validatorCompiler: () => () => true,
    },
    async (request, reply) => answer(request, reply, questionIn(request)),
  );
  app.post(
    '/v1/pivot',
    {
      bodyLimit: QUESTION_MAX,
      schema,
      config: { docs: { rows: Row, body: PivotQuery, bodyTypes: ['application/json'] } },
    },
    async (request, reply) => answer(request, reply, questionOf(bodyOf(request))),
  );
  app.get(
    '/v1/pivot/preflight',
    {
      schema: {
        ...schema,
        summary: 'About how many cells and bytes a pivot would be, and what would fit where it is too large',
        querystring: Parameters,
      },
      config: { docs: { rows: Sized } },
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      const format = formatFor(request);
      const asked: Query = { dataset: 'preflight', pivot: questionIn(request) };
      return sendAnswer(request, reply, format, await within(deps, request, reply, asked));
    },
  );
  records(app, deps);
  app.get(
    '/v1/pivot/fields',
    {
      schema: { summary: 'What a pivot can be asked: datasets, fields, aggregators, measures, with labels and units' },
      config: { docs: { one: Listed } },
    },
    async () => fieldsListed(),
  );
}

/** Answers a pivot: from what is kept, or with 304 where the client has it, if nothing that it is made of has changed. */
function createPivotAnswer(deps: Asking) {
  const kept = createKept();
  return async (request: FastifyRequest, reply: FastifyReply, pivot: PivotQuery) => {
    const format = formatFor(request);
    let patience: Patience | undefined;
    const asked = (dataset: 'stamp' | 'pivot') => {
      patience ??= patienceOf(reply, deps.answerMs);
      return within(deps, request, reply, { dataset, pivot }, patience);
    };
    // What is made of files is stamped at once: nobody has to wait, and most answers are kept.
    const isAtOnce = pivot.dataset !== 'observations';
    const stamped = isAtOnce ? deps.ask({ dataset: 'stamp', pivot }, viewerOf(request)) : asked('stamp');
    const found = await stampIn(await stamped);
    if (!found) return sendAnswer(request, reply, format, await asked('pivot'));
    const etag = `"${found.stamp}.${format.type.split(/[/;]/)[1]}"`;
    const caching = found.isFixed ? `private, max-age=${FOR_EVER_S}, immutable` : 'private, no-cache';
    reply.header('etag', etag).header('cache-control', caching);
    if (hasAlready(request, etag)) return reply.header('vary', 'accept').code(304).send();
    if (await kept.send(etag, request, reply)) return reply;
    const answer = await asked('pivot');
    const headers = { ...headersOf(format, answer), vary: 'accept, accept-encoding' };
    const keeping: Format = { ...format, write: (table) => kept.keeping(etag, headers, format.write(table)) };
    return sendAnswer(request, reply, keeping, answer);
  };
}

type Stamped = { stamp: string; isFixed: boolean };

async function stampIn({ rows }: Answer): Promise<Stamped | null> {
  for await (const [row] of rows) return (row as Stamped | undefined) ?? null;
  return null;
}

/** `GET|POST /v1/pivot/records`: what is behind a cell or a total; its counts and sums are theirs. */
function records(app: FastifyInstance, deps: Asking): void {
  const summary = 'The records behind a cell or a total of a pivot, in the order of time, page by page';
  const answer = async (request: FastifyRequest, reply: FastifyReply, { query, cell = {}, limit, cursor }: Asked) => {
    const format = formatFor(request);
    const pivot = withCell(query, cell);
    const page = pageOf({ ...(limit && { limit: String(limit) }), ...(cursor && { cursor }) }, format);
    return sendAnswer(
      request,
      reply,
      format,
      await within(deps, request, reply, { dataset: 'records', pivot, ...page }),
    );
  };
  const cell = Type.Optional(
    Type.Unsafe<string | string[]>({
      type: 'array',
      items: { type: 'string' },
      description:
        'room:theatre: what the cell has of a field on rows or columns; fields that are left out are totalled',
    }),
  );
  const limit = pageParameters.limit;
  const parameters = { ...Parameters.properties, cell, limit, cursor: text('`next` of the page before') };
  app.get(
    '/v1/pivot/records',
    {
      schema: { summary, querystring: Type.Object(parameters), response: { '4xx': Problem, 503: Problem } },
      config: { docs: { rows: Row } },
      validatorCompiler: () => () => true,
    },
    async (request, reply) => answer(request, reply, recordsIn(request)),
  );
  app.post(
    '/v1/pivot/records',
    {
      bodyLimit: QUESTION_MAX,
      schema: { summary, response: { '4xx': Problem, 503: Problem } },
      config: { docs: { rows: Row, body: RecordsQuery, bodyTypes: ['application/json'] } },
    },
    async (request, reply) => answer(request, reply, recordsOf(bodyOf(request))),
  );
}

/** Until when somebody waits: their client leaves, or the time is over. */
type Patience = { signal: AbortSignal; isOver(): boolean };

/** One for all that a request asks: of signals that end each other there would be several for each answer that is kept. */
function patienceOf(reply: FastifyReply, ms: number): Patience {
  const controller = new AbortController();
  let isOver = false;
  const end = () => {
    isOver = true;
    controller.abort();
  };
  const timer = setTimeout(end, ms).unref();
  reply.raw.once('close', () => {
    clearTimeout(timer);
    if (!reply.raw.writableEnded) controller.abort();
  });
  return { signal: controller.signal, isOver: () => isOver };
}

/** An answer in the time that there is. Throws a problem past it. */
async function within(
  { ask, answerMs }: Asking,
  request: FastifyRequest,
  reply: FastifyReply,
  query: Query,
  patience = patienceOf(reply, query.limit === null ? WHOLE_MAX_MS : answerMs),
): Promise<Answer> {
  try {
    return await ask(query, viewerOf(request), patience.signal);
  } catch (error) {
    if (!patience.isOver()) throw error;
    const detail = `expected a question that is answered within ${answerMs / 1000} s: a shorter span or fewer fields`;
    throw new ProblemError(503, detail, undefined, { 'retry-after': RETRY_S });
  }
}
