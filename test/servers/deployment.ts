import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { layout } from '../../services/simulate/calendar.ts';
import { demoVenue } from '../../services/simulate/venue.ts';
import { type Settled, settle } from '../../services/source/kafka/options.ts';
import { influxStore } from '../../services/store/influx.ts';
import type { Stored } from '../../services/store/store.ts';
import { newFolder, notBuilt, ROOT, remove, type Service } from '../service.ts';
import { forget } from '../source/kafka-broker.ts';
import { type OwnBucket, ownBucket, servers } from './servers.ts';

const found = servers('kafka', 'influx');
/** Why tests of a deployment cannot run, or false. */
export const noServers = found.skip || notBuilt;
const KEYS = `1:${randomBytes(32).toString('base64url')}`;

export type Deployment = { env: Record<string, string>; kafka: Settled; bucket: OwnBucket; dataDir: string };

const made: Deployment[] = [];

/** Topics, a bucket and a shared folder of a test's own, with the venue of the simulated event. */
export async function deployment(): Promise<Deployment> {
  const { brokers, influx } = found.servers!;
  const bucket = await ownBucket(influx);
  const dataDir = newFolder();
  const prefix = `test-${randomBytes(6).toString('base64url')}.`;
  const { start, zone } = layout(Date.now());
  writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(demoVenue(start, zone)));
  const env = {
    DATA_DIR: dataDir,
    KAFKA_BROKERS: brokers.join(),
    KAFKA_PREFIX: prefix,
    KAFKA_PARTITIONS: '4',
    INFLUX_URL: influx.url,
    INFLUX_TOKEN: influx.token,
    INFLUX_ORG: influx.org,
    INFLUX_BUCKET: bucket.influx.bucket,
    PSEUDONYM_KEYS: KEYS,
    LOG_LEVEL: 'warn',
  };
  const deployed = { env, kafka: settle({ brokers, prefix, partitions: 4 }), bucket, dataDir };
  made.push(deployed);
  return deployed;
}

/** Deletes what deployments of this process left. */
export async function dropDeployments(): Promise<void> {
  for (const { kafka, bucket, dataDir } of made.splice(0)) {
    await forget(kafka);
    await bucket.drop();
    remove(dataDir);
  }
}

/** What a role says of itself. */
export const status = async ({ address }: Service) =>
  (await (await fetch(`${address}/readyz`)).json()) as {
    ready: boolean;
    simulated: boolean;
    frame: number | null;
    observations: number;
  };

export async function until(holds: () => Promise<boolean>, what: string, ms = 60_000): Promise<void> {
  for (const end = Date.now() + ms; !(await holds().catch(() => false)); await sleep(200))
    assert.ok(Date.now() < end, `not within ${ms / 1000} s: ${what}`);
}

/** The simulated event as it happens, for some seconds, sent to a service. Resolves to how many observations that were. */
export async function tell({ env }: Deployment, to: string, seconds: number): Promise<number> {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const words = ['--speed=1', `--from=${now}`, `--until=${now + seconds * 1000}`, `--to=${to}`];
  const child = spawn(process.execPath, [join(ROOT, 'dist/services/cli/hallway.js'), 'simulate', ...words], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = await once(child, 'exit');
  assert.equal(code, 0, said);
  return Number(/(\d+) observations/.exec(said)![1]);
}

export async function stored({ bucket }: Deployment): Promise<Stored[]> {
  const store = await influxStore({ ...bucket.influx, keepDays: 0, seriesMax: 1000, deadLetter: () => undefined });
  const rows: Stored[] = [];
  const all = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  for await (const some of store.read(all)) rows.push(...some);
  store.close();
  return rows;
}
