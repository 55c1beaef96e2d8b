import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { VenueChange } from '../model/changes.ts';
import { VenueFile } from '../model/venue.ts';
import type { Deps } from './deps.ts';
import { Problem } from './problem.ts';
import { formatFor, leaving, sendAnswer } from './reply.ts';
import { viewerOf } from './viewer.ts';

const Row = Type.Object({
  version: Type.String(),
  name: Type.Union([Type.String(), Type.Null()]),
  zone: Type.String(),
  venue: VenueFile,
  changes: Type.Array(VenueChange, { description: 'when gateways were put up, moved, raised or taken away' }),
});

/** `GET /v1/venue`: the place as it is now, one row, and the version that answers name. */
export function venue(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/venue',
    {
      schema: {
        summary: 'The venue: zone, floors, rooms, gateways; `version` is the SHA-256 of its canonical JSON',
        querystring: Type.Object({}, { additionalProperties: false }),
        response: { '4xx': Problem },
      },
      config: { docs: { rows: Row } },
    },
    async (request, reply) => {
      const format = formatFor(request);
      const answer = await deps.ask({ dataset: 'venue' }, viewerOf(request), leaving(reply));
      reply.header('etag', `"${answer.meta.venue}"`);
      return sendAnswer(request, reply, format, answer);
    },
  );
}
