import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { lineOf } from '../../services/model/line.ts';
import { entryOf } from '../../services/roles/frames.ts';
import { startPump } from '../../services/roles/pump.ts';
import { forgetShown, keepShown } from '../../services/roles/shown.ts';
import { memoryRecord } from '../../services/store/record.ts';
import { configure, forgetTopics, noKafka, topics, until } from '../source/kafka-broker.ts';

const NOON = Date.UTC(2026, 10, 3, 12);
const DAY_MS = 86_400_000;
const DAYS = ['2026-11-01', '2026-11-02', '2026-11-03'];

after(forgetTopics);

it('keepShown(…): what was shown is remembered as long as Kafka has it and results are kept', {
  skip: noKafka,
  timeout: 120_000,
}, async () => {
  const kafka = await topics({ partitions: 1 });
  const { pump, offset } = await startPump(kafka, 'frames', entryOf(null, 0), assert.ifError);
  for (const days of [2, 1, 0]) {
    const time = NOON - days * DAY_MS;
    const frame = { ...{ time, positions: [], venue: 'v', rule: 'r', baseline: null }, rooms: [] };
    pump.put('frames', entryOf(lineOf(frame, null, { began: [], ended: [], anew: false }), offset));
  }
  await pump.drained();
  const config = { dataDir: '/nowhere', keepResultsDays: 0 };
  const stop = new AbortController();
  const [record, told] = [memoryRecord('UTC'), [] as number[]];
  let isRead = false;
  const keeping = keepShown({
    ...{ config, kafka, record, sift: { isForgotten: () => false }, signal: stop.signal },
    missed: () => assert.ifError,
    each: ({ time }) => told.push(time),
    caughtUp() {
      isRead = true;
    },
  });
  await until(() => isRead);
  assert.deepEqual(record.days(), DAYS);
  assert.equal(told.length, 3);
  assert.equal(await forgetShown(kafka, config, record, NOON), 0, 'Kafka keeps seven days');
  assert.equal(await forgetShown(kafka, { keepResultsDays: 1 }, record, NOON), 1);
  await configure(kafka, 'frames', { 'retention.ms': '1000' });
  assert.equal(await forgetShown(kafka, config, record, NOON), 1);
  assert.deepEqual(record.days(), DAYS.slice(2));
  stop.abort();
  await keeping;
  await pump.end();
});
