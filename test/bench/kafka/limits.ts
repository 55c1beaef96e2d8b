import { setTimeout as sleep } from 'node:timers/promises';
import { PARTITION } from '../../../services/model/batch.ts';
import { createLink, open } from '../../../services/source/kafka/link.ts';
import { pointOf } from '../../../services/store/influx/lines.ts';
import { poster } from '../../../services/store/influx/post.ts';
import type { Influx } from '../../../services/store/influx.ts';
import { readAll } from '../../../services/validate/reader.ts';
import { ownBucket } from '../../servers/servers.ts';
import { ownTags } from '../../sightings.ts';
import { anew, contextOf, type Data, messagesOf, type Spent, watch } from './data.ts';

/** What the store does: so many requests at once, of so many lines. */
const CONNECTIONS = 4;
const LINES = 5000;

/** kafkajs alone: `eachBatch`, and `JSON.parse` of each message, or of each of its lines. Since it joined. */
export async function parseAlone({ form, count, kafka }: Data): Promise<Spent> {
  const link = createLink(kafka);
  const consumer = link.kafka.consumer({ groupId: anew(kafka).groupId, maxWaitTimeInMs: 250 });
  let came = 0;
  await open(consumer);
  await consumer.subscribe({ topics: [`${kafka.prefix}observations`], fromBeginning: true });
  const parse = (text: string) => void JSON.parse(text);
  await consumer.run({
    partitionsConsumedConcurrently: kafka.partitions,
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) {
        const lines = form === 'single' ? [value!.toString()] : value!.toString().split('\n');
        for (const line of lines) parse(line);
        came += lines.length;
      }
    },
  });
  const spent = watch();
  while (came < count) await sleep(2);
  const took = spent();
  await consumer.disconnect();
  link.cut();
  return took;
}

/** The lines that the store makes of these sightings, as bodies. */
export function bodiesOf({ form, count }: Data): string[] {
  const book = ownTags();
  const [bodies, lines]: [string[], string[]] = [[], []];
  let offset = 0;
  const flush = () => bodies.push(lines.splice(0, LINES).join('\n'));
  for (const messages of messagesOf(form, count))
    for (const { value } of messages) {
      const { observations } = readAll(Buffer.from(value as string), contextOf('bench', Date.now()));
      for (const observation of observations) lines.push(pointOf(observation, PARTITION + offset, book).text);
      offset++;
      while (lines.length >= LINES) flush();
    }
  if (lines.length > 0) flush();
  return bodies;
}

/** InfluxDB alone, fed bodies that were made before, packed with gzip as the store does. */
export async function influxAlone(influx: Influx, bodies: readonly string[]): Promise<Spent> {
  const own = await ownBucket(influx);
  const { post, close } = poster(own.influx, { connections: CONNECTIONS, timeoutMs: 60_000, zip: true });
  const left = [...bodies];
  const work = async () => {
    for (let body = left.shift(); body !== undefined; body = left.shift()) {
      const { status, message } = await post(body);
      if (status !== 204) throw new Error(`expected 204, found ${status} ${message}`);
    }
  };
  const spent = watch();
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  const took = spent();
  close();
  await own.drop();
  return took;
}
