import { randomBytes, randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import closeWithGrace from 'close-with-grace';
import { type Config, isLoopback, Misconfigured, readConfig } from './config.ts';
import { type Counts, createCounts } from './counts.ts';
import { demoIn } from './demo.ts';
import { makeFolder } from './house.ts';
import { linkOf } from './link.ts';
import { createFanout, type Fanout } from './live/fanout.ts';
import { load } from './load.ts';
import { sentenceOf } from './sentence.ts';
import type { Deps } from './serve/deps.ts';
import { buildServer } from './serve/server.ts';
import { announce, withdraw } from './service-file.ts';
import { createInbox, type Inbox } from './source/inbox.ts';
import { type BrokerOptions, createBroker } from './source/mqtt/broker.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';
import { holdFolder } from './store/database.ts';
import { readBatches } from './validate/reader.ts';
import { unpack } from './validate/unpack.ts';

const HOUR_MS = 3_600_000;
/** How long a stop may take: the slowest commit and the slowest reader. */
const STOP_MS = 10_000;
/** How long a reader may take to get the rest of its answer before a stop leaves it. */
const SLOW_MS = 3000;
const PAGES = fileURLToPath(new URL('../web', import.meta.url));

/** A running service: where it listens, for MQTT too if it does, and how to stop it. */
export type Running = { address: string; mqtt: string | null; stop(): Promise<void> };

/** Role `all`: one process, embedded, that holds its folder alone. Resolves when it listens. */
export async function start(config: Config): Promise<Running> {
  makeFolder(config.dataDir);
  const release = await holdFolder(config.dataDir);
  try {
    return await startIn(config, release);
  } catch (error) {
    release();
    throw error;
  }
}

async function startIn(config: Config, release: () => void): Promise<Running> {
  const inbox = createInbox();
  const mqtt = config.sources.includes('mqtt') ? await createBroker(brokerOf(config, () => stage)) : null;
  const fanout = createFanout();
  const instance = randomUUID();
  const own = randomBytes(24).toString('base64url');
  const counts = createCounts(inbox, fanout);
  const told = await demoIn(config, Date.now());
  const log = createLog();
  const close = (why?: string) => {
    inbox.close(why);
    mqtt?.letGo(why);
  };
  const sources = [inbox.source, ...(mqtt ? [mqtt.source] : [])];
  const stage: Stage = await openStage(config, told, { ...watching(counts, log), sources, close, fanout });
  const server = await buildServer(depsOf(stage, { config, inbox, fanout, counts, instance, own }));
  log.to(server.log);
  const expire = async () => {
    const { house } = stage.work();
    await house.store.expire(house.keepFrom());
    await counts.recount(house.database);
  };
  if (config.keepDays > 0) await expire();
  const hourly = setInterval(() => {
    if (config.keepDays > 0) expire().catch((error) => log.error(error, 'expiry'));
  }, HOUR_MS);
  const stop = async () => {
    clearInterval(hourly);
    withdraw(config.dataDir, instance);
    // What has come in is stored and answered, loads break off, then the last answers leave.
    const halted = stage.halt();
    const slow = setTimeout(() => server.server.closeAllConnections(), SLOW_MS);
    await server.close();
    clearTimeout(slow);
    await mqtt?.close();
    await halted;
    await stage.work().house.close();
    release();
  };
  try {
    const address = await server.listen({ host: config.host, port: config.port });
    const port = await mqtt?.listen();
    announce(config.dataDir, { address, pid: process.pid, instance, token: own });
    return { address, mqtt: port === undefined ? null : `mqtt://${mqttHostOf(config)}:${port}`, stop };
  } catch (error) {
    await stop();
    const { code, port } = error as NodeJS.ErrnoException & { port?: number };
    const name = port === config.port ? 'PORT' : 'MQTT_PORT';
    if (code === 'EADDRINUSE')
      throw new Misconfigured(`${name}: expected a free port, found ${port} taken; ${name}=0 takes any free one`);
    throw error;
  }
}

/** What goes wrong before there is a server is said as soon as there is one. */
function createLog() {
  let to: { error(about: object, words: string): void } | null = null;
  const waiting: [object, string][] = [];
  return {
    to(log: typeof to) {
      to = log;
      for (const [about, words] of waiting.splice(0)) log?.error(about, words);
    },
    error(error: unknown, words: string, more: object = {}) {
      const about = { err: error, ...more };
      if (to) to.error(about, words);
      else waiting.push([about, words]);
    },
  };
}

/** What the stage tells of its work. */
const watching = (
  counts: Counts,
  log: ReturnType<typeof createLog>,
): Omit<StageOptions, 'sources' | 'close' | 'fanout'> => ({
  took: counts.took,
  changed: ({ database }) => counts.recount(database),
  failed(error, pauseMs) {
    counts.failed();
    log.error(error, 'the store did not take a batch', { pauseMs });
  },
  missed: (error) => log.error(error, 'a frame could not be kept'),
  log: log.error,
});

/** What comes by MQTT is read as of the house that is worked in then. */
const brokerOf = (config: Config, stage: () => Stage): BrokerOptions => ({
  host: mqttHostOf(config),
  port: config.mqttPort,
  context: () => stage().work().house.context('mqtt', stage().clock()),
});

/** The broker knows no passwords: it never listens beyond this machine. */
const mqttHostOf = ({ host }: Config): string => (isLoopback(host) ? host : '127.0.0.1');

type Given = { config: Config; inbox: Inbox; fanout: Fanout; counts: Counts; instance: string; own: string };

/** What the routes need. */
const depsOf = (stage: Stage, { config, inbox, fanout, counts, instance, own }: Given): Deps => ({
  ask: (query, viewer, signal) => stage.work().house.ask(query, viewer, signal),
  inbox,
  fanout,
  read: async (body) => readBatches(await unpack(body), stage.work().house.context('inbox', stage.clock())),
  async *load(bytes, name, signal) {
    // Where it never will be, the load breaks off by itself.
    await stage.ready.catch(() => undefined);
    const { house, signal: halted } = stage.work();
    yield* load(bytes, house.context(name, 'recorded'), house.store, AbortSignal.any([signal, halted]), counts.took);
  },
  demo: stage.demo,
  endDemo: stage.endDemo,
  status: () => ({ ...counts.read(), instance, simulated: stage.demo() !== null }),
  metrics: counts.registry,
  // Commands on this machine have what service.json says; without a token of the house nobody needs one.
  tokens: config.token === null ? [] : [config.token, own],
  pages: PAGES,
  logLevel: config.logLevel,
});

/** Runs until it is told to stop; what cannot be started says why in a sentence. */
async function main(): Promise<void> {
  try {
    const config = readConfig(process.env);
    const running = await start(config);
    const who = config.token ? 'whoever has the token may ask' : 'this machine only: there is no HALLWAY_TOKEN';
    process.stderr.write(`Hallway listens at ${running.address} (${who})\n`);
    // For a person who looks, never for a log that is kept.
    if (config.token && process.stderr.isTTY) process.stderr.write(`Open ${linkOf(running.address, config.token)}\n`);
    if (running.mqtt) process.stderr.write(`Gateways may speak MQTT at ${running.mqtt}\n`);
    closeWithGrace({ delay: STOP_MS }, async ({ err }) => {
      if (err) process.stderr.write(`${err.stack}\n`);
      await running.stop();
    });
  } catch (error) {
    const sentence = sentenceOf(error);
    process.stderr.write(`${sentence ?? (error as Error).stack}\n`);
    process.exitCode = sentence ? 2 : 1;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
