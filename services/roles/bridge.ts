import { makeFolder } from '../house/data-folder.ts';
import { createSift, sifted } from '../house/forgotten.ts';
import { peopled, readingOf, venueOf } from '../house/house.ts';
import { forwardClock } from '../live/clock.ts';
import { createFanout } from '../live/fanout.ts';
import { isFinal } from '../sentence.ts';
import type { Config } from '../settings/config.ts';
import { mqttMouth } from '../source/mqtt/mouth.ts';
import { mqttClientSource } from '../source/mqtt-client.ts';
import { river } from '../work/river.ts';
import { entranceOf } from './beyond.ts';
import { createCounts } from './counts.ts';
import { cryOn } from './crying.ts';
import { kafkaOf } from './kafka.ts';
import { ledgerSoon } from './ledger.ts';
import { createLog } from './log.ts';
import { createFailure, type Running, running } from './running.ts';

/**
 * Role `bridge`: one of any number, from an MQTT broker into Kafka. What did not pass goes to the dead letters. It tells gateways
 * there what holds: each bridge says the same, and it is retained.
 */
export async function startBridge(config: Config): Promise<Running> {
  makeFolder(config.dataDir);
  const { context, pseudonym } = readingOf(config);
  const [log, stopping, { failed, fail }] = [createLog(), new AbortController(), createFailure()];
  const [clock, counts] = [forwardClock(), createCounts({ waiting: 0 }, createFanout())];
  const missed = (error: unknown, words: string) => {
    counts.failed();
    log.error(error, words);
  };
  const source = mqttClientSource(config.mqttBroker!, () => context('mqtt', clock()), {
    failed: (sentence) => missed(undefined, sentence),
  });
  const kafka = kafkaOf(config.kafka);
  const entrance = entranceOf(kafka);
  entrance.open().catch((error: unknown) => isFinal(error) && fail(error));
  const ledger = ledgerSoon(kafka, (error) => missed(error, 'the ledger waits in Kafka'), stopping.signal);
  const mouth = mqttMouth(config.mqttBroker!, (sentence) => missed(undefined, `gateways are not told: ${sentence}`));
  const venue = async () => peopled(ledger, venueOf(config, pseudonym).venue);
  const crier = cryOn({ ledger, mouth, venue, failed: (error) => missed(error, 'notices could not be read') });
  const flowing = river(
    sifted(
      source,
      createSift(() => ledger),
    ),
    entrance,
    stopping.signal,
    {
      took: counts.took,
      failed: (error) => missed(error, 'Kafka did not take it'),
      isFinal,
    },
  );
  flowing.catch(fail);
  const halt = async () => {
    stopping.abort();
    crier.end();
    await flowing.catch(() => undefined);
    await entrance.close();
    await mouth.end();
    await ledger.close();
  };
  return running({ config, log, counts, failed, halt });
}
