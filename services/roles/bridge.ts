import type { Config } from '../config.ts';
import { createCounts } from '../counts.ts';
import { makeFolder } from '../data-folder.ts';
import { readingOf } from '../house.ts';
import { forwardClock } from '../live/clock.ts';
import { createFanout } from '../live/fanout.ts';
import { createLog } from '../log.ts';
import { river } from '../river.ts';
import { isFinal } from '../sentence.ts';
import { mqttClientSource } from '../source/mqtt-client.ts';
import { entranceOf } from './beyond.ts';
import { kafkaOf } from './kafka.ts';
import { createFailure, type Running, running } from './running.ts';

/** Role `bridge`: one of any number, from an MQTT broker into Kafka. What did not pass goes to the dead letters. */
export async function startBridge(config: Config): Promise<Running> {
  makeFolder(config.dataDir);
  const { context } = readingOf(config);
  const [log, stopping, { failed, fail }] = [createLog(), new AbortController(), createFailure()];
  const [clock, counts] = [forwardClock(), createCounts({ waiting: 0 }, createFanout())];
  const missed = (error: unknown, words: string) => {
    counts.failed();
    log.error(error, words);
  };
  const source = mqttClientSource(config.mqttBroker!, () => context('mqtt', clock()), {
    failed: (sentence) => missed(undefined, sentence),
  });
  const entrance = entranceOf(kafkaOf(config.kafka));
  const flowing = river(source, entrance, stopping.signal, {
    took: counts.took,
    failed: (error) => missed(error, 'Kafka did not take it'),
    isFinal,
  });
  flowing.catch(fail);
  const halt = async () => {
    stopping.abort();
    await flowing.catch(() => undefined);
    await entrance.close();
  };
  return running({ config, log, counts, failed, halt });
}
