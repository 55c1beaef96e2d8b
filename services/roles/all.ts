import { randomUUID } from 'node:crypto';
import { dropAsides } from '../backup/files.ts';
import { demoIn } from '../demo/demo.ts';
import { openStage, type Stage, type StageOptions } from '../demo/stage.ts';
import { makeFolder } from '../house/data-folder.ts';
import { resultsFrom } from '../house/house.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Run } from '../ledger/runs.ts';
import { hasAdmin } from '../ledger/tokens.ts';
import { createFanout, type Fanout } from '../live/fanout.ts';
import type { ShownFrame } from '../model/frame.ts';
import { drawFiles } from '../plans/plans.ts';
import { keepProgramme } from '../programme/programme.ts';
import { createScreens } from '../serve/screens.ts';
import { buildServer } from '../serve/server.ts';
import { type Config, isOpen, Misconfigured, tooOpen } from '../settings/config.ts';
import { createInbox } from '../source/inbox.ts';
import { holdFolder } from '../store/database.ts';
import { untold } from '../work/rules.ts';
import { depsOf } from './all-deps.ts';
import { type Beyond, beyondOf } from './beyond.ts';
import { type Counts, createCounts } from './counts.ts';
import { createFilms } from './films.ts';
import { jobsChild } from './jobs-child.ts';
import { createLog, type Log } from './log.ts';
import { measure } from './measure.ts';
import { listenMqtt, openMqtt } from './mqtt.ts';
import { publicView } from './public-view.ts';
import { createFailure, doorOf, listenFound, ownToken, type Running, shut } from './running.ts';
import { createVenueChanges } from './venue-changes.ts';
import { measuredOf, usageOf } from './watched.ts';

const HOUR_MS = 3_600_000;

/** Role `all`: one process, embedded, that holds its folder alone. Resolves when it listens. */
export async function startAll(config: Config): Promise<Running> {
  makeFolder(config.dataDir);
  const release = await holdFolder(config.dataDir);
  dropAsides(config.dataDir);
  try {
    return await startIn(config, release);
  } catch (error) {
    release();
    throw error;
  }
}

async function startIn(config: Config, release: () => void): Promise<Running> {
  const [log, { failed, fail }] = [createLog(), createFailure()];
  const [instance, own] = [randomUUID(), ownToken()];
  const door = doorOf(config, own, () => stage.work().house.ledger);
  const { broker: mqtt, mouth, sources: heard } = await openMqtt(config, door, () => stage, log);
  const inbox = createInbox();
  const fanout: Fanout = shownFanout(() => counts);
  const counts = createCounts(inbox, fanout);
  const beyond = beyondOf(config, log, counts);
  // What lays a past needs a folder of its own for it.
  const isPlain = config.store === 'duckdb' && !beyond.kafka && !config.replay;
  const told = await demoIn({ ...config, demo: config.demo && isPlain }, Date.now());
  const close = (why?: string) => {
    inbox.close(why);
    mqtt?.letGo(why);
  };
  const { opened, open } = createOpening();
  const stage: Stage = await openStage(config, told, {
    opened,
    ...watching(counts, log),
    ...beyond,
    ended: fail,
    sources: [inbox.source, ...heard],
    close,
    fanout,
    mouth,
  });
  await refuseOpen(config, stage);
  if (config.replay)
    counts.gauge('hallway_replay_share', 'How much of the recording is replayed, 0 to 1', () => stage.replayed() ?? 0);
  measure(counts, measuredOf(config, stage, counts));
  const crew = crewOf(config, log, counts, stage);
  const screens = createScreens();
  const tools = { ...toolsOf(config, stage, log), screens, publicly: publicOf(config, stage, fanout, log), door };
  const server = await buildServer(
    depsOf(stage, { config, inbox, fanout, counts, instance, own, ...tools, jobs: crew.jobs }),
  );
  log.to(server.log);
  const { file } = stage.work().house.venue;
  for (const sentence of untold(file, config.destinations)) log.error(undefined, sentence);
  await drawFiles(config, file, (sentence) => log.error(undefined, sentence));
  const rest = await keepYoung(config, stage, counts, log);
  let listening: { close(): void } | null = null;
  const stop = async () => {
    open();
    rest();
    tools.end();
    await crew.end();
    // What has come in is stored and answered, loads break off, then the last answers leave.
    const halted = halting(stage, beyond);
    listening?.close();
    await shut(server);
    await mqtt?.close();
    await halted;
    await tools.usage.end();
    await mouth?.end();
    await stage.work().house.close();
    await beyond.close();
    release();
  };
  try {
    const found = await listenFound(server, config, { instance, own });
    listening = found;
    const spoken = mqtt && (await listenMqtt(mqtt, config));
    open();
    // There is nothing to do while the past is laid, and if it never is.
    stage.ready.then(crew.begin, () => undefined);
    return { address: found.address, mqtt: spoken, isClosed: await door.isClosed(), stop, failed };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Frames for screens, counted as they are made and as they were sent. */
const shownFanout = (counts: () => Counts): Fanout =>
  createFanout(
    (frame) => counts().framed(frame),
    () => counts().shown(),
  );

/** A promise, and who keeps it. */
function createOpening(): { opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

const publicOf = ({ minCount }: Config, stage: Stage, fanout: Fanout, log: Log): Fanout<ShownFrame> =>
  publicView(
    fanout,
    minCount,
    (...asked) => stage.work().house.ask(...asked),
    (error) => log.error(error, 'a minute could not be rounded'),
  );

/** Beyond this machine somebody has to be an admin already: nobody else could make one. */
async function refuseOpen(config: Config, stage: Stage): Promise<void> {
  if (!isOpen(config) || (await hasAdmin(stage.work().house.ledger))) return;
  await stage.halt();
  await stage.work().house.close();
  throw new Misconfigured(tooOpen(config.host));
}

/** So long a stop lets a store take what has come in, ms: then whoever sent it is told, before connections are cut. */
const TAKE_MS = 2000;

function halting(stage: Stage, { giveUp }: Beyond): Promise<void> {
  const late = setTimeout(giveUp, TAKE_MS);
  return stage.halt().finally(() => clearTimeout(late));
}

/** Forgets what is older than is kept, now and hourly, and hourly what of the ledger nobody will ask for, until the function that comes back is called. */
async function keepYoung(config: Config, stage: Stage, counts: Counts, log: Log): Promise<() => void> {
  const expire = async () => {
    const { house } = stage.work();
    house.record.forget(resultsFrom(config, Date.now()));
    if (config.keepDays === 0) return;
    await house.engine.expire(house.keepFrom());
    await counts.recount(house.engine.totals);
  };
  await expire();
  const failed = (error: unknown) => log.error(error, 'expiry');
  const hourly = setInterval(() => {
    expire().catch(failed);
    stage.work().house.tidy().catch(failed);
  }, HOUR_MS);
  return () => clearInterval(hourly);
}

/** What makes films, what changes the venue, and what counts use, until `end`. */
function toolsOf(config: Config, stage: Stage, log: Log) {
  const films = createFilms(config.dataDir);
  const changes = createVenueChanges(config, { house: () => stage.work().house, takeUp: stage.takeUp });
  const ledger = () => stage.work().house.ledger;
  const programme = keepProgramme({ dataDir: config.dataDir, venue: changes, ledger, failed: log.error });
  const end = () => {
    films.end();
    programme.end();
  };
  return { films, changes, programme, usage: usageOf(stage, log), end };
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
): Omit<StageOptions, 'sources' | 'close' | 'fanout' | 'mouth' | 'ended' | 'opened' | keyof Beyond> => ({
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
