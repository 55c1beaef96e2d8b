import { setTimeout as sleep } from 'node:timers/promises';
import { DESTINATION_KEY, readConfigured } from '../../services/ledger/deliveries.ts';
import { say } from '../../services/ledger/runs.ts';
import type { Destination, DestinationShown } from '../../services/model/destination.ts';
import { createLane, type Lane } from './lane.ts';

/** What may have to be sent, or is asked for, is put under these. */
const CALLS = ['window/', 'delivery/', 'trial/', 'schedule/', 'firing/'];
/** Many things that are put at once are looked at once, ms. */
const CALM_MS = 300;
/** It is looked as often at least, ms. */
const PAUSE_MAX_MS = 60_000;

export type Delivering = Omit<Lane, 'destination' | 'announces'> & {
  destinations: readonly Destination[];
  /** what everybody may know of them */
  shown: readonly DestinationShown[];
};

/**
 * Sends what schedules publish and tells what rules find until `signal` aborts: each destination has a lane of its own, so that one that hangs keeps
 * nobody waiting but itself.
 */
export async function keepDelivering(delivering: Delivering): Promise<void> {
  const { ledger, shown, destinations, signal } = delivering;
  for (const { name } of await readConfigured(ledger))
    if (!shown.some((one) => one.name === name)) await say(ledger, DESTINATION_KEY(name), null);
  for (const one of shown) await say(ledger, DESTINATION_KEY(one.name), one);
  if (destinations.length === 0) return;
  const bell = new EventTarget();
  const listening = CALLS.map(async (prefix) => {
    for await (const _ of ledger.watch(prefix, signal)) bell.dispatchEvent(new Event('ring'));
  });
  const announces = new Map(shown.map((one) => [one.name, one.announces]));
  const lanes = destinations.map((destination) =>
    keepLane({ ...delivering, destination, announces: announces.get(destination.name) ?? false }, bell),
  );
  await Promise.all([...lanes, ...listening]);
}

async function keepLane(lane: Lane, bell: EventTarget): Promise<void> {
  const { signal, failed, destination, now } = lane;
  const { work } = createLane(lane);
  while (!signal.aborted) {
    const over = new AbortController();
    const waking = AbortSignal.any([over.signal, signal]);
    const rung = new Promise<void>((resolve) => {
      bell.addEventListener('ring', () => resolve(), { once: true, signal: waking });
    });
    const next = await work().catch((error: unknown) => {
      if (!signal.aborted)
        failed(error, `what goes to ${destination.name} cannot be looked at; it will be at the next minute`);
      return null;
    });
    const pause = next === null ? PAUSE_MAX_MS : Math.max(0, Math.min(PAUSE_MAX_MS, next - now()));
    const slept = sleep(pause, undefined, { signal: waking });
    await Promise.race([rung, slept]).catch(() => undefined);
    over.abort();
    await slept.catch(() => undefined);
    await sleep(CALM_MS, undefined, { signal }).catch(() => undefined);
  }
}
