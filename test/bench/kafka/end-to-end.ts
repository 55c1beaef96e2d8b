import { loadavg } from 'node:os';
import type { Influx } from '../../../services/store/influx.ts';
import { forget } from '../../source/kafka-broker.ts';
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
    console.log(
      `${SIGHTINGS} sightings end to end: sent, stored, counted by InfluxDB in ${seconds.toFixed(1)} s (load ${loadavg()[0]!.toFixed(1)})`,
    );
  } finally {
    await forget(data.kafka);
  }
}
