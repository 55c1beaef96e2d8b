import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';
import { type Counts, createCounts } from '../counts.ts';
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
import { river } from '../river.ts';
import { isFinal } from '../sentence.ts';
import type { Deps, FilmsDeps } from '../serve/deps.ts';
import { buildServer } from '../serve/server.ts';
import { createInbox } from '../source/inbox.ts';
import { type Tail, tail } from '../source/kafka/tail.ts';
import { readBatches } from '../validate/reader.ts';
import { unpack } from '../validate/unpack.ts';
import { entranceOf, lettersTo } from './beyond.ts';
import { createFence, createFold } from './frames.ts';
import { openInflux } from './influx.ts';
import { kafkaOf } from './kafka.ts';
import { ledgerSoon } from './ledger.ts';
import { announced, createFailure, listen, ownToken, type Running, shut, tokensOf } from './running.ts';

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
  const [inbox, fanout, entrance] = [createInbox(), createFanout(), entranceOf(kafka)];
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
  const [instance, own] = [randomUUID(), ownToken()];
  const films = createFilms(config.dataDir, instance);
  const deps = depsOf({
    config,
    house,
    ledger,
    inbox,
    fanout,
    counts,
    stopping: stopping.signal,
    instance,
    own,
    films,
    isReady: shown.isReady,
  });
  const server = await buildServer(deps);
  log.to(server.log);
  await drawFiles(config, house.venue.file, (sentence) => log.error(undefined, sentence));
  let withdraw = () => {};
  const stop = async () => {
    withdraw();
    films.end();
    stopping.abort();
    inbox.close();
    await shut(server);
    await Promise.allSettled([flowing, tailing, counting, entrance.close(), letters.close(), ledger.close()]);
    await house.close();
  };
  try {
    const address = await listen(server, config);
    withdraw = announced(config.dataDir, address, instance, own);
    return { address, mqtt: null, stop, failed };
  } catch (error) {
    await stop();
    throw error;
  }
}

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
  isReady,
}: Given): Deps => ({
  ask: house.ask,
  inbox,
  fanout,
  read: async (body) => readBatches(await unpack(body), house.context('inbox', Date.now())),
  load: (bytes: Readable, name, signal) =>
    load(bytes, house.context(name, 'recorded'), house.store, AbortSignal.any([signal, stopping]), counts.took),
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
  plans: createPlans(config, () => house.venue.file),
  films,
  jobs: null,
  hasJobs: async () => true,
  tokens: tokensOf(config, own),
  pages: PAGES,
  logLevel: config.logLevel,
});
