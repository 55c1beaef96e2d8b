import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { type MqttOptions, mqttClientSource } from '../../services/source/mqtt-client.ts';
import type { Source } from '../../services/source/source.ts';
import { certificates, type Mosquitto, noMosquitto, passwordFile, startMosquitto } from '../servers/mosquitto.ts';
import { program, ROOT } from '../service.ts';
import { sourceContract } from './contract.ts';
import { collect, context, options, sighting, wireTo } from './mqtt-wire.ts';

const CHILD = program('test/source/mqtt-child');
const closers: (() => unknown)[] = [];
after(async () => {
  for (const close of closers.reverse()) await close();
});

const broker = async (lines?: (folder: string) => string[]): Promise<Mosquitto> => {
  const started = await startMosquitto(lines);
  closers.push(started.close);
  return started;
};
const clientOf = async (url: string, more: IClientOptions = {}) => {
  const client = await connectAsync(url, { protocolVersion: 4, ...more });
  closers.push(() => client.endAsync(true));
  return client;
};
const until = async (holds: () => boolean, what: string, ms = 60_000) => {
  for (const end = Date.now() + ms; !holds(); await sleep(10)) assert.ok(Date.now() < end, `not in time: ${what}`);
};
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const body = (n: number) => JSON.stringify(sighting(n));

/** A source that has subscribed, and what it says. */
async function listening(settings: MqttOptions, before?: Parameters<typeof collect>[1]) {
  const said: string[] = [];
  let opened = 0;
  const told = { opened: () => opened++, failed: (sentence: string) => said.push(sentence) };
  const river = collect(mqttClientSource(settings, context, told), before);
  closers.push(() => river.end().catch(() => undefined));
  await until(() => opened > 0, 'the source connects');
  return { ...river, said, opened: () => opened };
}

/** Takes a client's place, and acknowledges nothing: the bodies that it is given. */
function comeAs(url: string, clientId: string): [string[], MqttClient] {
  const given: string[] = [];
  const client = connect(url, { clientId, clean: false, protocolVersion: 4, reconnectPeriod: 0 });
  client.handleMessage = (packet) => void given.push(String(packet.payload));
  client.on('error', () => undefined);
  return [given, client];
}

/** A store that waits until it is told. */
function gate() {
  let open = () => {};
  const held = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), wait: () => held };
}

