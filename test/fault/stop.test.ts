import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { soon } from '../ledger/contract.ts';
import { ownBucket, servers } from '../servers/servers.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';
import { proxyTo } from './spread/proxy.ts';

const CLIENTS = 2;
const SIZE = 50;

/** Body number `n`: sightings that nobody else sends. */
const bodyOf = (n: number): string =>
  Array.from({ length: SIZE }, (_, i) =>
    JSON.stringify({ time: Date.now() - i, gateway: 'pi-1', badge: `b-${n}-${i}`, rssi: -60 }),
  ).join('\n');

/** Posts until nobody answers; the bodies that were answered with 200 are `acknowledged`. */
async function post(service: Service, first: number, acknowledged: number[]): Promise<void> {
  for (let n = first; ; n += CLIENTS) {
    const reply = await fetch(`${service.address}/v1/observations`, { method: 'POST', body: bodyOf(n) }).catch(
      () => null,
    );
    if (reply === null) return;
    const isSafe = reply.status === 200;
    // A body that is answered while the service ends may be refused, and is then the sender's to keep.
    if (!isSafe) assert.equal(reply.status, 503, `${reply.status} ${await reply.text()}`);
    else if (await reply.json().catch(() => null)) acknowledged.push(n);
  }
}

/** Follows a stream of frames to its end. */
async function follow(reply: Response): Promise<string> {
  let text = '';
  for await (const part of reply.body!.pipeThrough(new TextDecoderStream())) text += part;
  return text;
}

describe('SIGTERM under load', { skip: notBuilt }, () => {
  it('every 200 is stored, streams end with retry, and the process ends with 0', async () => {
    const env = { DATA_DIR: newFolder() };
    const service = await startService(env);
    const streams = await Promise.all([0, 1].map(() => fetch(`${service.address}/v1/live`)));
    const told = streams.map(follow);
    const acknowledged: number[] = [];
    const clients = Array.from({ length: CLIENTS }, (_, first) => post(service, first, acknowledged));
    await soon(async () => acknowledged.length > 5 * CLIENTS);
    assert.equal(await service.stop(), 0, service.log());
    await Promise.all(clients);
    for (const text of await Promise.all(told)) assert.match(text, /retry: \d+\n\n$/);
    const again = await startService(env);
    const reply = await fetch(`${again.address}/readyz`);
    const { observations } = (await reply.json()) as { observations: number };
    const rows = await (
      await fetch(`${again.address}/v1/observations?limit=all`, { headers: { accept: 'text/csv' } })
    ).text();
    const stored = rows.trim().split('\n').length - 1;
    assert.equal(stored, observations);
    // One body of each client may have been stored after its connection was cut.
    assert.ok(stored >= acknowledged.length * SIZE && stored <= (acknowledged.length + CLIENTS) * SIZE);
    assert.equal(stored % SIZE, 0);
    await again.stop();
    remove(env.DATA_DIR);
  });
});

const { servers: found, skip } = servers('influx');
describe('SIGTERM while the store takes nothing', { skip: notBuilt || skip }, () => {
  it('every sender is told to come again, and the process ends with 0', async (t) => {
    const { influx, drop } = await ownBucket(found!.influx);
    const proxy = await proxyTo(influx.url);
    const { token: INFLUX_TOKEN, org: INFLUX_ORG, bucket: INFLUX_BUCKET } = influx;
    const store = { STORE: 'influx', INFLUX_URL: proxy.url, INFLUX_TOKEN, INFLUX_ORG, INFLUX_BUCKET };
    const service = await startService({ ...store, LOG_LEVEL: 'warn' });
    t.after(async () => {
      await service.kill();
      await proxy.close();
      await drop();
      remove(service.dataDir);
    });
    const send = (n: number) => fetch(`${service.address}/v1/observations`, { method: 'POST', body: bodyOf(n) });
    assert.equal((await send(-1)).status, 200);
    const outage = proxy.during('503', 20_000);
    const answers = Array.from({ length: 20 }, async (_, n) => {
      const reply = await send(n);
      return [reply.status, reply.headers.get('retry-after')];
    });
    const told = Promise.all(answers);
    await soon(async () => {
      const reply = await fetch(`${service.address}/readyz`);
      return ((await reply.json()) as { waiting: number }).waiting === 20 * SIZE;
    });
    assert.equal(await service.stop(), 0, service.log());
    assert.deepEqual(await told, new Array(20).fill([503, '1']));
    await outage;
  });
});
