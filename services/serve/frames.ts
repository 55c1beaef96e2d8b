import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { FRAME_COLUMNS } from '../answer/frames.ts';
import { HEATMAP_COLUMNS } from '../answer/heatmap.ts';
import { MAPPED } from '../formats/formats.ts';
import { parseInstant } from '../model/instant.ts';
import { columnsSchema, type Query } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { Problem, ProblemError } from './problem.ts';
import { formatFor, leaving, mapFormatFor, sendAnswer } from './reply.ts';
import { instantParameter, type SpanParameters, spanOf, spanParameters } from './span.ts';
import { viewerOf } from './viewer.ts';

const SECOND_MS = 1000;
const step = Type.Optional(
  Type.String({ maxLength: 10, description: '1s to 1h (10s, 5m, 15m …), day, or all; steps begin at local midnight' }),
);

/** `GET /v1/frames`: what every room was like, by step. */
export function frames(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/frames',
    {
      schema: {
        summary: 'What every room was like by step, as it was seen (the last hour by minute if nothing is asked)',
        querystring: Type.Object({ ...spanParameters, step }, { additionalProperties: false }),
        response: { '4xx': Problem },
      },
      config: { docs: { rows: columnsSchema(FRAME_COLUMNS) } },
    },
    async (request, reply) => {
      const asked = request.query as SpanParameters & { step?: string };
      const format = formatFor(request);
      const query: Query = { dataset: 'frames', span: spanOf(asked), ...(asked.step && { step: asked.step }) };
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
