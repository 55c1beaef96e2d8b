import type { FastifyInstance } from 'fastify';

/** How long a body may take to come, ms. */
const BODY_MS = 120_000;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** a body here may take as long as it moves */
    unhurried?: boolean;
  }
}

/** Refuses a body that takes longer with 408: one byte now and then would hold a connection for ever. */
export function useBodyTime(app: FastifyInstance, ms = BODY_MS): void {
  app.addHook('preParsing', async (request, reply, payload) => {
    if (request.routeOptions.config.unhurried) return payload;
    const words = `expected the whole body within ${ms / 1000} s`;
    const late = setTimeout(() => {
      reply.header('connection', 'close');
      payload.emit('error', Object.assign(new Error(words), { statusCode: 408 }));
    }, ms);
    // The body of a question that has none never ends: what only waits for that keeps no process, as the build's.
    late.unref();
    for (const end of ['end', 'error', 'close']) payload.once(end, () => clearTimeout(late));
    return payload;
  });
}
