import { createHash, randomBytes } from 'node:crypto';
import type { TokenScope } from '../model/scope.ts';
import type { Token } from '../model/token.ts';
import type { Entry, Ledger } from './ledger.ts';
import { say, valueAt } from './runs.ts';

/** Tokens at most: whoever lists them holds them all. */
export const TOKENS_MAX = 10_000;
/** What every token begins with, so that whoever finds one knows what it opens. */
const PREFIX = 'hallway';
const FORM = new RegExp(`^${PREFIX}_([a-z2-7]{8})_([A-Za-z0-9_-]{43})$`);
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** A token as it is kept: what tells its secret from others is a SHA-256, which is enough for 256 bits drawn at random. */
export type KeptToken = Pick<
  Token,
  'name' | 'scope' | 'gateway' | 'made' | 'by' | 'expires' | 'rotated' | 'revoked'
> & {
  sha256: string;
  /** of somebody who signs in: where, and a SHA-256 of who it is there */
  issuer?: string;
  subject?: string;
  /** the secret before the last rotation, and until when (UTC ms) it still opens */
  before: { sha256: string; until: number } | null;
};

/** What is asked for. `expires`: UTC ms, or null for never. */
export type TokenOrder = { name: string; scope: TokenScope; gateway: string | null; expires: number | null };

const keyOf = (id: string): string => `token/${id}`;
const usedKeyOf = (id: string): string => `token-used/${id}`;

/** Makes a token. Its text is told once, here, and is nowhere else. */
export async function makeToken(ledger: Ledger, order: TokenOrder, by: string, now = Date.now()) {
  const id = newId();
  const secret = newSecret();
  const kept: KeptToken = {
    ...order,
    made: now,
    by,
    rotated: null,
    revoked: null,
    sha256: hashOf(secret),
    before: null,
  };
  await say(ledger, keyOf(id), kept);
  return { token: textOf(id, secret), row: shownOf(id, kept, null, now) };
}

/** Somebody for whom an issuer vouches. */
type Who = { issuer: string; subject: string };
type Person = Who & { name: string; scope: TokenScope };

/**
 * Lets somebody in who has signed in: each has one token, whose secret nobody knows, so that sessions alone open with it. What was
 * taken back, or has ended, opens nothing again by that: other sessions begin.
 */
export async function admitPerson(ledger: Ledger, person: Person, expires: number, now = Date.now()): Promise<Token> {
  const { issuer, name, scope } = person;
  for (;;) {
    const { id, entry } = await entryOf(ledger, person);
    const isGood = entry !== null && stateOf(entry.value, now) === 'good';
    const kept: KeptToken = {
      ...{ name, scope, gateway: null, made: entry?.value.made ?? now, by: issuer, expires, rotated: null },
      ...{ revoked: null, before: null, issuer, subject: subjectOf(person) },
      sha256: isGood ? entry.value.sha256 : hashOf(newSecret()),
    };
    if (await ledger.put(keyOf(id), (entry?.version ?? 0) + 1, kept)) return shownOf(id, kept, null, now);
  }
}

/** Ends what somebody may here, where they may anything. */
export async function dropPerson(ledger: Ledger, person: Who, now = Date.now()): Promise<void> {
  await revokeToken(ledger, (await entryOf(ledger, person)).id, now);
}

/** The token of somebody who signs in, or where it would be. */
async function entryOf(ledger: Ledger, person: Who): Promise<{ id: string; entry: Entry<KeptToken> | null }> {
  for (let turn = 0; ; turn++) {
    const id = idIn(Buffer.from(hashOf(`${subjectOf(person)}/${turn}`), 'hex'));
    const entry = (await ledger.get(keyOf(id))) as Entry<KeptToken> | null;
    // Else another has that id already.
    if (!entry || entry.value.subject === subjectOf(person)) return { id, entry };
  }
}

/** Gives a token another secret; the one before opens for `graceMs` more. Null where there is none that is good. */
export async function rotateToken(ledger: Ledger, id: string, graceMs: number, now = Date.now()) {
  const secret = newSecret();
  const row = await change(ledger, id, now, (kept) => {
    // Nobody else gets to speak for somebody who signs in.
    if (stateOf(kept, now) !== 'good' || kept.issuer !== undefined) return null;
    const before = graceMs > 0 ? { sha256: kept.sha256, until: now + graceMs } : null;
    return { ...kept, rotated: now, sha256: hashOf(secret), before };
  });
  return row && { token: textOf(id, secret), row };
}

