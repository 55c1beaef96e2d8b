import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { tell } from '../../services/deliver/send.ts';
import type { Destination } from '../../services/model/destination.ts';
import { topicOf } from '../../services/source/kafka/topics.ts';
import { forgetTopics, noKafka, readTopic, topics } from '../source/kafka-broker.ts';
import { deadPort } from './receiver.ts';

const message = { id: 'abc-fired', type: 'rule.fired', subject: 'Full', lines: [], page: null, body: { rule: 'full' } };
const way = () => ({ done: new Set<string>(), signal: new AbortController().signal });

describe('tell(a topic of Kafka)', { skip: noKafka }, () => {
  after(forgetTopics);

  it('puts it there under its id; a topic that is not there, or no broker, is said without the password', async () => {
    const options = await topics();
    const at = { name: 'bus', kind: 'kafka', brokers: options.brokers.join(',') } as const;
    const bus: Destination = { ...at, topic: topicOf(options, 'dead-letters') };
    const sent = way();
    await tell(bus, message, sent);
    assert.deepEqual([...sent.done], ['answered']);
    const [entry] = await readTopic(options, 'dead-letters');
    assert.deepEqual(
      [entry!.key, JSON.parse(entry!.value)],
      ['abc-fired', { id: 'abc-fired', type: 'rule.fired', rule: 'full' }],
    );
    const gone: Destination = {
      ...bus,
      brokers: `127.0.0.1:${await deadPort()}`,
      username: 'hallway',
      password: 'hush-hush',
    };
    await assert.rejects(tell(gone, message, way()), (error: Error) => !error.message.includes('hush-hush'));
  });
});
