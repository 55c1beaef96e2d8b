import { HttpError, InfluxDB } from '@influxdata/influxdb-client';
import type { Post } from './post.ts';
import type { Query } from './query.ts';
import { type Influx, InfluxRefused } from './refused.ts';
import { verdictOf } from './verdict.ts';

const DAY_S = 86_400;
type Bucket = { name: string; retentionRules: { everySeconds: number }[] };

/**
 * Looks whether a database is there, and may be written and read. Resolves with how long its bucket keeps what it is
 * given, ms (Infinity: for ever). Throws `InfluxRefused`, a sentence that says what to do.
 */
export async function checkInflux(influx: Influx, post: Post, query: Query, keepDays: number): Promise<number> {
  const { url, bucket } = influx;
  const get = getter(influx);
  const health = (await get('/health').catch(nobody(url))) as { status?: string };
  if (health.status !== 'pass')
    throw new InfluxRefused(`INFLUX_URL: expected a healthy InfluxDB 2 at ${url}, found ${JSON.stringify(health)}`);
  const keptS = await keptOf(influx, get);
  if (keptS > 0 && keptS < keepDays * DAY_S)
    throw new InfluxRefused(
      `INFLUX_BUCKET: expected ${bucket} to keep KEEP_DAYS=${keepDays} days, found ${keptS / DAY_S}: influx bucket update --retention ${keepDays}d`,
    );
  // An empty body is taken from whoever may write.
  const answer = await post('');
  if (verdictOf(answer).next !== 'done')
    throw new InfluxRefused(`INFLUX_URL: expected to be let write, found ${answer.status} ${answer.message}`);
  await query.ask('ready', {}).catch((error: Error) => {
    throw new InfluxRefused(
      `INFLUX_BUCKET: expected to ask InfluxQL of ${bucket}, found "${error.message}": give its token the right to read`,
    );
  });
  return keptS === 0 ? Infinity : keptS * 1000;
}

type Get = (path: string) => Promise<unknown>;

function getter({ url, token }: Influx): Get {
  const { transport } = new InfluxDB({ url, token });
  return (path) => transport.request(path, '', { method: 'GET' });
}

/** How long the bucket keeps, s; 0: for ever. */
async function keptOf({ token, org, bucket }: Influx, get: Get): Promise<number> {
  const which = new URLSearchParams({ org, name: bucket });
  const found = (await get(`/api/v2/buckets?${which}`).catch(absent(token))) as { buckets: Bucket[] };
  const ours = found.buckets.find(({ name }) => name === bucket);
  if (!ours)
    throw new InfluxRefused(
      `INFLUX_BUCKET: expected a bucket ${bucket} in ${org} that this token may read, found none: influx bucket create --org ${org} --name ${bucket}`,
    );
  return ours.retentionRules[0]?.everySeconds ?? 0;
}

const nobody = (url: string) => (error: Error) => {
  const found = error instanceof HttpError ? `an answer of ${error.statusCode}` : error.message || String(error);
  throw new InfluxRefused(
    `INFLUX_URL: expected an InfluxDB 2 at ${url}, found ${found}: start it (npm run servers start influx)`,
  );
};

/** What it says for an unknown token, organisation or bucket is what a write would be told. */
const absent = (token: string) => (error: unknown) => {
  if (!(error instanceof HttpError)) throw error;
  if (token === '') throw new InfluxRefused('INFLUX_TOKEN: expected a token, found none');
  verdictOf({ status: error.statusCode, message: error.message, retryMs: 0 });
  throw error;
};
