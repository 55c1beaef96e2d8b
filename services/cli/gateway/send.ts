import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'mqtt';
import { heardTopic, tellTopic } from '../../source/mqtt/mouth.ts';
import { type MqttOptions, settle } from '../../source/mqtt/options.ts';
import { placeOf, sentenceOf } from '../../source/mqtt/trouble.ts';
import type { Ears } from './ears.ts';

/**
 * Somewhere lines can be brought to: resolves when they are safe there. Throws `Refused` where what was sent is at fault, and any other
 * error, a sentence, where it is not: it may pass later.
 */
export type Sender = { send(text: string): Promise<void>; end(): Promise<void> };

/** What was sent is wrong, or too much at once: sending the same again would not help. */
class Refused extends Error {}

const TIMEOUT_MS = 30_000;
const PAUSE_FIRST_MS = 250;
const PAUSE_MAX_MS = 10_000;
/** Characters of an answer that are shown. */
const SHOWN = 300;

/** What a status asks of whoever runs the gateway. */
const HINTS: Record<number, string> = {
  401: ' (its token belongs into HALLWAY_TOKEN)',
  403: ' (its token belongs into HALLWAY_TOKEN)',
  404: ' (--to is the whole address, with /v1/observations)',
};
/** What the service says about content; a proxy in between may say of any body that it is too long. */
const ABOUT_CONTENT = [400, 413, 422];

/** `POST` of NDJSON. `also` are headers that say who sends. What is not the answer of a Hallway is no acknowledgement. */
export function httpSender(address: string, also: Record<string, string> = {}): Sender {
  return {
    async send(text) {
      const headers = { 'content-type': 'application/x-ndjson', ...also };
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const reply = await fetch(address, { method: 'POST', headers, body: text, signal }).catch((error: Error) => {
        throw new Error(
          `${address} cannot be reached: ${(error.cause as Error | undefined)?.message || error.message}`,
        );
      });
      const said = await reply.text();
      if (reply.ok && isReceipt(said)) return;
      const { status } = reply;
      const words = `${address} answered ${status}${HINTS[status] ?? ''}: ${said.slice(0, SHOWN)}`;
      if (reply.ok) throw new Error(`expected a Hallway, found something else in between: ${words}`);
      const isOurs = reply.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
      throw ABOUT_CONTENT.includes(status) && (isOurs || isMany(text, status)) ? new Refused(words) : new Error(words);
    },
    end: async () => undefined,
  };
}

/** Whatever says of many lines that they are too long may take fewer. */
const isMany = (text: string, status: number) => status === 413 && text.indexOf('\n') < text.length - 1;

function isReceipt(said: string): boolean {
  try {
    const { stored, duplicate, rejected } = JSON.parse(said) as Record<string, unknown>;
    return [stored, duplicate, rejected].every((count) => typeof count === 'number');
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return false;
    throw error;
  }
}

/**
 * QoS 1 under the gateway's own name; `online` when it connects, and `offline` as its last will. What it is told goes to its
 * ears, and is acknowledged when it is there. Throws what the system says of certificates that cannot be read.
 */
export function mqttSender(options: MqttOptions, gateway: string, { hear }: Ears): Sender {
  const { url, username, password, ca } = settle(options);
  const status = `hallway/${gateway}/status`;
  const will = { topic: status, payload: Buffer.from('offline'), qos: 1 as const, retain: false };
  const client = connect(url, {
    ...{ clientId: gateway, protocolVersion: 4, clean: true, will, reconnectPeriod: 1000 },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
  });
  const name = username ?? (decodeURIComponent(new URL(url).username) || undefined);
  let trouble: string | null = null;
  let lost = (): void => undefined;
  client.on('connect', () => {
    trouble = null;
    client.publish(status, 'online', { qos: 1 });
    client.subscribe(tellTopic(gateway), { qos: 1 });
  });
  client.on('message', (_topic, payload) => {
    const said = hear(payload.toString());
    if (said !== null) client.publish(heardTopic(gateway), said, { qos: 1 });
  });
  // Each send says what it could not do, and why.
  client.on('error', (error) => {
    trouble = sentenceOf(error, { url, ...(name !== undefined && { username: name }) });
  });
  client.on('close', () => lost());
  return {
    async send(text) {
      if (!client.connected) throw new Error(trouble ?? `${placeOf(url)} does not answer`);
      const closed = new Promise<never>((_, reject) => {
        lost = () => reject(new Error(`${placeOf(url)} went away`));
      });
      await Promise.race([client.publishAsync(`hallway/${gateway}/observations`, text, { qos: 1 }), closed]);
    },
    end: async () => void (await client.endAsync()),
  };
}

/**
 * Sends lines until each is safe or refused, with a pause that grows. What is refused of several is sought by halves, so that no
 * line takes others with it. Resolves to those that were refused, each with its end; null: `signal` aborted before all was decided.
 */
export async function bring(
  sender: Sender,
  lines: readonly string[],
  signal: AbortSignal,
  say: (words: string) => void,
): Promise<string[] | null> {
  for (let pauseMs = PAUSE_FIRST_MS; !signal.aborted; pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2)) {
    try {
      await sender.send(lines.join(''));
      return [];
    } catch (error) {
      say((error as Error).message);
      if (error instanceof Refused) return lines.length === 1 ? [...lines] : halved(sender, lines, signal, say);
      await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}

async function halved(...[sender, lines, signal, say]: Parameters<typeof bring>): Promise<string[] | null> {
  const middle = lines.length >> 1;
  const refused: string[] = [];
  for (const half of [lines.slice(0, middle), lines.slice(middle)]) {
    const found = await bring(sender, half, signal, say);
    if (!found) return null;
    refused.push(...found);
  }
  return refused;
}
