import assert from 'node:assert/strict';
import { it } from 'node:test';
import { memoryLedger } from '../services/ledger/memory.ts';
import { readFirings } from '../services/ledger/rules.ts';
import type { RoomFrame } from '../services/model/frame.ts';
import type { Venue } from '../services/model/venue.ts';
import { openRules } from '../services/rules.ts';
import { memoryRecord } from '../services/store/record.ts';

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
  await rules.end();
});
