import { setTimeout as sleep } from 'node:timers/promises';
import type { Told } from '../../simulate/told.ts';
import { Failed } from '../command.ts';

/** Observations in one request at most. */
const POST_MAX = 5000;
const PAUSE_FIRST_MS = 250;
const PAUSE_MAX_MS = 10_000;

/**
 * Sends what gateways tell, as NDJSON, and waits until it is safe. What does not answer, or is busy, is asked again,
 * for ever, with a pause that grows; a refusal is a `Failed` that quotes it. `also` are headers that say who sends.
 */
export function postTo(address: string, also: Record<string, string> = {}): (told: Told[]) => Promise<void> {
  let held: Told[] = [];
  return async (told) => {
    held = told;
    while (held.length > 0) {
      const part = held.slice(0, POST_MAX);
      await post(address, part.map(({ body }) => `${JSON.stringify(body)}\n`).join(''), also);
      held = held.slice(part.length);
    }
  };
}

async function post(address: string, body: string, also: Record<string, string>): Promise<void> {
  for (let pauseMs = PAUSE_FIRST_MS; ; pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2)) {
    const reply = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', ...also },
      body,
    }).catch((error: Error) => error);
    if (reply instanceof Response && reply.ok) return void (await reply.arrayBuffer());
    if (reply instanceof Response && reply.status < 500 && reply.status !== 429)
      throw new Failed(`${address} answered ${reply.status}: ${await reply.text()}`);
    const why = reply instanceof Error ? reply.message : `it answered ${reply.status}`;
    if (pauseMs === PAUSE_FIRST_MS)
      process.stderr.write(`hallway: ${address} takes nothing (${why}); it is asked again\n`);
    await sleep(pauseMs * (0.5 + Math.random()));
  }
}
