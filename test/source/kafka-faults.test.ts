import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLink } from '../../services/source/kafka/link.ts';
import type { Settled } from '../../services/source/kafka/options.ts';
import { Stuck } from '../../services/source/kafka/stuck.ts';
import { kafkaSource } from '../../services/source/kafka.ts';
import { flow, river } from '../../services/work/river.ts';
import { ownServer } from '../servers/servers.ts';
import { program } from '../service.ts';
import {
  asAdmin,
  committedOf,
  contentOf,
  context,
  forgetTopics,
  fresh,
  makeTopics,
  noKafka,
  produce,
  type Row,
  rowStore,
  soon,
  sourceOf,
  topics,
  until,
} from './kafka-broker.ts';

const CHILD = program('test/source/kafka-child');
const PARTITIONS = 4;

const stops: AbortController[] = [];
after(async () => {
  for (const stop of stops) stop.abort();
  await forgetTopics();
});

/** A sender that knows what it sent: `send` resolves when Kafka has it. */
function sender(options: Settled) {
  let count = 0;
  const send = (more: number) => {
    const first = count;
    count += more;
    const messages = Array.from({ length: more }, (_, i) => ({
      partition: (first + i) % PARTITIONS,
      value: JSON.stringify({ sensor: 's', quantity: 'light', value: first + i, time: Date.UTC(2026, 10, 3) }),
    }));
    return produce(options, messages);
  };
  return { send, numbers: () => Array.from({ length: count }, (_, n) => n) };
}

const numberOf = ({ observation }: Pick<Row, 'observation'>) =>
  observation.kind === 'measurement' ? observation.value : assert.fail();

/** Stored at least once is all that was sent, and nothing else; what came again did so at its own position. */
function assertExact(rows: Row[], sent: number[]): void {
  const positions = new Map<number, number>();
  for (const row of rows) {
    const known = positions.get(numberOf(row));
    if (known !== undefined) assert.equal(row.position, known);
    positions.set(numberOf(row), row.position);
  }
  assert.deepEqual(
    [...positions.keys()].sort((a, b) => a - b),
    sent,
  );
  assert.equal(new Set(positions.values()).size, sent.length);
}

/** A consumer of a group that runs until it is stopped. */
function consumer(options: Settled, before: Parameters<typeof rowStore>[0] = async () => {}) {
  const stop = new AbortController();
  stops.push(stop);
  const state = { opened: 0, failures: [] as unknown[] };
  const { source, released } = sourceOf(options, { opened: () => state.opened++ });
  const { store, rows } = rowStore(before);
  const flowing = river(source, store, stop.signal, { failed: (error) => state.failures.push(error) });
  const end = async () => {
    stop.abort();
    await flowing;
    assert.ok(released());
  };
  return { rows, state, end };
}

const seen = (...lists: Row[][]) => new Set(lists.flat().map(numberOf)).size;

