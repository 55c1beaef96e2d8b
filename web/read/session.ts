import type { Scope } from '../../services/model/scope.ts';

/** How long the door may take to answer, ms; a wrong token waits for a second. */
const PATIENCE_MS = 5000;

/** What the service says of who asks: whether tokens are needed here at all, and whether this page may go on. */
export type Session = { tokens: boolean; isOpen: boolean; scope: Scope; name: string | null };

/** What cannot be asked is left to the questions that follow. */
const UNKNOWN = { tokens: false, scope: 'admin' as const, name: null };

/** Only a plain refusal keeps a page out: while nobody answers it says so itself. */
export async function readSession(base: string, get: typeof fetch = fetch): Promise<Session> {
  try {
    const reply = await get(new URL('v1/session', base), { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (reply.status === 401) return { tokens: true, isOpen: false, scope: 'public', name: null };
    const { tokens, scope, name } = reply.ok ? ((await reply.json()) as Session) : UNKNOWN;
    return { tokens, isOpen: true, scope, name };
  } catch {
    // What keeps an answer away keeps the others away too.
    return { ...UNKNOWN, isOpen: true };
  }
}

/** How a token was taken. */
export type Taken = 'in' | 'wrong' | 'unanswered';

/** Trades a token for a session; the cookie is the browser's, no script sees it. */
export async function trade(base: string, token: string, send: typeof fetch = fetch): Promise<Taken> {
  try {
    const reply = await send(new URL('v1/session', base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (reply.ok) return 'in';
    return reply.status === 401 || reply.status === 400 ? 'wrong' : 'unanswered';
  } catch {
    // Too late, or nobody there: it may be tried again.
    return 'unanswered';
  }
}

/** Where people sign in; null: nowhere, or nobody answers. */
export async function readIssuer(base: string, get: typeof fetch = fetch): Promise<string | null> {
  try {
    const reply = await get(new URL('v1/sign-in', base), { signal: AbortSignal.timeout(PATIENCE_MS) });
    return reply.ok ? ((await reply.json()) as { issuer: string | null }).issuer : null;
  } catch {
    // Who has a token gets in all the same.
    return null;
  }
}

/** Takes the session back. Resolves to whether that was done. */
export async function leave(base: string, send: typeof fetch = fetch): Promise<boolean> {
  try {
    const reply = await send(new URL('v1/session', base), {
      method: 'DELETE',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return reply.ok || reply.status === 401;
  } catch {
    // Nobody there: it may be tried again.
    return false;
  }
}
