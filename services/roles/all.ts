import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';
import { answerOut, copiesIn, copyOut } from '../copies.ts';
import { type Counts, createCounts } from '../counts.ts';
import { demoIn } from '../demo.ts';
import { createFilms } from '../films.ts';
import { makeFolder } from '../house.ts';
import { type JobsChild, jobsChild } from '../jobs-child.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { KEYS, type Run, valueAt } from '../ledger/runs.ts';
import { createFanout, type Fanout } from '../live/fanout.ts';
import { load } from '../load.ts';
import { createLog, type Log } from '../log.ts';
import { createPlans, drawFiles } from '../plans.ts';
import type { Deps, FilmsDeps } from '../serve/deps.ts';
import { buildServer } from '../serve/server.ts';
import { isLoopback } from '../settings.ts';
import { createInbox, type Inbox } from '../source/inbox.ts';
import { type BrokerOptions, createBroker } from '../source/mqtt/broker.ts';
import { mqttClientSource } from '../source/mqtt-client.ts';
import type { Source } from '../source/source.ts';
import { openStage, type Stage, type StageOptions } from '../stage.ts';
import { holdFolder } from '../store/database.ts';
import { readBatches } from '../validate/reader.ts';
import { unpack } from '../validate/unpack.ts';
import { type Beyond, beyondOf } from './beyond.ts';
import { announced, createFailure, listen, ownToken, portTaken, type Running, shut, tokensOf } from './running.ts';

const HOUR_MS = 3_600_000;
const PAGES = fileURLToPath(new URL('../../web', import.meta.url));

