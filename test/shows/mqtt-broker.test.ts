import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { soon } from '../ledger/contract.ts';
import { noMosquitto, passwordFile, startMosquitto } from '../servers/mosquitto.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';

const count = async (service: Service): Promise<number> =>
  ((await (await fetch(`${service.address}/readyz`)).json()) as { observations: number }).observations;

it('SOURCE=mqtt MQTT_URL=… npm start: what gateways tell a broker is stored once, over a kill −9, and no password is said', {
  skip: notBuilt || noMosquitto,
}, async () => {
  const broker = await startMosquitto((folder) => [
    'allow_anonymous false',
    `password_file ${passwordFile(folder, 'hall', 'hush-hush')}`,
  ]);
  const env = { DATA_DIR: newFolder(), SOURCE: 'mqtt', MQTT_URL: broker.url, MQTT_USERNAME: 'hall' };
  const wrong = await startService({ ...env, MQTT_PASSWORD: 'not-hush-hush' });
  await soon(async () => /refused user hall: not authorised \(MQTT_USERNAME, MQTT_PASSWORD\)/.test(wrong.log()));
  await wrong.stop();

  const right = { ...env, MQTT_PASSWORD: 'hush-hush' };
  let service = await startService(right);
  const client = await connectAsync(broker.url, { username: 'hall', password: 'hush-hush', protocolVersion: 4 });
  const say = (n: number, topic = 'hallway/pi-1/observations') =>
    client.publishAsync(
      topic,
      JSON.stringify({ badge: 'e0b201e3098c', gateway: 'pi-1', rssi: -60, time: Date.now() + n }),
      { qos: 1 },
    );
  const until = async (wanted: number) => {
    for (const end = Date.now() + 60_000; (await count(service)) !== wanted; await sleep(50))
      assert.ok(Date.now() < end, `${await count(service)} of ${wanted}: ${service.log()}`);
  };
  // until it has subscribed, nobody listens
  for (const end = Date.now() + 60_000; (await count(service)) === 0; await sleep(200)) {
    await client.publishAsync(
      'hallway/pi-1/observations',
      JSON.stringify({ badge: 'b', gateway: 'pi-1', rssi: -60, time: 1793664000000 }),
      { qos: 1 },
    );
    assert.ok(Date.now() < end, `nothing came: ${service.log()}`);
  }
  await Promise.all(Array.from({ length: 100 }, (_, n) => say(n)));
  await service.kill();
  await Promise.all(Array.from({ length: 100 }, (_, n) => say(n + 1000)));
  service = await startService(right);
  await until(201);
  const { rows } = (await (await fetch(`${service.address}/v1/observations?limit=5`)).json()) as {
    rows: { badge: string }[];
  };
  assert.ok(
    rows.every(({ badge }) => badge === 'b' || badge.startsWith('k1.')),
    JSON.stringify(rows),
  );
  assert.equal(await service.stop(), 0);
  assert.doesNotMatch(wrong.log() + service.log(), /hush/);
  await client.endAsync(true);
  await broker.close();
  remove(env.DATA_DIR);
});
