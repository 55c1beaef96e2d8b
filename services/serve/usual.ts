import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { USUAL_COLUMNS } from '../answer/slots.ts';
import { ID_PATTERN } from '../model/fields.ts';
import type { Query } from '../model/query.ts';
import { columnsSchema } from '../model/query.ts';
import { SAID } from '../model/usually.ts';
import type { Deps } from './deps.ts';
import { Problem } from './problem.ts';
import { formatFor, leaving, sendAnswer } from './reply.ts';
import { type SpanParameters, spanOf, spanParameters } from './span.ts';
import { viewerOf } from './viewer.ts';

const filters = {
  room: Type.Optional(Type.String({ pattern: ID_PATTERN })),
  measure: Type.Optional(Type.String({ enum: Object.keys(SAID) })),
};
const Question = Type.Object({ ...spanParameters, ...filters }, { additionalProperties: false });

/** `GET /v1/usual`: what is usual in each room, in words, by the half hour; without a span of now and the next. */
export function usual(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/usual',
    {
      schema: {
        summary: 'What is usual in each room in the half hours that a span touches, with the sentence that says so',
        querystring: Question,
        response: { '4xx': Problem },
      },
      config: { docs: { rows: columnsSchema(USUAL_COLUMNS) } },
    },
    async (request, reply) => {
      const { room, measure, ...asked } = request.query as SpanParameters & { room?: string; measure?: string };
      const format = formatFor(request);
      const query: Query = {
        dataset: 'usual',
        span: spanOf(asked),
        filters: { ...(room && { room }), ...(measure && { measure }) },
      };
      return sendAnswer(request, reply, format, await deps.ask(query, viewerOf(request), leaving(reply)));
    },
  );
}
