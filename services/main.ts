import { randomBytes, randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import closeWithGrace from 'close-with-grace';
import { type Config, Misconfigured, readConfig } from './config.ts';
import { type Counts, createCounts } from './counts.ts';
import { demoIn } from './demo.ts';
import { makeFolder } from './house.ts';
import { createFanout, type Fanout } from './live/fanout.ts';
import { load } from './load.ts';
import { sentenceOf } from './sentence.ts';
import type { Deps } from './serve/deps.ts';
import { buildServer } from './serve/server.ts';
import { announce, withdraw } from './service-file.ts';
import { createInbox, type Inbox } from './source/inbox.ts';
import { type BrokerOptions, createBroker } from './source/mqtt/broker.ts';
import { mqttClientSource } from './source/mqtt-client.ts';
import type { Source } from './source/source.ts';
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
  const hasBroker = config.sources.includes('mqtt') && !config.mqttBroker;
  const mqtt = hasBroker ? await createBroker(brokerOf(config, () => stage)) : null;
  const fanout = createFanout();
  const instance = randomUUID();
  const counts = createCounts(inbox, fanout);
  const told = await demoIn(config, Date.now());
  const log = createLog();
  const close = (why?: string) => {
    inbox.close(why);
    mqtt?.letGo(why);
  };
  const sources = [inbox.source, ...(mqtt ? [mqtt.source] : []), ...fromBroker(config, () => stage, log)];
  const stage: Stage = await openStage(config, told, { ...watching(counts, log), sources, close, fanout });
  const server = await buildServer(depsOf(stage, { config, inbox, fanout, counts, instance }));
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
    announce(config.dataDir, { address, pid: process.pid, instance, token: randomBytes(24).toString('base64url') });
    return { address, mqtt: port === undefined ? null : `mqtt://${config.host}:${port}`, stop };
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

type Log = ReturnType<typeof createLog>;

/** What the stage tells of its work. */
const watching = (counts: Counts, log: Log): Omit<StageOptions, 'sources' | 'close' | 'fanout'> => ({
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
const contextIn = (stage: () => Stage) => () => stage().work().house.context('mqtt', stage().clock());
const brokerOf = ({ host, mqttPort }: Config, stage: () => Stage): BrokerOptions => ({
  host,
  port: mqttPort,
  context: contextIn(stage),
});

/** What comes from a broker elsewhere, where one is named. */
function fromBroker({ sources, mqttBroker }: Config, stage: () => Stage, log: Log): Source[] {
  if (!sources.includes('mqtt') || !mqttBroker) return [];
  return [mqttClientSource(mqttBroker, contextIn(stage), { failed: (sentence) => log.error(undefined, sentence) })];
}

type Given = { config: Config; inbox: Inbox; fanout: Fanout; counts: Counts; instance: string };

/** What the routes need. */
const depsOf = (stage: Stage, { config, inbox, fanout, counts, instance }: Given): Deps => ({
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
  pages: PAGES,
  logLevel: config.logLevel,
});

/** Runs until it is told to stop; what cannot be started says why in a sentence. */
async function main(): Promise<void> {
  try {
    const running = await start(readConfig(process.env));
    process.stderr.write(`Hallway listens at ${running.address} (this machine only: there are no tokens)\n`);
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
