import { join } from 'node:path';
import { createLive } from '../../../services/live/live.ts';
import type { Batch } from '../../../services/model/batch.ts';
import type { Venue } from '../../../services/model/venue.ts';
import { keepBeat } from '../../../services/picture.ts';
import { flow } from '../../../services/river.ts';
import { followObservations } from '../../../services/roles/following.ts';
import type { Settled } from '../../../services/source/kafka/options.ts';
import type { ContextAt } from '../../../services/source/kafka/read.ts';
import { kafkaSource } from '../../../services/source/kafka.ts';
import { openDatabase } from '../../../services/store/database.ts';
import { duckdbStore } from '../../../services/store/duckdb.ts';
import { type Influx, influxStore } from '../../../services/store/influx.ts';
import type { Store } from '../../../services/store/store.ts';
import { ownBucket } from '../../servers/servers.ts';
import { newFolder, remove } from '../../service.ts';
import { anew, contextOf, type Data, GATEWAYS } from './data.ts';

/** A clock that starts when the first message is about to be read: joining a group is not measured. */
export function fromFirst() {
  let began = 0;
  const context: ContextAt = (source, received) => {
    began ||= performance.now();
    return contextOf(source, received);
  };
  return { context, seconds: () => (performance.now() - began) / 1000 };
}

/** From Kafka into a store, until it has all. */
export async function intoStore({ count, kafka }: Data, store: Pick<Store, 'append'>): Promise<number> {
  const { context, seconds } = fromFirst();
  const stop = new AbortController();
  const missing = countdown(count);
  let took = 0;
  await flow(kafkaSource(anew(kafka), context), store as Store, stop.signal, (batch) => {
    if (!missing(batch)) return;
    took = seconds();
    stop.abort();
  });
  return took;
}

/** Tells at which batch all have come; one with rejects is none of ours. */
function countdown(count: number): (batch: Batch) => boolean {
  let left = count;
  return ({ observations, rejects }) => {
    if (rejects.length > 0) throw new Error(`expected no rejects, found ${JSON.stringify(rejects[0])}`);
    left -= observations.length;
    return left <= 0;
  };
}

export async function intoDuckdb(data: Data): Promise<number> {
  const folder = newFolder();
  const database = await openDatabase(join(folder, 'main'));
  const store = await duckdbStore(database);
  try {
    return await intoStore(data, store);
  } finally {
    await store.close();
    database.close();
    remove(folder);
  }
}

export async function intoInflux(data: Data, influx: Influx): Promise<number> {
  const own = await ownBucket(influx);
  const store = await influxStore({ ...own.influx, keepDays: 0, seriesMax: 100_000, deadLetter: unwelcome });
  try {
    const took = await intoStore(data, store);
    const count = await store.bounds.count(EVER);
    if (count !== data.count) throw new Error(`expected ${data.count} points, found ${count}`);
    return took;
  } finally {
    store.close();
    await own.drop();
  }
}

export const EVER = { from: -9e12, until: 9e12 };
const unwelcome = (_what: unknown, reason: string) => {
  throw new Error(reason);
};

/** The same source into nothing. */
export const intoNothing = (data: Data): Promise<number> =>
  intoStore(data, {
    append: async ({ observations }) => ({ position: 0, stored: observations.length, duplicates: new Uint32Array() }),
  });

/** As role `live` follows and takes, its frames into nothing. What is read was said just now, one after the other. */
export async function intoLive({ count, kafka }: Data): Promise<number> {
  const { context, seconds } = fromFirst();
  const live = createLive({
    venue: venue(),
    record: { last: Number.NEGATIVE_INFINITY, append: () => undefined, after: async function* () {} },
    state: { load: () => null, save: () => undefined },
    ahead: () => ({ first: async () => null, upTo: async () => undefined }),
    fanout: { push: () => undefined, fill: () => undefined },
    clock: Date.now,
    graceMs: 250,
  });
  await live.start();
  const failed = (error: unknown) => {
    throw error;
  };
  const following = await followFromBeginning(kafka, context);
  const end = keepBeat(live, { clock: Date.now, graceMs: 250, failed });
  const [missing, now] = [countdown(count), presently()];
  for await (const batch of following.rest()) {
    now(batch);
    live.take(batch, { position: 0, stored: batch.observations.length, duplicates: new Uint32Array() });
    if (missing(batch)) break;
  }
  const took = seconds();
  end();
  await following.end();
  return took;
}

const followFromBeginning = (kafka: Settled, context: ContextAt) =>
  followObservations(kafka, context, new Map(), 0, new AbortController().signal);

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

/** Ten rooms of two gateways. */
function venue(): Venue {
  const gateways = Array.from({ length: GATEWAYS }, (_, i) => ({
    id: `gateway-${i}`,
    room: `room-${i >> 1}`,
    x: null,
    y: null,
    offset: 0,
    from: Number.NEGATIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
  }));
  const rooms = [...new Set(gateways.map(({ room }) => room))];
  const file = { zone: 'UTC', rooms: rooms.map((id) => ({ id })), gateways: [] };
  return { version: 'bench', zone: 'UTC', file, rooms, gateways, merges: [] };
}
