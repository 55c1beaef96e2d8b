import { createLane, type Lane } from '../../jobs/deliver/lane.ts';
import { DESTINATION_KEY, deliveriesOf, readDeliveries } from '../../services/ledger/deliveries.ts';
import type { Ledger } from '../../services/ledger/ledger.ts';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { say } from '../../services/ledger/runs.ts';
import { putSchedule, readSchedule, readWindows, rowKey } from '../../services/ledger/schedules.ts';
import type { Delivery } from '../../services/model/delivery.ts';
import type { Destination } from '../../services/model/destination.ts';
import { type Published, type Schedule, USUAL } from '../../services/model/schedule.ts';
import type { Venue } from '../../services/model/venue.ts';
import { shownOf } from '../../services/settings/destinations.ts';
import { VENUE, windowOf } from '../deliver/parcels.ts';
import { newFolder, remove } from '../service.ts';

export const SCHEDULE: Omit<Schedule, 'id' | 'time'> = {
  ...USUAL,
  name: 'Rooms by hour',
  query: { dataset: 'observations', rows: ['room'], columns: [], measures: ['count'] },
  ...{ cron: '0 * * * *', zone: 'Europe/Dublin', formats: ['csv'], profile: 'data' },
  ...{ since: 0, destinations: ['hook'] },
};

/** A house with one schedule, whose windows a test publishes, and lanes to its destinations; its clock stands until it is moved. */
export async function depot(destinations: Destination[], announcers: string[] = [], rest: Partial<Schedule> = {}) {
  const house = newFolder();
  let now = Date.UTC(2026, 10, 3, 12);
  const clock = () => now;
  const ledger: Ledger = memoryLedger(clock);
  const said: string[] = [];
  const names = destinations.map(({ name }) => name);
  await putSchedule(ledger, 'hourly', { ...SCHEDULE, destinations: names, ...rest });
  for (const one of destinations) await say(ledger, DESTINATION_KEY(one.name), shownOf(one, announcers));
  const laneTo = (name: string, more: Partial<Lane> = {}) =>
    createLane({
      ...{ house, ledger, now: clock, publicUrl: null, owner: `test ${name}`, leaseMs: 60_000 },
      venue: () => ({ file: VENUE }) as Venue,
      destination: destinations.find((one) => one.name === name)!,
      announces: announcers.includes(name),
      signal: new AbortController().signal,
      failed: (error, words) => void said.push(`${words}: ${(error as Error).message}`),
      ...more,
    });
  return {
    ...{ house, ledger, said, laneTo },
    /** Says that a window is filled. */
    async fill(published: Published, until: number, to = names): Promise<void> {
      await say(ledger, rowKey('hourly', until), windowOf({ ...published, to }, until));
    },
    async deliveries(): Promise<Delivery[]> {
      const schedule = (await readSchedule(ledger, 'hourly'))!;
      const windows = (await readWindows(ledger, 'hourly')).map(({ value }) => value);
      return deliveriesOf(schedule, windows, await readDeliveries(ledger));
    },
    pass(ms: number): void {
      now += ms;
    },
    end: () => remove(house),
  };
}
