import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { CompressionTypes, type Message } from 'kafkajs';
import type { Settled } from '../../services/source/kafka/options.ts';
import { WrongTopic } from '../../services/source/kafka.ts';
import { flow } from '../../services/work/river.ts';
import { sourceContract } from './contract.ts';
import {
  asAdmin,
  committedOf,
  configure,
  forget,
  forgetTopics,
  fresh,
  makeTopics,
  noKafka,
  PSEUDONYM,
  produce,
  readTopic,
  rowStore,
  soon,
  sourceOf,
  topics,
  until,
} from './kafka-broker.ts';

const MAC = 'e0b201e3098c';
const TIME = Date.UTC(2026, 10, 3, 10);
const line = (n: number, more: object = {}) =>
  JSON.stringify({ time: TIME + n * 1000, gateway: `pi-${n % 5}`, badge: MAC, rssi: -60, ...more });

after(forgetTopics);

if (!noKafka) {
  const waiting = await Promise.all(Array.from({ length: 5 }, () => topics()));
  sourceContract('kafka', () => {
    const options = waiting.pop()!;
    let [acked, offered] = [0, 0];
    const { source, released } = sourceOf(options, {
      committed: (count) => {
        acked += count;
      },
    });
    const offer = (count: number) => {
      void produce(
        options,
        Array.from({ length: count }, () => ({ value: line(offered++) })),
      );
    };
    return { source, offer, acked: () => acked, released };
  });
}

/** Lets what is in a topic flow until so many observations and rejects have come and are committed. */
async function flowed(options: Settled, observations: number, rejects = 0) {
  const stop = new AbortController();
  let committed = 0;
  const { source } = sourceOf(options, { committed: (count) => (committed += count) });
  const { store, rows, batches, rejects: refused } = rowStore();
  const flowing = flow(source, store, stop.signal);
  const enough = () => committed >= observations && refused().length >= rejects && rows.length >= observations;
  try {
    await Promise.race([until(enough), flowing]);
  } finally {
    stop.abort();
    await flowing;
  }
  return { rows, batches, rejects: refused() };
}

