import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Answer } from '../answer/answer.ts';
import { DAY_COLUMNS } from '../answer/days.ts';
import { FLOW_COLUMNS } from '../answer/flows.ts';
import { TILE_COLUMNS } from '../answer/tiles.ts';
import { FORMATS } from '../formats/formats.ts';
import { tile } from '../formats/tile.ts';
import { columnsSchema } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { Problem, ProblemError } from './problem.ts';
import { formatFor, leaving, sendAnswer } from './reply.ts';
import { type SpanParameters, spanOf, spanParameters } from './span.ts';
import { viewerOf } from './viewer.ts';

const DAY = '^\\d{4}-\\d\\d-\\d\\d$';
/** Long enough that a day which cannot change is never asked for again, s. */
const FOR_EVER_S = 31_536_000;
/** Tiles leave as narrow Arrow; the other formats hold equal rows. */
const TILE_FORMATS = { ...FORMATS, [tile.type]: tile };

const Question = Type.Object(
  {
    ...spanParameters,
    step: Type.Optional(
      Type.String({ pattern: '^[1-9][0-9]{0,3}$', description: 'seconds of a step: 60 if not given' }),
    ),
    revision: Type.Optional(
      Type.String({
        pattern: '^(latest|as-seen|[0-9]{1,6})$',
        description: 'latest (the newest corrected one, else as seen), as-seen, or a number: 0 is as seen',
      }),
    ),
    tag: Type.Optional(
      Type.String({ maxLength: 64, description: 'of the day, as /v1/replay says: what has it, never changes' }),
    ),
  },
  { additionalProperties: false },
);
/** Of moves: minutes, and the whole day. */
const FlowQuestion = Type.Pick(Question, ['revision', 'tag']);
const DayParameter = Type.Object({ day: Type.String({ pattern: DAY, description: 'of the zone of the venue' }) });
type Question = SpanParameters & { step?: string; revision?: string; tag?: string };

/** A row of `DAY_COLUMNS`. */
type Day = { day: string; from: number; until: number; known: number; revision: number; whole: boolean; tag: string };

const AddressedDay = Type.Intersect([columnsSchema(DAY_COLUMNS), Type.Object({ address: Type.String() })]);

/** `GET /v1/replay`: the days that can be replayed, each with the address of its tile by the minute. */
export function replay(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/replay',
    {
      schema: {
        summary:
          'The days that can be replayed, a row for each of their revisions: bounds, and the addresses of their tiles',
        querystring: Type.Object({}, { additionalProperties: false }),
        response: { '4xx': Problem },
      },
      config: { docs: { rows: AddressedDay } },
    },
    async (request, reply) => {
      const format = formatFor(request);
      const answer = await deps.ask({ dataset: 'days' }, viewerOf(request), leaving(reply));
      return sendAnswer(request, reply, format, addressed(answer));
    },
  );
}

/** Addresses are relative to the service, so that they work behind any prefix. */
const addressed = (answer: Answer): Answer => ({
  ...answer,
  columns: { ...answer.columns, address: 'text' },
  rows: (async function* () {
    for await (const rows of answer.rows)
      yield rows.map((row) => {
        const { day, revision, tag } = row as Day;
        return { ...row, address: `v1/tiles/frames/${day}?revision=${revision}&step=60&tag=${tag}` };
      });
  })(),
});

/** `GET /v1/tiles/frames/{day}`: what every room was like in each step of a day, or of a part of it. */
export function tiles(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/tiles/frames/:day',
    {
      schema: {
        summary:
          'A day of frames by step as a grid of whole numbers, room after room (narrow Arrow; equal rows in all)',
        params: DayParameter,
        querystring: Question,
        response: { '4xx': Problem },
      },
      config: { docs: { rows: columnsSchema(TILE_COLUMNS) } },
    },
    async (request, reply) => {
      const format = formatFor(request, TILE_FORMATS);
      const asked = request.query as Question;
      const day = await dayOf(deps, asked.revision ?? 'latest', request, reply);
      const span = within(day, spanOf(asked));
      if (isKnown(request, reply, day, asked, format.type)) return reply.code(304).send();
      const query = { dataset: 'tiles', span, step: stepOf(asked), revision: day.revision } as const;
      const answer = await deps.ask(query, viewerOf(request), leaving(reply));
      return sendAnswer(request, reply, format, answer);
    },
  );
}

