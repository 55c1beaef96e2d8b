import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Refused } from '../answer/refused.ts';
import { seen } from '../answer/seen.ts';
import type { Config } from '../config.ts';
import { type Counts, createCounts } from '../counts.ts';
import { openCrier } from '../crier.ts';
import { lendVenue } from '../demo.ts';
import { influxEngine } from '../engine.ts';
import { throughKafka } from '../entrance.ts';
import { createFilms } from '../films.ts';
import { type House, openHouse } from '../house.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createFanout, type Fanout } from '../live/fanout.ts';
import { load } from '../load.ts';
import { createLog } from '../log.ts';
import { createPlans, drawFiles } from '../plans.ts';
import { publicView } from '../public-view.ts';
import { river } from '../river.ts';
import { isFinal } from '../sentence.ts';
import type { Deps, FilmsDeps } from '../serve/deps.ts';
import { buildServer } from '../serve/server.ts';
import { createInbox } from '../source/inbox.ts';
import { type Tail, tail } from '../source/kafka/tail.ts';
import { createUsage, type Usage } from '../usage.ts';
import { readBatches } from '../validate/reader.ts';
import { unpack } from '../validate/unpack.ts';
import { entranceOf, lettersTo } from './beyond.ts';
import { createFence, createFold } from './frames.ts';
import { openInflux } from './influx.ts';
import { kafkaOf } from './kafka.ts';
import { ledgerSoon } from './ledger.ts';
import { createFailure, doorOf, listenFound, ownToken, type Running, shut } from './running.ts';

/** How often what others have stored is counted anew, ms. */
const RECOUNT_MS = 10_000;
const PAGES = fileURLToPath(new URL('../../web', import.meta.url));

