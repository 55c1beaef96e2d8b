import type { Delivery, Trouble } from '../model/delivery.ts';
import type { DestinationShown } from '../model/destination.ts';
import { rests, retryOf, type Schedule, type WindowRow } from '../model/schedule.ts';
import { wordsOf } from '../model/windows.ts';
import { deliveriesOf, deliveryKey, readConfigured, readDeliveries } from './deliveries.ts';
import type { Ledger } from './ledger.ts';
import { readSchedules, readWindows, rowKey } from './schedules.ts';
import { readUnsettled, tellingKey, tidingsOf } from './tellings.ts';
import { readUntold, troubleOf } from './untold.ts';

/** What has failed, oldest first, and the keys of what is well: filled, sent, or told. What is neither waits, is being tried, or belongs to no schedule any more. */
export type Troubles = { open: Trouble[]; well: ReadonlySet<string> };

/** Every window, every delivery and every word of a rule that has failed. */
export async function readTroubles(ledger: Pick<Ledger, 'list'>): Promise<Troubles> {
  const known = await readDeliveries(ledger);
  const there = await readConfigured(ledger);
  const found = await Promise.all(
    (await readSchedules(ledger)).map(async (schedule) => {
      const windows = (await readWindows(ledger, schedule.id)).map(({ value }) => value);
      return troublesOf(schedule, windows, deliveriesOf(schedule, windows, known), there);
    }),
  );
  found.push(await untold(ledger));
  found.push({ open: (await readUntold(ledger)).map(troubleOf), well: new Set() });
  return {
    open: found.flatMap(({ open }) => open).sort((a, b) => a.until - b.until || (a.key < b.key ? -1 : 1)),
    well: new Set(found.flatMap(({ well }) => [...well])),
  };
}

/** What rules could not tell: what is given up, too, until something else gets through to that destination. */
async function untold(ledger: Pick<Ledger, 'list'>): Promise<Troubles> {
  const { known, firings } = await readUnsettled(ledger);
  const tidings = tidingsOf(firings.map(({ value }) => value)).flatMap((tiding) => {
    const entry = known.get(tellingKey(tiding));
    return entry ? [{ ...tiding, ...entry, ...entry.value }] : [];
  });
  const sent = tidings.filter(({ state }) => state === 'sent');
  const lastTo = (name: string) => Math.max(...sent.map(({ destination, time }) => (destination === name ? time : 0)));
  const open = tidings.flatMap(({ firing, is, destination, key, time, state, error, retry }): Trouble[] => {
    if (state !== 'failed' || (retry === null && lastTo(destination) > time)) return [];
    const { name, fired, cleared } = firing;
    const what = `“${name}” could not tell ${destination} that it ${is === 'fired' ? 'fired' : 'is over'}.`;
    const until = is === 'fired' ? fired : cleared!;
    return [{ key, schedule: null, name, until, destination, what, reason: error ?? '', retry, rests: false }];
  });
  return { open, well: new Set(sent.map(({ key }) => key)) };
}

/** What has failed of a schedule. A delivery to what is no destination has, too. */
function troublesOf(
  { id, name, zone, paused }: Pick<Schedule, 'id' | 'name' | 'zone' | 'paused'>,
  windows: readonly WindowRow[],
  deliveries: readonly Delivery[],
  there: readonly DestinationShown[],
): Troubles {
  const said = (until: number) => `“${name}” until ${wordsOf(until, zone)}`;
  const failed = windows
    .filter(({ state }) => state === 'failed')
    .map((window): Trouble => {
      const { until, error } = window;
      const what = `The files of ${said(until)} could not be made.`;
      const waits = { retry: retryOf({ paused }, window), rests: rests({ paused }, window) };
      return {
        key: rowKey(id, until),
        schedule: id,
        name,
        until,
        destination: null,
        what,
        reason: error ?? '',
        ...waits,
      };
    });
  const names = new Set(there.map((one) => one.name));
  const unsent = deliveries.flatMap((delivery): Trouble[] => {
    const { until, revision, destination, state, error, retry } = delivery;
    const isLost = state === 'waiting' && !names.has(destination);
    if (state !== 'failed' && !isLost) return [];
    const what = `Revision ${revision} of ${said(until)} could not be sent to ${destination}.`;
    const reason = isLost ? notConfigured(destination, [...names]) : (error ?? '');
    return [{ key: deliveryKey(delivery), schedule: id, name, until, destination, what, reason, retry, rests: false }];
  });
  const sent = new Map<string, number>();
  for (const { until, destination, revision, state } of deliveries)
    if (state === 'sent') sent.set(`${until} ${destination}`, revision);
  const well = [
    ...windows.filter(({ state }) => state === 'done').map(({ until }) => rowKey(id, until)),
    // What a later revision has made needless is as good as sent.
    ...deliveries
      .filter(({ until, destination, revision }) => revision <= (sent.get(`${until} ${destination}`) ?? 0))
      .map(deliveryKey),
  ];
  return { open: [...failed, ...unsent], well: new Set(well) };
}

/** What is wrong with a name that no destination has, and what to do. */
const notConfigured = (name: string, names: readonly string[]): string =>
  `expected a destination that DESTINATIONS names (${names.join(', ') || 'none'}), found ${name}`;