/** `GET /v1/tiles/flows/{day}`: who went from which room to which, by the minute. */
export function flows(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/tiles/flows/:day',
    {
      schema: {
        summary: 'A day of moves from room to room, by the minute in which the second one began',
        params: DayParameter,
        querystring: FlowQuestion,
        response: { '4xx': Problem },
      },
      config: { docs: { rows: columnsSchema(FLOW_COLUMNS) } },
    },
    async (request, reply) => {
      const format = formatFor(request);
      const asked = request.query as Question;
      const day = await dayOf(deps, asked.revision ?? 'latest', request, reply);
      if (isKnown(request, reply, day, asked, format.type)) return reply.code(304).send();
      const query = { dataset: 'flows', span: within(day, {}), revision: day.revision } as const;
      return sendAnswer(request, reply, format, await deps.ask(query, viewerOf(request), leaving(reply)));
    },
  );
}

/** Says how long an answer holds; true where whoever asks has it already. */
function isKnown(request: FastifyRequest, reply: FastifyReply, day: Day, asked: Question, type: string): boolean {
  const etag = etagOf(day, asked, type);
  reply.header('etag', etag).header('cache-control', cachingOf(day, asked.tag));
  return request.headers['if-none-match'] === etag;
}

/** The day of an address in the revision that is asked for. */
async function dayOf(deps: Deps, asked: string, request: FastifyRequest, reply: FastifyReply): Promise<Day> {
  const { day: name } = request.params as { day: string };
  const { rows } = await deps.ask({ dataset: 'days' }, viewerOf(request), leaving(reply));
  const own: Day[] = [];
  for await (const chunk of rows) own.push(...(chunk as Day[]).filter(({ day }) => day === name));
  if (own.length === 0)
    throw new ProblemError(404, `expected a day of the record, as /v1/replay lists them, found ${name}`);
  const number = asked === 'as-seen' ? 0 : Number(asked);
  const found = asked === 'latest' ? own.at(-1) : own.find(({ revision }) => revision === number);
  if (found) return found;
  const there = own.map(({ revision }) => (revision === 0 ? '0 (as seen)' : revision)).join(', ');
  throw new ProblemError(404, `expected a revision that ${name} has: ${there}; found ${asked}`);
}

/** A part of a day; what was not given is its beginning and as far as it is known. */
function within(day: Day, { from = day.from, until = day.until }: { from?: number; until?: number }) {
  if (from < day.from || until > day.until)
    throw new ProblemError(400, 'the question has faults', [
      {
        pointer: from < day.from ? '/from' : '/until',
        expected: `an instant of ${day.day}: ${day.from} to ${day.until}`,
        found: String(from < day.from ? from : until),
      },
    ]);
  return { from, until: Math.min(until, day.known) };
}

const stepOf = ({ step = '60' }: Question): string => (Number(step) === 3600 ? '1h' : `${Number(step)}s`);

/** A day that has ended does not change: whoever names it by its tag never has to ask again. */
const cachingOf = ({ whole, tag }: Day, asked?: string): string =>
  whole && asked === tag ? `private, max-age=${FOR_EVER_S}, immutable` : 'private, no-cache';

function etagOf({ day, revision, tag }: Day, { from, until, step }: Question, type: string): string {
  const hash = createHash('sha256').update(JSON.stringify([day, revision, tag, from, until, step, type]));
  return `"${hash.digest('hex').slice(0, 20)}"`;
}
