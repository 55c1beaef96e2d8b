import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import type { Door } from './door.ts';
import { ProblemError } from './problem.ts';
import { useTokens } from './tokens.ts';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** Who may ask, and what a page from here may do. Without tokens the door is null. */
export async function useGuard(app: FastifyInstance, door: Door | null): Promise<void> {
  await app.register(helmet, {
    useDefaults: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        formAction: ["'self'"],
      },
    },
    hsts: false,
  } as Parameters<typeof helmet>[1]);
  if (door) await useTokens(app, door);
  else useLoopback(app);
}

/**
 * Without tokens whoever reaches this port is an admin, so nobody may be led here: the Host must be loopback (a name
 * that was re-bound to 127.0.0.1 is not), and a page of another origin is refused.
 */
function useLoopback(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    const { host = '', origin } = request.headers;
    if (!LOOPBACK_HOST.test(host))
      throw new ProblemError(403, 'expected a Host that is loopback: without tokens Hallway serves this machine only');
    if (origin !== undefined && origin !== `http://${host}`)
      throw new ProblemError(403, 'expected no Origin or our own: without tokens no other page may ask');
  });
}
