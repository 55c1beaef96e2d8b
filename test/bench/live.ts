import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newFolder, remove, startService } from '../service.ts';
import type { ScreensSaid } from './screens.ts';

/** As issue 9 has them; LIVE_SCREENS and LIVE_EVENTS take less. */
const SCREENS = Number(process.env.LIVE_SCREENS ?? 4000);
const EVENTS = Number(process.env.LIVE_EVENTS ?? 16_667);
const SECONDS = Number(process.env.LIVE_SECONDS ?? 30);
/** Processes that hold the screens, and requests a second. */
const [HOLDERS, REQUESTS] = [2, 10];
const GRACE_MS = 250;
/** What the clock of a kernel's accounts has in a second. */
const TICKS = 100;

type Told = Extract<ScreensSaid, { delays: number[] }>;

/**
 * A running service, observations in ten requests a second, and screens in processes of their own. `made → client` counts from the moment
 * at which a frame is due (its second and the grace), each screen and frame; `received → client` from the sending of a request to
 * when the last screen has a frame with it, of which up to 1,250 ms are the wait for that frame. Beside it a bare server that
 * sends as many bytes to as many. What the fan-out takes is the service's processor time with screens less that without.
 */
export async function benchLive(): Promise<void> {
  const dataDir = newFolder();
  const service = await startService({ DATA_DIR: dataDir, SOURCE: 'inbox,simulate', LOG_LEVEL: 'warn' });
  try {
    const { pid } = JSON.parse(readFileSync(join(dataDir, 'service.json'), 'utf8')) as { pid: number };
    await sleep(3000);
    const alone = await during(pid, () => send(service.address, SECONDS));
    const screens = await hold(service.address, '/v1/live');
    const memory = rssOf(pid);
    measure(screens);
    const shown = await during(pid, () => send(service.address, SECONDS));
    await sleep(2000);
    const told = await tell(screens);
    const grown = rssOf(pid) - memory;
    const frames = told.delays.length / SCREENS;
    const bytes = Math.round(told.bytes / Math.max(1, told.delays.length));
    console.log(
      `${SCREENS} screens, ${EVENTS} observations/s for ${SECONDS} s, ${(bytes / 1024).toFixed(1)} KiB a frame`,
    );
    print(
      'made → client',
      told.delays.map((ms) => ms - GRACE_MS),
    );
    print('received → last client', received(shown.of.sent, told.first));
    console.log(
      `observations sent`.padEnd(24),
      `${Math.round((shown.of.sent.length * EVENTS) / REQUESTS / SECONDS)}/s of ${EVENTS}`,
    );
    console.log(
      'frames a screen'.padEnd(24),
      `${frames.toFixed(1)}; missed ${told.missed}, connections lost ${told.lost}`,
    );
    console.log(
      'fan-out'.padEnd(24),
      `${(shown.cores - alone.cores).toFixed(2)} cores (${shown.cores.toFixed(2)} with screens, ${alone.cores.toFixed(2)} without)`,
    );
    console.log('memory of the service'.padEnd(24), `${memory} MiB, then ${grown >= 0 ? '+' : ''}${grown} MiB`);
    await bare(bytes);
  } finally {
    await service.stop();
    remove(dataDir);
  }
}

/** Sends for some seconds; what each request was sent at, UTC ms. */
async function send(address: string, seconds: number): Promise<{ sent: number[] }> {
  const sent: number[] = [];
  const until = Date.now() + seconds * 1000;
  for (let n = 0; Date.now() < until; n++) {
    const began = Date.now();
    sent.push(began);
    await fetch(`${address}/v1/observations`, { method: 'POST', body: bodyOf(n, Math.round(EVENTS / REQUESTS)) });
    await sleep(Math.max(0, 1000 / REQUESTS - (Date.now() - began)));
  }
  return { sent };
}

const bodyOf = (n: number, count: number) =>
  Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      time: Date.now() - i,
      gateway: `gw-${String(1 + (i % 20)).padStart(2, '0')}`,
      badge: `bench-${(n * count + i) % 3000}`,
      rssi: -55 - (i % 30),
    }),
  ).join('\n');

/** From each sending to when the last screen had the first frame of a second that holds it. */
function received(sent: number[], first: [number, number][]): number[] {
  const frames = first.sort((a, b) => a[0] - b[0]);
  return sent.flatMap((time) => {
    const frame = frames.find(([second]) => second >= time);
    return frame ? [frame[1] - time] : [];
  });
}

/** Does something; how many cores a process took meanwhile. */
async function during<T>(pid: number, act: () => Promise<T>): Promise<{ of: T; cores: number }> {
  const [before, began] = [ticksOf(pid), performance.now()];
  const of = await act();
  return { of, cores: (ticksOf(pid) - before) / TICKS / ((performance.now() - began) / 1000) };
}

/** Processor time, user's and system's. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

const rssOf = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024);

/** Opens the screens, and waits until each has something. */
async function hold(address: string, path: string): Promise<ChildProcess[]> {
  const { hostname, port } = new URL(address);
  const file = fileURLToPath(new URL('screens.ts', import.meta.url));
  const each = Math.ceil(SCREENS / HOLDERS);
  const children = Array.from({ length: HOLDERS }, () => fork(file, [hostname, port, path, String(each)]));
  await Promise.all(children.map((child) => said(child)));
  return children;
}

const said = (child: ChildProcess): Promise<ScreensSaid> => new Promise((done) => child.once('message', done));
function measure(screens: ChildProcess[]): void {
  for (const child of screens) child.send('measure');
}

/** What all screens had; they end. */
async function tell(screens: ChildProcess[]): Promise<Told> {
  const all = await Promise.all(
    screens.map((child) => {
      child.send('tell');
      return said(child) as Promise<Told>;
    }),
  );
  const latest = new Map<number, number>();
  for (const [second, at] of all.flatMap(({ first }) => first))
    latest.set(second, Math.max(at, latest.get(second) ?? 0));
  const sum = (of: (told: Told) => number) => all.reduce((total, told) => total + of(told), 0);
  return {
    delays: all.flatMap(({ delays }) => delays),
    first: [...latest],
    bytes: sum(({ bytes }) => bytes),
    missed: sum(({ missed }) => missed),
    lost: sum(({ lost }) => lost),
  };
}

/** What the machine can do: the same bytes to as many screens, once a second, by a server that does nothing else. */
async function bare(bytes: number): Promise<void> {
  const open = new Set<ServerResponse>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': hello\n\n');
    open.add(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const screens = await hold(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, '/');
  measure(screens);
  const before = process.cpuUsage();
  const began = performance.now();
  for (let n = 0; n < 10; n++) {
    const event = Buffer.from(`id: ${Date.now()}\ndata: ${'x'.repeat(bytes)}\n\n`);
    for (const response of open) response.write(event);
    await sleep(1000);
  }
  const used = process.cpuUsage(before);
  const cores = (used.user + used.system) / 1000 / (performance.now() - began);
  print('bare server → client', (await tell(screens)).delays);
  console.log('a bare fan-out'.padEnd(24), `${cores.toFixed(2)} cores`);
  server.closeAllConnections();
  server.close();
}

function print(name: string, values: number[]): void {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => `${Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN)} ms`;
  console.log(name.padEnd(24), `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, most ${at(1)}`);
}