describe('source kafka', { skip: noKafka, concurrency: 4, timeout: 120_000 }, () => {
  it('reads single objects, arrays, NDJSON, CSV, raddec and gzip, each message at its own position', async () => {
    const options = await topics({ partitions: 1 });
    const raddec = {
      transmitterId: MAC,
      transmitterIdType: 2,
      rssiSignature: [
        { receiverId: '001bc50940810000', receiverIdType: 1, rssi: -60, numberOfDecodings: 1 },
        { receiverId: '001bc50940810001', receiverIdType: 1, rssi: -70, numberOfDecodings: 1 },
      ],
      timestamp: TIME,
    };
    const values: (string | Buffer)[] = [
      line(1),
      `[${line(2)},${line(3)}]`,
      `${line(4)}\n${line(5)}\n${line(6)}\n`,
      `time,gateway,badge,rssi\n${TIME},pi-9,${MAC},-50\n`,
      JSON.stringify(raddec),
      gzipSync(`${line(7)}\n${line(8)}`),
    ];
    await produce(
      options,
      values.map((value) => ({ value })),
      CompressionTypes.GZIP,
    );
    const { rows } = await flowed(options, 11);
    assert.deepEqual(
      rows.map(({ position }) => position),
      [0, 1, 1, 2, 2, 2, 3, 4, 4, 5, 5],
    );
    assert.ok(rows.every(({ observation }) => observation.kind === 'sighting' && observation.badge === PSEUDONYM));
    assert.deepEqual(await committedOf(options), [6]);
  });

  it('stamps `received` with the time of the broker, not that of the sender', async () => {
    const options = await topics();
    const before = Date.now();
    await produce(options, [{ value: line(1, { received: 5 }), timestamp: '1600000000000' }]);
    const { rows } = await flowed(options, 1);
    const { received } = rows[0]!.observation;
    assert.ok(received >= before - 1000 && received <= Date.now() + 1000, `${received}`);
  });

  it('gives positions by partition and offset, and joins many messages into batches of at most 10,000', async () => {
    const options = await topics();
    const message = (n: number): Message => ({ value: line(n), partition: n % 4 });
    await produce(
      options,
      Array.from({ length: 25_000 }, (_, n) => message(n)),
      CompressionTypes.GZIP,
    );
    const { rows, batches } = await flowed(options, 25_000);
    const expected = rows.map(({ observation }) => {
      const n = (observation.time - TIME) / 1000;
      return (n % 4) * 2 ** 44 + Math.floor(n / 4);
    });
    assert.deepEqual(
      rows.map(({ position }) => position),
      expected,
    );
    assert.equal(new Set(expected).size, 25_000);
    const sizes = batches.map((batch) => batch.observations.length);
    assert.ok(Math.max(...sizes) <= 10_000 && sizes.length < 20, `${sizes}`);
  });

  it('cuts a message of more than a batch, and commits it after its last piece', async () => {
    const options = await topics({ partitions: 1 });
    const many = Array.from({ length: 25_000 }, (_, n) => line(n)).join('\n');
    await produce(options, [{ value: line(30_000) }, { value: gzipSync(many) }, { value: line(30_001) }]);
    const stop = new AbortController();
    const { store, rows } = rowStore(async (batch) => {
      if (batch.observations.length === 10_000 && rows.length > 1) stop.abort();
    });
    await flow(sourceOf(options).source, store, stop.signal);
    assert.deepEqual(await committedOf(options), [1]);
    const again = await flowed(options, 25_001);
    assert.deepEqual([...new Set(again.rows.map(({ position }) => position))], [1, 2]);
    assert.deepEqual(await committedOf(options), [3]);
  });

  it('poison goes to the dead letters, scrubbed and with its coordinates, and the partition moves on', async () => {
    const options = await topics({ partitions: 1 });
    const values: (string | Buffer | null)[] = [
      line(1),
      `{"gateway":"pi-1","badge":"${MAC}"`,
      Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]),
      null,
      Buffer.from(line(1), 'utf16le'),
      `nothing,${MAC}\n1,2\n`,
      `${line(2)}\n${line(3, { rssi: 99 })}\n${line(4)}`,
      line(5),
    ];
    await produce(
      options,
      values.map((value) => ({ value, key: MAC })),
    );
    const { rows, rejects } = await flowed(options, 4, 6);
    assert.deepEqual(
      rows.map(({ position }) => position),
      [0, 6, 6, 7],
    );
    assert.equal(rejects.length, 6);
    assert.deepEqual(await committedOf(options), [8]);
    const letters = await readTopic(options, 'dead-letters');
    const topic = `${options.prefix}observations`;
    assert.deepEqual(
      letters.map(({ key }) => key),
      [1, 2, 3, 4, 5, 6].map((offset) => `${topic}/0/${offset}`),
    );
    for (const [i, { value }] of letters.entries()) {
      const letter = JSON.parse(value);
      assert.deepEqual([letter.topic, letter.partition, letter.offset], [topic, 0, i + 1]);
      assert.ok(Math.abs(letter.timestamp - Date.now()) < 60_000);
      assert.ok(letter.rejects.length === 1 && letter.rejects[0].reasons.length > 0, value);
      const [{ text, reasons }] = letter.rejects;
      assert.doesNotMatch(`${text}${JSON.stringify(reasons)}`.replaceAll(/[^0-9a-z]/gi, ''), new RegExp(MAC, 'i'));
    }
    const [fault] = JSON.parse(letters[5]!.value).rejects;
    assert.deepEqual([fault.line, fault.reasons[0].pointer], [2, '/rssi']);
  });

  it('a dead letter that nobody takes: nothing is committed, and what was stored comes again', async () => {
    const options = await topics({ partitions: 1 });
    await produce(options, [{ value: line(1) }, { value: 'poison' }]);
    await configure(options, 'dead-letters', { 'max.message.bytes': '1' });
    const { store, rows } = rowStore();
    await assert.rejects(flow(sourceOf(options).source, store, soon()), /larger than the max/);
    assert.equal(rows.length, 1);
    assert.deepEqual(await committedOf(options), [-1]);
    await configure(options, 'dead-letters', {});
    const again = await flowed(options, 1, 1);
    assert.deepEqual(
      again.rows.map(({ position }) => position),
      [0],
    );
    assert.equal((await readTopic(options, 'dead-letters')).length, 1);
  });

  it('a store that fails: nothing is committed, and the same comes again at the same positions', async () => {
    const options = await topics();
    await produce(
      options,
      Array.from({ length: 100 }, (_, n) => ({ value: line(n) })),
    );
    const seen: number[] = [];
    const { store } = rowStore(async (batch) => {
      seen.push(...batch.positions!.observations);
      throw new Error('the disk is full');
    });
    await assert.rejects(flow(sourceOf(options).source, store, soon()), /disk is full/);
    assert.ok((await committedOf(options)).every((offset) => offset === -1));
    const { rows } = await flowed(options, 100);
    const positions = new Set(rows.map(({ position }) => position));
    assert.equal(positions.size, 100);
    assert.ok(seen.length > 0 && seen.every((position) => positions.has(position)));
  });

  it('a topic that does not stamp is refused with the command that changes it', async () => {
    const options = await topics();
    const topic = `${options.prefix}observations`;
    await configure(options, 'observations', { 'message.timestamp.type': 'CreateTime' });
    await assert.rejects(flow(sourceOf(options).source, rowStore().store, soon()), (error: Error) => {
      assert.ok(error instanceof WrongTopic);
      const command = `kafka-configs.sh --bootstrap-server ${options.brokers} --alter --entity-type topics --entity-name ${topic} --add-config message.timestamp.type=LogAppendTime`;
      assert.ok(error.message.includes(command), error.message);
      return true;
    });
  });

  it('topics are made as they should be, and found with the partitions they have', async () => {
    const options = await topics({ partitions: 5 });
    assert.deepEqual(await makeTopics({ ...options, partitions: 7 }), {
      observations: 5,
      frames: 1,
      state: 1,
      ledger: 1,
      'dead-letters': 1,
    });
    await assert.rejects(makeTopics({ ...options, partitions: 512 }), /expected 1 to 511 partitions/);
    const name = `${options.prefix}observations`;
    const { resources } = await asAdmin(options, (admin) =>
      admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name }] }),
    );
    const config = new Map(resources[0]!.configEntries.map((entry) => [entry.configName, entry.configValue]));
    assert.equal(config.get('retention.ms'), String(7 * 86_400_000));
    assert.equal(config.get('message.timestamp.type'), 'LogAppendTime');
  });

  it('two that make the topics at once both find them', async () => {
    const options = fresh();
    const [a, b] = await Promise.all([makeTopics(options), makeTopics(options)]);
    await forget(options);
    assert.deepEqual(a, b);
  });

  it('a codec that cannot be read is named, with what to do', async () => {
    const options = await topics();
    await configure(options, 'observations', {
      'compression.type': 'zstd',
      'message.timestamp.type': 'LogAppendTime',
    });
    await produce(options, [{ value: line(1) }]);
    await assert.rejects(
      flow(sourceOf(options).source, rowStore().store, soon()),
      /packed with ZSTD; gzip and none can be read.*compression\.type=gzip.*kafka-consumer-groups/,
    );
  });
});