/** Role `serve`: the API and the pages, of any number the same; what it receives goes into Kafka. */
export async function startServe(config: Config): Promise<Running> {
  const [log, stopping, { failed, fail }] = [createLog(), new AbortController(), createFailure()];
  const kafka = kafkaOf(config.kafka);
  const letters = lettersTo(kafka);
  lendVenue(config, Date.now());
  const house = await openHouse(config, 'memory', async () =>
    influxEngine(await openInflux(config, letters, log), Date.now, join(config.dataDir, 'main')),
  );
  const ledger = ledgerSoon(kafka, (error) => log.error(error, 'the ledger waits in Kafka'), stopping.signal);
  const fanout: Fanout = createFanout((frame) => counts.framed(frame));
  const [inbox, entrance] = [createInbox(), entranceOf(kafka)];
  const counts = createCounts(inbox, fanout);
  const missed = (words: string) => (error: unknown) => {
    counts.failed();
    log.error(error, words);
  };
  const into = throughKafka(entrance, house.store, counts.took, missed('a reject stands among the dead letters alone'));
  const recount = () => counts.recount(house.engine.totals).catch(missed('what is stored could not be counted'));
  const counting = again(RECOUNT_MS, recount, stopping.signal);
  entrance.open().catch((error: unknown) => isFinal(error) && fail(error));
  const flowing = river(inbox.source, into, stopping.signal, {
    took: (...batch) =>
      batch[0].observations.length > 0 && counts.took({ ...batch[0], rejects: [] }, batch[1], batch[2]),
    failed: missed('Kafka did not take it'),
    isFinal,
  });
  flowing.catch(fail);
  const shown = show(house, fanout);
  const tailing = tail(kafka, 'frames', { ...shown, failed: missed('frames wait in Kafka') }, stopping.signal);
  const crier = crierIn(ledger, house, fanout, missed('notices could not be read'));
  const [instance, own] = [randomUUID(), ownToken()];
  const films = createFilms(config.dataDir);
  const usage = usageIn(ledger, house, missed('what is used could not be counted'));
  const made = { config, house, ledger, inbox, fanout, counts, instance, own, films, usage };
  const server = await buildServer(depsOf({ ...made, stopping: stopping.signal, isReady: shown.isReady }));
  log.to(server.log);
  await drawFiles(config, house.venue.file, (sentence) => log.error(undefined, sentence));
  let listening: { close(): void } | null = null;
  const stop = async () => {
    films.end();
    crier.end();
    stopping.abort();
    inbox.close();
    listening?.close();
    await shut(server);
    await usage.end();
    await Promise.allSettled([flowing, tailing, counting, entrance.close(), letters.close(), ledger.close()]);
    await house.close();
  };
  try {
    const found = await listenFound(server, config, { instance, own });
    listening = found;
    return { address: found.address, mqtt: null, stop, failed };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Screens are told what holds; gateways are told by whom they are heard by. */
const crierIn = (ledger: Ledger, { venue }: House, fanout: Fanout, failed: (error: unknown) => void) =>
  openCrier({ ledger, venue, clock: Date.now, fanout, mouth: null, failed });

const usageIn = (ledger: Ledger, { venue }: House, failed: (error: unknown) => void): Usage =>
  createUsage({ ledger: () => ledger, zone: () => venue.zone, failed });

/** Does a task again and again, a pause after each time, until `signal` aborts. */
async function again(pauseMs: number, task: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await task();
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Frames as they come: all of the topic into the record, the newest to the screens. */
function show({ record }: House, fanout: Fanout): Tail & { isReady(): boolean } {
  const [fence, fold] = [createFence(), createFold()];
  let isReady = false;
  return {
    // All that there is: what is older than its retention has been rolled by jobs.
    from: { offset: 0 },
    take(entry) {
      const line = fence(entry);
      if (!line) return;
      record.append(line);
      const frame = fold(line);
      if (frame && isReady) fanout.push(frame);
      else if (frame) fanout.fill(frame);
    },
    caughtUp: () => (isReady = true),
    isReady: () => isReady,
  };
}

type Given = Pick<Deps, 'inbox' | 'fanout'> & {
  config: Config;
  house: House;
  ledger: Ledger;
  counts: Counts;
  stopping: AbortSignal;
  instance: string;
  own: string;
  films: FilmsDeps;
  usage: Usage;
  isReady: () => boolean;
};

/** What the routes need. */
const depsOf = ({
  config,
  house,
  ledger,
  inbox,
  fanout,
  counts,
  stopping,
  instance,
  own,
  films,
  usage,
  isReady,
}: Given): Deps => ({
  ask: usage.counting(counts.timed(house.ask)),
  usage,
  inbox,
  fanout,
  publicly: publicView(fanout, config.minCount, house.ask, counts.failed),
  wellness: () => null,
  read: async (body) => readBatches(await unpack(body), house.context('inbox', Date.now())),
  load: (bytes: Readable, name, signal) =>
    load(bytes, house.context(name, 'recorded'), house.store, AbortSignal.any([signal, stopping]), counts.took),
  async forget() {
    throw new Refused([
      { pointer: '', expected: 'ROLE=all', found: 'roles that share a bucket and a ledger in Kafka' },
    ]);
  },
  demo: () => null,
  endDemo: async () => undefined,
  status: () => {
    const found = counts.read();
    return { ...found, ready: found.ready && isReady(), instance, simulated: false };
  },
  metrics: counts.registry,
  ledger: () => ledger,
  house: () => house.folder,
  zone: () => house.venue.zone,
  venue: () => house.venue,
  clock: Date.now,
  settled: async () => undefined,
  shown: async (span, each, signal) => void (await seen(house.record, span, each, signal)),
  plans: createPlans(config, () => house.venue.file),
  changes: null,
  programme: null,
  films,
  jobs: null,
  hasJobs: async () => true,
  door: doorOf(config, own, () => ledger),
  tls: config.tls,
  proxies: config.proxies,
  keeps: { days: config.keepDays, resultsDays: config.keepResultsDays },
  isRounded: config.minCount > 0,
  pages: PAGES,
  logLevel: config.logLevel,
});
