import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { Aedes } from 'aedes';
import { connectAsync } from 'mqtt';
import { canBeTold, heardFrom, mqttMouth } from '../../services/source/mqtt/mouth.ts';
import { deadPort } from '../deliver/receiver.ts';
import { soon } from '../ledger/contract.ts';

describe('mqttMouth(options)', () => {
  it('says the newest of each gateway when the broker is back, retained, hears what they acknowledge, and clears what is for nobody, from before it too', async () => {
    const port = await deadPort();
    const troubles: string[] = [];
    const mouth = mqttMouth({ url: `mqtt://127.0.0.1:${port}` }, (sentence) => troubles.push(sentence));
    const heard: string[] = [];
    mouth.hear((gateway, payload) => heard.push(`${gateway} ${payload}`));
    mouth.say('pi-1', 'old');
    mouth.say('pi-1', 'new');
    await soon(async () => troubles.length > 0);
    assert.match(troubles[0]!, /cannot be reached/);
    const aedes = await Aedes.createBroker();
    const server = createServer(aedes.handle).listen(port, '127.0.0.1');
    await once(server, 'listening');
    const told: string[] = [];
    const gateway = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'pi-1', protocolVersion: 4 });
    gateway.on('message', (_topic, payload) => told.push(payload.toString()));
    await gateway.subscribeAsync('hallway/notices/pi-1', { qos: 1 });
    await soon(async () => told.length > 0);
    assert.deepEqual([...new Set(told)], ['new']);
    await gateway.publishAsync('hallway/notices/pi-1/ack', 'yes', { qos: 1 });
    await soon(async () => heard.includes('pi-1 yes'));
    await gateway.endAsync();
    mouth.say('pi-2', 'new');
    // What is retained comes to whoever subscribes, then what is said to all.
    const retained = async () => {
      const found: string[] = [];
      const one = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'looks', protocolVersion: 4 });
      one.on('message', (topic) => found.push(topic.split('/').at(-1)!));
      await one.subscribeAsync(['hallway/notices/+', 'end'], { qos: 1 });
      await one.publishAsync('end', 'x', { qos: 1 });
      await soon(async () => found.includes('end'));
      await one.endAsync();
      return found.filter((topic) => topic !== 'end').sort();
    };
    await soon(async () => (await retained()).length === 2);
    mouth.only(new Set(['pi-2']));
    await soon(async () => (await retained()).join() === 'pi-2');
    await mouth.end();
    const next = mqttMouth({ url: `mqtt://127.0.0.1:${port}` }, (sentence) => troubles.push(sentence));
    next.only(new Set(['pi-3']));
    await soon(async () => (await retained()).length === 0);
    await next.end();
    await new Promise<void>((resolve) => aedes.close(() => server.close(() => resolve())));
  });

  it('knows whose acknowledgement a topic is, and whom it cannot tell', () => {
    assert.deepEqual([heardFrom('hallway/notices/pi-1/ack'), heardFrom('hallway/pi-1/ack')], ['pi-1', null]);
    assert.deepEqual([canBeTold('pi-1'), canBeTold('status')], [true, false]);
  });
});
