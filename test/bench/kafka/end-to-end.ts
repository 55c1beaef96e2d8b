import type { Influx } from '../../../services/store/influx.ts';
import { forget } from '../../source/kafka-broker.ts';
import { tell } from '../figure.ts';
import { newTopics, produce } from './data.ts';
import { intoInflux } from './rivers.ts';

const SIGHTINGS = 1_240_000;

/** A day of a conference: into Kafka while it is read, and out of Kafka into InfluxDB, counted there. */
export async function endToEnd(brokers: string[], influx: Influx): Promise<void> {
  const data = { form: 'packed' as const, count: SIGHTINGS, kafka: await newTopics(brokers) };
  try {
    const began = performance.now();
    await Promise.all([produce(data), intoInflux(data, influx)]);
    const seconds = (performance.now() - began) / 1000;
    const run = `${SIGHTINGS} sightings sent, stored and counted by InfluxDB in ${seconds.toFixed(1)} s`;
    tell({ measure: 'Kafka → InfluxDB, end to end', run });
  } finally {
    await forget(data.kafka);
  }
}
