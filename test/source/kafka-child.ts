// A consumer in a process of its own, to be killed: stores what comes in a file, a line a row.
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaSource } from '../../services/source/kafka.ts';
import { river } from '../../services/work/river.ts';
import { contentOf, context, rowStore } from './kafka-broker.ts';

const [options, file, slowMs] = process.argv.slice(2);
const { store } = rowStore(async ({ observations, positions }) => {
  const lines = observations.map((one, i) => `${JSON.stringify([contentOf(one), positions!.observations[i]])}\n`);
  appendFileSync(file!, lines.join(''));
  // stored, and not yet said so
  await sleep(Number(slowMs));
});
await river(kafkaSource(JSON.parse(options!), context), store, new AbortController().signal);
