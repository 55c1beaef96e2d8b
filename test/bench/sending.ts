import { setTimeout as sleep } from 'node:timers/promises';

/** A request: when it was sent, UTC ms, and how many of its observations were stored. */
export type Sent = { at: number; stored: number };

/** Requests a second; bodies that differ, so that in a second no badge is heard twice by a gateway; badges. */
const [REQUESTS, BODIES, BADGES] = [10, 10, 3000];
const WAIT_MS = 20_000;
/** Where a time stands in a line, and how long it is. */
const [BEFORE, DIGITS] = ['{"time":', 13];

/** Sends so many observations a second, in requests of as many each, for some seconds; no request waits for another. */
export async function sendFor(address: string, events: number, seconds: number): Promise<Sent[]> {
  const count = Math.round(events / REQUESTS);
  const bodies = Array.from({ length: BODIES }, (_, n) => bodyOf(n * count, count));
  const sending: Promise<Sent>[] = [];
  const began = Date.now();
  for (let n = 0; n < seconds * REQUESTS; n++) {
    await sleep(Math.max(0, began + (n * 1000) / REQUESTS - Date.now()));
    sending.push(send(address, bodies[n % BODIES]!));
  }
  return Promise.all(sending);
}

async function send(address: string, { text, times }: Body): Promise<Sent> {
  const at = Date.now();
  const now = Buffer.from(String(at));
  for (const place of times) now.copy(text, place, 0, DIGITS);
  const reply = await fetch(`${address}/v1/observations`, {
    method: 'POST',
    body: Buffer.from(text),
    signal: AbortSignal.timeout(WAIT_MS),
  });
  const { stored = 0 } = (await reply.json()) as { stored?: number };
  return { at, stored };
}

/** Lines that are there but for their times; where those stand. */
type Body = { text: Buffer; times: number[] };

/** Made once: the sender is to cost the machine as little as it can. */
function bodyOf(first: number, count: number): Body {
  const times: number[] = [];
  let text = '';
  for (let i = 0; i < count; i++) {
    times.push(text.length + BEFORE.length);
    const gateway = `gw-${String(1 + (i % 20)).padStart(2, '0')}`;
    const rest = JSON.stringify({ gateway, badge: `bench-${(first + i) % BADGES}`, rssi: -55 - (i % 30) }).slice(1);
    text += `${BEFORE}${'0'.repeat(DIGITS)},${rest}\n`;
  }
  return { text: Buffer.from(text, 'latin1'), times };
}
