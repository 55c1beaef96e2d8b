import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { Time } from '../model/fields.ts';
import { Reject } from '../model/reject.ts';
import type { Deps } from './deps.ts';
import { type PageParameters, pageOf, pageParameters } from './page.ts';
import { Problem } from './problem.ts';
import { formatFor, leaving, sendAnswer } from './reply.ts';
import { type SpanParameters, spanOf, spanParameters } from './span.ts';
import { viewerOf } from './viewer.ts';

const Question = Type.Object(
  { ...spanParameters, source: Type.Optional(Type.String({ maxLength: 200 })), ...pageParameters },
  { additionalProperties: false },
);

/** A reject as it is kept. What a recording tells was received when it says, and taken when it was loaded. */
const Kept = Type.Object({ taken: Time, ...Reject.properties });

/** `GET /v1/rejects`: what did not pass, scrubbed, with all its faults; what was taken last is first. */
export function rejects(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/rejects',
    {
      schema: {
        summary: 'What did not pass, and why; what was taken last is first',
        querystring: Question,
        response: { '4xx': Problem },
      },
      config: { docs: { rows: Kept } },
    },
    async (request, reply) => {
      const asked = request.query as SpanParameters & PageParameters & { source?: string };
      const format = formatFor(request);
      const { source } = asked;
      const query = {
        dataset: 'rejects' as const,
        span: spanOf(asked),
        filters: source ? { source } : {},
        ...pageOf(asked, format),
      };
      return sendAnswer(request, reply, format, await deps.ask(query, viewerOf(request), leaving(reply)));
    },
  );
}
