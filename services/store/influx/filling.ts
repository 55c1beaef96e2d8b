import type { Filling } from '../../model/batch.ts';
import type { Query } from './query.ts';
import { END_MS, inNs } from './read.ts';
import { InfluxRefused } from './refused.ts';
import type { Send } from './send.ts';

/** Where a bucket says by whom it is filled: at the end of time, which no retention reaches. */
const AT = inNs(END_MS);

/**
 * Has a bucket keep who gives its positions. Throws `InfluxRefused` where that was another before, whatever folder it wrote from: two
 * observations would have one position, and frames could not be made again.
 */
export async function fillBucket(query: Query, send: Send, bucket: string, filling: Filling): Promise<void> {
  const [known] = await query.ask('filled', { at: AT });
  if (known && known.positions !== filling) {
    const [expected, found] =
      filling === 'kafka'
        ? ['nothing but Kafka has filled', 'its batches were numbered']
        : ['is not filled from Kafka', 'it is'];
    throw new InfluxRefused(
      `INFLUX_BUCKET: expected a bucket that ${expected}, found ${bucket}: ${found}. Take another one`,
    );
  }
  const bad = (reason: string) => {
    throw new InfluxRefused(`INFLUX_BUCKET: expected ${bucket} to keep by whom it is filled, found: ${reason}`);
  };
  if (!known) await send([{ text: `filled positions="${filling}" ${AT.ns}`, bad }]);
}
