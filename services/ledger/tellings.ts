import type { Firing } from '../model/rule.ts';
import type { Entry, Ledger } from './ledger.ts';

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

/** What was tried, by key; at one destination, or at all. */
export async function readTellings(
  ledger: Pick<Ledger, 'list'>,
  destination?: string,
): Promise<Map<string, Entry<Telling>>> {
  const entries = (await ledger.list(destination ? `telling/${destination}/` : 'telling/')) as Entry<Telling>[];
  return new Map(entries.map((entry) => [entry.key, entry]));
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
