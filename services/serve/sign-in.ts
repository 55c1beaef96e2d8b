import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AuthorizationResponseError } from 'openid-client';
import Type from 'typebox';
import { audit } from '../ledger/audit.ts';
import { admitPerson, dropPerson } from '../ledger/tokens.ts';
import type { NotIn } from '../model/sign-in.ts';
import type { Deps } from './deps.ts';
import { Problem } from './problem.ts';
import { type Away, createProvider, type Provider, whyOf } from './provider.ts';
import { keepSession, optionsOf } from './session.ts';
import { nameOf } from './viewer.ts';

/** What a browser keeps while somebody is away, and for how long, s. */
const COOKIE = 'hallway-sign-in';
const AWAY_S = 600;
/** How long somebody stays in: then the provider is asked again whether they still may, ms. */
const STAYS_MS = 12 * 3_600_000;

/** A page of ours, with what it was asked: nothing with a slash, so nothing elsewhere. */
const PAGE = '^([a-z-]{1,40}\\.html)?(\\?[!-~]{0,1500})?$';
const Begin = Type.Object(
  { to: Type.Optional(Type.String({ pattern: PAGE, description: 'the page to come back to' })) },
  { additionalProperties: false },
);
const Where = Type.Object({
  issuer: Type.Union([Type.String(), Type.Null()], { description: 'where people sign in; null: nowhere' }),
});
const moved = { type: 'null', description: 'to the provider, or back to a page' } as const;

/** `/v1/sign-in`: people who are known to an OpenID provider get a session for what their groups say. */
export function signIn(app: FastifyInstance, deps: Deps): void {
  const issuer = deps.signIn?.issuer ?? null;
  const config = { open: true };
  const summary = 'Whether people sign in here, and where';
  app.get('/v1/sign-in', { schema: { summary, response: { 200: Where } }, config }, async (_request, reply) => {
    reply.header('cache-control', 'no-cache');
    return { issuer };
  });
  if (!deps.signIn) return;
  const provider = createProvider(deps.signIn);
  const { publicUrl } = deps.signIn;
  const schema = {
    summary: 'Sends a browser to the provider',
    querystring: Begin,
    response: { 302: moved, '4xx': Problem },
  };
  app.get('/v1/sign-in/begin', { schema, config }, async (request, reply) => {
    const { to = '' } = request.query as { to?: string };
    try {
      const { address, away } = await provider.leave();
      // Signing it would add nothing: whoever can plant a cookie can plant one that was signed for himself.
      const kept = Buffer.from(JSON.stringify({ ...away, to })).toString('base64url');
      reply.setCookie(COOKIE, kept, { ...atProvider(request), maxAge: AWAY_S });
      return reply.header('cache-control', 'no-store').redirect(address, 302);
    } catch (error) {
      return notIn(request, reply, `${publicUrl}/${to}`, 'provider', error);
    }
  });
  back(app, deps, provider, publicUrl);
}

/** Where the provider sends a browser back to. */
function back(app: FastifyInstance, { ledger, door }: Deps, provider: Provider, publicUrl: string): void {
  const schema = { summary: 'Where the provider sends a browser back to', response: { 302: moved, '4xx': Problem } };
  app.get('/v1/sign-in/back', { schema, config: { open: true } }, async (request, reply) => {
    const kept = awayIn(request.cookies[COOKIE]);
    reply.clearCookie(COOKIE, atProvider(request)).header('cache-control', 'no-store');
    const page = `${publicUrl}/${kept?.to ?? ''}`;
    if (!kept) return notIn(request, reply, page, 'late', null);
    const found = await provider
      .back(kept, new URL(request.url, publicUrl).search)
      .catch((error: unknown) => ({ error }));
    if ('error' in found) {
      await app.countRefusal(request);
      const isDenied = found.error instanceof AuthorizationResponseError;
      return notIn(request, reply, page, isDenied ? 'denied' : 'provider', found.error);
    }
    const { scope, ...who } = found;
    if (scope === null) {
      await dropPerson(ledger(), who);
      return notIn(request, reply, page, 'rights', new Error(`${who.name} is in no group of OIDC_GRANTS`));
    }
    const { id, name } = await admitPerson(ledger(), { ...who, scope }, Date.now() + STAYS_MS);
    const viewer = { scope, token: { id, name } };
    await audit(ledger(), { who: nameOf(viewer, request.ip), did: 'signed in', schedule: null, what: scope });
    await keepSession(request, reply, door, viewer);
    return reply.redirect(page, 302);
  });
}

/** The provider sends a browser back from another site, with which a strict cookie would not come. */
const atProvider = (request: FastifyRequest) => ({ ...optionsOf(request), sameSite: 'lax' as const });

/** The page says why; what the provider said is for the log. */
function notIn(request: FastifyRequest, reply: FastifyReply, page: string, why: NotIn, error: unknown): FastifyReply {
  request.log.warn(`nobody was let in (${why})${error === null ? '' : `: ${whyOf(error)}`}`);
  return reply.redirect(`${page}#sign-in=${why}`, 302);
}

const page = new RegExp(PAGE);

/** What a browser kept; null: nothing that was ours. */
function awayIn(cookie: string | undefined): (Away & { to: string }) | null {
  try {
    const found = JSON.parse(Buffer.from(cookie ?? '', 'base64url').toString()) as Record<string, unknown>;
    const { state, nonce, verifier, to } = found;
    const texts = [state, nonce, verifier, to].every((one) => typeof one === 'string' && one.length < 2000);
    return texts && page.test(to as string) ? (found as Away & { to: string }) : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
