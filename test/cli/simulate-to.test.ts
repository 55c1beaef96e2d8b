import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from '../../services/cli/command.ts';
import { simulate } from '../../services/cli/simulate.ts';
import type { Observation } from '../../services/model/observation.ts';
import { mqttClientSource } from '../../services/source/mqtt-client.ts';
import { createBatches } from '../../services/source/simulate.ts';
import { parseKeys, pseudonymiser } from '../../services/validate/pseudonym.ts';
import { type Mosquitto, noMosquitto, passwordFile, startMosquitto } from '../servers/mosquitto.ts';
import { isBuilt, ownServer } from '../servers/servers.ts';
import { at, START, told } from '../simulate/event.ts';
import { contentOf, forget, fresh, noKafka, readTopic } from '../source/kafka-broker.ts';
import { collect, options } from '../source/mqtt-wire.ts';

const folder = mkdtempSync(join(tmpdir(), 'hallway-simulate-to-'));
const KEYS = '1:0123456789abcdef';
const pseudonym = pseudonymiser(parseKeys(KEYS));
const closers: (() => unknown)[] = [];
after(async () => {
  for (const close of closers.reverse()) await close();
  rmSync(folder, { recursive: true });
});

const [from, seconds] = [at(2, '10:27'), 40];
const until = from + seconds * 1000;
const iso = (time: number) => new Date(time).toISOString();
const SPAN = ['--zone=Etc/GMT', `--start=${iso(START)}`, `--from=${iso(from)}`, `--until=${iso(until)}`];

/** `hallway simulate` in this process, with an environment of its own; resolves to its words. */
async function tell(args: string[], env: Record<string, string> = {}): Promise<string> {
  const before = { ...process.env };
  Object.assign(process.env, { DATA_DIR: folder, PSEUDONYM_KEYS: KEYS }, env);
  const words: string[] = [];
  const write = process.stderr.write;
  process.stderr.write = (text: string | Uint8Array) => words.push(String(text)) > 0;
  try {
    await simulate.run(parse(simulate, [...SPAN, ...args]));
    return words.join('');
  } finally {
    process.stderr.write = write;
    process.env = before;
  }
}

/** What is told, each once, as it should be stored. */
const expected = (): string[] => {
  const context = { source: 'simulate', received: 'recorded' as const, keepFrom: 0, pseudonym };
  return createBatches(context)(told(from, until)).observations.map(contentOf).sort();
};
const contents = (observations: Observation[]) => [...new Set(observations.map(contentOf))].sort();

async function listen(broker: Mosquitto) {
  let isOpen = false;
  const context = () => ({ source: 'mqtt', received: Date.now(), keepFrom: 0, pseudonym });
  const source = mqttClientSource(options(broker.url, { connections: 1 }), context, { opened: () => (isOpen = true) });
  const river = collect(source);
  closers.push(() => river.end());
  while (!isOpen) await sleep(10);
  return river;
}
const broker = async (lines?: (folder: string) => string[]) => {
  const started = await startMosquitto(lines);
  closers.push(started.close);
  return started;
};
const arrived = async (count: number, river: Awaited<ReturnType<typeof listen>>) => {
  for (const end = Date.now() + 60_000; contents(river.observations()).length < count; await sleep(20))
    assert.ok(Date.now() < end, `${contents(river.observations()).length} of ${count} came`);
};

