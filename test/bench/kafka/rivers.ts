import { join } from 'node:path';
import { createLive } from '../../../services/live/live.ts';
import type { Batch, Receipt } from '../../../services/model/batch.ts';
import { kafkaSource } from '../../../services/source/kafka.ts';
import { openDatabase } from '../../../services/store/database.ts';
import { duckdbStore } from '../../../services/store/duckdb.ts';
import { type Influx, influxStore } from '../../../services/store/influx.ts';
import type { Store } from '../../../services/store/store.ts';
import { keepBeat } from '../../../services/work/picture.ts';
import { flow } from '../../../services/work/river.ts';
import { ownBucket } from '../../servers/servers.ts';
import { newFolder, remove } from '../../service.ts';
import { venue } from '../venue.ts';
import { anew, contextOf, type Data, type Spent, watch } from './data.ts';

/** From Kafka into a store, until it has all, since it has joined its group: the first fetch is measured, too. */
async function intoStore({ count, kafka }: Data, append: Store['append']): Promise<Spent> {
  const [stop, missing] = [new AbortController(), countdown(count)];
  let spent = watch();
  let took = spent();
  const opened = () => {
    spent = watch();
  };
  const store = { append, read: unread };
  await flow(kafkaSource(anew(kafka), contextOf, { opened }), store, stop.signal, (batch) => {
    if (!missing(batch)) return;
    took = spent();
    stop.abort();
  });
  return took;
}

const unread = () => {
  throw new Error('a river never reads');
};

/** Tells at which batch all have come; one with rejects is none of ours. */
function countdown(count: number): (batch: Batch) => boolean {
  let left = count;
  return ({ observations, rejects }) => {
    if (rejects.length > 0) throw new Error(`expected no rejects, found ${JSON.stringify(rejects[0])}`);
    left -= observations.length;
    return left <= 0;
  };
}

export async function intoDuckdb(data: Data): Promise<Spent> {
  const folder = newFolder();
  const database = await openDatabase(join(folder, 'main'));
  const store = await duckdbStore(database);
  try {
    return await intoStore(data, store.append);
  } finally {
    await store.close();
    database.close();
    remove(folder);
  }
}

export async function intoInflux(data: Data, influx: Influx): Promise<Spent> {
  const own = await ownBucket(influx);
  const store = await influxStore({ ...own.influx, keepDays: 0, seriesMax: 100_000, deadLetter: unwelcome });
  try {
    const took = await intoStore(data, store.append);
    const count = await store.holdings.count(EVER);
    if (count !== data.count) throw new Error(`expected ${data.count} points, found ${count}`);
    return took;
  } finally {
    store.close();
    await own.drop();
  }
}

const EVER = { from: -9e12, until: 9e12 };
const GRACE_MS = 250;
const unwelcome = (_what: unknown, reason: string) => {
  throw new Error(reason);
};

/** The same source into nothing. */
export const intoNothing = (data: Data): Promise<Spent> => intoStore(data, async (batch) => taken(batch));

const taken = ({ observations }: Batch): Receipt => ({
  position: 0,
  stored: observations.length,
  duplicates: new Uint32Array(),
});

/** As role `live` takes what it follows, its frames into nothing. What is read was said just now, one after the other. */
export async function intoLive(data: Data): Promise<Spent> {
  const live = createLive({
    venue: venue(),
    record: { last: Number.NEGATIVE_INFINITY, append: () => undefined, after: async function* () {} },
    state: { load: () => null, save: () => undefined },
    ahead: () => ({ first: async () => null, upTo: async () => undefined }),
    fanout: { push: () => undefined, fill: () => undefined },
    clock: Date.now,
    graceMs: GRACE_MS,
  });
  await live.start();
  const end = keepBeat(live, { clock: Date.now, graceMs: GRACE_MS, failed: thrown });
  const now = presently();
  try {
    return await intoStore(data, async (batch) => {
      now(batch);
      live.take(batch, taken(batch));
      return taken(batch);
    });
  } finally {
    end();
  }
}

const thrown = (error: unknown) => {
  throw error;
};

/** Gives observations times between the batch before and now, as if they had not waited in Kafka. */
function presently(): (batch: Batch) => void {
  let last = Date.now();
  return ({ observations }) => {
    const step = (Date.now() - last) / observations.length;
    for (const [i, observation] of observations.entries())
      observation.time = observation.received = Math.floor(last + step * i);
    last = Date.now();
  };
}
