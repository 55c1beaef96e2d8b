import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';
import kafkajs from 'kafkajs';
import { kafkaOf } from '../../services/roles/kafka.ts';
import { Misconfigured, readConfig } from '../../services/settings/config.ts';
import { dropBefore } from '../../services/source/kafka/drop.ts';
import { createLink, open } from '../../services/source/kafka/link.ts';
import type { Settled } from '../../services/source/kafka/options.ts';
import { openTopics, topicOf } from '../../services/source/kafka/topics.ts';
import { kafkaSource } from '../../services/source/kafka.ts';
import { kafkaProducer } from '../../services/source/kafka-producer.ts';
import { flow, river } from '../../services/work/river.ts';
import { certificates } from '../servers/mosquitto.ts';
import { isBuilt, ownServer } from '../servers/servers.ts';
import { newFolder, remove } from '../service.ts';
import { batchOf, sightings } from '../sightings.ts';
import { context, rowStore, soon, until } from './kafka-broker.ts';

// These are not exported as modules are.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const ALL_TOPICS = {
  resourceType: AclResourceTypes.TOPIC,
  resourceName: '*',
  resourcePatternType: ResourcePatternTypes.LITERAL,
};

it('Kafka with TLS and SASL, by the settings: in and out again; a wrong password and an unknown authority are said', {
  skip: isBuilt('kafka') ? false : 'no kafka is built: npm run servers build kafka',
  timeout: 120_000,
}, async () => {
  const folder = newFolder();
  const { ca, cert, key } = certificates(folder);
  const keystore = join(folder, 'broker.p12');
  const words = ['pkcs12', '-export', '-in', cert, '-inkey', key, '-certfile', ca, '-out', keystore];
  execFileSync('openssl', [...words, '-passout', 'pass:hallway'], { stdio: 'ignore' });
  const server = await ownServer('kafka', { KAFKA_KEYSTORE: keystore });
  try {
    const optionsOf = (more: Record<string, string> = {}) =>
      kafkaOf(
        readConfig({
          SOURCE: 'kafka',
          KAFKA_BROKERS: server.servers.brokers.join(),
          KAFKA_TLS: 'on',
          KAFKA_CA: ca,
          KAFKA_USERNAME: 'hallway',
          KAFKA_PASSWORD: 'hush-hush',
          ...more,
        }).kafka,
      );
    const producer = await kafkaProducer(optionsOf());
    await producer.send(batchOf(sightings(10)));
    await producer.close();
    const stop = new AbortController();
    const { store, rows } = rowStore();
    // The coordinator of a new broker may still be loading: a river begins again.
    const flowing = river(kafkaSource(optionsOf(), context), store, stop.signal);
    await until(() => rows.length === 10, 60_000);
    stop.abort();
    await flowing;
    await refusesToDelete(optionsOf(), optionsOf({ KAFKA_USERNAME: 'guest' }));
    const said = async (more: Record<string, string>) => {
      const error = await flow(kafkaSource(optionsOf(more), context), store, soon()).catch((error: Error) => error);
      return (error as Error).message;
    };
    const wrong = await said({ KAFKA_PASSWORD: 'not-hush-hush' });
    assert.match(wrong, /authentication failed|Authentication failed/i);
    assert.doesNotMatch(wrong, /hush/);
    assert.match(await said({ KAFKA_CA: '' }), /certificate|self.signed/i);
    assert.throws(() => optionsOf({ KAFKA_CA: join(folder, 'none') }), Misconfigured);
  } finally {
    await server.close();
    remove(folder);
  }
});

/** Whoever may do all with topics but delete is told so, and what is there stays. */
async function refusesToDelete(owner: Settled, guest: Settled): Promise<void> {
  const link = createLink(owner);
  const admin = link.kafka.admin();
  await open(admin);
  const acl = { ...ALL_TOPICS, principal: 'User:guest', host: '*' };
  const allowed = { ...acl, operation: AclOperationTypes.ALL, permissionType: AclPermissionTypes.ALLOW };
  const denied = { ...acl, operation: AclOperationTypes.DELETE, permissionType: AclPermissionTypes.DENY };
  await openTopics(admin, owner);
  const topic = topicOf(owner, 'frames');
  const producer = link.kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ value: 'a' }, { value: 'b' }] });
  await producer.disconnect();
  await admin.createAcls({ acl: [allowed, denied] });
  const low = async () => (await admin.fetchTopicOffsets(topic))[0]!.low;
  assert.equal(await dropBefore(guest, 'frames', 1), false);
  assert.equal(await low(), '0');
  assert.equal(await dropBefore(owner, 'frames', 1), true);
  assert.equal(await low(), '1');
  await admin.disconnect();
  link.cut();
}
