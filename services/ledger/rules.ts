import { createHash } from 'node:crypto';
import { type Firing, type GivenRule, type Rule, settledRule } from '../model/rule.ts';
import type { VenueFile } from '../model/venue.ts';
import type { Entry, Ledger } from './ledger.ts';
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

/** All episodes, newest first; of one rule, or of all. */
export async function readFirings(ledger: Pick<Ledger, 'list'>, rule?: string): Promise<Firing[]> {
  const entries = (await ledger.list(rule === undefined ? 'firing/' : `firing/${rule}/`)) as Entry<Firing>[];
  return entries.map(({ value }) => value).sort((a, b) => b.fired - a.fired || (a.id < b.id ? -1 : 1));
}

/** Puts down that an episode has fired; false: it was known. */
export const putFiring = (ledger: Ledger, firing: Firing): Promise<boolean> => ledger.put(firingKey(firing), 1, firing);

/** Puts down that an episode is over; false: it was known, or is none. */
export async function clearFiring(ledger: Ledger, of: Episode, time: number): Promise<boolean> {
  const firing = await valueAt<Firing>(ledger, firingKey(of));
  return firing?.cleared === null && ledger.put(firingKey(of), 2, { ...firing, cleared: time } satisfies Firing);
}
