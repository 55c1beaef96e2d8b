import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { audit } from '../ledger/audit.ts';
import { keptToken, revokeToken } from '../ledger/tokens.ts';
import type { Viewer } from '../model/query.ts';
import { SCOPES, type Scope } from '../model/scope.ts';
import type { Deps } from './deps.ts';
import type { Door } from './door.ts';
import { COOKIE } from './guard.ts';
import { ProblemError } from './problem.ts';
import { viewerOf, whoOf } from './viewer.ts';

/** Bytes of a body that holds a token. */
const BODY_MAX = 4096;

const Session = Type.Object({
  tokens: Type.Boolean({ description: 'who asks needs a token, or a session' }),
  expires: Type.Union([Type.Integer(), Type.Null()], { description: 'when this session ends, UTC ms' }),
  scope: Type.Unsafe<Scope>({ type: 'string', enum: [...SCOPES], description: 'what may be asked' }),
  name: Type.Union([Type.String(), Type.Null()], { description: 'whose session this is, or what its token is called' }),
});
const Given = Type.Object({ token: Type.String() });

/** `/v1/session`: a page trades a token for a cookie that its scripts cannot read. Without tokens nobody has to. */
export function session(app: FastifyInstance, deps: Pick<Deps, 'door' | 'ledger'>): void {
  const { door } = deps;
  const summary = 'Whether this is a session, until when, and what it may ask';
  app.get('/v1/session', { schema: { summary, response: { 200: Session } } }, async (request, reply) => {
    const found = await door.sessionOf(request.cookies[COOKIE]);
    const tokens = await door.isClosed();
    reply.header('cache-control', 'no-store');
    const isOpen = { expires: found?.expires ?? null, name: found?.viewer.token?.name ?? null };
    return { tokens, ...(tokens ? isOpen : NOBODY), scope: viewerOf(request).scope };
  });
  enter(app, door);
  leave(app, deps);
}

/** Where nobody needs a session there is none. */
const NOBODY = { expires: null, name: null };

function enter(app: FastifyInstance, door: Door): void {
  const config = { open: true, docs: { body: Given, types: ['application/json'] } };
  const schema = { summary: 'Trades a token for a session: a cookie of 30 days', response: { 200: Session } };
  app.post('/v1/session', { bodyLimit: BODY_MAX, schema, config }, async (request, reply) => {
    const viewer = await door.check(tokenOf(request.body));
    if (viewer.gateway !== undefined)
      throw new ProblemError(403, 'expected a token for reading, found one of a gateway: it only reports');
    const expires = await keepSession(request, reply, door, viewer);
    return { tokens: true, expires, scope: viewer.scope, name: viewer.token?.name ?? null };
  });
}

/** Gives a browser the session of a viewer. Resolves to when it ends, UTC ms. */
export async function keepSession(request: FastifyRequest, reply: FastifyReply, door: Door, viewer: Viewer) {
  const { cookie, expires } = await door.admit(viewer);
  reply.setCookie(COOKIE, cookie, { ...optionsOf(request), expires: new Date(expires) });
  reply.header('cache-control', 'no-store');
  return expires;
}

function leave(app: FastifyInstance, { door, ledger }: Pick<Deps, 'door' | 'ledger'>): void {
  const summary = 'Takes the cookie back; whoever has signed in is out in every browser';
  const config = { docs: { isEmpty: true } };
  app.delete('/v1/session', { schema: { summary }, config }, async (request, reply) => {
    const found = await door.sessionOf(request.cookies[COOKIE]);
    const id = found?.viewer.token?.id ?? '';
    // A token may be that of many screens.
    if ((await keptToken(ledger(), id))?.issuer !== undefined) {
      await audit(ledger(), { who: whoOf(request), did: 'signed out', schedule: null, what: '' });
      await revokeToken(ledger(), id);
    }
    return reply.clearCookie(COOKIE, optionsOf(request)).code(204).send();
  });
}

/** A proxy that speaks TLS says so; who claims it falsely has a cookie that comes back by https alone. */
export const optionsOf = ({ protocol, headers }: FastifyRequest): CookieSerializeOptions => ({
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
