import type { Trouble } from '../model/delivery.ts';
import type { Entry, Ledger } from './ledger.ts';
import type { Telling } from './tellings.ts';

/** News of failures that some of a destination have and others have not: what was said, since when, and how those stand. Times are UTC ms. */
export type Untold = Omit<Telling, 'state'> & {
  since: number;
  said: { subject: string; lines: string[]; page: string | null };
};

const PREFIX = 'untold/';
/** By the id of the news, which is the same over all tries. */
export const untoldKey = (destination: string, id: string): string => `${PREFIX}${destination}/${id}`;

/** News that did not reach everybody, oldest first; of one destination, or of all. What has reached the last of them is none. */
export async function readUntold(ledger: Pick<Ledger, 'list'>, destination?: string): Promise<Entry<Untold>[]> {
  const entries = (await ledger.list(destination ? untoldKey(destination, '') : PREFIX)) as Entry<Untold | null>[];
  const untold = entries.flatMap(({ value, ...entry }) => (value ? [{ ...entry, value }] : []));
  return untold.sort((a, b) => a.value.since - b.value.since);
}

/** That somebody of a destination could not be told is a trouble of its own: no news, since the others would hear of it each time. */
export function troubleOf({ key, value: { since, error, retry } }: Entry<Untold>): Trouble {
  const name = key.split('/')[1]!;
  const what = `Not everybody at ${name} could be told what failed.`;
  const rest = { reason: error ?? '', retry, rests: false };
  return { key, schedule: null, name, until: since, destination: name, what, ...rest };
}

/** How often a destination could not be told what failed, one time after the other, and until when (UTC ms) it is left alone. */
export type Silence = { failures: number; until: number };
export const SILENCE_KEY = (destination: string): string => `silence/${destination}`;
