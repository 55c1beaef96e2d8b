import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Door } from './door.ts';
import { ProblemError } from './problem.ts';
import { COOKIE } from './tokens.ts';

/** Bytes of a body that holds a token. */
const BODY_MAX = 4096;

const Session = Type.Object({
  tokens: Type.Boolean({ description: 'who asks needs a token, or a session' }),
  expires: Type.Union([Type.Integer(), Type.Null()], { description: 'when this session ends, UTC ms' }),
});
const Given = Type.Object({ token: Type.String() });

/** `/v1/session`: a page trades the token for a cookie that its scripts cannot read. Without tokens (null) nobody has to. */
export function session(app: FastifyInstance, door: Door | null): void {
  const summary = 'Whether this is a session, and until when';
  app.get('/v1/session', { schema: { summary, response: { 200: Session } } }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return { tokens: door !== null, expires: door?.expiryOf(request.cookies[COOKIE]) ?? null };
  });
  if (door) enterAndLeave(app, door);
}

function enterAndLeave(app: FastifyInstance, door: Door): void {
  const config = { open: true, docs: { body: Given, types: ['application/json'] } };
  const schema = { summary: 'Trades a token for a session: a cookie of 30 days', response: { 200: Session } };
  app.post('/v1/session', { bodyLimit: BODY_MAX, schema, config }, async (request, reply) => {
    await door.check(tokenOf(request.body));
    const { cookie, expires } = door.admit();
    reply.setCookie(COOKIE, cookie, { ...optionsOf(request), expires: new Date(expires) });
    reply.header('cache-control', 'no-store');
    return { tokens: true, expires };
  });
  app.delete('/v1/session', { schema: { summary: 'Takes the cookie back' } }, async (request, reply) =>
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
