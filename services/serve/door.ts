import { createHash, hkdfSync, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Signer } from '@fastify/cookie';
import type { Ledger } from '../ledger/ledger.ts';
import { hasAdmin, type KeptToken, keptToken, noteUse, opensWith, partsOf } from '../ledger/tokens.ts';
import type { Viewer } from '../model/query.ts';
import { ProblemError } from './problem.ts';

/** How long a session lasts at most, ms. */
const SESSION_MS = 30 * 86_400_000;
/** How long whoever has a wrong token waits for the answer, ms. */
const WRONG_MS = 1000;
/** So many may wait for that answer at once; the others are told to come again. Whoever has a good token is let in meanwhile. */
const WAITING_MAX = 100;
/** How long it is believed that there is no admin's token, or that there is one, ms. */
const BELIEVED_MS = 1000;
/** How often it is put down that a token was used, ms. */
const USED_MS = 600_000;
/** Characters of a secret's hash that a session carries: another secret has others. */
const PRINT = 16;

/** The id of the token by which commands on this machine come. */
export const THIS_MACHINE = 'service';

/** What opens beside the tokens that the ledger keeps: a secret of whoever runs the house, who is an admin. */
type OwnToken = { id: string; name: string; secret: string };

export type DoorOptions = {
  own: readonly OwnToken[];
  /** whoever comes without a token is refused, whatever the ledger says */
  isShut: boolean;
  /** what signs sessions: with another one they all end */
  key: string;
  ledger: () => Ledger;
  now?: () => number;
  wait?: typeof sleep;
};

/** What opens: a token, or a session that somebody got for one. */
export type Door = {
  /** whoever comes without a token is refused, whatever the ledger says */
  isShut: boolean;
  /** Nobody gets in without a token: the house has one, or an admin's was made. */
  isClosed(): Promise<boolean>;
  /** Who comes with a token. Throws a problem, after a while, if it is none of ours or no longer good. */
  check(token: string): Promise<Viewer>;
  /** A new session for a viewer that `check` let in: what a cookie says of it, and when it ends (UTC ms). */
  admit(viewer: Viewer): Promise<{ cookie: string; expires: number }>;
  /** Whose session a cookie is and when it ends, UTC ms; null if it is none of ours, has ended, or its token has. */
  sessionOf(cookie: string | undefined): Promise<{ viewer: Viewer; expires: number } | null>;
  /** A token was made or taken back: what is believed is looked up anew. */
  changed(): void;
};

/** Tokens of the ledger are looked up each time they are shown, so one that was taken back opens nothing more. */
export function createDoor({ own, isShut, key, ledger, now = Date.now, wait = sleep }: DoorOptions): Door {
  const signer = new Signer(Buffer.from(hkdfSync('sha256', key, '', 'hallway session', 32)));
  const owners = own.map((one) => ({ ...one, print: digest(one.secret).toString('hex') }));
  const used = new Map<string, number>();
  let believed = { isClosed: true, until: 0 };
  let waiting = 0;
  const ownedBy = (print: string) =>
    owners.filter((one) => timingSafeEqual(digest(one.print), digest(print))).at(0) ?? null;
  const note = (id: string) => {
    const time = now();
    if (time - (used.get(id) ?? 0) < USED_MS) return;
    used.set(id, time);
    // Who asks does not wait for it, and is not refused for it.
    noteUse(ledger(), id, time).catch(() => used.delete(id));
  };
  const known = async (token: string): Promise<Viewer | null> => {
    const owner = ownedBy(digest(token).toString('hex'));
    if (owner) return viewerOfOwn(owner);
    const parts = partsOf(token);
    const kept = parts && (await keptToken(ledger(), parts.id));
    if (!parts || !kept || !opensWith(kept, parts.sha256, now())) return null;
    note(parts.id);
    return viewerOfKept(parts.id, kept);
  };
  return {
    isShut,
    async isClosed() {
      if (isShut) return true;
      if (now() >= believed.until) believed = { isClosed: await hasAdmin(ledger()), until: now() + BELIEVED_MS };
      return believed.isClosed;
    },
    async check(token) {
      const viewer = await known(token);
      if (viewer) return viewer;
      if (waiting >= WAITING_MAX) throw tooMany();
      // A client that leaves does not make room for the next guess.
      waiting += 1;
      await wait(WRONG_MS).finally(() => (waiting -= 1));
      throw closed('this is not a token that opens here, or no longer', 'Bearer error="invalid_token"');
    },
    async admit({ token }) {
      const id = token?.id ?? '';
      const kept = await keptToken(ledger(), id);
      const print = owners.find((one) => one.id === id)?.print ?? kept?.sha256 ?? '';
      const expires = Math.min(now() + SESSION_MS, kept?.expires ?? Number.POSITIVE_INFINITY);
      return { cookie: signer.sign(`${id}.${print.slice(0, PRINT)}.${expires}`), expires };
    },
    async sessionOf(cookie) {
      const { valid, value } = signer.unsign(cookie ?? '');
      const [id = '', print = '', ends] = (valid ? value : '').split('.');
      const expires = Number(ends);
      if (!valid || !(expires > now())) return null;
      const owner = owners.find((one) => one.id === id && one.print.startsWith(print));
      if (owner) return { viewer: viewerOfOwn(owner), expires };
      const kept = await keptToken(ledger(), id);
      const whole = [kept?.sha256, kept?.before?.sha256].find((one) => one?.startsWith(print));
      if (!kept || !whole || !opensWith(kept, whole, now())) return null;
      note(id);
      return { viewer: viewerOfKept(id, kept), expires };
    },
    changed() {
      believed = { isClosed: true, until: 0 };
    },
  };
}

const viewerOfOwn = ({ id, name }: OwnToken): Viewer => ({ scope: 'admin', token: { id, name } });

const viewerOfKept = (id: string, { scope, name, gateway }: KeptToken): Viewer => ({
  scope,
  token: { id, name },
  ...(gateway !== null && { gateway }),
});

const tooMany = (): ProblemError =>
  new ProblemError(429, 'expected fewer wrong tokens at once', undefined, { 'retry-after': '1' });

/** 401, and what would help. */
export const closed = (detail: string, challenge = 'Bearer'): ProblemError =>
  new ProblemError(401, detail, undefined, { 'www-authenticate': challenge });

/** Of one length, whatever the token's: so comparing tells nothing. */
const digest = (token: string): Buffer => createHash('sha256').update(token).digest();
