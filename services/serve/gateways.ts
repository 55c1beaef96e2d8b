import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { GATEWAY_COLUMNS } from '../answer/datasets.ts';
import { columnsSchema } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { Problem } from './problem.ts';
import { formatFor, leaving, sendAnswer } from './reply.ts';
import { type SpanParameters, spanOf, spanParameters } from './span.ts';
import { viewerOf } from './viewer.ts';

/** `GET /v1/gateways`: each one that spoke or that the venue knows. */
export function gateways(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/gateways',
    {
      schema: {
        summary: 'Every gateway: known to the venue or not, its room, what it heard and when',
        querystring: Type.Object(spanParameters, { additionalProperties: false }),
        response: { '4xx': Problem },
      },
      config: { docs: { rows: columnsSchema(GATEWAY_COLUMNS) } },
    },
    async (request, reply) => {
      const format = formatFor(request);
      const query = { dataset: 'gateways' as const, span: spanOf(request.query as SpanParameters) };
      return sendAnswer(request, reply, format, await deps.ask(query, viewerOf(request), leaving(reply)));
    },
  );
}