describe('source kafka, when things go wrong', { skip: noKafka, concurrency: 8, timeout: 150_000 }, () => {
  it('kill −9 of a consumer in the middle: all is stored, and what comes again has its old position', async () => {
    const options = await topics();
    const { send, numbers } = sender(options);
    const folder = mkdtempSync(join(tmpdir(), 'hallway-kafka-'));
    const file = join(folder, 'rows');
    const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
    const start = () => {
      const args = [...CHILD, JSON.stringify(options), file, '200'];
      return spawn(process.execPath, args, { stdio: 'inherit' });
    };
    let child = start();
    try {
      for (let round = 0; round < 3; round++) {
        await send(200);
        const before = lines().length;
        await until(() => lines().length > before, 40_000);
        child.kill('SIGKILL');
        await once(child, 'exit');
        child = start();
      }
      await send(100);
      const rows = () =>
        lines().map((line): Row => {
          const [content, position] = JSON.parse(line) as [string, number];
          return { observation: JSON.parse(content), position };
        });
      await until(() => seen(rows()) === 700, 60_000);
      assertExact(rows(), numbers());
      assert.ok(rows().length > 700, 'nothing was killed between store and commit');
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });

  it('a broker killed with −9: the source says so, and goes on when it is back, without loss', async () => {
    const own = await ownServer('kafka');
    const options = fresh({ brokers: own.servers.brokers });
    try {
      await makeTopics(options);
      const { send, numbers } = sender(options);
      const { rows, state, end } = consumer(options);
      await send(500);
      await until(() => rows.length > 0);
      await own.stop('SIGKILL');
      await until(() => state.failures.length > 0, 60_000);
      await own.start();
      await send(500);
      await until(() => seen(rows) === 1000, 60_000);
      await end();
      assertExact(rows, numbers());
      const offsets = await committedOf(options);
      assert.equal(
        offsets.reduce((sum, offset) => sum + offset, 0),
        1000,
      );
    } finally {
      await own.close();
    }
  });

  it('a second consumer joins and leaves: nothing is lost, and who has a partition stores it', async () => {
    const options = await topics();
    const { send, numbers } = sender(options);
    const slow = () => sleep(50);
    const first = consumer(options, slow);
    await send(300);
    await until(() => first.rows.length > 0);
    const second = consumer(options, slow);
    while (second.rows.length < 50) await send(100);
    await second.end();
    const left = second.rows.length;
    await send(500);
    await until(() => seen(first.rows, second.rows) === numbers().length, 40_000);
    await first.end();
    assertExact([...first.rows, ...second.rows], numbers());
    assert.equal(second.rows.length, left);
    assert.deepEqual([...first.state.failures, ...second.state.failures], []);
    // a rebalance waits for the batch that is being stored, so nothing came twice
    assert.equal(first.rows.length + second.rows.length, numbers().length);
  });

  it('who was too slow for a rebalance commits nothing that is not its own any more', async () => {
    const options = await topics({ rebalanceMs: 6000 });
    const { send, numbers } = sender(options);
    const slow = consumer(options, () => sleep(20_000));
    await send(200);
    await until(() => slow.state.opened > 0);
    await sleep(1000);
    const quick = consumer(options);
    await send(200);
    await until(() => seen(quick.rows) === 400, 40_000);
    const before = await committedOf(options);
    await until(() => slow.rows.length > 0, 30_000);
    await sleep(500);
    const offsets = await committedOf(options);
    assert.ok(
      offsets.every((offset, i) => offset >= before[i]!),
      `${before} → ${offsets}`,
    );
    await Promise.all([slow.end(), quick.end()]);
    assertExact([...slow.rows, ...quick.rows], numbers());
  });

  it('a store that takes 30 s with a session of 10 s: the consumer stays in the group', async () => {
    const options = await topics({ sessionMs: 10_000 });
    const { send, numbers } = sender(options);
    let slowMs = 30_000;
    let isStoring = false;
    const { rows, end } = consumer(options, async () => {
      isStoring = true;
      await sleep(slowMs);
      slowMs = 0;
    });
    await send(100);
    await until(() => isStoring);
    const memberOf = () =>
      asAdmin(options, async (admin) => {
        const { groups } = await admin.describeGroups([options.groupId]);
        return groups[0]!.members.map(({ memberId }) => memberId);
      });
    const before = await memberOf();
    await until(() => seen(rows) === 100, 60_000);
    assert.deepEqual(await memberOf(), before);
    assert.equal(before.length, 1);
    await end();
    assertExact(rows, numbers());
    assert.equal(rows.length, 100);
    assert.equal(
      (await committedOf(options)).reduce((sum, offset) => sum + offset, 0),
      100,
    );
  });

  it('a consumer that falls silent before the last messages is noticed, though nothing more is sent', async () => {
    const options = await topics({ stuckMs: 2000 });
    const deaf: typeof createLink = (settled) => {
      const link = createLink(settled);
      const make = link.kafka.consumer.bind(link.kafka);
      link.kafka.consumer = (config) => {
        const one = make(config);
        return { ...one, run: (how) => one.run({ ...how, eachBatch: async () => {} }) };
      };
      return link;
    };
    const { send } = sender(options);
    await send(10);
    const silent = kafkaSource(options, context, { createLink: deaf });
    await assert.rejects(flow(silent, rowStore().store, soon()), (error: Error) => {
      assert.ok(error instanceof Stuck, error.stack);
      assert.match(error.message, /nothing came from \S+ for \d s, while 10 messages wait/);
      return true;
    });
  });

  it('neither a slow store nor a quiet topic is taken for a silent consumer', async () => {
    // Long enough that a busy machine is not silent for it, and shorter than the store takes and the topic is quiet.
    const options = await topics({ stuckMs: 4000 });
    const { send, numbers } = sender(options);
    const { rows, state, end } = consumer(options, () => sleep(6000));
    await until(() => state.opened > 0);
    await sleep(6000);
    for (let i = 0; i < 4; i++) {
      await send(20);
      await sleep(2000);
    }
    await until(() => seen(rows) === 80, 40_000);
    await end();
    assert.deepEqual(state.failures, []);
    assertExact(rows, numbers());
    assert.equal(contentOf(rows[0]!.observation).includes('received'), false);
  });
});