describe('mqttClientSource', { skip: noMosquitto }, () => {
  it('takes what gateways publish; what came by several connections goes into one batch', async () => {
    const { url } = await broker();
    const held = gate();
    const river = await listening(options(url, { connections: 4 }), held.wait);
    const client = await clientOf(url);
    await Promise.all(upTo(9).map((n) => client.publishAsync('hallway/pi-1/observations', body(n), { qos: 1 })));
    await sleep(500);
    held.open();
    await until(() => river.observations().length === 9, 'all are stored');
    assert.deepEqual(river.numbers(), upTo(9));
    const most = Math.max(...river.batches.map(({ observations }) => observations.length));
    assert.ok(most >= 3 && most <= 4, `the largest batch has ${most} of 4 connections`);
    await river.end();
  });

  it('PUBACK only after the store: so long the broker still has it, and gives it to whoever comes under that name', async () => {
    const { url } = await broker();
    const held = gate();
    const river = await listening(options(url, { connections: 1 }), held.wait);
    await (await clientOf(url)).publishAsync('hallway/pi-1/observations', body(1), { qos: 1 });
    await sleep(200);
    const [again, other] = comeAs(url, 'hallway-0');
    await until(() => again.length > 0, 'the broker gives it again');
    assert.deepEqual(again, [body(1)]);
    await other.endAsync(true);
    held.open();
    // under its own name again it gets it once more, and acknowledges it
    await until(() => river.observations().length === 2, 'it comes again');
    await river.end();
    const [later, last] = comeAs(url, 'hallway-0');
    await until(() => last.connected, 'the last one connects');
    await sleep(300);
    assert.deepEqual(later, [], 'what was acknowledged is gone');
    await last.endAsync(true);
  });

  it('killed with −9 in the middle, all that was not acknowledged comes again', async () => {
    const { url, folder } = await broker();
    const file = join(folder, 'stored');
    writeFileSync(file, '');
    const words = [...CHILD, JSON.stringify(options(url, { connections: 3 })), file, '20'];
    const start = () => spawn(process.execPath, words, { cwd: ROOT, stdio: 'inherit' });
    const lines = () => readFileSync(file, 'utf8').trim().split('\n');
    let child = start();
    await until(() => lines().includes('opened'), 'the child connects');
    const client = await clientOf(url);
    const all = Promise.all(
      upTo(600).map((n) => client.publishAsync('hallway/pi-1/observations', body(n), { qos: 1 })),
    );
    for (const enough of [50, 200]) {
      await until(() => lines().length > enough, `${enough} are stored`);
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.ok(lines().length < 600, 'it was killed in the middle');
      child = start();
    }
    await all;
    const stored = () => new Set(lines().filter((line) => line !== 'opened'));
    await until(() => stored().size === 600, 'all are stored');
    assert.ok(lines().length < 630, `${lines().length} lines: no more came again than was in hand`);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  for (const connections of [1, 4])
    it(`${connections} connections: a broker that is stopped and started is waited for, and what it kept comes`, async () => {
      const own = await broker();
      const held = gate();
      const river = await listening(options(own.url, { connections }), held.wait);
      const client = await clientOf(own.url, { reconnectPeriod: 20 });
      const say = (n: number) => client.publishAsync('hallway/pi-1/observations', body(n), { qos: 1 });
      await Promise.all(upTo(20).map(say));
      await own.stop();
      await sleep(100);
      held.open();
      await until(() => river.said.length > 0, 'it says that the broker is gone');
      await sleep(1000);
      assert.match(river.said[0]!, /^mqtt:\/\/127\.0\.0\.1:\d+ cannot be reached: /);
      assert.ok(river.said.length <= 3, `it does not say the same again and again: ${river.said.join('; ')}`);
      await own.start();
      // a group is forgotten by Mosquitto, one alone is not: it need not be back first
      if (connections > 1) await until(() => river.opened() === 2, 'all connections are there again');
      await say(20);
      await until(() => new Set(river.numbers()).size === 21, 'what it kept, and what was sent since');
      await river.end();
    });

  it('a wrong password is said in a sentence that does not hold it, and the right one is taken', async () => {
    const { url } = await broker((folder) => [
      'allow_anonymous false',
      `password_file ${passwordFile(folder, 'hall', 'right')}`,
    ]);
    const said: string[] = [];
    const wrong = { ...options(url), username: 'hall', password: 'not-right' };
    const refused = collect(mqttClientSource(wrong, context, { failed: (sentence) => said.push(sentence) }));
    await until(() => said.length > 0, 'it says that it is refused');
    await sleep(1000);
    const found = url.replace('mqtt://', '');
    assert.deepEqual(said, [`mqtt://${found} refused user hall: not authorised (MQTT_USERNAME, MQTT_PASSWORD)`]);
    await refused.end();
    const river = await listening({ ...options(url), username: 'hall', password: 'right' });
    const client = await clientOf(url, { username: 'hall', password: 'right' });
    await client.publishAsync('hallway/pi-1/observations', body(1), { qos: 1 });
    await until(() => river.observations().length === 1, 'it is stored');
    await river.end();
  });

  it('TLS: a broker is trusted by its authority, and by no other; an authority that cannot be read is a fault', async () => {
    let ca = '';
    const own = await broker((folder) => {
      const files = certificates(folder);
      ca = files.ca;
      return ['allow_anonymous true', `certfile ${files.cert}`, `keyfile ${files.key}`];
    });
    const url = own.url.replace('mqtt:', 'mqtts:');
    const said: string[] = [];
    const stranger = collect(mqttClientSource(options(url), context, { failed: (sentence) => said.push(sentence) }));
    await until(() => said.length > 0, 'it says that it does not trust');
    assert.match(said[0]!, /^mqtts:.* cannot be reached: .*\(MQTT_CA names the certificates that are trusted\)$/);
    await stranger.end();
    const river = await listening(options(url, { ca }));
    const client = await clientOf(url, { ca: readFileSync(ca) });
    await client.publishAsync('hallway/pi-1/observations', body(1), { qos: 1 });
    await until(() => river.observations().length === 1, 'it is stored');
    await river.end();
    assert.throws(() => mqttClientSource(options(url, { ca: join(own.folder, 'none') }), context), /ENOENT.*none/);
  });

  it('a last will is a heartbeat: offline', async () => {
    const { url } = await broker();
    const river = await listening(options(url));
    const will = { topic: 'hallway/pi-9/status', payload: Buffer.from('offline'), qos: 1 as const, retain: true };
    const gateway = await clientOf(url, { clientId: 'pi-9', will, reconnectPeriod: 0 });
    await gateway.publishAsync('hallway/pi-9/status', 'online', { qos: 1 });
    gateway.stream.destroy();
    await until(() => river.observations().length === 2, 'both are stored');
    const told = river.observations().map((one) => one.kind === 'heartbeat' && [one.gateway, one.status]);
    assert.deepEqual(told.sort(), [
      ['pi-9', 'offline'],
      ['pi-9', 'online'],
    ]);
    await river.end();
  });

  it("another gateway's name is a reject, as is a topic without one and what cannot be read; all are acknowledged", async () => {
    const { url, port } = await broker();
    const wire = await wireTo(port);
    closers.push(wire.close);
    const river = await listening(options(wire.url));
    const client = await clientOf(url);
    const say = (topic: string, text: string) => client.publishAsync(topic, text, { qos: 1 });
    await say('hallway/pi-1/observations', JSON.stringify([sighting(1), sighting(2, { gateway: 'pi-2' })]));
    await say('hallway/no name/observations', body(3));
    await say('hallway/pi-1/observations', 'nonsense of e0:b2:01:e3:09:8c');
    await until(() => river.rejects().length === 3, 'three rejects');
    assert.deepEqual(river.numbers(), [1]);
    const reasons = river.rejects().map(({ reasons: [reason] }) => `${reason!.expected} / ${reason!.found}`);
    assert.ok(reasons.includes('pi-1, as in the topic / pi-2'), reasons.join('\n'));
    assert.ok(
      reasons.some((text) => /^a topic with a gateway of 1 to 64 of .* \/ no name$/.test(text)),
      reasons.join('\n'),
    );
    assert.doesNotMatch(JSON.stringify(river.rejects()), /e0:b2/);
    await until(() => wire.acks() === 3, 'all are acknowledged');
    await river.end();
  });

  it('two sources of one group share, those of another get it too', async () => {
    const { url } = await broker();
    const [one, two, other] = await Promise.all([
      listening(options(url, { clientId: 'one' })),
      listening(options(url, { clientId: 'two' })),
      listening(options(url, { clientId: 'three', group: 'other' })),
    ]);
    const client = await clientOf(url);
    await Promise.all(upTo(200).map((n) => client.publishAsync('hallway/pi-1/observations', body(n), { qos: 1 })));
    await until(() => one.numbers().length + two.numbers().length === 200, 'all are stored');
    await until(() => other.numbers().length === 200, 'all are stored by the other group');
    await sleep(100);
    assert.deepEqual(
      [...one.numbers(), ...two.numbers()].sort((a, b) => a - b),
      upTo(200),
    );
    assert.ok(one.numbers().length > 20 && two.numbers().length > 20, `${one.numbers().length} of 200 by the first`);
    for (const river of [one, two, other]) await river.end();
  });

  it('a store that is away longer than a broker is waited for: nothing heaps up, and nothing is lost', async () => {
    const { url, port } = await broker();
    const wire = await wireTo(port);
    closers.push(wire.close);
    const held = gate();
    // mqtt.js cannot hear the broker's answer behind a message that is held: it takes the broker for gone
    const river = await listening(options(wire.url, { connections: 1, keepaliveS: 1 }), held.wait);
    const client = await clientOf(url);
    await Promise.all(upTo(30).map((n) => client.publishAsync('hallway/pi-1/observations', body(n), { qos: 1 })));
    await sleep(5000);
    assert.equal(wire.acks(), 0);
    held.open();
    await until(() => new Set(river.numbers()).size === 30, 'all are stored');
    assert.ok(river.numbers().length <= 31, `${river.numbers().length}: what was in hand came again, no more`);
    await river.end();
  });

  it('what the broker had kept for whoever comes tells of the past: news only where it has its own time', async () => {
    const { url } = await broker();
    const client = await clientOf(url);
    const keep = (about: string, text: string) =>
      client.publishAsync(`hallway/pi-1/${about}`, text, { qos: 1, retain: true });
    await keep('status', 'offline');
    await keep('observations', body(7));
    const river = await listening(options(url, { connections: 1 }));
    await keep('status', 'online');
    await until(() => river.observations().length >= 2, 'the one with a time, and the news');
    await sleep(200);
    const found = river.observations().map((one) => (one.kind === 'heartbeat' ? one.status : one.kind));
    assert.deepEqual(found.sort(), ['online', 'sighting']);
    await river.end();
  });
});

if (!noMosquitto)
  sourceContract('mqtt client', () => {
    let [offered, isOpen] = [0, false];
    let wire: Awaited<ReturnType<typeof wireTo>> | undefined;
    const ready = broker().then(async (own) => {
      wire = await wireTo(own.port);
      closers.push(wire.close);
      return { url: wire.url, client: await clientOf(own.url) };
    });
    const told = { opened: () => (isOpen = true) };
    const source: Source = async function* (signal) {
      yield* mqttClientSource(options((await ready).url, { connections: 8 }), context, told)(signal);
    };
    const offer = (count: number) => {
      const from = offered;
      offered += count;
      void ready.then(async ({ client }) => {
        await until(() => isOpen, 'it has subscribed');
        for (let n = 0; n < count; n++) client.publish('hallway/pi-1/observations', body(from + n), { qos: 1 });
      });
    };
    return { source, offer, acked: () => wire?.acks() ?? 0, released: () => (wire?.open() ?? 0) === 0 };
  });
