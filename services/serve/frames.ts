import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { FRAME_COLUMNS, MEASURE_NAMES } from '../answer/frame-columns.ts';
import { HEATMAP_COLUMNS } from '../answer/heatmap.ts';
import { BY } from '../answer/scope.ts';
import { MAPPED } from '../formats/formats.ts';
import { parseInstant } from '../model/instant.ts';
import { columnsSchema, type Query } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { Problem, ProblemError } from './problem.ts';
import { formatFor, leaving, mapFormatFor, sendAnswer } from './reply.ts';
import {
  instantParameter,
  revisionOf,
  revisionParameter,
  type SpanParameters,
  spanOf,
  spanParameters,
} from './span.ts';
import { viewerOf } from './viewer.ts';

const SECOND_MS = 1000;
const step = Type.Optional(
  Type.String({
    maxLength: 10,
    description:
      '1s to 1h (10s, 5m, 15m …), day, session, event, or all; steps begin at local midnight. Sessions and events have a column and may overlap. Seconds of a corrected day are made on asking, for an hour at most',
  }),
);
const by = Type.Optional(
  Type.Unsafe<string>({
    type: 'string',
    enum: [...BY],
    description:
      'what rows are about (room). session: its room while it was on; group: of badges, those that count; gateway: a badge is at each gateway in each whole minute in which that heard it, on a table or not',
  }),
);
const measures = Type.Optional(
  Type.String({
    maxLength: 200,
    pattern: '^[a-zA-Z0-9]+(,[a-zA-Z0-9]+)*$',
    description: `some of ${MEASURE_NAMES.join(', ')}, by commas (all). average: badge-seconds ÷ seconds that have a frame; visitors: different badges; dwell: minutes of visits (unbroken stays), cut at the ends of the step, and cut: how many of them touch one; claps and temperature are of places, not of groups or gateways`,
  }),
);

type Asked = SpanParameters & { step?: string; by?: string; measures?: string; revision?: string };

/** `GET /v1/frames`: what every room, floor, gateway, group, session or event was like, by step. */
export function frames(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/frames',
    {
      schema: {
        summary: 'What every room (floor, group …) was like by step (the last hour by minute if nothing is asked)',
        querystring: Type.Object(
          { ...spanParameters, step, by, measures, revision: revisionParameter },
          { additionalProperties: false },
        ),
        response: { '4xx': Problem },
      },
      config: { docs: { rows: columnsSchema(FRAME_COLUMNS) } },
    },
    async (request, reply) => {
      const asked = request.query as Asked;
      const format = formatFor(request);
      const query: Query = {
        dataset: 'frames',
        span: spanOf(asked),
        ...(asked.step && { step: asked.step }),
        ...(asked.by && { by: asked.by }),
        ...(asked.measures && { measures: asked.measures.split(',') }),
        ...revisionOf(asked.revision),
      };
      return sendAnswer(request, reply, format, await deps.ask(query, viewerOf(request), leaving(reply)));
    },
  );
}

/** `GET /v1/heatmap`: every room on the plan. */
export function heatmap(app: FastifyInstance, deps: Deps): void {
  const at = instantParameter('one second, instead of a span');
  app.get(
    '/v1/heatmap',
    {
      schema: {
        summary: 'Every room on the plan, with what it was like: now, at a second, or over a span (GeoJSON too)',
        querystring: Type.Object({ at, ...spanParameters }, { additionalProperties: false }),
        response: { '4xx': Problem },
      },
      config: { docs: { rows: columnsSchema(HEATMAP_COLUMNS), types: Object.keys(MAPPED) } },
    },
    async (request, reply) => {
      const format = mapFormatFor(request);
      const span = heatmapSpan(request.query as SpanParameters & { at?: string });
      const query: Query = { dataset: 'heatmap', ...(span && { span }) };
      return sendAnswer(request, reply, format, await deps.ask(query, viewerOf(request), leaving(reply)));
    },
  );
}

/** Nothing asked is now. */
function heatmapSpan(asked: SpanParameters & { at?: string }): Query['span'] {
  if (asked.at === undefined) return asked.from || asked.until ? spanOf(asked) : undefined;
  const at = parseInstant(asked.at);
  if (at === null || asked.from !== undefined || asked.until !== undefined)
    throw new ProblemError(400, 'the question has faults', [
      { pointer: '/at', expected: 'an instant that exists, without from and until', found: asked.at },
    ]);
  const from = Math.floor(at / SECOND_MS) * SECOND_MS;
  return { from, until: from + SECOND_MS };
}
