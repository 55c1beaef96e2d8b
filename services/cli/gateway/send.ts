import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'mqtt';
import { heardTopic, tellTopic } from '../../source/mqtt/mouth.ts';
import type { Ears } from './ears.ts';

/** Somewhere lines can be brought to: resolves when they are safe there. Throws `Refused` where they never will be. */
export type Sender = { send(text: string): Promise<void>; end(): Promise<void> };

/** What was sent is wrong: sending it again would not help. */
class Refused extends Error {}

const TIMEOUT_MS = 30_000;
const PAUSE_FIRST_MS = 250;
const PAUSE_MAX_MS = 10_000;

/** Who sends is not known there, or may not: that can be mended, so what was sent is not at fault. */
const UNKNOWN = [401, 403];
const WAIT = [...UNKNOWN, 408, 429];

/** `POST` of NDJSON. `also` are headers that say who sends. */
export function httpSender(address: string, also: Record<string, string> = {}): Sender {
  return {
    async send(text) {
      const headers = { 'content-type': 'application/x-ndjson', ...also };
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const reply = await fetch(address, { method: 'POST', headers, body: text, signal });
      if (reply.ok) return void (await reply.arrayBuffer());
      const hint = UNKNOWN.includes(reply.status) ? ' (its token belongs into HALLWAY_TOKEN)' : '';
      const said = `${address} answered ${reply.status}${hint}: ${(await reply.text()).slice(0, 500)}`;
      throw reply.status < 500 && !WAIT.includes(reply.status) ? new Refused(said) : new Error(said);
    },
    end: async () => undefined,
  };
}

/**
 * QoS 1 under the gateway's own name; `online` when it connects, and `offline` as its last will. What it is told goes to its
 * ears, and is acknowledged when it is there.
 */
export function mqttSender(address: string, gateway: string, { hear }: Ears): Sender {
  const status = `hallway/${gateway}/status`;
  const will = { topic: status, payload: Buffer.from('offline'), qos: 1 as const, retain: false };
  const client = connect(address, { clientId: gateway, protocolVersion: 4, clean: true, will, reconnectPeriod: 1000 });
  client.on('connect', () => {
    client.publish(status, 'online', { qos: 1 });
    client.subscribe(tellTopic(gateway), { qos: 1 });
  });
  client.on('message', (_topic, payload) => {
    const said = hear(payload.toString());
    if (said !== null) client.publish(heardTopic(gateway), said, { qos: 1 });
  });
  // Without a listener a refused connection would end the process; each send says what it could not do.
  client.on('error', () => undefined);
  return {
    async send(text) {
      if (!client.connected) throw new Error(`${address} does not answer`);
      const closed = new Promise<never>((_, reject) => {
        client.once('close', () => reject(new Error(`${address} went away`)));
      });
      closed.catch(() => undefined);
      await Promise.race([client.publishAsync(`hallway/${gateway}/observations`, text, { qos: 1 }), closed]);
    },
    end: async () => void (await client.endAsync()),
  };
}

/** Sends until it is safe, with a pause that grows; true if it is, false if it was refused, or `signal` aborted. */
export async function bring(
  sender: Sender,
  text: string,
  signal: AbortSignal,
  say: (words: string) => void,
): Promise<'safe' | 'refused' | 'stopped'> {
  for (let pauseMs = PAUSE_FIRST_MS; !signal.aborted; pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2)) {
    try {
      await sender.send(text);
      return 'safe';
    } catch (error) {
      say((error as Error).message);
      if (error instanceof Refused) return 'refused';
      await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }
  return 'stopped';
}