/** Role `all`: one process, embedded, that holds its folder alone. Resolves when it listens. */
export async function startAll(config: Config): Promise<Running> {
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
  const [log, { failed, fail }] = [createLog(), createFailure()];
  const inbox = createInbox();
  const hasBroker = config.sources.includes('mqtt') && !config.mqttBroker;
  const mqtt = hasBroker ? await createBroker(brokerOf(config, () => stage)) : null;
  const fanout = createFanout();
  const [instance, own] = [randomUUID(), ownToken()];
  const counts = createCounts(inbox, fanout);
  const beyond = beyondOf(config, log, counts);
  // What lays a past needs a folder of its own for it.
  const isPlain = config.store === 'duckdb' && !beyond.kafka && !config.replay;
  const told = await demoIn({ ...config, demo: config.demo && isPlain }, Date.now());
  const close = (why?: string) => {
    inbox.close(why);
    mqtt?.letGo(why);
  };
  const sources = [inbox.source, ...(mqtt ? [mqtt.source] : []), ...fromBroker(config, () => stage, log)];
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const stage: Stage = await openStage(config, told, {
    opened,
    ...watching(counts, log),
    ...beyond,
    ended: fail,
    sources,
    close,
    fanout,
  });
  if (config.replay)
    counts.gauge('hallway_replay_share', 'How much of the recording is replayed, 0 to 1', () => stage.replayed() ?? 0);
  const crew = crewOf(config, log, counts, stage);
  const films = createFilms(config.dataDir);
  const server = await buildServer(
    depsOf(stage, { config, inbox, fanout, counts, instance, own, films, jobs: crew.jobs }),
  );
  log.to(server.log);
  await drawFiles(config, stage.work().house.venue.file, (sentence) => log.error(undefined, sentence));
  const rest = await keepYoung(config, stage, counts, log);
  let withdraw = () => {};
  const stop = async () => {
    open();
    rest();
    withdraw();
    films.end();
    await crew.end();
    // What has come in is stored and answered, loads break off, then the last answers leave.
    const halted = stage.halt();
    await shut(server);
    await mqtt?.close();
    await halted;
    await stage.work().house.close();
    await beyond.close();
    release();
  };
  try {
    const address = await listen(server, config);
    const port = await mqtt?.listen().catch((error: unknown) => {
      throw portTaken(error, 'MQTT_PORT');
    });
    open();
    withdraw = announced(config.dataDir, address, instance, own);
    // There is nothing to do while the past is laid, and if it never is.
    stage.ready.then(crew.begin, () => undefined);
    return { address, mqtt: port === undefined ? null : `mqtt://${mqttHostOf(config)}:${port}`, stop, failed };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Forgets what is older than is kept, now and hourly, until the function that comes back is called. */
async function keepYoung(config: Config, stage: Stage, counts: Counts, log: Log): Promise<() => void> {
  const expire = async () => {
    const { house } = stage.work();
    await house.engine.expire(house.keepFrom());
    await counts.recount(house.engine.totals);
  };
  if (config.keepDays === 0) return () => {};
  await expire();
  const hourly = setInterval(() => expire().catch((error) => log.error(error, 'expiry')), HOUR_MS);
  return () => clearInterval(hourly);
}

/** The jobs of the house that is worked in, and their runs counted, from `begin` to `end`. */
function crewOf(config: Config, log: Log, counts: Counts, stage: Stage) {
  const jobs = jobsChild(config, log);
  const stopping = new AbortController();
  return {
    jobs,
    begin() {
      if (stopping.signal.aborted) return;
      jobs.start();
      countRuns(stage.work().house.ledger, counts, stopping.signal).catch((error) =>
        log.error(error, 'the runs of jobs are not counted'),
      );
    },
    end() {
      stopping.abort();
      return jobs.stop();
    },
  };
}

/** Counts the runs of jobs as they end. */
async function countRuns(ledger: Ledger, { ran }: Counts, signal: AbortSignal): Promise<void> {
  for await (const { value } of ledger.watch('run/', signal)) ran(value as Run);
}

/** What the stage tells of its work. */
const watching = (
  counts: Counts,
  log: Log,
): Omit<StageOptions, 'sources' | 'close' | 'fanout' | 'ended' | 'opened' | keyof Beyond> => ({
  took: counts.took,
  changed: ({ engine }) => counts.recount(engine.totals),
  failed(error, pauseMs) {
    counts.failed();
    log.error(error, 'the store did not take a batch', { pauseMs });
  },
  missed: (error) => log.error(error, 'a frame could not be kept'),
  log: log.error,
  info: log.info,
});

/** What comes by MQTT is read as of the house that is worked in then. */
const contextIn = (stage: () => Stage) => () => stage().work().house.context('mqtt', stage().clock());
const brokerOf = (config: Config, stage: () => Stage): BrokerOptions => ({
  host: mqttHostOf(config),
  port: config.mqttPort,
  context: contextIn(stage),
});

/** What comes from a broker elsewhere, where one is named. */
function fromBroker({ sources, mqttBroker }: Config, stage: () => Stage, log: Log): Source[] {
  if (!sources.includes('mqtt') || !mqttBroker) return [];
  return [mqttClientSource(mqttBroker, contextIn(stage), { failed: (sentence) => log.error(undefined, sentence) })];
}

/** The broker knows no passwords: it never listens beyond this machine. */
const mqttHostOf = ({ host }: Config): string => (isLoopback(host) ? host : '127.0.0.1');

type Given = {
  config: Config;
  inbox: Inbox;
  fanout: Fanout;
  counts: Counts;
  instance: string;
  own: string;
  films: FilmsDeps;
  jobs: JobsChild;
};

type Runner = { owner: string };

/** Does the process live that began to run jobs last? Beside an embedded store it is on this machine. */
function isRunning(runner: Runner | null): boolean {
  try {
    return runner !== null && process.kill(Number(runner.owner.split('/')[0]), 0);
  } catch {
    return false;
  }
}

/** What the routes need. */
const depsOf = (stage: Stage, { config, inbox, fanout, counts, instance, own, films, jobs }: Given): Deps => ({
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
  async endDemo() {
    // What they would make is of what is forgotten.
    await jobs.stop();
    await stage.endDemo().finally(jobs.start);
  },
  status: () => ({ ...counts.read(), instance, simulated: stage.demo() !== null, replayed: stage.replayed() }),
  metrics: counts.registry,
  ledger: () => stage.work().house.ledger,
  house: () => stage.work().house.folder,
  zone: () => stage.work().house.venue.zone,
  plans: createPlans(config, () => stage.work().house.venue.file),
  films,
  jobs: {
    token: own,
    copy: (span, signal) => copyOut(stage.work().house, span, signal),
    answer: (asked, name, signal) => {
      const { ask, folder } = stage.work().house;
      if (folder === null) throw new Error('expected a house in a folder, found one in memory');
      return answerOut(ask, asked, join(copiesIn(folder), name), signal);
    },
    quarters: () => stage.work().house.engine.quarters(),
  },
  hasJobs: async () => config.jobs || isRunning(await valueAt<Runner>(stage.work().house.ledger, KEYS.runner)),
  tokens: tokensOf(config, own),
  pages: PAGES,
  logLevel: config.logLevel,
});
