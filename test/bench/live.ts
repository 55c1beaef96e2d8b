import { createServer, get, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { newFolder, remove, startService } from '../service.ts';

const SCREENS = 50;
const SECONDS = 30;
const EVENTS = 1000;
const GRACE_MS = 250;

/** A frame as it came: its second and when it was there, UTC ms. */
type Came = { second: number; at: number };

/**
 * A running service, 1,000 observations a second in ten requests, 50 screens. `made → client` counts from the moment at
 * which a frame is due (its second and the grace); `received → client` from an observation's arrival to the first frame
 * that has it, of which up to 1,250 ms are the wait for that frame. Beside it a bare server that sends as many bytes.
 */
export async function benchLive(): Promise<void> {
  const dataDir = newFolder();
  const service = await startService({ DATA_DIR: dataDir, SOURCE: 'inbox,simulate', LOG_LEVEL: 'warn' });
  await sleep(3000);
  const screens = Array.from({ length: SCREENS }, () => watch(`${service.address}/v1/live`));
  const sent: number[] = [];
  const until = Date.now() + SECONDS * 1000;
  for (let n = 0; Date.now() < until; n++) {
    const began = Date.now();
    sent.push(began);
    await fetch(`${service.address}/v1/observations`, { method: 'POST', body: bodyOf(n, EVENTS / 10) });
    await sleep(Math.max(0, 100 - (Date.now() - began)));
  }
  await sleep(2000);
  // what a new screen gets first was made before it came
  const frames = screens.flatMap(({ came }) => came.slice(1));
  const made = frames.map(({ second, at }) => at - second - GRACE_MS);
  const received = sent.flatMap((time) =>
    screens.flatMap(({ came }) => {
      const first = came.find(({ second }) => second >= time);
      return first ? [first.at - time] : [];
    }),
  );
  const bytes = screens[0]!.bytes() / screens[0]!.came.length;
  for (const { stop } of screens) stop();
  await service.stop();
  remove(dataDir);
  const bare = await bareFanout(Math.round(bytes));
  console.log(
    `${SCREENS} screens, ${EVENTS} observations/s for ${SECONDS} s, frames of ${Math.round(bytes / 1024)} KiB`,
  );
  print('bare server → client', bare);
  print('made → client', made);
  print('received → client', received);
}

function print(name: string, values: number[]): void {
  const sorted = values.sort((a, b) => a - b);
  const at = (share: number) => `${Math.round(sorted[Math.floor(share * (sorted.length - 1))]!)} ms`;
  console.log(name.padEnd(24), `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, most ${at(1)}`);
}

const bodyOf = (n: number, count: number) =>
  Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      time: Date.now() - i,
      gateway: `gw-${String(1 + (i % 20)).padStart(2, '0')}`,
      badge: `bench-${(n * count + i) % 300}`,
      rssi: -55 - (i % 30),
    }),
  ).join('\n');

/** A screen: notes when each frame's event was whole. */
function watch(address: string) {
  const came: Came[] = [];
  let bytes = 0;
  let rest = '';
  const request = get(address, { agent: false }, (response) =>
    response.setEncoding('utf8').on('data', (text: string) => {
      bytes += text.length;
      rest += text;
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const id = /^id: (\d+)/m.exec(rest.slice(0, end))?.[1];
        if (id) came.push({ second: Number(id), at: Date.now() });
        rest = rest.slice(end + 2);
      }
    }),
  );
  request.on('error', () => undefined);
  return { came, bytes: () => bytes, stop: () => request.destroy() };
}

/** What the machine can do: the same bytes to as many clients, once a second, by a server that does nothing else. */
async function bareFanout(bytes: number): Promise<number[]> {
  const open = new Set<ServerResponse>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    open.add(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const screens = Array.from({ length: SCREENS }, () => watch(address));
  await sleep(500);
  for (let n = 0; n < 10; n++) {
    const event = Buffer.from(`id: ${Date.now()}\ndata: ${'x'.repeat(bytes)}\n\n`);
    for (const response of open) response.write(event);
    await sleep(300);
  }
  for (const { stop } of screens) stop();
  server.close();
  return screens.flatMap(({ came }) => came.map(({ second, at }) => at - second));
}
