import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame } from '../../services/model/frame.ts';
import { createFence, createFold } from '../../services/roles/frames.ts';
import { layout } from '../../services/simulate/calendar.ts';
import { demoVenue } from '../../services/simulate/venue.ts';
import { type Settled, settle } from '../../services/source/kafka/options.ts';
import { readAll } from '../../services/source/kafka/tail.ts';
import { influxStore } from '../../services/store/influx.ts';
import type { Stored } from '../../services/store/store.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { madeAgain } from '../live/scene.ts';
import { type OwnBucket, ownBucket, servers } from '../servers/servers.ts';
import { newFolder, notBuilt, ROOT, remove, type Service, startService } from '../service.ts';
import { forget } from '../source/kafka-broker.ts';

const found = servers('kafka', 'influx');
const skip = found.skip || notBuilt;
const SECOND_MS = 1000;
const KEYS = `1:${randomBytes(32).toString('base64url')}`;

type Deployment = { env: Record<string, string>; kafka: Settled; bucket: OwnBucket; dataDir: string };

/** Topics, a bucket and a shared folder of a test's own, with the venue of the simulated event. */
async function deployment(): Promise<Deployment> {
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
  return { env, kafka: settle({ brokers, prefix }), bucket, dataDir };
}

const made: Deployment[] = [];
after(async () => {
  for (const { kafka, bucket, dataDir } of made) {
    await forget(kafka);
    await bucket.drop();
    remove(dataDir);
  }
});

/** What a role says of itself. */
const status = async ({ address }: Service) =>
  (await (await fetch(`${address}/readyz`)).json()) as { ready: boolean; frame: number | null; observations: number };

async function until(holds: () => Promise<boolean>, what: string, ms = 60_000): Promise<void> {
  for (const end = Date.now() + ms; !(await holds().catch(() => false)); await sleep(200))
    assert.ok(Date.now() < end, `not within ${ms / 1000} s: ${what}`);
}

/** The simulated event as it happens, for some seconds, sent to a service. Resolves to how many observations that were. */
async function tell({ env }: Deployment, to: string, seconds: number): Promise<number> {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const words = ['--speed=1', `--from=${now}`, `--until=${now + seconds * 1000}`, `--to=${to}/v1/observations`];
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

async function stored({ bucket }: Deployment): Promise<Stored[]> {
  const store = await influxStore({ ...bucket.influx, keepDays: 0, seriesMax: 1000, deadLetter: () => undefined });
  const rows: Stored[] = [];
  const all = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  for await (const some of store.read(all)) rows.push(...some);
  store.close();
  return rows;
}

/** The frames as everybody reads them. */
async function shown({ kafka }: Deployment): Promise<Frame[]> {
  const [fence, fold] = [createFence(), createFold()];
  const frames: Frame[] = [];
  await readAll(kafka, 'frames', { offset: 0 }, (entry) => {
    const line = fence(entry);
    const frame = line && fold(line);
    if (frame) frames.push(frame);
  });
  return frames;
}

describe('spread out', { skip, timeout: 300_000 }, () => {
  it('ingest, live and its standby, serve: counts are exact after kills, frames go on and are made again exactly', async () => {
    const deployed = await deployment();
    made.push(deployed);
    const { env } = deployed;
    const serve = await startService({ ...env, ROLE: 'serve' });
    const lives = [await startService({ ...env, ROLE: 'live' })];
    await until(async () => (await status(lives[0]!)).frame !== null, 'the first frame');
    lives.push(await startService({ ...env, ROLE: 'live' }));
    let ingest = await startService({ ...env, ROLE: 'ingest', SOURCE: 'kafka', STORE: 'influx' });
    const told = tell(deployed, serve.address, 40);
    for (const pause of [6000, 5000]) {
      await sleep(pause);
      await ingest.kill();
      ingest = await startService({ ...env, ROLE: 'ingest', SOURCE: 'kafka', STORE: 'influx' });
    }
    const killed = Date.now();
    const [maker] = await Promise.all([makerOf(lives)]);
    await maker.kill();
    const [standby] = lives.filter((one) => one !== maker);
    await until(async () => ((await status(standby!)).frame ?? 0) > killed + 5000, 'the standby makes frames');
    const sent = await told;
    assert.ok(sent > 200, `${sent} observations`);
    await until(async () => (await stored(deployed)).length >= sent, 'all is stored', 90_000);
    await sleep(3000);
    const rows = await stored(deployed);
    assert.equal(rows.length, sent);
    const page = await fetch(`${serve.address}/v1/observations?limit=5`);
    assert.equal(((await page.json()) as { rows: unknown[] }).rows.length, 5);
    const { frame } = await status(serve);
    assert.ok(frame !== null && frame > killed + 5000, `serve shows ${frame}`);

    const frames = await shown(deployed);
    const steps = frames.slice(1).map(({ time }, i) => (time - frames[i]!.time) / SECOND_MS);
    assert.ok(
      steps.every((step) => step >= 1),
      'no second is doubled',
    );
    assert.ok(steps.filter((step) => step > 1).length <= 1, `gaps of ${steps.filter((step) => step > 1)} s`);
    const venue = parseVenue(readFileSync(join(deployed.dataDir, 'venue.json'), 'utf8'));
    assert.ok('venue' in venue, 'a venue');
    assert.deepEqual(
      frames.map(({ rooms }) => rooms),
      madeAgain(frames, rows, venue.venue),
    );
    assert.ok(
      frames.some(({ rooms }) => rooms.some(({ occupancy }) => occupancy! > 0)),
      'somebody was there',
    );
    for (const service of [serve, standby!, ingest]) assert.equal(await service.stop(), 0);
  });
});

/** Which of them makes the frames: the others stand by, and have none. */
async function makerOf(lives: Service[]): Promise<Service> {
  for (;;) {
    for (const live of lives) if ((await status(live)).frame !== null) return live;
    await sleep(200);
  }
}
