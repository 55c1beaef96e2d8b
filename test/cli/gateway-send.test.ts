import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openQueue, SEGMENT_MAX } from '../../services/cli/gateway/queue.ts';
import { bring, httpSender, mqttSender, type Sender } from '../../services/cli/gateway/send.ts';
import { noMosquitto, passwordFile, startMosquitto } from '../servers/mosquitto.ts';
import { newFolder, remove } from '../service.ts';

type Said = { status: number; text: string; type?: string };
const STORED = { status: 200, text: '{"stored":1,"duplicate":0,"rejected":0,"rejects":[]}' };
const problem = (status: number): Said => ({ status, text: `{"status":${status}}`, type: 'application/problem+json' });
const isBad = (line: string) => line.startsWith('bad');

/** A sender to a server that answers as it is told, what it was sent, and what was said of it. */
async function sending(answer: (body: string, request: number) => Said, work: (tried: Tried) => Promise<void>) {
  const bodies: string[] = [];
  const server = createServer(async (request, reply) => {
    let body = '';
    for await (const part of request) body += String(part);
    const { status, text, type = 'text/html' } = answer(body, bodies.push(body));
    reply.writeHead(status, { 'content-type': type }).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const words: string[] = [];
  const sender = httpSender(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/observations`);
  const { signal } = new AbortController();
  const send = (lines: string[]) => bring(sender, lines, signal, (said) => void words.push(said));
  await work({ send, bodies, words }).finally(() => server.close());
}
type Tried = { send(lines: string[]): Promise<string[] | null>; bodies: string[]; words: string[] };

describe('bring(sender, lines)', () => {
  it('asks again where it may pass later: 404, 401, what is no Hallway, and what something in between says of content', async () => {
    const portal = { status: 200, text: '<html>Please sign in</html>' };
    const answers = [{ status: 404, text: 'no' }, problem(401), portal, { status: 400, text: 'plain HTTP' }, STORED];
    await sending(
      (_, request) => answers[request - 1]!,
      async ({ send, bodies, words }) => {
        assert.deepEqual(await send(['a\n', 'b\n']), []);
        assert.deepEqual(bodies, Array(5).fill('a\nb\n'));
        for (const [i, said] of [
          /404 .*\/v1\/observations\)/,
          /401 .*HALLWAY_TOKEN/,
          /expected a Hallway.*sign in/,
        ].entries())
          assert.match(words[i]!, said);
      },
    );
  });

  it('finds the lines that are refused, and all others are sent', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => (i % 17 === 3 ? `bad ${i}\n` : `good ${i}\n`));
    const stored = new Set<string>();
    const answer = (body: string): Said => {
      const all = body.split(/(?<=\n)/);
      if (all.some(isBad)) return problem(422);
      if (all.length > 10) return { status: 413, text: 'a proxy' };
      for (const line of all) stored.add(line);
      return STORED;
    };
    await sending(answer, async ({ send }) => {
      assert.deepEqual(await send(lines), lines.filter(isBad));
      assert.deepEqual(stored, new Set(lines.filter((line) => !isBad(line))));
    });
  });
});

describe('openQueue(folder)', () => {
  it('counts what was refused as long as it lies there, also from before', () => {
    const folder = newFolder();
    openQueue(folder).refuse(['one\n', 'two']);
    const queue = openQueue(folder);
    assert.deepEqual([queue.refusedBytes, queue.bytes, queue.oldest()], [8, 0, null]);
    queue.put('three');
    assert.ok(queue.cut());
    assert.equal(readdirSync(folder).length, 2, 'under names of their own');
    for (const name of readdirSync(folder)) remove(join(folder, name));
    assert.equal(queue.refusedBytes, 0);
    remove(folder);
  });

  it('on a full disk holds what it has, tears nothing, and goes on when there is room', () => {
    const folder = newFolder();
    let isFull = true;
    const queue = openQueue(folder, (file, content) => {
      writeFileSync(file, isFull ? content.subarray(0, 3) : content);
      if (isFull) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    });
    queue.put('x'.repeat(SEGMENT_MAX));
    queue.put('more');
    assert.deepEqual([queue.cut(), queue.refuse(['y']), queue.oldest(), readdirSync(folder)], [false, false, null, []]);
    assert.equal(queue.heldBytes, SEGMENT_MAX + 6);
    isFull = false;
    assert.ok(queue.cut());
    assert.deepEqual(queue.oldest()!.lines, [`${'x'.repeat(SEGMENT_MAX)}\n`, 'more\n']);
    assert.match(readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8'), /more\n$/);
    remove(folder);
  });
});

const failed = async (sender: Sender): Promise<string> =>
  sender.send('a\n').then(
    () => '',
    (error: Error) => error.message,
  );

it('mqttSender says that a password is wrong, and never which; a send leaves no listener behind', {
  skip: noMosquitto,
}, async () => {
  const broker = await startMosquitto((folder) => [
    'allow_anonymous false',
    `password_file ${passwordFile(folder, 'pi-1', 'hush-hush')}`,
  ]);
  const address = broker.url.replace('//', '//pi-1:not-hush-hush@');
  const ears = { hear: () => null };
  const wrong = mqttSender({ url: address }, 'pi-1', ears);
  let said = '';
  for (const end = Date.now() + 60_000; !/refused/.test(said) && Date.now() < end; await sleep(50))
    said = await failed(wrong);
  assert.match(said, /refused user pi-1: not authorised \(MQTT_USERNAME, MQTT_PASSWORD\)/);
  await wrong.end();

  const right = mqttSender({ url: broker.url, username: 'pi-1', password: 'hush-hush' }, 'pi-1', ears);
  for (const end = Date.now() + 60_000; (await failed(right)) !== '' && Date.now() < end; ) await sleep(50);
  const warned: Error[] = [];
  const warn = (warning: Error) => void warned.push(warning);
  process.on('warning', warn);
  for (let n = 0; n < 30; n++) await right.send(`${n}\n`);
  await sleep(10);
  process.off('warning', warn);
  assert.deepEqual(warned, [], 'no MaxListenersExceededWarning');
  await right.end();
  await broker.close();
});
