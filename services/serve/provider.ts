import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { TokenScope } from '../model/scope.ts';
import { SCOPES } from '../model/scope.ts';
import type { SignIn } from '../model/sign-in.ts';
import { TOKEN_NAME_MAX } from '../model/token.ts';

/** How long a provider may take to answer, s. */
const PATIENCE_S = 10;

/** What a browser keeps while somebody is away at the provider: what the answer has to fit. */
export type Away = { state: string; nonce: string; verifier: string };
/** Who came back; `scope` null: the claim gives no rights here. */
export type Back = { issuer: string; subject: string; name: string; scope: TokenScope | null };

/** An OpenID provider: authorization code with PKCE, state and nonce. Both throw what `openid-client` does. */
export type Provider = {
  /** Where somebody signs in, and what has to be known when they come back. */
  leave(): Promise<{ address: string; away: Away }>;
  /** Whom the provider vouches for. `search`: what it added to the address, with its question mark. */
  back(away: Away, search: string): Promise<Back>;
};

/** It is asked what it is at the first sign-in, and again until it has answered. */
export function createProvider(signIn: SignIn): Provider {
  const { asks, claim } = signIn;
  const returns = returnsTo(signIn);
  let known: Promise<Configuration> | null = null;
  const configuration = () => {
    known ??= discover(signIn).catch((error) => {
      known = null;
      throw error;
    });
    return known;
  };
  return {
    async leave() {
      const away = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
      const address = buildAuthorizationUrl(await configuration(), {
        redirect_uri: returns,
        scope: asks,
        state: away.state,
        nonce: away.nonce,
        code_challenge: await calculatePKCECodeChallenge(away.verifier),
        code_challenge_method: 'S256',
      });
      return { address: address.href, away };
    },
    async back({ state, nonce, verifier }, search) {
      const found = await configuration();
      const tokens = await authorizationCodeGrant(found, new URL(returns + search), {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      const told = tokens.claims()!;
      // Some tell groups in the token, some where more is told of somebody.
      const asksMore = told[claim] === undefined && found.serverMetadata().userinfo_endpoint !== undefined;
      const claims = asksMore ? { ...told, ...(await fetchUserInfo(found, tokens.access_token, told.sub)) } : told;
      return {
        ...{ issuer: signIn.issuer, subject: told.sub },
        ...{ name: nameIn(claims), scope: scopeBy(signIn, claims[claim]) },
      };
    },
  };
}

/** Where a provider has to send a browser back to. */
export const returnsTo = ({ publicUrl }: SignIn): string => `${publicUrl}/v1/sign-in/back`;

/** What a provider says it is. Throws a sentence that says what to do. */
export async function discover({ issuer, clientId, clientSecret }: SignIn): Promise<Configuration> {
  const execute = [enableNonRepudiationChecks, ...(issuer.startsWith('http:') ? [allowInsecureRequests] : [])];
  try {
    const told = { ...(clientSecret !== null && { client_secret: clientSecret }) };
    return await discovery(new URL(issuer), clientId, told, undefined, { execute, timeout: PATIENCE_S });
  } catch (error) {
    throw new Error(`OIDC_ISSUER: expected an OpenID provider at ${issuer}, found ${whyOf(error)}`, { cause: error });
  }
}

/** What went wrong, with what the library wraps. */
export function whyOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${whyOf(cause)})` : message;
}

/** The highest scope that a group gives; a claim may name one group or many. */
function scopeBy({ grants }: SignIn, found: unknown): TokenScope | null {
  const given = [found].flat().flatMap((group) => (Object.hasOwn(grants, String(group)) ? grants[String(group)]! : []));
  return given.sort((a, b) => SCOPES.indexOf(b) - SCOPES.indexOf(a))[0] ?? null;
}

/** What somebody is called in lists and in what is put down of who did what. */
function nameIn(claims: Record<string, unknown>): string {
  const names = [claims.email, claims.preferred_username, claims.name, claims.sub];
  const found = names.find((name): name is string => typeof name === 'string' && name.trim() !== '') ?? 'somebody';
  return found.replace(/\p{C}/gu, '').trim().slice(0, TOKEN_NAME_MAX) || 'somebody';
}
