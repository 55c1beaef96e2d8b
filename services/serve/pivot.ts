import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { fieldsListed } from '../answer/pivot/listing.ts';
import { PivotQuery } from '../model/pivot.ts';
import { fromUrl } from '../model/pivot-url.ts';
import type { Deps } from './deps.ts';
import { Problem, ProblemError } from './problem.ts';
import { formatFor, leaving, sendAnswer } from './reply.ts';
import { viewerOf } from './viewer.ts';

/** Bytes of a question at most. */
const QUESTION_MAX = 256 * 1024;
const checked = Compile(PivotQuery);

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

const Row = Type.Object(
  {},
  { additionalProperties: true, description: 'a column a field, `level`, a column a measure' },
);

/** `GET|POST /v1/pivot`: cells and totals. `GET /v1/pivot/fields`: what can be asked. */
export function pivots(app: FastifyInstance, deps: Deps): void {
  const summary = 'Cells, subtotals and totals of any fields and measures, each computed from its own records';
  const answer = async (request: FastifyRequest, reply: FastifyReply, query: PivotQuery) => {
    const format = formatFor(request);
    const asked = { dataset: 'pivot' as const, pivot: query };
    return sendAnswer(request, reply, format, await deps.ask(asked, viewerOf(request), leaving(reply)));
  };
  app.get(
    '/v1/pivot',
    {
      schema: { summary, querystring: Parameters, response: { '4xx': Problem, 503: Problem } },
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
      schema: { summary, response: { '4xx': Problem, 503: Problem } },
      config: { docs: { rows: Row, body: PivotQuery, bodyTypes: ['application/json'] } },
    },
    async (request, reply) => answer(request, reply, questionOf(bodyOf(request))),
  );
  app.get(
    '/v1/pivot/fields',
    {
      schema: { summary: 'What a pivot can be asked: datasets, fields, aggregators, measures, with labels and units' },
    },
    async () => fieldsListed(),
  );
}

/** The question of an address. */
function questionIn(request: FastifyRequest): PivotQuery {
  const at = request.url.indexOf('?');
  const read = fromUrl(at < 0 ? '' : request.url.slice(at + 1));
  if ('reasons' in read) throw new ProblemError(400, 'the question has faults', read.reasons);
  return questionOf(read.query);
}

function bodyOf(request: FastifyRequest): unknown {
  try {
    return JSON.parse(String(request.body ?? ''));
  } catch (error) {
    throw new ProblemError(400, `expected a pivot as JSON: ${(error as Error).message}`);
  }
}

/** What somebody sent as a question, or a problem with every fault. */
function questionOf(value: unknown): PivotQuery {
  if (checked.Check(value)) return value;
  const found = (pointer: string) =>
    pointer
      .split('/')
      .slice(1)
      .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value);
  const reasons = checked
    .Errors(value)
    .slice(0, 20)
    .map(({ instancePath, message }) => ({
      pointer: instancePath,
      expected: message.replace(/^must (be |match )?/, ''),
      found: JSON.stringify(found(instancePath)) ?? 'nothing',
    }));
  throw new ProblemError(400, 'the question has faults', reasons);
}
