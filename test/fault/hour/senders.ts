import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../spread/dice.ts';
import { add, type Batch, type batchesOf, type Size, type Sum, type Trouble } from './sent.ts';

const AGAIN_MS = 500;
/** After an outage so many batches go in one request. */
const LATE = 20;
/** So often what was acknowledged is sent once more. */
const TWICE = 0.02;
const ANSWER_MS = 30_000;

/** `sent`: what each gateway was told is stored; `late`: batches that waited for a line; `repeats`: sent though acknowledged. */
export type Sending = { sent: Map<string, Sum>; late: number; repeats: number; failures: number; done: Promise<void> };

type Asked = {
  url: string;
  size: Size;
  batch: ReturnType<typeof batchesOf>;
  troubles: Trouble[];
  began: number;
  until: number;
  dice: Dice;
};

/** All gateways, until each has sent what it heard by `until` and was told that it is stored. */
export function send(asked: Asked): Sending {
  const told: Omit<Sending, 'done'> = { sent: new Map(), late: 0, repeats: 0, failures: 0 };
  const all = asked.troubles.map((trouble, g) => gateway(asked, told, g, trouble));
  return Object.assign(told, { done: Promise.all(all).then(() => undefined) });
}

async function gateway(asked: Asked, told: Omit<Sending, 'done'>, g: number, { away }: Trouble): Promise<void> {
  const { size, batch, began, until } = asked;
  const last = Math.floor((until - began) / size.batchMs);
  // They do not all send at once.
  const phase = (g / size.gateways) * size.batchMs;
  const waiting: Batch[] = [];
  for (let n = 0; n < last; n++) {
    const due = began + (n + 1) * size.batchMs + phase;
    await sleep(Math.max(0, due - Date.now()));
    const heard = batch(g, n, began);
    if (heard.sum.count > 0) waiting.push(heard);
    const isAway = away.some(({ from, until: back }) => due >= from && due < back);
    if (isAway) told.late++;
    else await empty(asked, told, waiting);
  }
  while (!(await empty(asked, told, waiting))) await sleep(AGAIN_MS);
}

/** Sends what waits, the oldest first, until it fails. Resolves to whether nothing waits any more. */
async function empty({ url, dice }: Asked, told: Omit<Sending, 'done'>, waiting: Batch[]): Promise<boolean> {
  while (waiting.length > 0) {
    const some = waiting.slice(0, LATE);
    if (!(await deliver(url, some))) {
      told.failures++;
      return false;
    }
    waiting.splice(0, some.length);
    for (const { gateway: name, sum } of some) add(told.sent, name, sum);
    if (dice.chance(TWICE)) {
      told.repeats++;
      await deliver(url, some);
    }
  }
  return true;
}

/** Whether they are stored, all of them; what is refused in part is a fault of ours. */
async function deliver(url: string, batches: readonly Batch[]): Promise<boolean> {
  const body = batches.map((one) => one.body).join('\n');
  const count = batches.reduce((all, { sum }) => all + sum.count, 0);
  let said: { stored: number; duplicate: number; rejected?: unknown };
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const reply = await fetch(`${url}/v1/observations`, { method: 'POST', body, signal });
    if (reply.status !== 200) {
      await reply.text();
      return false;
    }
    said = (await reply.json()) as typeof said;
  } catch {
    return false;
  }
  if (said.stored + said.duplicate !== count)
    throw new Error(`expected ${count} sightings to be taken, found ${JSON.stringify(said)}`);
  return true;
}
