import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import type { Batch } from '../../services/model/batch.ts';
import { type Broker, createBroker } from '../../services/source/mqtt/broker.ts';
import type { Source } from '../../services/source/source.ts';
import { parseKeys, pseudonymiser } from '../../services/validate/pseudonym.ts';
import { soon } from '../ledger/contract.ts';
import { sourceContract } from './contract.ts';

const pseudonym = pseudonymiser(parseKeys('1:0123456789abcdef'));
const NOW = Date.UTC(2026, 10, 3, 10);
const TOPIC = 'hallway/pi-1/observations';
const context = () => ({ source: 'mqtt', received: NOW, keepFrom: 0, pseudonym });
type Open = Broker & { port: number };
const open = async (): Promise<Open> => {
  const broker = await createBroker({ host: '127.0.0.1', port: 0, isLet: async () => true, context });
  return Object.assign(broker, { port: await broker.listen() });
};
const clientOf = (broker: Open, more: IClientOptions = {}): Promise<MqttClient> =>
  connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
    clientId: 'pi-1',
    reconnectPeriod: 0,
    protocolVersion: 4,
    ...more,
  });
const sighting = (n: number, more = {}) => ({
  gateway: 'pi-1',
  badge: `e0b201e30${n + 100}`,
  rssi: -60,
  time: NOW - n,
  ...more,
});
const say = (client: MqttClient, body: string | Buffer, topic = TOPIC) => client.publishAsync(topic, body, { qos: 1 });

/** A river that keeps what it is given, once `hold` lets it. */
function riverOf(broker: Broker, hold: () => Promise<void> = async () => {}) {
  const batches: Batch[] = [];
  const stop = new AbortController();
  const flowing = (async () => {
    const source = broker.source(stop.signal);
    for (let step = await source.next(); !step.done; ) {
      await hold();
      batches.push(step.value);
      const stored = step.value.observations.length;
      step = await source.next({ position: batches.length, stored, duplicates: new Uint32Array() });
    }
  })();
  return {
    observations: () => batches.flatMap((batch) => batch.observations),
    rejects: () => batches.flatMap((batch) => batch.rejects),
    async end() {
      stop.abort();
      await flowing;
      await broker.close();
    },
  };
}

/** A broker with a river behind it and a gateway before it, for as long as `use` needs them. */
async function using(
  use: (at: { broker: Open; client: MqttClient; river: ReturnType<typeof riverOf> }) => Promise<void>,
  hold?: () => Promise<void>,
): Promise<void> {
  const broker = await open();
  const river = riverOf(broker, hold);
  const client = await clientOf(broker);
  try {
    await use({ broker, client, river });
  } finally {
    await client.endAsync(true);
    await river.end();
  }
}

/** Whether a gateway is cut off after what it did, however busy the machine is. */
async function isCutOff(client: MqttClient): Promise<boolean> {
  const closed = new Promise<boolean>((resolve) => client.once('close', () => resolve(true)));
  return Promise.race([closed, sleep(20_000, false, { ref: false })]);
}

