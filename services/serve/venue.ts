import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { VenueFile } from '../model/venue.ts';
import type { Deps } from './deps.ts';

/** `GET /v1/venue`: the place as it is now, and the version that answers name. */
export function venue(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/venue',
    {
      schema: {
        summary: 'The venue: zone, floors, rooms, gateways; `version` is the SHA-256 of its canonical JSON',
        response: { 200: Type.Object({ version: Type.String(), venue: VenueFile }) },
      },
      serializerCompiler: () => (value) => JSON.stringify(value),
    },
    async (_request, reply) => {
      const { version, file } = deps.venue();
      reply.header('cache-control', 'no-cache');
      return { version, venue: file };
    },
  );
}
