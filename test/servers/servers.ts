import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Influx } from '../../services/store/influx.ts';
import { ROOT } from '../service.ts';

const SCRIPT = join(ROOT, 'test/servers/servers.sh');
export type Name = 'kafka' | 'influx' | 's3';
type Environment = Record<string, string | undefined>;

/** Where the servers are, of which each test names those that it needs. */
export type Servers = { brokers: string[]; influx: Influx; s3: Storage };
/** Storage that speaks S3; a bucket has to be made. */
type Storage = { endpoint: string; accessKey: string; secretKey: string };

const ADDRESS = { kafka: 'KAFKA_BROKERS', influx: 'INFLUX_URL', s3: 'S3_ENDPOINT' } as const;
const BUILT = { kafka: 'kafka-3.9.2', influx: 'influxd-v2.9.1', s3: 'versitygw-v1.8.0' } as const;

/**
 * The addresses of the servers, from the environment or of the pair that runs here; or, where one of those that are
 * named is missing, why a test is skipped and what to do so that it is not.
 */
export function servers(...names: Name[]): { servers: Servers; skip: false } | { servers: null; skip: string } {
  const found = { ...running(), ...process.env };
  const missing = names.filter((name) => !found[ADDRESS[name]]);
  if (missing.length > 0) {
    return { servers: null, skip: `no ${missing.join(', no ')} runs: npm run servers start ${missing.join(' ')}` };
  }
  return { servers: addressesIn(found), skip: false };
}

let asked: Environment | undefined;
function running(): Environment {
  asked ??= exportsOf(execFileSync('bash', [SCRIPT, 'env'], { encoding: 'utf8' }));
  return asked;
}

/** `export A=b` lines → what they export. */
const exportsOf = (text: string): Environment =>
  Object.fromEntries(Array.from(text.matchAll(/^export (\w+)=(.*)$/gm), ([, name, value]) => [name, value]));

const addressesIn = (found: Environment): Servers => ({
  brokers: (found.KAFKA_BROKERS ?? '').split(',').filter(Boolean),
  influx: {
    url: found.INFLUX_URL ?? '',
    token: found.INFLUX_TOKEN ?? '',
    org: found.INFLUX_ORG ?? 'hallway',
    bucket: found.INFLUX_BUCKET ?? 'hallway',
  },
  s3: {
    endpoint: found.S3_ENDPOINT ?? '',
    accessKey: found.S3_ACCESS_KEY ?? '',
    secretKey: found.S3_SECRET_KEY ?? '',
  },
});

/** A server for one test alone, which it may treat as badly as it likes. */
export type OwnServer = {
  servers: Servers;
  /** `SIGKILL` leaves it no time for anything; it is gone when this resolves. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  start(): Promise<void>;
  /** kills it and deletes its data */
  close(): Promise<void>;
};

/** Starts a server beside those that run: on a port of its own, with its data in a folder that is deleted. */
export async function ownServer(name: Name, more: Record<string, string> = {}): Promise<OwnServer> {
  const data = mkdtempSync(join(tmpdir(), `hallway-${name}-`));
  const port = String(await freePort());
  const env = {
    ...process.env,
    SERVERS_DATA: data,
    [`${name.toUpperCase()}_PORT`]: port,
    INFLUX_TOKEN: 'own-token',
    ...more,
  };
  const run = async (...words: string[]) => {
    // The server inherits nothing of ours: an open pipe would be waited for as long as it runs.
    const { stdout } = await promisify(execFile)('bash', [SCRIPT, ...words], { env, encoding: 'utf8' });
    return stdout;
  };
  const found = exportsOf(await run('start', name));
  return {
    servers: addressesIn(found),
    stop: async (signal = 'SIGTERM') => void (await run('stop', name, ...(signal === 'SIGKILL' ? ['--kill'] : []))),
    start: async () => void (await run('start', name)),
    close: async () => {
      await run('wipe', name);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/**
 * The first of two ports in a row that nobody has: Kafka's controller takes the second. Below those that the system gives to
 * who asks for any, so that a server that takes seconds to start still finds them free.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 18_000);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** A bucket of a test's own, deleted afterwards. */
export type OwnBucket = { influx: Influx; drop(): Promise<void> };

/** Makes a bucket that keeps for `keptS` seconds (0: for ever; an hour at least). */
export async function ownBucket(influx: Influx, keptS = 0): Promise<OwnBucket> {
  const bucket = `test-${randomBytes(6).toString('hex')}`;
  const { orgs } = await ask(influx, 'GET', `orgs?org=${influx.org}`);
  const rules = keptS > 0 ? [{ type: 'expire', everySeconds: keptS }] : [];
  const { id } = await ask(influx, 'POST', 'buckets', { orgID: orgs![0]!.id, name: bucket, retentionRules: rules });
  return {
    influx: { ...influx, bucket },
    drop: async () => void (await ask(influx, 'DELETE', `buckets/${id}`)),
  };
}

type Told = { id?: string; orgs?: { id: string }[]; token?: string };

/** Asks the API of InfluxDB; throws what it answers if that is not well. */
export async function ask({ url, token }: Influx, method: string, path: string, body?: unknown): Promise<Told> {
  const response = await fetch(`${url}/api/v2/${path}`, {
    method,
    headers: { Authorization: `Token ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Told);
}

/** Whether a server could be started here without building it first. */
export const isBuilt = (name: Name): boolean => {
  const cache =
    process.env.HALLWAY_SERVERS ??
    join(process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? '', '.cache'), 'hallway-servers');
  return existsSync(join(cache, BUILT[name]));
};
