import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newFolder, remove, type Service, startService } from '../service.ts';
import { tell as show } from './figure.ts';
import { levelOf, type Memory, memoryIn, metricsOf, type Share } from './memory.ts';
import type { ScreensSaid } from './screens.ts';
import { type Sent, sendFor } from './sending.ts';

/** As issue 9 has them; LIVE_SCREENS and LIVE_EVENTS take less. */
const SCREENS = Number(process.env.LIVE_SCREENS ?? 4000);
const EVENTS = Number(process.env.LIVE_EVENTS ?? 16_667);
const SECONDS = Number(process.env.LIVE_SECONDS ?? 20);
const WARM_S = 5;
const GRACE_MS = 250;
/** What the clock of a kernel's accounts has in a second. */
const TICKS = 100;
/** Screens that are not all there by then, or do not tell, end the bench. */
const WAIT_MS = 60_000;
/** Memory that grows by less than this from its first minute to its last is flat, MiB. */
const FLAT = 64;
/** Minutes of memory with all screens: garbage is collected, and the log moved into the file, once in each or oftener. */
const [MINUTES, MINUTE_MS, SAMPLE_MS] = [3, 60_000, 1000];

type Told = Extract<ScreensSaid, { late: unknown }>;
/** Something that was done, and how many cores a process took meanwhile. */
type During<T> = { of: T; cores: number };

/**
 * A running service, observations in ten requests a second, and screens in a process of their own. `made → client` counts from the moment
 * at which a frame is due (its second and the grace), each screen and frame; `received → client` from the sending of a request to
 * when the last screen has a frame with it, of which up to 1,250 ms are the wait for that frame. Beside it, right after, a bare server that
 * sends as many bytes to as many. What the fan-out takes is the service's processor time with screens less that without. Then all goes on
 * for minutes, and memory is told: in 20 s it rises by what will be collected in the next.
 */
export async function benchLive(): Promise<void> {
  const dataDir = newFolder();
  const service = await startService({ DATA_DIR: dataDir, SOURCE: 'inbox,simulate', LOG_LEVEL: 'warn' });
  try {
    const { pid } = JSON.parse(readFileSync(join(dataDir, 'service.json'), 'utf8')) as { pid: number };
    // What runs for the first time is compiled, and is not what a screen costs.
    await sendFor(service.address, EVENTS, WARM_S);
    const alone = await during(pid, () => sendFor(service.address, EVENTS, SECONDS));
    const screens = await hold(service.address, '/v1/live');
    const clients = screens.pid!;
    await sleep(2000);
    screens.send('measure');
    const shown = await during(pid, () => during(clients, () => sendFor(service.address, EVENTS, SECONDS)));
    await sleep(2000);
    const [memory, later] = await Promise.all([
      memoryByMinute(service),
      sendFor(service.address, EVENTS, MINUTES * 60),
    ]);
    const sent = [...shown.of.of, ...later];
    const told = await tell(screens);
    const bytes = Math.round(told.bytes / Math.max(1, framesOf(told)));
    console.log(
      `${SCREENS} screens, ${EVENTS} observations/s for ${SECONDS} s and ${MINUTES} minutes, ${(bytes / 1024).toFixed(1)} KiB a frame; ` +
        `the screens' process took ${shown.of.cores.toFixed(2)} cores`,
    );
    const bare = await bareServer(bytes);
    tellLate(told, bare, sent);
    tellWhole(told, sent);
    show({
      measure: 'fan-out, cores',
      run: `${shown.cores.toFixed(2)} with screens, ${alone.cores.toFixed(2)} without`,
      beside: `${bare.cores.toFixed(2)} of a bare server`,
      found: shown.cores - alone.cores,
      goal: '≤ 0.5',
    });
    show({ measure: 'fan-out, of a bare server', run: '', found: (shown.cores - alone.cores) / bare.cores });
    tellMemory(memory);
  } finally {
    await service.stop();
    remove(dataDir);
  }
}

function tellLate(told: Told, bare: During<Told>, sent: Sent[]): void {
  const made = quantiles(told.late.map(([ms, frames]) => [ms - GRACE_MS, frames]));
  const alone = quantiles(bare.of.late);
  show({ measure: 'frame made → client, p99 ms', ...made, beside: `${alone.run} bare`, goal: '≤ 300' });
  show({
    measure: 'frame made → client at p99, of a bare server',
    run: '',
    found: made.found / Math.max(1, alone.found),
  });
  const waits = quantiles(received(sent, told.last).map((ms) => [ms, 1]));
  show({ measure: 'received → last client, p99 ms', ...waits, goal: '≤ 1600' });
}

