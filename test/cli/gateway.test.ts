import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openQueue, SEGMENT_MAX } from '../../services/cli/gateway/queue.ts';
import { notBuilt, ROOT, remove, startService } from '../service.ts';
import { hallway } from './hallway.ts';

const CLI = join(ROOT, 'dist/services/cli/hallway.js');
const folder = () => mkdtempSync(join(tmpdir(), 'hallway-gateway-'));
const lineOf = (n: number, more = {}) =>
  `${JSON.stringify({ gateway: 'pi-1', badge: `badge-${n % 7}`, rssi: -60, time: Date.UTC(2026, 10, 3, 10) + n, ...more })}\n`;

type Gateway = ChildProcess & { say(text: string): void; finish(): Promise<number | null> };

/** `hallway gateway` as a person starts it. */
function startGateway(to: string, queue: string, more: string[] = []): Gateway {
  const child = spawn(process.execPath, [CLI, 'gateway', `--to=${to}`, `--queue=${queue}`, ...more], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  return Object.assign(child, {
    say: (text: string) => void child.stdin.write(text),
    async finish() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      return child.exitCode;
    },
  });
}

const until = async (holds: () => boolean | Promise<boolean>) => {
  for (const end = Date.now() + 60_000; !(await holds()); await sleep(50)) assert.ok(Date.now() < end, 'not in time');
};

describe('openQueue(folder)', () => {
  it('gives lines back oldest first, after a kill too, and none that was torn', () => {
    const at = folder();
    const queue = openQueue(at);
    for (const line of ['a', 'b']) queue.put(line);
    queue.cut();
    queue.put('c');
    assert.equal(queue.bytes, 6);
    // What was not cut is lost with the process.
    const again = openQueue(at);
    const oldest = again.oldest()!;
    assert.deepEqual([oldest.lines, again.bytes], [['a\n', 'b\n'], 4]);
    oldest.done();
    assert.deepEqual([again.oldest(), again.bytes, readdirSync(at)], [null, 0, []]);
    again.put('x'.repeat(SEGMENT_MAX));
    assert.equal(again.oldest()!.lines[0]!.length, SEGMENT_MAX + 1);
    rmSync(at, { recursive: true });
  });
});

describe('hallway gateway', { skip: notBuilt }, () => {
  it('keeps what it hears while the network is cut, over its own kill −9, and all of it is stored once', async () => {
    const queue = folder();
    let service = await startService();
    const { port, dataDir } = service;
    const to = `${service.address}/v1/observations`;
    const count = async (): Promise<number> =>
      ((await (await fetch(`${service.address}/readyz`)).json()) as { observations: number }).observations;
    let gateway = startGateway(to, queue);
    for (let n = 0; n < 100; n++) gateway.say(lineOf(n));
    await until(async () => (await count()) === 100);
    await service.kill();
    for (let n = 100; n < 3000; n++) gateway.say(lineOf(n));
    await until(() => readdirSync(queue).some((name) => name.endsWith('.ndjson')));
    await sleep(1500);
    gateway.kill('SIGKILL');
    await once(gateway, 'exit');
    gateway = startGateway(to, queue);
    for (let n = 3000; n < 3100; n++) gateway.say(lineOf(n));
    await sleep(1000);
    // One that numbers its segments beside it would write over them.
    const other = await hallway(['gateway', `--to=${to}`, `--queue=${queue}`]);
    assert.equal(other.code, 1, other.stderr);
    assert.match(other.stderr, /another hallway gateway at work in/);
    service = await startService({ DATA_DIR: dataDir, PORT: String(port) });
    assert.equal(await gateway.finish(), 0);
    assert.equal(await count(), 3100);
    assert.deepEqual(readdirSync(queue), []);
    await service.stop();
    for (const at of [queue, dataDir]) remove(at);
  });

  it('over MQTT too: it says online, is offline when it is killed, and nothing is lost while the broker is away', async () => {
    const queue = folder();
    const env = { SOURCE: 'inbox,mqtt', MQTT_PORT: '0' };
    let service = await startService(env);
    await until(() => /mqtt:\/\/\S+/.test(service.log()));
    const [to] = /mqtt:\/\/\S+/.exec(service.log())!;
    const rows = async () =>
      (
        (await (await fetch(`${service.address}/v1/observations?limit=1000&sort=time`)).json()) as {
          rows: { kind: string; status: string | null; gateway: string }[];
        }
      ).rows;
    const sightings = async () => (await rows()).filter(({ kind }) => kind === 'sighting');
    const gateway = startGateway(to, queue, ['--name=pi-1']);
    for (let n = 0; n < 50; n++) gateway.say(lineOf(n, { gateway: undefined }));
    await until(async () => (await sightings()).length === 50);
    await service.kill();
    for (let n = 50; n < 100; n++) gateway.say(lineOf(n));
    await sleep(1000);
    service = await startService({ ...env, DATA_DIR: service.dataDir, MQTT_PORT: new URL(to).port });
    await until(async () => (await sightings()).length === 100);
    gateway.kill('SIGKILL');
    await until(async () => (await rows()).some(({ status }) => status === 'offline'));
    assert.ok((await rows()).some(({ status, gateway: id }) => status === 'online' && id === 'pi-1'));
    await service.stop();
    for (const at of [queue, service.dataDir]) remove(at);
  });

  it('puts aside what is refused, and goes on; what is busy is asked again', async () => {
    const queue = folder();
    const bodies: string[] = [];
    const answers = [503, 429, 400, 200];
    const server: Server = createServer((request, reply) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        bodies.push(body);
        const type = { 'content-type': 'application/problem+json' };
        reply.writeHead(answers[bodies.length - 1] ?? 200, type).end('{"stored":1,"duplicate":0,"rejected":0}');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const gateway = startGateway(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, queue, ['--name=pi-7']);
    gateway.say('not JSON\n');
    await until(() => bodies.length === 3);
    const began = Date.now();
    gateway.say(`"${'x'.repeat(2 ** 16)}"\n{"badge":"b","rssi":-60}\n`);
    assert.equal(await gateway.finish(), 0);
    assert.deepEqual(bodies.slice(0, 3), ['not JSON\n', 'not JSON\n', 'not JSON\n']);
    const sent = JSON.parse(bodies[3]!) as { gateway: string; time: number };
    assert.equal(sent.gateway, 'pi-7');
    assert.ok(sent.time >= began && sent.time <= Date.now(), 'a line without a time gets that of when it was heard');
    const refused = readdirSync(queue).map((name) => readFileSync(join(queue, name), 'utf8'));
    assert.deepEqual(refused.map((text) => text.slice(0, 9)).sort(), [`"${'x'.repeat(8)}`, 'not JSON\n']);
    server.close();
    remove(queue);
  });

  it('says what is wrong with its options', async () => {
    for (const [args, words] of [
      [['--to=ftp://x'], /--to: expected http.*found "ftp:\/\/x"/],
      [['--to=mqtt://127.0.0.1:1883'], /--name: expected the name/],
      [['--to=http://127.0.0.1/', '--name=a b'], /--name: expected an id/],
      [['--to=http://u:hush@127.0.0.1/'], /--to: expected an address without a password/],
      [['--to=http://127.0.0.1/', '--max=0'], /--max: expected a number of MiB/],
    ] as const) {
      const { code, stderr } = await hallway(['gateway', ...args]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, words);
    }
    assert.ok(!existsSync(join(ROOT, 'hallway-gateway')), 'and makes no folder');
  });
});