/** Takes a token back for good, and with it every session that was got for it. Null where there is none. */
export const revokeToken = (ledger: Ledger, id: string, now = Date.now()): Promise<Token | null> =>
  change(ledger, id, now, (kept) => ({ ...kept, revoked: kept.revoked ?? now, before: null }));

/** Puts the next version of a token, made of the newest one whoever else changes it; null: there is none, or it stays as it is. */
async function change(
  ledger: Ledger,
  id: string,
  now: number,
  to: (kept: KeptToken) => KeptToken | null,
): Promise<Token | null> {
  for (;;) {
    const entry = (await ledger.get(keyOf(id))) as Entry<KeptToken> | null;
    const changed = entry && to(entry.value);
    if (!changed) return null;
    if (await ledger.put(keyOf(id), entry.version + 1, changed)) return shownOf(id, changed, null, now);
  }
}

/** All that were made, the newest first. */
export async function readTokens(ledger: Pick<Ledger, 'list'>, now = Date.now()): Promise<Token[]> {
  const used = (await ledger.list('token-used/')) as Entry<{ time: number }>[];
  const usedAt = new Map(used.map(({ key, value }) => [key.slice('token-used/'.length), value.time]));
  return (await listKept(ledger))
    .map(([id, kept]) => shownOf(id, kept, usedAt.get(id) ?? null, now))
    .sort((a, b) => b.made - a.made || (a.id < b.id ? -1 : 1));
}

/** Puts down when a token was used last. */
export const noteUse = (ledger: Ledger, id: string, time: number): Promise<unknown> =>
  say(ledger, usedKeyOf(id), { time });

/**
 * Whether an admin's token was made and not taken back: then nobody gets in without one, even when it has expired. Whoever signs in
 * is none: where nobody can any more, nobody would be left.
 */
export const hasAdmin = async (ledger: Pick<Ledger, 'list'>): Promise<boolean> =>
  (await listKept(ledger)).some(
    ([, { scope, revoked, issuer }]) => scope === 'admin' && revoked === null && issuer === undefined,
  );

export const keptToken = (ledger: Ledger, id: string): Promise<KeptToken | null> => valueAt(ledger, keyOf(id));

/** The two parts of a token's text; null: it is of another form. */
export function partsOf(text: string): { id: string; sha256: string } | null {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id && secret ? { id, sha256: hashOf(secret) } : null;
}

/** Whether a token is good with a secret of that SHA-256 at an instant. */
export const opensWith = (kept: KeptToken, sha256: string, now: number): boolean =>
  stateOf(kept, now) === 'good' &&
  (kept.sha256 === sha256 || (kept.before !== null && kept.before.sha256 === sha256 && now < kept.before.until));

const stateOf = ({ revoked, expires }: KeptToken, now: number): Token['state'] =>
  revoked !== null ? 'revoked' : expires !== null && expires <= now ? 'expired' : 'good';

function shownOf(id: string, kept: KeptToken, used: number | null, now: number): Token {
  const { sha256: _sha256, subject: _subject, before, issuer = null, ...shown } = kept;
  const until = before && before.until > now ? before.until : null;
  return { id, ...shown, issuer, before: until, used, state: stateOf(kept, now) };
}

async function listKept(ledger: Pick<Ledger, 'list'>): Promise<[string, KeptToken][]> {
  const entries = (await ledger.list('token/')) as Entry<KeptToken>[];
  return entries.map(({ key, value }) => [key.slice('token/'.length), value]);
}

const textOf = (id: string, secret: string): string => `${PREFIX}_${id}_${secret}`;
const idIn = (bytes: Buffer): string => [...bytes.subarray(0, 8)].map((byte) => ALPHABET[byte & 31]).join('');
const newId = (): string => idIn(randomBytes(8));
const subjectOf = ({ issuer, subject }: Who): string => hashOf(JSON.stringify([issuer, subject]));
const newSecret = (): string => randomBytes(32).toString('base64url');
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
