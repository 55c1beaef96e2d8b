import type { FastifyInstance } from 'fastify';
import Type from 'typebox';

const NOTHING = Type.Object({});

/** A question takes what its route names; one that names nothing takes nothing, so that no slip is answered as if it were none. */
export function useNamed(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    // A provider sends back whatever it likes.
    if (!route.url.startsWith('/v1/') || route.method !== 'GET' || route.config?.open) return;
    const asked = (route.schema?.querystring ?? NOTHING) as object;
    route.schema = { ...route.schema, querystring: { ...asked, additionalProperties: false } };
  });
}
