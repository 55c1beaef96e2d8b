import { join } from 'node:path';
import { makeFolder } from '../house/data-folder.ts';
import { createSift, forgetful, sifted } from '../house/forgotten.ts';
import { readingOf, venueOf } from '../house/house.ts';
import { noticing } from '../house/touched.ts';
import { createFanout } from '../live/fanout.ts';
import { isFinal } from '../sentence.ts';
import type { Config } from '../settings/config.ts';
import { createLetters } from '../source/kafka/letters.ts';
import { createLink } from '../source/kafka/link.ts';
import { kafkaSource } from '../source/kafka.ts';
import { river } from '../work/river.ts';
import { behindIn } from './beyond.ts';
import { createCounts } from './counts.ts';
import { fillBy } from './filled.ts';
import { measureInflux, openInflux } from './influx.ts';
import { kafkaOf } from './kafka.ts';
import { ledgerSoon } from './ledger.ts';
import { createLog } from './log.ts';
import { createFailure, type Running, running } from './running.ts';

/** Role `ingest`: one of any number of consumers, from Kafka into InfluxDB. */
export async function startIngest(config: Config): Promise<Running> {
  makeFolder(config.dataDir);
  fillBy(join(config.dataDir, 'main'), 'kafka');
  const { context, pseudonym } = readingOf(config);
  const [log, stopping, { failed, fail }] = [createLog(), new AbortController(), createFailure()];
  const kafka = kafkaOf(config.kafka);
  const link = createLink(kafka);
  const letters = createLetters(link.kafka, kafka);
  const ledger = ledgerSoon(kafka, (error) => log.error(error, 'the ledger waits in Kafka'), stopping.signal);
  const store = await openInflux(config, letters, log, () => ledger);
  const counts = createCounts({ waiting: 0 }, createFanout());
  measureInflux(store, counts);
  const source = kafkaSource(kafka, context, {
    behind: behindIn(counts),
    opened: (topics) => log.info('reads from Kafka', { partitions: topics }),
  });
  const touch = await noticing(store, ledger, venueOf(config, pseudonym).venue.zone, { isAlone: false });
  const sift = createSift(() => ledger);
  const into = forgetful(touch.store, sift, store.forgetBadges);
  const flowing = river(sifted(source, sift), into, stopping.signal, {
    took: counts.took,
    failed(error, pauseMs) {
      counts.failed();
      log.error(error, 'a batch was not stored', { pauseMs });
    },
    isFinal,
  });
  flowing.catch(fail);
  const halt = async () => {
    stopping.abort();
    store.close();
    await flowing.catch(() => undefined);
    await touch.close();
    await ledger.close();
    await letters.close().catch(() => undefined);
    link.cut();
  };
  return running({ config, log, counts, failed, halt });
}