function tellWhole(told: Told, sent: Sent[]): void {
  const run = `${(framesOf(told) / SCREENS).toFixed(1)} frames a screen`;
  show({ measure: 'frames missed and connections lost', run, found: told.missed + told.lost, goal: '≤ 0' });
  const stored = sent.reduce((sum, { stored }) => sum + stored, 0);
  const rate = stored / (SECONDS + MINUTES * 60);
  show({
    measure: 'observations taken, of those wanted',
    run: `${Math.round(rate)}/s`,
    found: rate / EVENTS,
    goal: '≥ 0.98',
  });
}

const framesOf = ({ late }: Told): number => late.reduce((sum, [, frames]) => sum + frames, 0);

/** From each sending to when the last screen had the first frame of a second that holds it, ms. */
function received(sent: Sent[], last: [second: number, at: number][]): number[] {
  const frames = last.sort((a, b) => a[0] - b[0]);
  return sent.flatMap(({ at }) => {
    const frame = frames.find(([second]) => second >= at);
    return frame ? [frame[1] - at] : [];
  });
}

/** Does something; how many cores a process took meanwhile. */
async function during<T>(pid: number, act: () => Promise<T>): Promise<During<T>> {
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

/** What a service holds, each second of some minutes. */
async function memoryByMinute(service: Service): Promise<Memory[][]> {
  const minutes: Memory[][] = Array.from({ length: MINUTES }, () => []);
  const began = Date.now();
  for (let at = 0; at < MINUTES * MINUTE_MS; at = Date.now() - began) {
    minutes[Math.floor(at / MINUTE_MS)]!.push(memoryIn(await metricsOf(service)));
    await sleep(SAMPLE_MS);
  }
  return minutes;
}

/** The last minute beside the first, which comes after all has run for the seconds of the other figures. */
function tellMemory(minutes: Memory[][]): void {
  const by = (share: Share) => minutes.map((samples) => Math.round(levelOf(samples, share)));
  const values = minutes.flat().map(({ rss }) => Math.round(rss));
  const rss = by('rss');
  const parts = `least objects ${by('heap').join(', ')}, least buffers ${by('buffers').join(', ')}, DuckDB ${by('database').join(', ')}`;
  show({
    measure: `memory grown in ${MINUTES - 1} minutes, MiB`,
    run: `means of minutes ${rss.join(', ')} (${Math.min(...values)} to ${Math.max(...values)}); ${parts}`,
    found: rss.at(-1)! - rss[0]!,
    goal: `≤ ${FLAT}`,
  });
}

/** Opens the screens, and waits until each has something. */
async function hold(address: string, path: string): Promise<ChildProcess> {
  const { hostname, port } = new URL(address);
  const file = fileURLToPath(new URL('screens.ts', import.meta.url));
  const screens = fork(file, [hostname, port, path, String(SCREENS)]);
  await said(screens);
  return screens;
}

async function said(screens: ChildProcess): Promise<ScreensSaid> {
  try {
    return await new Promise((done, failed) => {
      screens.once('message', done);
      setTimeout(() => failed(new Error(`expected word of ${SCREENS} screens within ${WAIT_MS} ms`)), WAIT_MS).unref();
    });
  } catch (error) {
    screens.kill('SIGKILL');
    throw error;
  }
}

/** What all screens had; they end. */
function tell(screens: ChildProcess): Promise<Told> {
  screens.send('tell');
  return said(screens) as Promise<Told>;
}

/** What the machine can do: the same bytes to as many screens, once a second, by a server that does nothing else. */
async function bareServer(bytes: number): Promise<During<Told>> {
  const open = new Set<ServerResponse>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': hello\n\n');
    open.add(response);
  });
  await new Promise<void>((listening) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, listening));
  try {
    const screens = await hold(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, '/');
    screens.send('measure');
    const { cores } = await during(process.pid, async () => {
      for (let n = 0; n < SECONDS / 2; n++) {
        const began = Date.now();
        const event = Buffer.from(`id: ${began}\ndata: ${'x'.repeat(bytes)}\n\n`);
        for (const response of open) response.write(event);
        await sleep(Math.max(0, 1000 - (Date.now() - began)));
      }
    });
    return { of: await tell(screens), cores };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Of values and how often each is there: the middle, the slow ones, and what is looked at, ms. */
function quantiles(values: [ms: number, times: number][]): { run: string; found: number } {
  const sorted = values.sort((a, b) => a[0] - b[0]);
  const count = sorted.reduce((sum, [, times]) => sum + times, 0);
  const at = (share: number) => {
    let left = share * (count - 1);
    for (const [ms, times] of sorted) {
      left -= times;
      if (left < 0) return ms;
    }
    return Number.NaN;
  };
  return { run: `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, most ${at(1)} ms`, found: at(0.99) };
}
