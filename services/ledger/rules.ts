import { createHash } from 'node:crypto';
import { type Firing, type GivenRule, type Rule, settledRule } from '../model/rule.ts';
import type { VenueFile } from '../model/venue.ts';
import type { Entry, Known, Ledger } from './ledger.ts';
import { say, valueAt } from './runs.ts';

const ruleKey = (id: string): string => `rule/${id}`;
const sinceKey = (id: string): string => `watched/${id}`;

/** The rules that hold, by id: those of the venue's file, and those of the page, which come before. */
export async function readRules(ledger: Pick<Ledger, 'list'>, { rules = [] }: VenueFile): Promise<Rule[]> {
  const written = (await ledger.list('rule/')) as Entry<GivenRule | null>[];
  const found = new Map(rules.map(({ id, ...given }) => [id, settledRule(id, given, 'venue')]));
  for (const { key, value } of written) {
    const id = key.slice('rule/'.length);
    if (value) found.set(id, settledRule(id, value, 'page'));
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

export async function putRule(ledger: Ledger, id: string, given: GivenRule): Promise<void> {
  await say(ledger, ruleKey(id), given);
}

/** Takes away what the page says of a rule; false: it says nothing. */
export async function dropRule(ledger: Ledger, id: string): Promise<boolean> {
  if (!(await valueAt<GivenRule>(ledger, ruleKey(id)))) return false;
  await say(ledger, ruleKey(id), null);
  return true;
}

/** Since when a rule is looked at, UTC ms: what was before is none of its business. */
export async function watchedSince(ledger: Ledger, rule: Rule, now: number): Promise<number> {
  const key = `${sinceKey(rule.id)}/${rule.measure}-${rule.severity}`;
  await ledger.put(key, 1, { since: now });
  return (await valueAt<{ since: number }>(ledger, key))!.since;
}

/** Where an episode lies: the rule, the place, and since when it holds. */
const firingKey = ({ rule, place, since, about }: Episode): string =>
  `firing/${rule}/${place}/${new Date(since).toISOString()}${about === null ? '' : `/${about}`}`;
/** What makes an episode itself. */
export type Episode = Pick<Firing, 'rule' | 'place' | 'since' | 'about'>;

/** An episode's id: the same wherever and however often it is found. */
export const firingId = (of: Episode): string => createHash('sha256').update(firingKey(of)).digest('hex').slice(0, 16);

type Choice = (known: Known[]) => Known[];

/** Episodes, newest first; of one rule, or of all; `pick`: those that are read of as many as there ever were. */
export async function readFirings(ledger: Pick<Ledger, 'list'>, rule?: string, pick?: Choice): Promise<Firing[]> {
  const prefix = rule === undefined ? 'firing/' : `firing/${rule}/`;
  const entries = (await ledger.list(prefix, pick && { pick })) as Entry<Firing>[];
  return entries.map(({ value }) => value).sort((a, b) => b.fired - a.fired || (a.id < b.id ? -1 : 1));
}

/** An episode that is over has been put twice. */
const isOpen = ({ version }: Known): boolean => version === 1;
/** Newest first, by when they were put down, in one order that stays. */
const newestFirst = (a: Known, b: Known): number => b.first - a.first || (a.key < b.key ? -1 : 1);

/** Those that hold. */
export const open = (known: Known[]): Known[] => known.filter(isOpen);

/** Those that hold, and what was put down since an instant, UTC ms. */
export const openOrSince = (since: number) => (known: Known[]) =>
  known.filter((one) => isOpen(one) || one.time >= since);

/** Those that hold, and of each rule the last that fired. */
export function openAndLast(known: Known[]): Known[] {
  const last = new Map<string, Known>();
  for (const one of known) {
    const rule = one.key.split('/', 2)[1]!;
    if (one.first >= (last.get(rule)?.first ?? Number.NEGATIVE_INFINITY)) last.set(rule, one);
  }
  return [...new Set([...open(known), ...last.values()])];
}

/**
 * A page of episodes by when they were put down, newest first: the first has all that hold besides, so the others have none of those.
 * `after`: where the page before ended; `last`: where this one does, null where nothing is left.
 */
export function pageOf(
  known: Known[],
  limit: number,
  after: [first: number, key: string] | null,
): { found: Known[]; last: Known | null } {
  const isAfter = (one: Known) => after === null || newestFirst({ ...one, first: after[0], key: after[1] }, one) < 0;
  const all = known.filter((one) => isAfter(one) && (after === null || !isOpen(one))).sort(newestFirst);
  return { found: all.filter((one, i) => i < limit || isOpen(one)), last: all[limit] ? all[limit - 1]! : null };
}

/** Episodes of which notices are made beside those that hold: at least so many of the newest, and less than twice. */
const NOTICED = 1000;

/** Those that hold, and the newest; where they begin moves by many at once, since each word of a badge depends on those before it. */
export function openAndNewest(known: Known[]): Known[] {
  const all = [...known].sort(newestFirst);
  const left = Math.max(0, Math.floor(all.length / NOTICED) - 1) * NOTICED;
  return all.filter((one, i) => i < all.length - left || isOpen(one));
}

/** Puts down that an episode has fired; false: it was known. */
export const putFiring = (ledger: Ledger, firing: Firing): Promise<boolean> => ledger.put(firingKey(firing), 1, firing);

/** What is put down of an episode when it is over. */
type Over = Pick<Firing, 'clearedValue' | 'clearedSentence'>;
const UNKNOWN: Over = { clearedValue: null, clearedSentence: null };

/** Puts down that an episode is over; false: it was known, or is none. */
export async function clearFiring(ledger: Ledger, of: Episode, time: number, over = UNKNOWN): Promise<boolean> {
  const firing = await valueAt<Firing>(ledger, firingKey(of));
  return (
    firing?.cleared === null && ledger.put(firingKey(of), 2, { ...firing, cleared: time, ...over } satisfies Firing)
  );
}
