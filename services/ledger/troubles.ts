import type { Delivery, Trouble } from '../model/delivery.ts';
import type { DestinationShown } from '../model/destination.ts';
import type { Schedule, WindowRow } from '../model/schedule.ts';
import { wordsOf } from '../model/windows.ts';
import { deliveriesOf, deliveryKey, readConfigured, readDeliveries } from './deliveries.ts';
import type { Ledger } from './ledger.ts';
import { readSchedules, readWindows, rowKey } from './schedules.ts';

/** What has failed, oldest first, and the keys of what is being tried again: neither failed nor well yet. */
export type Troubles = { open: Trouble[]; pending: ReadonlySet<string> };

/** Every window and every delivery that has failed. */
export async function readTroubles(ledger: Pick<Ledger, 'list'>): Promise<Troubles> {
  const known = await readDeliveries(ledger);
  const there = await readConfigured(ledger);
  const found = await Promise.all(
    (await readSchedules(ledger)).map(async (schedule) => {
      const windows = (await readWindows(ledger, schedule.id)).map(({ value }) => value);
      return troublesOf(schedule, windows, deliveriesOf(schedule, windows, known), there);
    }),
  );
  return {
    open: found.flatMap(({ open }) => open).sort((a, b) => a.until - b.until || (a.key < b.key ? -1 : 1)),
    pending: new Set(found.flatMap(({ pending }) => [...pending])),
  };
}

/** What has failed of a schedule. A delivery to what is no destination has, too. */
function troublesOf(
  { id, name, zone }: Pick<Schedule, 'id' | 'name' | 'zone'>,
  windows: readonly WindowRow[],
  deliveries: readonly Delivery[],
  there: readonly DestinationShown[],
): Troubles {
  const said = (until: number) => `“${name}” until ${wordsOf(until, zone)}`;
  const failed = windows
    .filter(({ state }) => state === 'failed')
    .map(({ until, error, retry }): Trouble => {
      const what = `The files of ${said(until)} could not be made.`;
      return { key: rowKey(id, until), schedule: id, name, until, destination: null, what, reason: error ?? '', retry };
    });
  const names = new Set(there.map((one) => one.name));
  const unsent = deliveries.flatMap((delivery): Trouble[] => {
    const { until, revision, destination, state, error, retry } = delivery;
    const isLost = state === 'waiting' && !names.has(destination);
    if (state !== 'failed' && !isLost) return [];
    const what = `Revision ${revision} of ${said(until)} could not be sent to ${destination}.`;
    const reason = isLost ? notConfigured(destination, [...names]) : (error ?? '');
    return [{ key: deliveryKey(delivery), schedule: id, name, until, destination, what, reason, retry }];
  });
  const busy = [
    ...windows.filter(({ state }) => state === 'running' || state === 'planned').map(({ until }) => rowKey(id, until)),
    ...deliveries.filter(({ state }) => state === 'waiting' || state === 'sending').map(deliveryKey),
  ];
  const open = [...failed, ...unsent];
  const keys = new Set(open.map(({ key }) => key));
  return { open, pending: new Set(busy.filter((key) => !keys.has(key))) };
}

/** What is wrong with a name that no destination has, and what to do. */
const notConfigured = (name: string, names: readonly string[]): string =>
  `expected a destination that DESTINATIONS names (${names.join(', ') || 'none'}), found ${name}`;
