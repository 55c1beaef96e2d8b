import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { keepDelivering } from '../../jobs/deliver/keep.ts';
import { workOf } from '../../jobs/jobs.ts';
import { keepJobs, LEASE_MS } from '../../jobs/keep.ts';
import { createAnswer } from '../answer/answer.ts';
import { lendVenue } from '../demo/demo.ts';
import { RECEIPTS } from '../forget/forget.ts';
import { answerOut, copiesIn, copyOut, dropOldCopies } from '../house/copies.ts';
import { makeFolder } from '../house/data-folder.ts';
import { influxEngine } from '../house/engine.ts';
import { createSift } from '../house/forgotten.ts';
import { readingOf, resultsFrom, venueOf } from '../house/house.ts';
import { FORGOTTEN } from '../ledger/forgetting.ts';
import type { Renewable } from '../ledger/ledger.ts';
import { renewTidied } from '../ledger/tidy.ts';
import { whenever } from '../ledger/whenever.ts';
import { createFanout } from '../live/fanout.ts';
import type { Config } from '../settings/config.ts';
import { sendingBy } from '../settings/destinations.ts';
import { memoryRecord } from '../store/record.ts';
import { lettersTo } from './beyond.ts';
import { createCounts } from './counts.ts';
import { recordScrubber } from './forgetting.ts';
import { measureInflux, openInflux } from './influx.ts';
import { kafkaOf } from './kafka.ts';
import { ledgerIn } from './ledger.ts';
import { createLog } from './log.ts';
import { createFailure, type Running, running } from './running.ts';
import { keepShown } from './shown.ts';

const HOUR_MS = 3_600_000;

/** At once and by the hour: copies that a kill has left go; then the ledger is written anew where that is worth it. */
function tidyHourly(config: Config, house: string, ledger: Renewable, failed: (error: unknown) => void) {
  dropOldCopies(house, Date.now());
  return setInterval(() => {
    dropOldCopies(house, Date.now());
    renewTidied(ledger, Date.now(), resultsFrom(config, Date.now())).catch(failed);
  }, HOUR_MS);
}

/** All who watch the ledger listen for the end, twice each; more would be a leak. */
const LISTENERS_MAX = 30;

/** Role `jobs`: one of several, of which one at a time runs what is due; the others stand by. It opens the store itself. */
export async function startJobs(config: Config): Promise<Running> {
  makeFolder(config.dataDir);
  lendVenue(config, Date.now());
  setPriority(constants.priority.PRIORITY_LOW);
  const [log, stopping, { failed, fail }] = [createLog(), new AbortController(), createFailure()];
  setMaxListeners(LISTENERS_MAX, stopping.signal);
  const kafka = kafkaOf(config.kafka);
  const letters = lettersTo(kafka);
  const counts = createCounts({ waiting: 0 }, createFanout());
  const missed = (words: string) => (error: unknown) => {
    counts.failed();
    log.error(error, words);
  };
  const store = await openInflux(config, letters, log, () => ledger);
  measureInflux(store, counts);
  const house = join(config.dataDir, 'main');
  const engine = influxEngine(store, Date.now, house);
  const ledger = await ledgerIn(kafka, missed('the ledger waits in Kafka'));
  const { pseudonym } = readingOf(config);
  const venue = () => venueOf(config, pseudonym).venue;
  const record = memoryRecord(venue().zone);
  const { tables, written } = engine;
  const asked = () => createAnswer({ tables, written, record, house, venue });
  let ask = asked();
  const sift = createSift(() => ledger);
  await sift.look();
  // What was shown is read up to now, before anything is made of it.
  let tailing: Promise<unknown> = Promise.resolve();
  await new Promise<void>((caughtUp) => {
    tailing = keepShown({ config, kafka, record, sift, caughtUp, missed, signal: stopping.signal });
  });
  const scrub = recordScrubber(ledger, sift, record);
  const takeUp = async () => {
    await scrub();
    ask = asked();
  };
  whenever(ledger, [FORGOTTEN, RECEIPTS], takeUp, stopping.signal, missed('who is forgotten could not be read'));
  const owner = randomUUID();
  const common = { ledger, owner, signal: stopping.signal, leaseMs: LEASE_MS };
  const failedAt = (error: unknown, words: string) => missed(words)(error);
  const delivering = keepDelivering({ ...sendingBy(config), ...common, house, venue, now: Date.now, failed: failedAt });
  delivering.catch(fail);
  const working = keepJobs({
    ...workOf('influx'),
    ...common,
    zone: venue().zone,
    place: {
      house,
      ledger,
      now: Date.now,
      keepFrom: () => resultsFrom(config, Date.now()),
      venue,
      record: () => record,
      copy: async (...asked) => join(copiesIn(house), await copyOut({ folder: house, store }, ...asked)),
      ask: (asked, file, signal) => answerOut(ask, asked, file, signal),
    },
    quarters: engine.quarters,
    failed: failedAt,
  });
  working.catch(fail);
  const hourly = tidyHourly(config, house, ledger, missed('the ledger was not written anew'));
  const halt = async () => {
    clearInterval(hourly);
    stopping.abort();
    await Promise.allSettled([working, delivering, tailing]);
    await ledger.close();
    await engine.close();
    await letters.close().catch(() => undefined);
  };
  return running({ config, log, counts, failed, halt, ledger });
}
