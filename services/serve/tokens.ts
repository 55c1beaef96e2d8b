import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { closed, type Door } from './door.ts';
import { ProblemError } from './problem.ts';

/** The cookie of a session. */
export const COOKIE = 'hallway';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** nobody needs a token here */
    open?: boolean;
  }
}

/**
 * Every route but those that say `open` needs a token, or a session. Only a browser sends a cookie by itself: so what
 * changes something and names no token has to come from our own pages.
 */
export async function useTokens(app: FastifyInstance, door: Door): Promise<void> {
  await app.register(cookie);
  app.addHook('onRequest', async (request) => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined && !isReading(request) && !isOwn(request))
      throw new ProblemError(403, 'expected no Origin or our own, or a token: no other page may change anything');
    if (request.routeOptions.config?.open) return;
    if (token !== undefined) await door.check(token);
    else if (door.expiryOf(request.cookies[COOKIE]) === null)
      throw closed('expected a token: "Authorization: Bearer …", or a session, as the page at / makes one');
  });
}

const isReading = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

/** Behind a proxy that speaks TLS the page's own origin is https. */
const isOwn = ({ headers: { host, origin } }: FastifyRequest): boolean =>
  origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
