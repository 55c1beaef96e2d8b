import type { Totals } from '../answer/totals.ts';
import type { Fanout } from '../live/fanout.ts';
import type { Took } from '../model/batch.ts';
import type { Status } from '../serve/deps.ts';
import { createMetrics, type Metrics } from '../serve/metrics.ts';
import type { Inbox } from '../source/inbox.ts';

/** How long after a batch that failed the service calls itself not ready, unless one is stored before. */
const DOUBT_MS = 30_000;

/** How long after the last simulated observation what is shown is still called simulated. */
const SIMULATED_MS = 60_000;

/** Gateways whose last word is known at most. */
const HEARD_MAX = 100_000;

/** What a running service knows of itself, moved by each stored batch. */
export type Counts = Metrics & {
  /** when something last came from a gateway since the start, UTC ms; null: nothing did */
  heard(gateway: string): number | null;
  read(): Omit<Status, 'instance'>;
  /** Counts what is stored: at the start, when something was forgotten, when the store is another one. */
  recount(totals: () => Promise<Totals>): Promise<void>;
};

export function createCounts(inbox: Pick<Inbox, 'waiting'>, fanout: Fanout): Counts {
  const metrics = createMetrics(() => inbox.waiting, fanout);
  const counted = { observations: 0, rejects: 0, own: 0, received: null as number | null, duplicates: 0 };
  let [failedAt, simulatedAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let isCounted = false;
  const heard = new Map<string, number>();
  const took: Took = (batch, receipt, ms) => {
    metrics.took(batch, receipt, ms);
    failedAt = Number.NEGATIVE_INFINITY;
    counted.observations += receipt.stored;
    counted.duplicates += receipt.duplicates.length;
    counted.rejects += batch.rejects.length;
    counted.own += batch.rejects.filter(({ source }) => source !== 'simulate').length;
    for (const observation of batch.observations) {
      counted.received = Math.max(counted.received ?? 0, observation.received);
      if (!observation.simulated) counted.own += 1;
      else if (!batch.past) simulatedAt = Date.now();
      if (observation.kind !== 'measurement' && !batch.past) hear(heard, observation);
    }
  };
  return {
    ...metrics,
    took,
    heard: (gateway) => heard.get(gateway) ?? null,
    failed: () => {
      metrics.failed();
      failedAt = Date.now();
    },
    read: () => ({
      ...counted,
      ready: Date.now() - failedAt > DOUBT_MS,
      waiting: inbox.waiting,
      simulated: Date.now() - simulatedAt < SIMULATED_MS,
      replayed: null,
      frame: fanout.newest()?.time ?? null,
    }),
    async recount(totals) {
      const found = await totals();
      // What others have stored, who take more than this process does.
      if (isCounted && simulatedIn(found) > simulatedIn(counted)) simulatedAt = Date.now();
      if (simulatedIn(found) === 0) simulatedAt = Number.NEGATIVE_INFINITY;
      isCounted = true;
      Object.assign(counted, found);
    },
  };
}

const simulatedIn = ({ observations, rejects, own }: Omit<Totals, 'received'>): number => observations + rejects - own;

/** Ids that nobody placed are many where somebody makes them up. */
function hear(heard: Map<string, number>, { gateway, received }: { gateway: string; received: number }): void {
  const last = heard.get(gateway);
  if (last === undefined ? heard.size < HEARD_MAX : received > last) heard.set(gateway, received);
}
