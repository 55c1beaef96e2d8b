import { createHash, hkdfSync, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Signer } from '@fastify/cookie';
import { ProblemError } from './problem.ts';

/** How long a session lasts, ms. */
const SESSION_MS = 30 * 86_400_000;
/** How long whoever has a wrong token waits for the answer, ms. */
const WRONG_MS = 1000;
/** So many may wait for that answer at once; past it no token is looked at, so as many are tried in a second at most. */
const WAITING_MAX = 100;

/** What opens: a token, or a session that somebody got for one. */
export type Door = {
  /** Resolves if it is a token of ours. Throws a problem, after a while, if it is not. */
  check(token: string): Promise<void>;
  /** A new session: what a cookie says of it, and when it ends (UTC ms). */
  admit(): { cookie: string; expires: number };
  /** When the session of a cookie ends, UTC ms; null if it is none of ours, or has ended. */
  expiryOf(cookie: string | undefined): number | null;
};

/** The first token makes the sessions: with another one they all end. No state is kept but how many wait. */
export function createDoor(tokens: readonly string[], now: () => number = Date.now, wait = sleep): Door {
  const signer = new Signer(Buffer.from(hkdfSync('sha256', tokens[0]!, '', 'hallway session', 32)));
  const digests = tokens.map(digest);
  let waiting = 0;
  return {
    async check(token) {
      if (waiting >= WAITING_MAX)
        throw new ProblemError(429, 'expected fewer wrong tokens at once', undefined, { 'retry-after': '1' });
      const given = digest(token);
      if (digests.map((known) => timingSafeEqual(known, given)).includes(true)) return;
      // A client that leaves does not make room for the next guess.
      waiting += 1;
      await wait(WRONG_MS).finally(() => (waiting -= 1));
      throw closed('this is not the token', 'Bearer error="invalid_token"');
    },
    admit() {
      const expires = now() + SESSION_MS;
      return { cookie: signer.sign(String(expires)), expires };
    },
    expiryOf(cookie) {
      const { valid, value } = signer.unsign(cookie ?? '');
      return valid && Number(value) > now() ? Number(value) : null;
    },
  };
}

/** 401, and what would help. */
export const closed = (detail: string, challenge = 'Bearer'): ProblemError =>
  new ProblemError(401, detail, undefined, { 'www-authenticate': challenge });

/** Of one length, whatever the token's: so comparing tells nothing. */
const digest = (token: string): Buffer => createHash('sha256').update(token).digest();
