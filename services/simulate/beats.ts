import type { Gateways } from './gateways.ts';
import { hash, saltOf } from './random.ts';
import type { Story } from './story.ts';
import type { Told } from './told.ts';

/** After so many seconds without a word the broker says that it is offline, s. */
const LAST_WILL_S = 45;
const SECOND_MS = 1000;
const NOBODY: number[] = [];

/** Puts what gateways say of themselves in a second. */
export type Beats = (second: number, put: (told: Told) => void) => void;

export function createBeats(seed: number, { epoch, beatSeconds: every }: Story, gateways: Gateways): Beats {
  const salt = saltOf(seed, 'beats');
  const { ids, clock } = gateways;
  const turns = Array.from({ length: every }, (_, turn) =>
    [...ids.keys()].filter((gateway) => (gateway * 7) % every === turn),
  );

  function beat(gateway: number, second: number, put: (told: Told) => void, isFirst: boolean): void {
    const bits = hash(salt, gateway, second);
    const time = epoch + second * SECOND_MS + (bits % SECOND_MS);
    const body = { kind: 'heartbeat', time: time + clock[gateway]!, gateway: ids[gateway]!, status: 'online' } as const;
    const received = gateways.receivedAt(gateway, second, time, bits);
    put({ received, body: { ...body, ...(isFirst && { info: { restarted: true } }), simulated: true } });
  }

  /** The broker speaks for a gateway that it misses; its clock is right. */
  function miss(gateway: number, second: number, put: (told: Told) => void): void {
    const time = epoch + second * SECOND_MS;
    put({
      received: time,
      body: { kind: 'heartbeat', time, gateway: ids[gateway]!, status: 'offline', simulated: true },
    });
  }

  /** seconds in which a gateway comes back, and in which it is missed */
  const back = new Map<number, number[]>();
  const missed = new Map<number, number[]>();
  const note = (into: Map<number, number[]>, second: number, gateway: number) =>
    into.set(second, [...(into.get(second) ?? []), gateway]);
  for (const gateway of ids.keys()) {
    const outage = gateways.outage(gateway);
    const downs = gateways.downs(gateway);
    for (const { until } of downs) note(back, until, gateway);
    for (const { from, until } of outage ? [...downs, outage] : downs)
      if (from + LAST_WILL_S < until) note(missed, from + LAST_WILL_S, gateway);
  }

  return (second, put) => {
    for (const gateway of back.get(second) ?? NOBODY) beat(gateway, second, put, true);
    for (const gateway of missed.get(second) ?? NOBODY) miss(gateway, second, put);
    for (const gateway of turns[second % every]!)
      if (gateways.speaks(gateway, second)) beat(gateway, second, put, false);
  };
}
