import { DELIVERY_STATES, type Delivery } from '../model/delivery.ts';
import type { DestinationShown } from '../model/destination.ts';
import type { Schedule, WindowRow } from '../model/schedule.ts';
import type { Entry, Ledger } from './ledger.ts';

type Reading = Pick<Ledger, 'list'>;

/** Where a delivery lies: below its schedule, window and revision. */
export const deliveryKey = ({ schedule, until, revision, destination }: Delivery): string =>
  `delivery/${schedule}/${new Date(until).toISOString()}/${revision}/${destination}`;

export const DESTINATION_KEY = (name: string): string => `destination/${name}`;
/** Somebody wants to know whether a destination can be reached. */
export const TRIAL_KEY = (name: string): string => `trial/${name}`;
export type Trial = { state: 'asked' | 'done' | 'failed'; error: string | null };

/** Deliveries that were tried, by key; of one schedule, or of all. */
export async function readDeliveries(ledger: Reading, schedule?: string): Promise<Map<string, Entry<Delivery>>> {
  const entries = (await ledger.list(schedule ? `delivery/${schedule}/` : 'delivery/')) as Entry<Delivery>[];
  return new Map(entries.map((entry) => [entry.key, entry]));
}

/** What there is to send files to, by name, as the process says that does it. */
export async function readConfigured(ledger: Reading): Promise<DestinationShown[]> {
  const entries = (await ledger.list('destination/')) as Entry<DestinationShown | null>[];
  return entries.flatMap(({ value }) => value ?? []);
}

/**
 * Every delivery of a schedule, by window: those of the newest revisions, tried or not, to what the schedule still names; and
 * what became of earlier ones, `superseded` where it was never sent.
 */
export function deliveriesOf(
  { id, destinations }: Pick<Schedule, 'id' | 'destinations'>,
  windows: readonly WindowRow[],
  known: ReadonlyMap<string, Entry<Delivery>>,
): Delivery[] {
  const tried = [...known.values()].map(({ value }) => value).filter(({ schedule }) => schedule === id);
  const newest = new Map(windows.map(({ until, published }) => [until, published?.revision ?? 0]));
  const past = tried
    .filter(({ until, revision, destination }) => revision !== newest.get(until) || !destinations.includes(destination))
    .map((row): Delivery => (row.state === 'sent' ? row : { ...row, state: 'superseded', retry: null }));
  const current = windows.flatMap(({ until, published }) =>
    (published?.to ?? [])
      .filter((destination) => destinations.includes(destination))
      .map((destination): Delivery => {
        const row: Delivery = { ...UNTRIED, schedule: id, until, revision: published!.revision, destination };
        return known.get(deliveryKey(row))?.value ?? row;
      }),
  );
  return [...past, ...current].sort((a, b) => a.until - b.until || a.revision - b.revision || order(a) - order(b));
}

const order = ({ state }: Delivery): number => DELIVERY_STATES.indexOf(state);

/** A delivery of which nothing is known yet. */
const UNTRIED = {
  ...{ id: null, state: 'waiting', attempt: 0, time: null, error: null, retry: null, parts: 0 },
  done: [] as string[],
} satisfies Partial<Delivery>;
