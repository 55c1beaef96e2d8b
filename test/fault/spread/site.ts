import { randomBytes } from 'node:crypto';
import type { Settled } from '../../../services/source/kafka/options.ts';
import type { Influx } from '../../../services/store/influx.ts';
import { type OwnServer, ownBucket, ownServer, type Servers } from '../../servers/servers.ts';
import { newFolder, remove } from '../../service.ts';
import { forget, fresh, makeTopics } from '../../source/kafka-broker.ts';
import { type Consumer, consumerOf } from './consumer.ts';
import { type Proxy as Between, proxyTo } from './proxy.ts';
import { PARTITIONS } from './traffic.ts';

/** Servers, and those of them that may be stopped. */
export type Ground = { servers: Servers; own: { kafka: OwnServer; influx: OwnServer } | null };
export type StoreName = 'influx' | 'duckdb';

/** Topics, a bucket and a folder of one run's own, a proxy in between, and the consumer. */
export type Site = {
  kafka: Settled;
  influx: Influx;
  store: StoreName;
  dataDir: string;
  proxy: Between;
  consumer: Consumer;
  own: Ground['own'];
  close(): Promise<void>;
};

/** A pair of servers that runs may stop. */
export async function ownGround(): Promise<Ground & { close(): Promise<void> }> {
  const [kafka, influx] = await Promise.all([ownServer('kafka'), ownServer('influx')]);
  return {
    servers: { ...kafka.servers, influx: influx.servers.influx },
    own: { kafka, influx },
    close: async () => void (await Promise.all([kafka.close(), influx.close()])),
  };
}

export async function openSite({ servers, own }: Ground, store: StoreName): Promise<Site> {
  const kafka = fresh({ brokers: servers.brokers, partitions: PARTITIONS });
  await makeTopics(kafka);
  const bucket = await ownBucket(servers.influx);
  const proxy = await proxyTo(servers.influx.url);
  const dataDir = newFolder();
  const env = {
    ...(store === 'influx' ? { ROLE: 'ingest' } : { ROLE: 'all' }),
    SOURCE: 'kafka',
    STORE: store,
    DATA_DIR: dataDir,
    KAFKA_BROKERS: servers.brokers.join(),
    KAFKA_PREFIX: kafka.prefix,
    KAFKA_PARTITIONS: String(PARTITIONS),
    INFLUX_URL: proxy.url,
    INFLUX_TOKEN: servers.influx.token,
    INFLUX_ORG: servers.influx.org,
    INFLUX_BUCKET: bucket.influx.bucket,
    PSEUDONYM_KEYS: `1:${randomBytes(32).toString('base64url')}`,
    LOG_LEVEL: 'warn',
  };
  // A write past the limit of a file is to fail as on a full disk, not to end the process.
  const consumer = await consumerOf(env, store === 'duckdb' ? "trap '' XFSZ;" : '');
  return {
    ...{ kafka, influx: bucket.influx, store, dataDir, proxy, consumer, own },
    async close() {
      await consumer.stop();
      await proxy.close();
      await forget(kafka);
      await bucket.drop();
      remove(dataDir);
    },
  };
}
