import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { SCOPES, type Scope } from '../model/scope.ts';
import type { Door } from './door.ts';
import { COOKIE } from './guard.ts';
import { ProblemError } from './problem.ts';
import { viewerOf } from './viewer.ts';

/** Bytes of a body that holds a token. */
const BODY_MAX = 4096;

const Session = Type.Object({
  tokens: Type.Boolean({ description: 'who asks needs a token, or a session' }),
  expires: Type.Union([Type.Integer(), Type.Null()], { description: 'when this session ends, UTC ms' }),
  scope: Type.Unsafe<Scope>({ type: 'string', enum: [...SCOPES], description: 'what may be asked' }),
});
const Given = Type.Object({ token: Type.String() });

/** `/v1/session`: a page trades a token for a cookie that its scripts cannot read. Without tokens nobody has to. */
export function session(app: FastifyInstance, door: Door): void {
  const summary = 'Whether this is a session, until when, and what it may ask';
  app.get('/v1/session', { schema: { summary, response: { 200: Session } } }, async (request, reply) => {
    const found = await door.sessionOf(request.cookies[COOKIE]);
    const tokens = await door.isClosed();
    reply.header('cache-control', 'no-store');
    return { tokens, expires: tokens ? (found?.expires ?? null) : null, scope: viewerOf(request).scope };
  });
  enterAndLeave(app, door);
}

function enterAndLeave(app: FastifyInstance, door: Door): void {
  const config = { open: true, docs: { body: Given, types: ['application/json'] } };
  const schema = { summary: 'Trades a token for a session: a cookie of 30 days', response: { 200: Session } };
  app.post('/v1/session', { bodyLimit: BODY_MAX, schema, config }, async (request, reply) => {
    const viewer = await door.check(tokenOf(request.body));
    if (viewer.gateway !== undefined)
      throw new ProblemError(403, 'expected a token for reading, found one of a gateway: it only reports');
    const { cookie, expires } = await door.admit(viewer);
    reply.setCookie(COOKIE, cookie, { ...optionsOf(request), expires: new Date(expires) });
    reply.header('cache-control', 'no-store');
    return { tokens: true, expires, scope: viewer.scope };
  });
  const empty = { docs: { isEmpty: true } };
  app.delete('/v1/session', { schema: { summary: 'Takes the cookie back' }, config: empty }, async (request, reply) =>
    reply.clearCookie(COOKIE, optionsOf(request)).code(204).send(),
  );
}

/** A proxy that speaks TLS says so; who claims it falsely has a cookie that comes back by https alone. */
const optionsOf = ({ protocol, headers }: FastifyRequest): CookieSerializeOptions => ({
  path: '/',
  httpOnly: true,
  sameSite: 'strict',
  secure: protocol === 'https' || headers['x-forwarded-proto'] === 'https',
});

/** What is no token is not quoted. */
function tokenOf(body: unknown): string {
  const token = parsed(body)?.token;
  if (typeof token !== 'string') throw new ProblemError(400, 'expected JSON: {"token":"…"}');
  return token;
}

function parsed(body: unknown): { token?: unknown } | null {
  try {
    return JSON.parse(String(body)) as { token?: unknown } | null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
