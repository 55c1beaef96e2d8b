import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync, type IClientOptions } from 'mqtt';
import { readConfig } from '../services/config.ts';
import { firstStart } from '../services/first-start.ts';
import { parseKeys } from '../services/validate/pseudonym.ts';
import { newFolder, ROOT, remove } from './service.ts';

const MOSQUITTO = '/usr/sbin/mosquitto';
const noMosquitto = existsSync(MOSQUITTO) ? false : `no Mosquitto at ${MOSQUITTO}`;

describe('firstStart', () => {
  const folder = newFolder();
  const [secrets, broker] = [join(folder, 'secrets'), join(folder, 'broker')];
  const link = firstStart(secrets, broker, 'http://localhost:3000');
  const secret = (name: string) => readFileSync(join(secrets, name), 'utf8').trim();
  after(() => remove(folder));

  it('makes each secret once, for its owner alone, and gives the link', () => {
    const names = ['HALLWAY_TOKEN', 'INFLUX_PASSWORD', 'INFLUX_TOKEN', 'MQTT_GATEWAY_PASSWORD', 'MQTT_PASSWORD'];
    assert.deepEqual(readdirSync(secrets).sort(), [...names, 'PSEUDONYM_KEYS']);
    for (const name of names) assert.equal(statSync(join(secrets, name)).mode & 0o777, 0o600, name);
    assert.equal(statSync(join(broker, 'passwords')).mode & 0o777, 0o600);
    assert.equal(new Set(names.map(secret)).size, names.length, 'no two are the same');
    assert.equal(link, `http://localhost:3000/#token=${secret('HALLWAY_TOKEN')}`);
    const before = readFileSync(join(broker, 'passwords'), 'utf8');
    assert.equal(firstStart(secrets, broker, 'http://localhost:3000'), link);
    assert.equal(readFileSync(join(broker, 'passwords'), 'utf8'), before);
  });

  it('makes what the settings take, read from files', () => {
    const config = readConfig({
      HOST: '0.0.0.0',
      HALLWAY_TOKEN_FILE: join(secrets, 'HALLWAY_TOKEN'),
      PSEUDONYM_KEYS_FILE: join(secrets, 'PSEUDONYM_KEYS'),
    });
    assert.equal(config.token, secret('HALLWAY_TOKEN'));
    assert.equal(parseKeys(config.pseudonymKeys!).length, 1);
  });

  it('makes passwords that Mosquitto takes; there a gateway has its own name alone', {
    skip: noMosquitto,
  }, async (t) => {
    const port = await freePort();
    t.after(await startMosquitto(folder, broker, port));
    const address = `mqtt://127.0.0.1:${port}`;
    const open = async (more: IClientOptions) => {
      const client = await connectAsync(address, { reconnectPeriod: 0, ...more });
      t.after(() => client.end(true));
      return client;
    };
    const [username, password] = ['gateway', secret('MQTT_GATEWAY_PASSWORD')];
    for (const stranger of [{}, { username, password: 'a guess' }, { username, password: secret('MQTT_PASSWORD') }])
      await assert.rejects(open({ clientId: 'pi-1', ...stranger }), /Not authorized/);
    const heard: string[] = [];
    const bridge = await open({ clientId: 'bridge', username: 'bridge', password: secret('MQTT_PASSWORD') });
    bridge.on('message', (topic) => void heard.push(topic));
    await bridge.subscribeAsync('$share/hallway/hallway/+/observations', { qos: 1 });
    const gateway = await open({ clientId: 'pi-1', username, password });
    gateway.on('message', (topic) => void heard.push(`gateway read ${topic}`));
    await gateway.subscribeAsync('hallway/#', { qos: 1 });
    await gateway.publishAsync('hallway/pi-2/observations', '{}', { qos: 1 });
    await gateway.publishAsync('hallway/pi-1/observations', '{}', { qos: 1 });
    for (let n = 0; n < 100 && heard.length === 0; n++) await sleep(20);
    await sleep(200);
    assert.deepEqual(heard, ['hallway/pi-1/observations']);
  });
});

/** The broker with the files of docker-compose.yml, elsewhere. */
async function startMosquitto(folder: string, broker: string, port: number): Promise<() => Promise<void>> {
  const config = readFileSync(join(ROOT, 'services/mosquitto/mosquitto.conf'), 'utf8')
    .replace('listener 1883', `listener ${port} 127.0.0.1`)
    .replaceAll('/broker/', `${broker}/`)
    .replace('/mosquitto/config', join(ROOT, 'services/mosquitto'));
  const asRoot = process.getuid?.() === 0 ? 'user root\n' : '';
  writeFileSync(join(folder, 'mosquitto.conf'), asRoot + config);
  const child = spawn(MOSQUITTO, ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  for (let n = 0; n < 100 && !(await answers(port)); n++) await sleep(50);
  return async () => {
    child.kill();
    await ended;
  };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
