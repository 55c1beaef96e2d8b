import type { Delivery, Trouble } from '../../services/model/delivery.ts';
import type { DestinationShown } from '../../services/model/destination.ts';
import type { Call } from './call.ts';

/** A destination, and what became of the last try of it: `asked`, `done`, `failed`, or null. */
export type DestinationRow = DestinationShown & { tried: string | null; error: string | null };
export type DeedRow = { time: number; who: string; did: string; schedule: string | null; what: string };
type Rows<T> = { rows: T[] };

/** What becomes of files after they are written. Each call throws as those of schedules do. */
export function createSending(call: Call) {
  const at = (id: string) => `v1/schedules/${encodeURIComponent(id)}/deliveries`;
  return {
    destinations: async () => (await call<Rows<DestinationRow>>('v1/destinations')).rows,
    troubles: async () => (await call<Rows<Trouble>>('v1/schedules/troubles')).rows,
    deliveries: async (id: string) => (await call<Rows<Delivery>>(at(id))).rows,
    deeds: async (id: string) => (await call<Rows<DeedRow>>(`v1/audit?schedule=${encodeURIComponent(id)}`)).rows,
    again: (id: string, until: number, destination: string) =>
      call<{ again: number }>(at(id), 'POST', { until, destination }),
    test: (name: string) => call<DestinationRow>(`v1/destinations/${encodeURIComponent(name)}/test`, 'POST', {}),
  };
}
