import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Observation } from '../../services/model/observation.ts';
import { createInbox, NotStored } from '../../services/source/inbox.ts';
import { REQUEST_MAX, requests } from '../../services/source/kafka/letters.ts';
import type { Settled } from '../../services/source/kafka/options.ts';
import { kafkaProducer, messagesOf, PACK_MAX } from '../../services/source/kafka-producer.ts';
import { flow, river } from '../../services/work/river.ts';
import { ownServer } from '../servers/servers.ts';
import { batchOf, sighting, sightings } from '../sightings.ts';
import { contentOf, forget, fresh, noKafka, readTopic, rowStore, sourceOf, until } from './kafka-broker.ts';

const made: Settled[] = [];
function topics(): Settled {
  const options = fresh();
  made.push(options);
  return options;
}
after(async () => {
  for (const options of made) await forget(options);
});

/** What comes out of Kafka, until there are so many. */
async function rowsOf(options: Settled, count: number) {
  const stop = new AbortController();
  const { store, rows, rejects } = rowStore();
  const flowing = flow(sourceOf(options).source, store, stop.signal);
  try {
    await until(() => rows.length >= count);
  } finally {
    stop.abort();
    await flowing;
  }
  return { rows, rejects: rejects() };
}

const contents = (observations: Observation[]) => observations.map(contentOf).sort();

const time = Date.UTC(2026, 10, 3, 10, 0, 0, 7);
const KINDS: Observation[] = [
  sighting(),
  sighting({ time, temperature: 24.57, claps: 0, battery: 2.997, simulated: true, gateway: '000000000101' }),
  { kind: 'measurement', time, received: time, sensor: 's-1', quantity: 'light', value: -0.1, simulated: false },
  { kind: 'measurement', time, received: time, sensor: 's-1', quantity: 'co2', value: 1e-300, simulated: true },
  { kind: 'heartbeat', time, received: time, gateway: 'pi-1', status: 'offline', info: null, simulated: false },
  {
    kind: 'heartbeat',
    time,
    received: time,
    gateway: 'pi-1',
    status: 'online',
    info: '{"a":false,"b":"ü\\n"}',
    simulated: false,
  },
];

describe('messagesOf(observations)', () => {
  it('packs by gateway or sensor, in order, as many as may go in one', () => {
    const many = Array.from({ length: 500 }, (_, i) => sighting({ time: time + i, gateway: `pi-${i % 2}` }));
    const messages = messagesOf([...many, KINDS[2]!]);
    assert.deepEqual(new Set(messages.map(({ key }) => key)), new Set(['pi-0', 'pi-1', 's-1']));
    const lines = messages.map(({ value }) => String(value).split('\n'));
    assert.deepEqual(
      lines.map((all) => all.length),
      [PACK_MAX, PACK_MAX, 50, PACK_MAX, PACK_MAX, 50, 1],
    );
    const times = lines.slice(0, 3).flatMap((all) => all.map((line) => JSON.parse(line).time as number));
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.ok(messages.every(({ value }) => !String(value).includes('received')));
  });
});

describe('requests(messages)', () => {
  it('cuts them so that a broker takes each, and leaves none out', () => {
    const messages = messagesOf(sightings(50_000));
    const cut = requests(messages);
    assert.deepEqual(cut.flat(), messages);
    const lengths = cut.map((some) => some.reduce((sum, { value }) => sum + String(value).length, 0));
    assert.ok(lengths.length > 5 && Math.max(...lengths) <= REQUEST_MAX, `${lengths}`);
  });
});

describe('kafkaProducer', { skip: noKafka, concurrency: 4, timeout: 120_000 }, () => {
  it('send(batch): every kind comes out of the source as it went in', async () => {
    const options = topics();
    const producer = await kafkaProducer(options);
    assert.equal((await producer.send(batchOf(KINDS))).stored, KINDS.length);
    const { rows, rejects } = await rowsOf(options, KINDS.length);
    assert.deepEqual(rejects, []);
    assert.deepEqual(contents(rows.map(({ observation }) => observation)), contents(KINDS));
    await producer.close();
  });

  it('send(batch) of more than a request goes in several, and resolves when all of it is there', async () => {
    const options = topics();
    const producer = await kafkaProducer(options);
    const sent = sightings(50_000).map((one, i) => ({ ...one, gateway: `pi-${i % 20}` }));
    await producer.send(batchOf(sent));
    await producer.close();
    const { rows } = await rowsOf(options, sent.length);
    assert.deepEqual(contents(rows.map(({ observation }) => observation)), contents(sent));
    const partitions = new Map<string, Set<number>>();
    for (const { observation, position } of rows) {
      const { gateway } = observation as { gateway: string };
      partitions.set(gateway, (partitions.get(gateway) ?? new Set()).add(Math.floor(position / 2 ** 44)));
    }
    assert.ok(
      [...partitions.values()].every((of) => of.size === 1),
      'a gateway is in one partition',
    );
  });

  it('rejects go to the dead letters', async () => {
    const options = topics();
    const producer = await kafkaProducer(options);
    const reject = {
      received: 5,
      source: 'inbox',
      line: 3,
      text: 'x',
      reasons: [{ pointer: '', expected: 'a', found: 'b' }],
    };
    await producer.send(batchOf([], [reject]));
    await producer.close();
    const [letter] = await readTopic(options, 'dead-letters');
    const { line, text, reasons } = reject;
    assert.deepEqual(JSON.parse(letter!.value), { source: 'inbox', timestamp: 5, rejects: [{ line, text, reasons }] });
  });

  it('is a store to a river: an inbox answers when Kafka has it, and says so when Kafka is gone', async () => {
    const own = await ownServer('kafka');
    try {
      const options = fresh({ brokers: own.servers.brokers });
      const producer = await kafkaProducer(options);
      const inbox = createInbox();
      const stop = new AbortController();
      const flowing = river(inbox.source, { append: producer.send }, stop.signal);
      assert.deepEqual(await inbox.send(batchOf(sightings(10))), { stored: 10, duplicate: 0, rejected: 0 });
      await own.stop('SIGKILL');
      await assert.rejects(inbox.send(batchOf(sightings(10, 10))), NotStored);
      await own.start();
      // whoever was told to come again does
      for (let isStored = false; !isStored; )
        isStored = await inbox.send(batchOf(sightings(10, 10))).then(
          () => true,
          () => false,
        );
      const { rows } = await rowsOf(options, 20);
      assert.deepEqual(
        new Set(rows.map(({ observation }) => contentOf(observation))),
        new Set(contents(sightings(20))),
      );
      stop.abort();
      await flowing;
      await producer.close();
    } finally {
      await own.close();
    }
  });

  it('send(batch) past what may wait is refused and may come again', async () => {
    const options = topics();
    const producer = await kafkaProducer(options, 10);
    const first = producer.send(batchOf(sightings(8)));
    await assert.rejects(producer.send(batchOf(sightings(3))), NotStored);
    await first;
    await producer.send(batchOf(sightings(3)));
    await producer.close();
  });

  it('without a broker it cannot be made, and says so', async () => {
    await assert.rejects(kafkaProducer(fresh({ brokers: ['127.0.0.1:1'] })), /ECONNREFUSED/);
  });
});
