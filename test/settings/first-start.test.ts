import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync, type IClientOptions } from 'mqtt';
import { readConfig } from '../../services/settings/config.ts';
import { firstStart } from '../../services/settings/first-start.ts';
import { letIn } from '../../services/settings/mosquitto-gateway.ts';
import { parseKeys } from '../../services/validate/pseudonym.ts';
import { soon } from '../ledger/contract.ts';
import { newFolder, ROOT, remove } from '../service.ts';

const MOSQUITTO = '/usr/sbin/mosquitto';
const noMosquitto = existsSync(MOSQUITTO) ? false : `no Mosquitto at ${MOSQUITTO}`;

describe('firstStart', () => {
  const folder = newFolder();
  const [secrets, broker] = [join(folder, 'secrets'), join(folder, 'broker')];
  const link = firstStart(secrets, broker, 'http://localhost:3000');
  const secret = (name: string) => readFileSync(join(secrets, name), 'utf8').trim();
  after(() => remove(folder));

  it('makes each secret once, for its owner alone, and gives the link', () => {
    const names = ['HALLWAY_TOKEN', 'INFLUX_PASSWORD', 'INFLUX_TOKEN', 'MQTT_PASSWORD'];
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

  it('a gateway has a password of its own, a new one voids the old, and no name that Hallway has itself', () => {
    const [first, second] = [letIn(broker, 'pi-9'), letIn(broker, 'pi-9')];
    assert.notEqual(first, second);
    const users = readFileSync(join(broker, 'passwords'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(':')[0]);
    assert.deepEqual(users, ['bridge', 'pi-9']);
    for (const name of ['bridge', 'hallway-0', 'a:b', 'a b', '#', ''])
      assert.throws(() => letIn(broker, name), /expected a gateway's name/, name);
  });

  it('Mosquitto takes the passwords: with its own a gateway has its own name alone, and takes no session of another', {
    skip: noMosquitto,
  }, async (t) => {
    const [port, inner] = [await freePort(), await freePort()];
    const [one, two] = ['pi-1', 'pi-2'].map((gateway) => ({ username: gateway, password: letIn(broker, gateway) }));
    t.after(await startMosquitto(folder, broker, port, inner));
    const open = async (at: number, more: IClientOptions) => {
      const client = await connectAsync(`mqtt://127.0.0.1:${at}`, { reconnectPeriod: 0, ...more });
      t.after(() => client.end(true));
      return client;
    };
    for (const stranger of [{ username: 'pi-9' }, { ...one, password: 'a guess' }, { ...one, password: two!.password }])
      await assert.rejects(open(port, { clientId: 'pi-1', ...stranger }), /Not authorized/);
    const heard: string[] = [];
    const own = { username: 'bridge', password: secret('MQTT_PASSWORD') };
    const bridge = await open(inner, { clientId: 'hallway-0', ...own });
    bridge.on('message', (topic, payload) => void heard.push(`${topic} ${payload}`));
    await bridge.subscribeAsync('$share/hallway/hallway/+/observations', { qos: 1 });
    const gateway = await open(port, { clientId: 'pi-1', ...one });
    gateway.on('message', (topic) => void heard.push(`gateway read ${topic}`));
    await gateway.subscribeAsync('hallway/#', { qos: 1 });
    // With a password of its own, under the ids of others.
    for (const clientId of ['hallway-0', 'pi-1'])
      for (const name of ['pi-1', 'hallway-0', 'pi-2']) {
        const thief = await open(port, { clientId, ...two });
        await thief.publishAsync(`hallway/${name}/observations`, clientId, { qos: 1 });
        await thief.endAsync();
      }
    await gateway.publishAsync('hallway/pi-1/observations', 'own', { qos: 1 });
    await soon(async () => heard.length >= 3);
    await sleep(200);
    const from = (name: string, word: string) => `hallway/${name}/observations ${word}`;
    assert.deepEqual(heard, [from('pi-2', 'hallway-0'), from('pi-2', 'pi-1'), from('pi-1', 'own')]);
    assert.ok(bridge.connected && gateway.connected, 'nobody was thrown out');
  });

  it('no message that was acknowledged is dropped for its number', () => {
    assert.match(readFileSync(join(ROOT, 'services/mosquitto/mosquitto.conf'), 'utf8'), /^max_queued_messages 0$/m);
  });
});

/** The broker with the files of docker-compose.yml, elsewhere. */
async function startMosquitto(
  folder: string,
  broker: string,
  port: number,
  inner: number,
): Promise<() => Promise<void>> {
  const config = readFileSync(join(ROOT, 'services/mosquitto/mosquitto.conf'), 'utf8')
    .replace('listener 1883', `listener ${port} 127.0.0.1`)
    .replace('listener 1884', `listener ${inner} 127.0.0.1`)
    .replaceAll('/broker/', `${broker}/`)
    .replace('/mosquitto/config', join(ROOT, 'services/mosquitto'));
  const asRoot = process.getuid?.() === 0 ? 'user root\n' : '';
  writeFileSync(join(folder, 'mosquitto.conf'), asRoot + config);
  const child = spawn(MOSQUITTO, ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await soon(() => answers(port));
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
