import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { Meta } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { Problem } from './problem.ts';
import { formatFor, leaving, sendAnswer } from './reply.ts';
import { viewerOf } from './viewer.ts';

/** `GET /v1/venue`: the place as it is now, one row, and the version that answers name. */
export function venue(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/venue',
    {
      schema: {
        summary: 'The venue: zone, floors, rooms, gateways; `version` is the SHA-256 of its canonical JSON',
        querystring: Type.Object({}, { additionalProperties: false }),
        response: {
          200: Type.Object({ meta: Meta, next: Type.Null(), rows: Type.Array(Type.Unknown()) }),
          '4xx': Problem,
        },
      },
    },
    async (request, reply) => {
      const format = formatFor(request);
      const answer = await deps.ask({ dataset: 'venue' }, viewerOf(request), leaving(reply));
      reply.header('etag', `"${answer.meta.venue}"`);
      return sendAnswer(request, reply, format, answer);
    },
  );
}
