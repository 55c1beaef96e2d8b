import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate as immediate } from 'node:timers/promises';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { putRule, readFirings } from '../../services/ledger/rules.ts';
import { endOf } from '../../services/live/ends.ts';
import type { RoomFrame } from '../../services/model/frame.ts';
import type { Venue } from '../../services/model/venue.ts';
import { memoryRecord } from '../../services/store/record.ts';
import { openRules } from '../../services/work/rules.ts';

const T0 = Date.UTC(2026, 10, 3, 10);
const file = {
  zone: 'UTC',
  rooms: [{ id: 'hall', name: 'Hall', capacity: 60 }],
  gateways: [],
  rules: [{ id: 'full', measure: 'occupancy' as const, where: 'room:hall', above: 50, clear: 40 }],
};
const venue: Venue = { version: 'v', zone: 'UTC', file, rooms: ['hall'], gateways: [], merges: [] };
const hall = (occupancy: number): RoomFrame => ({
  ...{ room: 'hall', occupancy, coverage: 'good', parked: 0, claps: 0, temperature: null, gateways: 1, age: 1 },
  ...{ expected: null, low: null, high: null },
});

it('an episode keeps what was found when it fired and what when it was over, each in words', async () => {
  const ledger = memoryLedger();
  const record = memoryRecord('UTC');
  const ask = async () => assert.fail('no rule asks');
  const failed = (error: unknown) => assert.fail(String(error));
  const rules = await openRules({ ledger, venue, record, folder: null, ask, clock: () => T0, failed });
  for (const [second, people] of [54, 45, 38, 55].entries())
    rules.push({
      time: T0 + second * 1000,
      positions: [],
      venue: 'v',
      rule: '',
      baseline: null,
      rooms: [hall(people)],
    });
  await rules.settled();
  const [open, over] = await readFirings(ledger);
  const said = ({ value, clearedValue, sentence, clearedSentence }: typeof open & object) => [
    ...[value, clearedValue, sentence, clearedSentence],
  ];
  assert.deepEqual(said(over!), [54, 38, 'Hall: 54 people, above 50', 'Hall: 38 people, no longer above 50']);
  assert.deepEqual(said(open!), [55, null, 'Hall: 55 people, above 50', null]);
  await putRule(ledger, 'full', { measure: 'occupancy', where: 'room:hall', above: 80, unit: 'percent' });
  const newest = async () => (await readFirings(ledger)).find(({ since }) => since === open!.since)!;
  while ((await newest()).cleared === null) await immediate();
  assert.deepEqual(said(await newest()).slice(1), [
    55,
    'Hall: 55 people, above 50',
    'Hall: 55 people, the rule was changed',
  ]);
  await rules.end();
});

it('endOf() has the value of what was unusual, and none of what has none or cannot be told', () => {
  const anomaly = { place: 'room:hall', measure: 'anomaly', about: 'occupancy' } as const;
  const how = { venue, rooms: [hall(38)], unit: 'count' as const };
  const said = { clearedValue: 38, clearedSentence: 'Hall: 38 people, no longer unusual' };
  assert.deepEqual(endOf(anomaly, 'no longer unusual', how), said);
  const unknown = { clearedValue: null, clearedSentence: 'Hall: no longer unusual' };
  assert.deepEqual(endOf({ ...anomaly, about: 'coverage' }, 'no longer unusual', how), unknown);
  const deaf = { ...how, rooms: [{ ...hall(38), coverage: 'deaf' as const }] };
  assert.deepEqual(endOf(anomaly, 'no longer unusual', deaf), unknown);
  assert.deepEqual(endOf(anomaly, 'no longer unusual', { ...how, rooms: [] }), unknown);
});
