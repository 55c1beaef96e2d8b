import { randomUUID } from 'node:crypto';
import { partsOf, send } from '../../services/deliver/send.ts';
import { deliveriesOf, deliveryKey, readDeliveries } from '../../services/ledger/deliveries.ts';
import { readSchedules, readWindows } from '../../services/ledger/schedules.ts';
import type { Delivery } from '../../services/model/delivery.ts';
import type { Destination } from '../../services/model/destination.ts';
import type { Published, Schedule } from '../../services/model/schedule.ts';
import { type Depot, packed } from './parcel.ts';
import { nextOf, retryAt } from './plan.ts';

type Waiting = { delivery: Delivery; published: Published; schedule: Schedule };

/** Everything that is for a destination, oldest window first. */
async function waitingFor(name: string, { ledger }: Depot): Promise<Waiting[]> {
  const known = await readDeliveries(ledger);
  const found = await Promise.all(
    (await readSchedules(ledger))
      .filter(({ destinations }) => destinations.includes(name))
      .map(async (schedule) => {
        const windows = (await readWindows(ledger, schedule.id)).map(({ value }) => value);
        const published = new Map(windows.map((window) => [window.until, window.published]));
        return deliveriesOf(schedule, windows, known)
          .filter(({ destination, state }) => destination === name && state !== 'sent' && state !== 'superseded')
          .map((delivery) => ({ delivery, published: published.get(delivery.until)!, schedule }));
      }),
  );
  return found.flat().sort((a, b) => a.delivery.until - b.delivery.until);
}

/** What a destination waits for: something can be sent now, or when it can (UTC ms); null: nothing is left. */
export async function lookFor(name: string, depot: Depot): Promise<{ due: Waiting } | { wait: number | null }> {
  const waiting = await waitingFor(name, depot);
  const next = nextOf(
    waiting.map(({ delivery }) => delivery),
    depot.now(),
  );
  if ('wait' in next) return next;
  return { due: waiting.find(({ delivery }) => delivery === next.send)! };
}

/** Sends one revision to one destination, and says before and after how it stands; of two who try one does it. */
export async function deliver(destination: Destination, waiting: Waiting, depot: Depot, signal: AbortSignal) {
  const { ledger, now } = depot;
  const key = deliveryKey(waiting.delivery);
  const before = waiting.delivery;
  const version = ((await ledger.get(key))?.version ?? 0) + 1;
  const row: Delivery = {
    ...before,
    id: before.id ?? randomUUID(),
    state: 'sending',
    attempt: before.state === 'sending' ? before.attempt : before.attempt + 1,
    ...{ time: now(), error: null, retry: null },
    ...(before.state === 'sending' && { broken: true }),
  };
  if (!(await ledger.put(key, version, row))) return;
  const done = new Set(row.done);
  let parts = row.parts;
  const failed = await (async () => {
    const parcel = await packed(row.id!, waiting.published, waiting.schedule, row.until, depot);
    parts = partsOf(destination, parcel);
    await send(destination, parcel, { done, signal });
    return null;
  })().catch((error: Error) => error);
  const after = { ...row, done: [...done], parts, time: now() };
  await ledger.put(key, version + 1, endOf(after, failed, signal, now()));
  signal.throwIfAborted();
}

/** How a delivery stands after a try. Who was told to stop has not failed. */
function endOf(row: Delivery, failed: Error | null, signal: AbortSignal, now: number): Delivery {
  if (!failed) return { ...row, state: 'sent' };
  if (signal.aborted) return { ...row, state: 'waiting', attempt: row.attempt - 1 };
  return { ...row, state: 'failed', error: failed.message, retry: retryAt(row.attempt, now, failed) };
}
