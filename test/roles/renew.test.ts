import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { KafkaMessage } from 'kafkajs';
import { lineWithout } from '../../services/forget/record.ts';
import { forgottenKey } from '../../services/ledger/forgetting.ts';
import { type Line, lineOf } from '../../services/model/line.ts';
import { createFence, earlierIn, entryOf, renewFrames } from '../../services/roles/frames.ts';
import { ledgerIn } from '../../services/roles/ledger.ts';
import { type Pump, startPump } from '../../services/roles/pump.ts';
import { readAll, tail } from '../../services/source/kafka/tail.ts';
import type { TopicName } from '../../services/source/kafka/topics.ts';
import { newFolder, remove } from '../service.ts';
import { forgetTopics, noKafka, topics, until } from '../source/kafka-broker.ts';

const NOON = Date.UTC(2026, 10, 3, 12);
const HIDDEN = 'k1.AAAAAAAAAAAAAAAA';
const OTHER = 'k1.BBBBBBBBBBBBBBBB';
const never = (error: unknown) => assert.fail(String(error));

describe('what Kafka holds of a badge that is forgotten', { skip: noKafka, timeout: 120_000 }, () => {
  const dataDir = newFolder();
  after(async () => {
    remove(dataDir);
    await forgetTopics();
  });

  it('frames: the lines that hold stay for who begins anew, those that come are taken once, and the topic names it no more', async () => {
    const kafka = await topics({ partitions: 1 });
    const started = await startPump(kafka, 'frames', entryOf(null, 0), never);
    const say = (seconds: number[], { pump, offset }: { pump: Pump; offset: number } = started) => {
      for (const second of seconds) pump.put('frames', entryOf(line(second), offset));
      return pump.drained();
    };
    await say([0, 1, 2, 3]);
    // A term that is over says what holds no more.
    const next = await startPump(kafka, 'frames', entryOf(null, 0), never);
    await say([4, 5], next);
    await say([6], started);
    const earlier = earlierIn(dataDir);
    const live = createReader();
    const stop = new AbortController();
    const following = tail(kafka, 'frames', { from: { offset: 0 }, take: live.take, earlier }, stop.signal);
    await until(() => live.seconds().length === 6);

    const isHidden = (badge: string) => badge === HIDDEN;
    for (const more of [[6], [7, 8]]) {
      await renewFrames(kafka, dataDir, (one) => lineWithout(one, isHidden));
      const held = await textsOf(kafka, 'frames');
      assert.ok(!held.includes(HIDDEN), held);
      assert.equal(readdirSync(join(dataDir, 'live')).length, 1);
      await say(more, next);
    }
    const anew = createReader();
    await readAll(kafka, 'frames', { offset: 0 }, anew.take, earlier);
    const all = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    assert.deepEqual(anew.seconds(), all);
    assert.deepEqual(anew.badges(), [...Array(7).fill([OTHER]), ...Array(2).fill([HIDDEN, OTHER])]);
    await until(() => live.seconds().length === 9);
    assert.deepEqual(live.seconds(), all);
    // Who has not read on meanwhile goes on with what stood there.
    const late = createReader();
    for (const second of [0, 1]) late.take(messageOf(line(second)));
    await readAll(kafka, 'frames', { offset: 3 }, late.take, earlier);
    assert.deepEqual(late.seconds(), all);
    stop.abort();
    await following;
    await Promise.all([started.pump.end(), next.pump.end()]);
  });

  it('ledger: what is renewed names it no more in any text', async () => {
    const kafka = await topics({ partitions: 1 });
    const ledger = await ledgerIn(kafka, never);
    await ledger.put('note/1', 1, { text: `${HIDDEN} and ${OTHER}` });
    await ledger.put(forgottenKey(HIDDEN), 1, { time: NOON });
    assert.ok((await textsOf(kafka, 'ledger')).includes(HIDDEN));
    await ledger.renew((entries) => entries);
    const held = await textsOf(kafka, 'ledger');
    assert.ok(!held.includes(HIDDEN) && held.includes(OTHER), held);
    await ledger.close();
  });
});

/** A second in which a badge to be forgotten and another came. */
function line(second: number): Line {
  const time = NOON + 1000 * second;
  const frame = { time, positions: [], venue: 'v', rule: 'r', baseline: null, rooms: [] };
  const began = [HIDDEN, OTHER].map(
    (badge) => ({ badge, room: 'hall', from: time, until: null, heard: time }) as never,
  );
  return lineOf(frame, null, { anew: false, ended: [], began });
}

const messageOf = (one: Line) =>
  ({ offset: '0', value: Buffer.from(JSON.stringify(one)), headers: { term: '0' } }) as unknown as KafkaMessage;

/** The lines that hold, of all that are taken. */
function createReader() {
  const fence = createFence();
  const lines: Line[] = [];
  return {
    take(entry: KafkaMessage) {
      const found = fence(entry);
      if (found) lines.push(found);
    },
    seconds: () => lines.map(({ time }) => (time - NOON) / 1000),
    badges: () => lines.map(({ began }) => began.map(({ badge }) => badge)),
  };
}

/** All that a topic gives to whoever reads it. */
async function textsOf(kafka: Parameters<typeof readAll>[0], name: TopicName): Promise<string> {
  const texts: string[] = [];
  const take = ({ value }: KafkaMessage) => void texts.push(String(value));
  await readAll(kafka, name, { offset: 0 }, take);
  return texts.join('\n');
}