describe('hallway simulate --to=mqtt://', { skip: noMosquitto }, () => {
  it('each gateway speaks under its own name, a message a second; an outage is waited out, nothing is lost or doubled', async () => {
    const own = await broker();
    const river = await listen(own);
    const telling = tell([`--to=${own.url}`, '--speed=10']);
    await sleep(1500);
    await own.stop();
    await sleep(1000);
    await own.start();
    const words = await telling;
    const all = expected();
    assert.ok(all.length > 100 && new Set(all).size === all.length, `${all.length} are told`);
    await arrived(all.length, river);
    assert.deepEqual(contents(river.observations()), all);
    assert.deepEqual(river.rejects(), []);
    assert.match(words, new RegExp(`hallway: ${own.url} cannot be reached: .*; it is asked again`));
    const [, messages, senders] = /, sent to mqtt:\S+ in (\d+) messages of (\d+) senders\n$/.exec(words) ?? [];
    assert.ok(Number(senders) > 10 && Number(messages) <= Number(senders) * seconds, words);
    assert.ok(Number(messages) < all.length, `${messages} messages for ${all.length} observations`);
    await river.end();
  });

  it('a wrong password ends it, and is not said', { timeout: 120_000 }, async () => {
    const { url } = await broker((at) => [
      'allow_anonymous false',
      `password_file ${passwordFile(at, 'hall', 'right')}`,
    ]);
    const env = { MQTT_USERNAME: 'hall', MQTT_PASSWORD: 'not-right' };
    await assert.rejects(tell([`--to=${url}`], env), ({ message }: Error) => {
      assert.match(message, /refused user hall: not authorised \(MQTT_USERNAME, MQTT_PASSWORD\)$/);
      return !message.includes('not-right');
    });
    assert.match(await tell([`--to=${url}`], { ...env, MQTT_PASSWORD: 'right' }), /senders\n$/);
  });
});

describe('hallway simulate --to=kafka://', { skip: noKafka }, () => {
  it('is told under the prefix, by pseudonyms, in few messages', async () => {
    const kafka = fresh();
    closers.push(() => forget(kafka));
    const words = await tell([`--to=kafka://${kafka.brokers.join()}`], { KAFKA_PREFIX: kafka.prefix });
    const all = expected();
    assert.match(
      words,
      new RegExp(`, ${all.length} sent to ${kafka.prefix}observations at ${kafka.brokers.join()}\n$`),
    );
    const messages = await readTopic(kafka, 'observations');
    assert.ok(messages.length < all.length, `${messages.length} messages for ${all.length} observations`);
    const lines = messages.flatMap(({ value }) => value.split('\n'));
    assert.equal(lines.length, all.length);
    const badges = lines.map((line) => (JSON.parse(line) as { badge?: string }).badge).filter(Boolean);
    const wanted = all.map((text) => (JSON.parse(text) as { badge?: string }).badge).filter(Boolean);
    assert.deepEqual(badges.sort(), wanted.sort());
    const macs = told(from, until).flatMap(({ body }) => (body.kind === 'sighting' ? [body.badge] : []));
    assert.ok(!macs.some((mac) => lines.join().includes(mac)), 'no MAC is told');
  });

  it('an outage of Kafka is waited out, and nothing is lost', {
    skip: isBuilt('kafka') ? false : 'npm run servers build kafka',
  }, async () => {
    const own = await ownServer('kafka');
    closers.push(own.close);
    const kafka = fresh({ brokers: own.servers.brokers });
    const telling = tell([`--to=kafka://${kafka.brokers.join()}`, '--speed=8'], { KAFKA_PREFIX: kafka.prefix });
    await sleep(2500);
    let isOver = false;
    void telling.then(() => (isOver = true));
    await own.stop('SIGKILL');
    assert.ok(!isOver, 'Kafka goes in the middle');
    await sleep(500);
    await own.start();
    await telling;
    const lines = (await readTopic(kafka, 'observations')).flatMap(({ value }) => value.split('\n'));
    assert.equal(new Set(lines).size, expected().length);
  });
});

describe('hallway simulate --to', () => {
  it('refuses an address that there is not, with those that there are, and says no password', async () => {
    for (const [address, words] of [
      ['ftp://host', /--to: expected http:.*mqtt:.*kafka:.*found "ftp:\/\/host"$/],
      ['mqtt://', /found "mqtt:\/\/"$/],
      ['mqtt://hall:secret@host', /found "mqtt:\/\/…@host" \(user and password: MQTT_USERNAME, MQTT_PASSWORD\)$/],
      ['kafka://host', /found "kafka:\/\/host"$/],
    ] as const)
      await assert.rejects(tell([`--to=${address}`]), ({ message }: Error) => words.test(message), address);
  });
});
