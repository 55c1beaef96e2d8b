import type { IncomingMessage, ServerResponse } from 'node:http';
import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import helmet from 'helmet';
import type { Viewer } from '../model/query.ts';
import { mayAs, type Scope } from '../model/scope.ts';
import { closed, type Door } from './door.ts';
import { ProblemError } from './problem.ts';

/** The cookie of a session. */
export const COOKIE = 'hallway';
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
/** Who asks where nobody needs a token: whoever reaches the loopback address. */
const THIS_MACHINE: Viewer = { scope: 'admin' };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** nobody needs a token here */
    open?: boolean;
    /** the least that may ask here; where nothing is said, admins alone */
    least?: Scope;
    /** a gateway may report here with its own token */
    ingest?: boolean;
  }
  interface FastifyRequest {
    /** who asks; null where nobody needs to say so */
    viewer: Viewer | null;
  }
}

/** Pages have all that they need from here. */
const POLICY = {
  defaultSrc: ["'self'"],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
  formAction: ["'self'"],
};

/** Who may ask, and what a page from here may do. */
export async function useGuard(app: FastifyInstance, door: Door): Promise<void> {
  const headers = securityHeaders();
  app.addHook('onRequest', (_request, reply, done) => {
    // Streams write their own head.
    for (const [name, value] of headers) reply.raw.setHeader(name, value);
    done();
  });
  await app.register(cookie);
  app.addHook('onSend', async (request, reply) => {
    // What is told to one is for nobody between.
    if (request.viewer && !reply.hasHeader('cache-control')) reply.header('cache-control', 'private, no-cache');
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
  });
  app.decorateRequest('viewer', null);
  app.addHook('onRequest', async (request) => {
    request.viewer = await letIn(request, door).catch(async (error: unknown) => {
      if (error instanceof ProblemError && error.problem.status === 401) await app.countRefusal(request);
      throw error;
    });
  });
}

/** What helmet sets, which is the same on every answer: asked once, for it took a twelfth of a 304. */
function securityHeaders(): [name: string, value: string][] {
  const headers: [string, string][] = [];
  const kept = { setHeader: (name: string, value: string) => headers.push([name, value]), removeHeader() {} };
  helmet({ contentSecurityPolicy: { useDefaults: false, directives: POLICY }, hsts: false })(
    {} as IncomingMessage,
    kept as unknown as ServerResponse,
    (error) => {
      if (error) throw error;
    },
  );
  return headers;
}

/**
 * Who asks. Every route but those that say `open` needs a token, or a session, that may what the route asks for; as long as
 * there is no admin's token, this machine needs none. Throws a problem that says what would do.
 */
export async function letIn(request: FastifyRequest, door: Door): Promise<Viewer | null> {
  const { open, least = 'admin', ingest } = request.routeOptions.config ?? {};
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const isClosed = await door.isClosed();
  if (!isClosed) onlyLoopback(request);
  // Only a browser sends a cookie by itself: so what changes something and names no token has to come from our own pages.
  else if (token === undefined && !isReading(request) && !isOwn(request))
    throw new ProblemError(403, 'expected no Origin or our own, or a token: no other page may change anything');
  if (open) return null;
  const viewer =
    token !== undefined ? await door.check(token) : isClosed ? await inSession(request, door) : THIS_MACHINE;
  if (mayAs(viewer.scope, least) || (ingest && viewer.gateway !== undefined)) return viewer;
  throw new ProblemError(
    403,
    `expected a token of the scope ${least}${above(least)}${ingest ? ', or of a gateway' : ''}, found one of ${viewer.scope}`,
  );
}

const above = (least: Scope): string => (least === 'admin' ? '' : ' or more');

async function inSession(request: FastifyRequest, door: Door): Promise<Viewer> {
  const session = await door.sessionOf(request.cookies[COOKIE]);
  if (session) return session.viewer;
  throw closed('expected a token: "Authorization: Bearer …", or a session, as the page at / makes one');
}

/**
 * Without tokens whoever reaches this port is an admin, so nobody may be led here: the Host must be loopback (a name
 * that was re-bound to 127.0.0.1 is not), and a page of another origin is refused.
 */
function onlyLoopback({ headers: { host = '', origin } }: FastifyRequest): void {
  if (!LOOPBACK_HOST.test(host))
    throw new ProblemError(403, 'expected a Host that is loopback: without tokens Hallway serves this machine only');
  if (origin !== undefined && origin !== `http://${host}`)
    throw new ProblemError(403, 'expected no Origin or our own: without tokens no other page may ask');
}

const isReading = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

/** Behind a proxy that speaks TLS the page's own origin is https. */
const isOwn = ({ headers: { host, origin } }: FastifyRequest): boolean =>
  origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