describe('an MQTT broker in process', () => {
  it('takes objects, arrays, NDJSON and gzip under hallway/<gateway>/observations, stamped when they came', () =>
    using(async ({ client, river }) => {
      const lines = [3, 4].map((n) => JSON.stringify(sighting(n))).join('\n');
      const [object, array, packed] = [
        JSON.stringify(sighting(1)),
        JSON.stringify([sighting(2)]),
        JSON.stringify(sighting(5)),
      ];
      for (const body of [object, array, lines, gzipSync(packed)]) await say(client, body);
      const found = river.observations();
      assert.deepEqual(
        found.map(({ time, received }) => [NOW - time, received]),
        [1, 2, 3, 4, 5].map((n) => [n, NOW]),
      );
      assert.doesNotMatch(JSON.stringify(found), /e0b201e30/);
    }));

  it('holds the PUBACK until the store has it', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using(
      async ({ broker, client, river }) => {
        let isAcknowledged = false;
        const published = say(client, JSON.stringify(sighting(1))).then(() => {
          isAcknowledged = true;
        });
        await soon(async () => broker.pending === 1);
        await sleep(200);
        assert.deepEqual([isAcknowledged, broker.pending], [false, 1]);
        release();
        await published;
        assert.deepEqual([river.observations().length, broker.pending], [1, 0]);
      },
      () => held,
    );
  });

  it('what is not stored has no PUBACK, and the connection ends, so that it is sent again', async () => {
    const broker = await open();
    const client = await clientOf(broker);
    let isAcknowledged = false;
    void say(client, JSON.stringify(sighting(1))).then(
      () => {
        isAcknowledged = true;
      },
      () => undefined,
    );
    await sleep(100);
    const cut = isCutOff(client);
    await broker.close();
    assert.deepEqual([await cut, isAcknowledged], [true, false]);
    await client.endAsync(true);
  });

  it('a gateway may speak only for itself: a foreign topic ends its connection, a foreign gateway is a reject', () =>
    using(async ({ broker, client, river }) => {
      await say(client, JSON.stringify([sighting(1), sighting(2, { gateway: 'pi-2' })]));
      assert.deepEqual(
        river.observations().map((one) => one.kind === 'sighting' && one.gateway),
        ['pi-1'],
      );
      const [reject] = river.rejects();
      assert.deepEqual(reject!.reasons, [{ pointer: '/gateway', expected: 'pi-1, as in the topic', found: 'pi-2' }]);
      assert.doesNotMatch(reject!.text, /e0b201e30/);
      for (const topic of ['hallway/pi-2/observations', 'hallway/pi-1/other', 'elsewhere']) {
        const other = await clientOf(broker);
        void say(other, JSON.stringify(sighting(3)), topic).catch(() => undefined);
        assert.ok(await isCutOff(other), topic);
        await other.endAsync(true);
      }
      assert.equal(river.observations().length, 1);
    }));

  it('a status, and the last will of one that is cut off, are heartbeats', () =>
    using(async ({ broker, river }) => {
      const will = { topic: 'hallway/pi-9/status', payload: Buffer.from('offline'), qos: 1 as const, retain: true };
      const client = await clientOf(broker, { clientId: 'pi-9', will });
      await say(client, 'online', 'hallway/pi-9/status');
      await say(client, '{"status":"online","info":"up 3 days"}', 'hallway/pi-9/status');
      client.stream.destroy();
      await soon(async () => river.observations().length >= 3);
      const said = river.observations().map((one) => one.kind === 'heartbeat' && [one.gateway, one.status, one.info]);
      assert.deepEqual(said, [
        ['pi-9', 'online', null],
        ['pi-9', 'online', 'up 3 days'],
        ['pi-9', 'offline', null],
      ]);
    }));

  it('what cannot be read is kept as a reject, scrubbed, and acknowledged: it would never become better', () =>
    using(async ({ client, river }) => {
      await say(client, 'nonsense of e0:b2:01:e3:09:8c');
      await say(client, Buffer.concat([gzipSync('{}').subarray(0, 12)]));
      await say(client, '{"status":', 'hallway/pi-1/status');
      assert.equal(river.observations().length, 0);
      assert.equal(river.rejects().length, 3);
      assert.doesNotMatch(JSON.stringify(river.rejects()), /e0:b2/);
    }));

  it('a gateway that is faster than the store is not read any more: what waits is bounded', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using(
      async ({ broker, client, river }) => {
        const body = JSON.stringify(Array.from({ length: 50 }, (_, n) => sighting(n)));
        const sent = Promise.allSettled(Array.from({ length: 1000 }, () => say(client, body)));
        await soon(async () => broker.pending > 1);
        let most = 0;
        for (let n = 0; n < 30; n++) {
          await sleep(20);
          most = Math.max(most, broker.pending);
        }
        // No more than was read from the socket at once.
        assert.ok(most > 1 && most * body.length < 2 ** 18, `${most} messages waited`);
        release();
        const lost = (await sent).filter(({ status }) => status === 'rejected');
        assert.deepEqual([lost.length, river.observations().length], [0, 50_000]);
      },
      () => held,
    );
  });

  it('a gateway that may not be one any more is cut off, and comes in no more', async () => {
    let isLet = true;
    const options = { host: '127.0.0.1', port: 0, isLet: async () => isLet, context, lookMs: 20 };
    const made = await createBroker(options);
    const broker = Object.assign(made, { port: await made.listen() });
    const river = riverOf(broker);
    const client = await clientOf(broker);
    await say(client, JSON.stringify(sighting(1)));
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    isLet = false;
    await closed;
    await assert.rejects(clientOf(broker), /Bad username or password/);
    assert.equal(river.observations().length, 1);
    await river.end();
  });

  it('keeps nothing for a gateway that is not to be told any more', async () => {
    const broker = await open();
    const river = riverOf(broker);
    broker.mouth.say('pi-1', 'before');
    broker.mouth.only(new Set(['pi-2']));
    const client = await clientOf(broker);
    const told: string[] = [];
    client.on('message', (_topic, payload) => told.push(payload.toString()));
    await client.subscribeAsync('hallway/notices/pi-1', { qos: 1 });
    broker.mouth.say('pi-1', 'now');
    await soon(async () => told.length > 0);
    assert.deepEqual(told, ['now']);
    await client.endAsync();
    await river.end();
  });

  it('nobody may listen to what others say', () =>
    using(async ({ client }) => {
      await assert.rejects(client.subscribeAsync('hallway/#', { qos: 1 }));
    }));
});

const closers: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of closers) await close();
});

sourceContract('mqtt', () => {
  const opened = open();
  let [acked, offered] = [0, 0];
  let [client, broker]: [MqttClient | null, Open | null] = [null, null];
  const ready = opened.then(async (one) => {
    broker = one;
    client = await clientOf(one, { reconnectPeriod: 20 });
  });
  closers.push(async () => {
    await ready;
    await client!.endAsync(true);
    await broker!.close();
  });
  const source: Source = async function* (signal) {
    yield* (await opened).source(signal);
  };
  const offer = (count: number) => {
    const body = JSON.stringify(Array.from({ length: count }, (_, n) => sighting(offered + n)));
    offered += count;
    void ready
      .then(() => say(client!, body))
      .then(
        () => {
          acked += count;
        },
        () => undefined,
      );
  };
  return { source, offer, acked: () => acked, released: () => (broker?.pending ?? 0) === 0 };
});
