import limit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Scope } from '../model/scope.ts';
import { ProblemError } from './problem.ts';

/** Requests a minute: of one token, and of one address where nobody says who they are (pages, probes, the door). */
const A_MINUTE: Partial<Record<Scope, number>> = {
  gateway: 1200,
  public: 600,
  screen: 600,
  viewer: 1200,
  analyst: 1200,
};
const UNNAMED = 1200;
/** Requests a minute of one address that no token opened for. */
const REFUSED = 600;

declare module 'fastify' {
  interface FastifyInstance {
    /** Throws 429 where an address was refused too often of late. */
    countRefusal(request: FastifyRequest): Promise<void>;
  }
}

/**
 * Bounds how often somebody may ask: 429 with `Retry-After` past it. Whoever runs the house is not bounded, nor is this
 * machine where nobody needs a token.
 */
export async function useLimits(app: FastifyInstance): Promise<void> {
  await app.register(limit, {
    timeWindow: '1 minute',
    keyGenerator: ({ viewer, ip }) => viewer?.token?.id ?? ip,
    max: ({ viewer }: FastifyRequest) => (viewer ? A_MINUTE[viewer.scope] : undefined) ?? UNNAMED,
    allowList: ({ viewer }) => viewer?.scope === 'admin',
    errorResponseBuilder: (_request, { max, after }) =>
      new ProblemError(429, `expected ${max} requests a minute at most; again in ${after}`),
  });
  const refused = app.createRateLimit({ max: REFUSED, timeWindow: '1 minute', keyGenerator: ({ ip }) => ip });
  app.decorate('countRefusal', async (request: FastifyRequest) => {
    const found = await refused(request);
    if (found.isAllowed || !found.isExceeded) return;
    const again = { 'retry-after': String(found.ttlInSeconds) };
    throw new ProblemError(429, `expected ${REFUSED} wrong tokens a minute at most`, undefined, again);
  });
}
