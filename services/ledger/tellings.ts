import type { Firing } from '../model/rule.ts';
import type { Entry, Known, Ledger } from './ledger.ts';
import { say } from './runs.ts';

/** That a rule holds, or no longer does, on its way to one destination: one row, whose versions are its tries. Times are UTC ms. */
export type Telling = {
  state: 'waiting' | 'sending' | 'sent' | 'failed';
  attempt: number;
  error: string | null;
  /** it failed and is tried again then; null: it is given up */
  retry: number | null;
  done: string[];
};
/** What is told of an episode. */
export type Tiding = { firing: Firing; is: 'fired' | 'cleared'; destination: string };

/** The id that a receiver knows a telling by, over all tries. */
export const tidingId = ({ firing, is }: Pick<Tiding, 'firing' | 'is'>): string => `${firing.id}-${is}`;
export const tellingKey = (tiding: Tiding): string => `telling/${tiding.destination}/${tidingId(tiding)}`;

/** Up to when (by when it was put, UTC ms) all that was to be told to a destination is at its end. */
type Settled = { until: number };
const settledKey = (name: string): string => `settled/${name}`;
/** How far the clocks of those who put episodes may lie apart, ms. */
const APART_MS = 3_600_000;
/** Episodes that have to be settled before that is put down anew. */
const WORTH = 500;

/** What was tried, by key; at one destination, or at all; `pick`: those that are read. */
export async function readTellings(
  ledger: Pick<Ledger, 'list'>,
  destination?: string,
  pick: (known: Known[]) => Known[] = (known) => known,
): Promise<Map<string, Entry<Telling>>> {
  const prefix = destination ? `telling/${destination}/` : 'telling/';
  const entries = (await ledger.list(prefix, { pick })) as Entry<Telling>[];
  return new Map(entries.map((entry) => [entry.key, entry]));
}

/** The newest that were tried, so many. */
export const newestTellings =
  (count: number) =>
  (known: Known[]): Known[] =>
    [...known].sort((a, b) => b.time - a.time).slice(0, count);

/** What was tried, and episodes, as far as not all of them is settled; at one destination, or at all. `from`: by destination, since when. */
export async function readUnsettled(ledger: Pick<Ledger, 'list'>, destination?: string) {
  const rows = (await ledger.list('settled/')) as Entry<Settled>[];
  const from = new Map(rows.map(({ key, value }) => [key.slice(settledKey('').length), value.until]));
  const fromOf = (name: string) => from.get(name) ?? Number.NEGATIVE_INFINITY;
  const known = await readTellings(ledger, destination, (all) =>
    all.filter(({ key, time }) => time >= fromOf(key.split('/', 2)[1]!)),
  );
  const names = destination ? [destination] : [...new Set([...known.keys()].map((key) => key.split('/', 2)[1]!))];
  const least = Math.min(...names.map(fromOf));
  const pick = (all: Known[]) => all.filter(({ time }) => time >= least);
  const firings = (await ledger.list('firing/', { pick })) as Entry<Firing>[];
  return { known, firings };
}

/** Puts down up to when a destination is settled, where that saves reading; `left`: ids of episodes of which something is left to be told. */
export async function settle(
  ledger: Ledger,
  destination: string,
  firings: readonly Entry<Firing>[],
  left: ReadonlySet<string>,
): Promise<void> {
  const ends = firings.map(({ time, value }) => ({ time, isLeft: left.has(value.id) })).sort((a, b) => a.time - b.time);
  const last = (ends.find(({ isLeft }) => isLeft) ?? ends.at(-1))?.time;
  if (last === undefined) return;
  const until = last - APART_MS;
  if (ends.filter(({ time }) => time < until).length >= WORTH)
    await say(ledger, settledKey(destination), { until } satisfies Settled);
}

/** All that is to be told of episodes, oldest first: an episode says whom when it fires, so nothing is lost in between. */
export function tidingsOf(firings: readonly Firing[]): Tiding[] {
  return firings
    .flatMap((firing) =>
      firing.to.flatMap((destination): (Tiding & { at: number })[] => [
        { firing, is: 'fired', destination, at: firing.fired },
        ...(firing.cleared === null ? [] : [{ firing, is: 'cleared' as const, destination, at: firing.cleared }]),
      ]),
    )
    .sort((a, b) => a.at - b.at || (tellingKey(a) < tellingKey(b) ? -1 : 1))
    .map(({ at: _, ...tiding }) => tiding);
}
