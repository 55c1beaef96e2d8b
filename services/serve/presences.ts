import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { ID_PATTERN, PSEUDONYM_PATTERN } from '../model/fields.ts';
import { Presence } from '../model/presence.ts';
import type { Query } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { type PageParameters, pageOf, pageParameters } from './page.ts';
import { Problem } from './problem.ts';
import { formatFor, leaving, sendAnswer } from './reply.ts';
import { revisionOf, revisionParameter, type SpanParameters, spanOf, spanParameters } from './span.ts';
import { viewerOf } from './viewer.ts';

const filters = {
  badge: Type.Optional(Type.String({ pattern: PSEUDONYM_PATTERN })),
  room: Type.Optional(Type.String({ pattern: ID_PATTERN })),
  parked: Type.Optional(Type.Boolean({ description: 'lies on a table' })),
};
const Question = Type.Object(
  {
    ...spanParameters,
    ...filters,
    revision: revisionParameter,
    sort: Type.Optional(Type.String({ pattern: '^-?(from|badge|room)$' })),
    ...pageParameters,
  },
  { additionalProperties: false },
);

/** `GET /v1/presences`: who was in which room from when until when, and why we think so. */
export function presences(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/presences',
    {
      schema: {
        summary:
          'Who was where: presences that touch a span (the last hour if nothing is asked), corrected where jobs have been',
        querystring: Question,
        response: { '4xx': Problem },
      },
      config: { docs: { rows: Presence } },
    },
    async (request, reply) => {
      const asked = request.query as SpanParameters &
        PageParameters & { sort?: string; revision?: string } & Query['filters'];
      const format = formatFor(request);
      const named = Object.entries(asked).filter(([name]) => name in filters) as [string, string | boolean][];
      const query: Query = {
        dataset: 'presences',
        span: spanOf(asked),
        filters: Object.fromEntries(named),
        ...revisionOf(asked.revision),
        ...(asked.sort && { sort: asked.sort }),
        ...pageOf(asked, format),
      };
      return sendAnswer(request, reply, format, await deps.ask(query, viewerOf(request), leaving(reply)));
    },
  );
}
