import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { Anomaly, MEASURES, SEVERITIES } from '../model/anomaly.ts';
import { ID_PATTERN } from '../model/fields.ts';
import type { Query } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { type PageParameters, pageOf, pageParameters } from './page.ts';
import { Problem } from './problem.ts';
import { formatFor, leaving, sendAnswer } from './reply.ts';
import { type SpanParameters, spanOf, spanParameters } from './span.ts';
import { viewerOf } from './viewer.ts';

const filters = {
  room: Type.Optional(Type.String({ pattern: ID_PATTERN })),
  measure: Type.Optional(Type.String({ enum: [...MEASURES] })),
  severity: Type.Optional(Type.String({ enum: [...SEVERITIES] })),
};
const Question = Type.Object(
  { ...spanParameters, ...filters, sort: Type.Optional(Type.String({ pattern: '^-?time$' })), ...pageParameters },
  { additionalProperties: false },
);

/** `GET /v1/anomalies`: what was unusual, in words, the newest first. */
export function anomalies(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/anomalies',
    {
      schema: {
        summary: 'What was unusual in each room, in words; and which rooms could not be judged (severity state)',
        querystring: Question,
        response: { '4xx': Problem },
      },
      config: { docs: { rows: Anomaly } },
    },
    async (request, reply) => {
      const asked = request.query as SpanParameters & PageParameters & { sort?: string } & Query['filters'];
      const format = formatFor(request);
      const named = Object.entries(asked).filter(([name]) => name in filters) as [string, string][];
      const query: Query = {
        dataset: 'anomalies',
        span: spanOf(asked),
        filters: Object.fromEntries(named),
        ...(asked.sort && { sort: asked.sort }),
        ...pageOf(asked, format),
      };
      return sendAnswer(request, reply, format, await deps.ask(query, viewerOf(request), leaving(reply)));
    },
  );
}
