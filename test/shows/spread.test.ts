import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaMessage } from 'kafkajs';
import type { Frame } from '../../services/model/frame.ts';
import { createFence, createFold, earlierIn } from '../../services/roles/frames.ts';
import { readAll } from '../../services/source/kafka/tail.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { hookReceiver } from '../deliver/receiver.ts';
import { madeAgain } from '../live/scene.ts';
import {
  type Deployment,
  deployment,
  dropDeployments,
  noServers,
  status,
  stored,
  tell,
  until,
} from '../servers/deployment.ts';
import { noMosquitto, startMosquitto } from '../servers/mosquitto.ts';
import { type Service, startService } from '../service.ts';
import {
  assertFired,
  assertForgotten,
  assertOneHouse,
  assertToldToGateways,
  assertVenueChanges,
  putRule,
  rowsOf,
} from './spread-changes.ts';

const SECOND_MS = 1000;
const SECRET = `whsec_${Buffer.from('thirty-two bytes that nobody sees').toString('base64')}`;

after(dropDeployments);
const running: Service[] = [];
const ends: (() => Promise<void>)[] = [];
const start = async (env: Record<string, string>) => {
  const service = await startService(env);
  running.push(service);
  return service;
};
/** A test that fails leaves nobody running. */
afterEach(async () => {
  for (const service of running.splice(0)) await service.kill();
  for (const end of ends.splice(0)) await end();
});

/** The frames as everybody reads them. */
async function shown({ kafka, dataDir }: Deployment): Promise<Frame[]> {
  const [fence, fold] = [createFence(), createFold()];
  const frames: Frame[] = [];
  const take = (entry: KafkaMessage) => {
    const line = fence(entry);
    const frame = line && fold(line);
    if (frame) frames.push(frame);
  };
  await readAll(kafka, 'frames', { offset: 0 }, take, earlierIn(dataDir));
  return frames;
}

describe('spread out', { skip: noServers, timeout: 300_000 }, () => {
  it('ingest, live and its standby, serve, jobs: counts are exact after kills, frames are made again exactly, rules fire once; what is changed or forgotten is so everywhere', async () => {
    const deployed = await deployment();
    const { env } = deployed;
    const serve = await start({ ...env, ROLE: 'serve' });
    const second = await start({ ...env, ROLE: 'serve' });
    const lives = [await start({ ...env, ROLE: 'live' })];
    await until(async () => (await status(lives[0]!)).frame !== null, 'the first frame');
    lives.push(await start({ ...env, ROLE: 'live' }));
    let ingest = await start({ ...env, ROLE: 'ingest', SOURCE: 'kafka', STORE: 'influx' });
    const hook = await hookReceiver();
    ends.push(hook.close);
    const DESTINATIONS = JSON.stringify({ hook: { kind: 'webhook', url: hook.url, secret: SECRET } });
    const jobs = await start({ ...env, ROLE: 'jobs', JOBS: 'on', DESTINATIONS });
    await putRule(serve);
    const told = tell(deployed, `kafka://${env.KAFKA_BROKERS}`, 40);
    for (const pause of [6000, 5000]) {
      await sleep(pause);
      await ingest.kill();
      ingest = await start({ ...env, ROLE: 'ingest', SOURCE: 'kafka', STORE: 'influx' });
    }
    const killed = Date.now();
    const [maker] = await Promise.all([makerOf(lives)]);
    await maker.kill();
    const [standby] = lives.filter((one) => one !== maker);
    await until(async () => ((await status(standby!)).frame ?? 0) > killed + 5000, 'the standby makes frames');
    assert.ok(
      (await takenUp(standby!)).some((offset) => offset > 0),
      'it goes on from the state, and does not read all that was ever said',
    );
    const sent = await told;
    assert.ok(sent > 200, `${sent} observations`);
    await until(async () => (await stored(deployed)).length >= sent, 'all is stored', 90_000);
    await sleep(3000);
    const rows = await stored(deployed);
    assert.equal(rows.length, sent);
    await assertOneHouse([serve, second]);
    const page = await fetch(`${serve.address}/v1/observations?limit=5`);
    assert.equal(((await page.json()) as { rows: unknown[] }).rows.length, 5);
    const { frame, simulated } = await status(serve);
    assert.ok(simulated, 'what is shown is told by a simulator');
    assert.ok(frame !== null && frame > killed + 5000, `serve shows ${frame}`);

    const span = `from=${killed - 15_000}&until=${killed + 3000}&step=1s`;
    const [one, other] = await Promise.all([serve, second].map((each) => rowsOf(each, `/v1/frames?${span}`)));
    assert.ok(one!.length > 0, 'there are frames');
    assert.deepEqual(other, one, 'every serve shows the same');
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
    await assertFired(second, frames, venue.venue, hook);
    await assertVenueChanges(serve, second, () => shown(deployed));
    await assertForgotten(deployed, [serve, second], rows, () => shown(deployed));
    for (const service of [serve, second, standby!, ingest, jobs]) {
      assert.equal(await service.stop(), 0, service.log());
      assert.doesNotMatch(service.log(), /Warning/);
    }
  });
});

it('bridge: what gateways tell a broker by MQTT is in the store once, over a kill −9 of the bridge, and they are told what holds', {
  skip: noServers || noMosquitto,
  timeout: 200_000,
}, async () => {
  const deployed = await deployment();
  const broker = await startMosquitto();
  try {
    const env = { ...deployed.env, MQTT_URL: broker.url };
    const ingest = await start({ ...env, ROLE: 'ingest' });
    let bridge = await start({ ...env, ROLE: 'bridge' });
    // A broker keeps what is said for those who have subscribed.
    await sleep(3000);
    const told = tell(deployed, broker.url, 15);
    await assertToldToGateways(deployed, broker.url);
    await sleep(6000);
    await bridge.kill();
    bridge = await start({ ...env, ROLE: 'bridge' });
    const sent = await told;
    assert.ok(sent > 100, `${sent} observations`);
    await until(async () => (await stored(deployed)).length >= sent, 'all is stored', 90_000);
    await sleep(2000);
    assert.equal((await stored(deployed)).length, sent);
    for (const service of [bridge, ingest]) assert.equal(await service.stop(), 0, service.log());
  } finally {
    await broker.close();
  }
});

/** Offsets, by partition, from which on a live has read observations in its term. */
async function takenUp({ address }: Service): Promise<number[]> {
  const page = await (await fetch(`${address}/metrics`)).text();
  return [...page.matchAll(/^hallway_live_from\{partition="\d+"\} (\d+)$/gm)].map(([, offset]) => Number(offset));
}

/** Which of them makes the frames: the others stand by, and have none. */
async function makerOf(lives: Service[]): Promise<Service> {
  for (;;) {
    for (const live of lives) if ((await status(live)).frame !== null) return live;
    await sleep(200);
  }
}
