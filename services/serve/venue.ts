import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { VenueChange } from '../model/changes.ts';
import { VenueFile } from '../model/venue.ts';
import { VENUE_MAX } from '../validate/venue.ts';
import { changeVenue, Version } from './changing.ts';
import { jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { Problem, ProblemError } from './problem.ts';
import { formatFor, leaving, sendAnswer } from './reply.ts';
import { viewerOf } from './viewer.ts';

const Row = Type.Object({
  version: Type.String(),
  name: Type.Union([Type.String(), Type.Null()]),
  zone: Type.String(),
  venue: VenueFile,
  changes: Type.Array(VenueChange, { description: 'when gateways were put up, moved, raised or taken away' }),
});

/** `GET /v1/venue`: the place as it is now, one row, and the version that answers name. `PUT`: another in its place, whole. */
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
      return sendAnswer(request, reply, format, answer);
    },
  );
  app.put(
    '/v1/venue',
    {
      bodyLimit: VENUE_MAX,
      schema: {
        summary: 'The whole venue in place of what it was; the versions before are kept',
        response: { '4xx': Problem },
      },
      config: { docs: { one: Version, body: VenueFile, types: ['application/json'] } },
    },
    async (request) => {
      if (deps.demo())
        throw new ProblemError(
          409,
          'expected no simulated event, found one that is told in its own venue: end it first',
        );
      const file = jsonOf(request.body, 'a venue: {"zone":"…","rooms":[…],"gateways":[…]}') as VenueFile | null;
      return changeVenue(
        deps,
        request,
        'replaced',
        `the venue, ${file?.rooms?.length ?? 0} rooms`,
        () => file as VenueFile,
      );
    },
  );
}
