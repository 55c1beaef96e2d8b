import type { Scope } from '../../services/model/scope.ts';

/** How long the door may take to answer, ms; a wrong token waits for a second. */
const PATIENCE_MS = 5000;

/** What the service says of who asks: whether tokens are needed here at all, and whether this page may go on. */
export type Session = { tokens: boolean; isOpen: boolean; scope: Scope };

/** What cannot be asked is left to the questions that follow. */
const UNKNOWN = { tokens: false, scope: 'admin' as const };

/** Only a plain refusal keeps a page out: while nobody answers it says so itself. */
export async function readSession(base: string, get: typeof fetch = fetch): Promise<Session> {
  try {
    const reply = await get(new URL('v1/session', base), { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (reply.status === 401) return { tokens: true, isOpen: false, scope: 'public' };
    const { tokens, scope } = reply.ok ? ((await reply.json()) as Session) : UNKNOWN;
    return { tokens, isOpen: true, scope };
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
