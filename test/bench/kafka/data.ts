import { randomBytes } from 'node:crypto';
import { CompressionTypes, type Message, Partitioners } from 'kafkajs';
import { createLink, open } from '../../../services/source/kafka/link.ts';
import { type Settled, settle } from '../../../services/source/kafka/options.ts';
import { parseKeys, pseudonymiser } from '../../../services/validate/pseudonym.ts';
import type { Context } from '../../../services/validate/reader.ts';
import { makeTopics } from '../../source/kafka-broker.ts';
import { GATEWAYS } from '../venue.ts';

export const BADGES = 300;
/** Gateways that hear a badge, which speaks once a second. */
const HEARD_BY = 4;
const A_SECOND = BADGES * HEARD_BY;
const START_MS = Date.UTC(2018, 10, 5, 9);
/** Messages of a request, and what holds them; about what the broker's 1 MiB takes. */
const REQUEST = { single: 5000, packed: 60 };
export type Form = keyof typeof REQUEST;

const pseudonym = pseudonymiser(parseKeys('1:a-secret-for-the-bench'));
export const contextOf = (source: string, received: number): Context => ({ source, received, keepFrom: 0, pseudonym });

/** Topics of one run of the bench, which deletes them: `count` sightings, in a form. */
export type Data = { form: Form; count: number; kafka: Settled };

/** Seconds of the event, one after the other: each badge is heard by four gateways, and moves on every minute. */
function* seconds(count: number): Generator<{ gateway: string; line: string }[]> {
  for (let n = 0; n < count; n += A_SECOND)
    yield Array.from({ length: Math.min(A_SECOND, count - n) }, (_, i) => sightingOf(n / A_SECOND, i));
}

function sightingOf(second: number, i: number): { gateway: string; line: string } {
  const [badge, ear] = [Math.floor(i / HEARD_BY), i % HEARD_BY];
  const gateway = `gateway-${(badge * 7 + Math.floor(second / 60) + ear) % GATEWAYS}`;
  const time = START_MS + second * 1000 + ((badge * 331) % 990) + ear;
  const id = (0xe78f_1356_0000 + badge * 7919).toString(16);
  const [rssi, temperature] = [-50 - 6 * ear - ((second * 7 + badge) % 12), 20 + ((second * 13 + badge) % 400) / 100];
  return { gateway, line: JSON.stringify({ time, gateway, badge: id, rssi, temperature, claps: second % 7 }) };
}

/** Single: a message each. Packed: what a gateway heard in a second is one message, lines of NDJSON. */
export function* messagesOf(form: Form, count: number): Generator<Message[]> {
  let waiting: Message[] = [];
  for (const second of seconds(count)) {
    waiting.push(
      ...(form === 'single' ? second.map(({ gateway, line }) => ({ key: gateway, value: line })) : packed(second)),
    );
    if (waiting.length < REQUEST[form]) continue;
    yield waiting;
    waiting = [];
  }
  if (waiting.length > 0) yield waiting;
}

function packed(second: { gateway: string; line: string }[]): Message[] {
  const lines = new Map<string, string[]>();
  for (const { gateway, line } of second) lines.set(gateway, [...(lines.get(gateway) ?? []), line]);
  return [...lines].map(([key, all]) => ({ key, value: all.join('\n') }));
}

/** Topics of its own, and nothing in them yet. */
export async function newTopics(brokers: string[]): Promise<Settled> {
  const kafka = settle({ brokers, prefix: `bench-${randomBytes(6).toString('base64url')}.` });
  await makeTopics(kafka);
  return kafka;
}

/** Puts sightings into the topic, packed with gzip. */
export async function produce({ form, count, kafka }: Data): Promise<void> {
  const link = createLink(kafka);
  const producer = link.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await open(producer);
  for (const messages of messagesOf(form, count))
    await producer.send({ topic: `${kafka.prefix}observations`, messages, compression: CompressionTypes.GZIP });
  await producer.disconnect();
  link.cut();
}

/** The same topics, read from their beginning by a group that nobody was in before. */
export const anew = (kafka: Settled): Settled => ({
  ...kafka,
  groupId: `${kafka.prefix}${randomBytes(6).toString('hex')}`,
});

/** What a measurement took, s: by the clock, and of the processor in this process, which a busy machine does not spoil. */
export type Spent = { clock: number; core: number };

/** Starts a watch; the function tells what has passed since. */
export function watch(): () => Spent {
  const [began, used] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { clock: (performance.now() - began) / 1e3, core: (user + system) / 1e6 };
  };
}
