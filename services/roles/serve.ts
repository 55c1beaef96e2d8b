import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaMessage } from 'kafkajs';
import { lendVenue } from '../demo/demo.ts';
import { influxEngine } from '../house/engine.ts';
import { sifted } from '../house/forgotten.ts';
import { openHouse, readingOf, venueOf } from '../house/house.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createFanout, type Fanout } from '../live/fanout.ts';
import type { Line } from '../model/line.ts';
import { drawFiles } from '../plans/plans.ts';
import { isFinal } from '../sentence.ts';
import { buildServer } from '../serve/server.ts';
import type { Config } from '../settings/config.ts';
import { createInbox } from '../source/inbox.ts';
import { memoryRecord } from '../store/record.ts';
import { throughKafka } from '../work/entrance.ts';
import { river } from '../work/river.ts';
import { entranceOf, lettersTo } from './beyond.ts';
import { createCounts } from './counts.ts';
import { createFilms } from './films.ts';
import { createFold, newsOf } from './frames.ts';
import { openInflux } from './influx.ts';
import { kafkaOf } from './kafka.ts';
import { ledgerSoon } from './ledger.ts';
import { createLog } from './log.ts';
import { sayProcess } from './processes.ts';
import { createFailure, isShut, listenFound, ownToken, type Running, shut } from './running.ts';
import { depsOf } from './serve-deps.ts';
import { createServed, type Served } from './served.ts';
import { keepShown } from './shown.ts';
import { createUsage, type Usage } from './usage.ts';

/** How often what others have stored is counted anew, ms. */
const RECOUNT_MS = 10_000;

/** Role `serve`: the API and the pages, of any number the same; what it receives goes into Kafka. */
export async function startServe(config: Config): Promise<Running> {
  const [log, stopping, { failed, fail }] = [createLog(), new AbortController(), createFailure()];
  const kafka = kafkaOf(config.kafka);
  const letters = lettersTo(kafka);
  lendVenue(config, Date.now());
  const ledger = ledgerSoon(kafka, (error) => log.error(error, 'the ledger waits in Kafka'), stopping.signal);
  const folder = join(config.dataDir, 'main');
  const engineIn = async () => influxEngine(await openInflux(config, letters, log, () => ledger), Date.now, folder);
  const record = memoryRecord(venueOf(config, readingOf(config).pseudonym).venue.zone);
  const house = await openHouse(config, 'memory', engineIn, { ledger, folder, record });
  const fanout: Fanout = createFanout(
    (frame) => counts.framed(frame, shown.news()),
    () => counts.shown(),
  );
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
  const flowing = river(sifted(inbox.source, house.sift), into, stopping.signal, {
    took: (...batch) =>
      batch[0].observations.length > 0 && counts.took({ ...batch[0], rejects: [] }, batch[1], batch[2]),
    failed: missed('Kafka did not take it'),
    isFinal,
  });
  flowing.catch(fail);
  const shown = show(fanout);
  const { signal } = stopping;
  // Who is forgotten is known before anything is shown.
  const tailing = house.sift
    .look()
    .then(() => keepShown({ config, kafka, record, sift: house.sift, ...shown, missed, signal }));
  tailing.catch((error: unknown) => stopping.signal.aborted || fail(error));
  const served = createServed({ config, opened: house, record, ledger, kafka, fanout, failed: missed });
  const [instance, own] = [randomUUID(), ownToken()];
  const films = createFilms(config.dataDir);
  const usage = usageIn(ledger, served, missed('what is used could not be counted'));
  const doubted = missed('the other processes do not hear of this one');
  const { end, ...peers } = sayProcess({ config, instance, metrics: counts.registry }, doubted);
  const made = { config, served, ledger, inbox, fanout, counts, instance, own, films, usage, ...peers };
  const server = await buildServer(depsOf({ ...made, stopping: stopping.signal, isReady: shown.isReady }));
  log.to(server.log);
  await drawFiles(config, house.venue.file, (sentence) => log.error(undefined, sentence));
  let listening: { close(): void } | null = null;
  const stop = async () => {
    end();
    films.end();
    served.end();
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
    return { address: found.address, mqtt: null, isClosed: isShut(config), stop, failed };
  } catch (error) {
    await stop();
    throw error;
  }
}

const usageIn = (ledger: Ledger, { house }: Served, failed: (error: unknown) => void): Usage =>
  createUsage({ ledger: () => ledger, zone: () => house().venue.zone, failed });

/** Does a task again and again, a pause after each time, until `signal` aborts. */
async function again(pauseMs: number, task: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await task();
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Lines as frames: the newest to the screens. */
function show(fanout: Fanout) {
  const fold = createFold();
  let [isReady, news]: [boolean, number[]] = [false, []];
  return {
    each(line: Line, entry: KafkaMessage) {
      const frame = fold(line);
      news = newsOf(entry);
      if (frame && isReady) fanout.push(frame);
      else if (frame) fanout.fill(frame);
    },
    caughtUp() {
      isReady = true;
    },
    isReady: () => isReady,
    news: () => news,
  };
}
