import { gzipSync } from 'node:zlib';
import { contentOf } from './content.ts';
import type { Dice } from './dice.ts';

export const PARTITIONS = 4;
const T0 = Date.UTC(2026, 10, 3, 10);
const PACK_MAX = 50;
/** Shares of the messages. */
const SINGLE = 0.5;
const POISON = 0.02;
const SPOILT = 0.05;
const ZIPPED = 0.1;
const TWICE = 0.05;

export type Sent = { partition: number; value: Buffer };
/** Messages in the order in which they go, and the contents in them, each once. */
export type Traffic = { messages: Sent[]; contents: string[] };

/** What is bad is known again by its mark, in whatever shape it comes back. */
export const MARK = /bad-\d+/g;

/** So many observations, in messages of one or of many; some cannot be read, some hold what does not pass, some go twice. */
export function trafficOf(dice: Dice, observations: number): Traffic {
  const [messages, contents]: [Sent[], string[]] = [[], []];
  let bad = 0;
  const send = (value: string) => {
    const body = Buffer.from(value);
    const sent = { partition: dice.whole(0, PARTITIONS), value: dice.chance(ZIPPED) ? gzipSync(body) : body };
    messages.push(sent);
    if (dice.chance(TWICE)) messages.push(sent);
    if (dice.chance(TWICE)) messages.push(dice.pick(messages));
  };
  while (contents.length < observations) {
    if (dice.chance(POISON)) send(`{"poison": "bad-${bad++}`);
    const size = dice.chance(SINGLE) ? 1 : dice.whole(2, PACK_MAX);
    const items: object[] = Array.from({ length: size }, (_, i) => observationOf(dice, contents.length + i));
    contents.push(...items.map(contentOf));
    if (dice.chance(SPOILT))
      items.splice(dice.whole(0, size + 1), 0, { ...sightingOf(dice, 0), rssi: 999, note: `bad-${bad++}` });
    send(
      items.length > 1 && dice.chance(0.5)
        ? JSON.stringify(items)
        : items.map((item) => JSON.stringify(item)).join('\n'),
    );
  }
  return { messages, contents };
}

/** Three in a millisecond; no two have the same content, since each time has its gateways in turn. */
function observationOf(dice: Dice, n: number): object {
  if (n % 20 === 19)
    return { kind: 'heartbeat', time: timeOf(n), gateway: `pi-${n % 7}`, status: 'online', info: `${n}` };
  if (n % 10 === 9)
    return {
      kind: 'measurement',
      time: timeOf(n),
      sensor: `s-${n % 7}`,
      quantity: 'light',
      value: dice.whole(0, 1000),
    };
  return sightingOf(dice, n);
}

const timeOf = (n: number) => T0 + Math.floor(n / 3) * 7;

const sightingOf = (dice: Dice, n: number) => ({
  kind: 'sighting',
  time: timeOf(n),
  gateway: `pi-${n % 7}`,
  badge: `k1.${String(dice.whole(0, 40)).padStart(16, 'A')}`,
  rssi: dice.whole(-90, -40),
  ...(dice.chance(0.5) && { temperature: dice.whole(80, 120) / 4 }),
  ...(dice.chance(0.3) && { claps: dice.whole(0, 50) }),
});
