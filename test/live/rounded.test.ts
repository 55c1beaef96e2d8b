import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createFanout } from '../../services/live/fanout.ts';
import { roundedFanout } from '../../services/live/rounded.ts';
import type { Holding } from '../../services/model/notice.ts';

const holding = (id: string, origin: Holding['origin']): Holding => ({
  ...{ id, kind: 'info', text: id, targets: ['venue'], from: 0, until: null, origin, turn: 0 },
});

it('roundedFanout(whole, …) tells of notices when one changes that the public may see, and of no other moment', async () => {
  const whole = createFanout();
  const publicly = roundedFanout(whole, 5, async () => [], assert.ifError);
  const told: [number, string[]][] = [];
  publicly.watch(({ time, holding }) => holding && told.push([time, holding.map(({ id }) => id)]));
  const [lunch, busy] = [holding('lunch', 'page'), holding('busy', 'rule')];
  whole.notice(1, []);
  whole.notice(2, [busy]);
  whole.notice(3, [busy, lunch]);
  whole.notice(4, [lunch]);
  whole.notice(5, [lunch, busy]);
  await setImmediate();
  assert.deepEqual(told, [
    [1, []],
    [3, ['lunch']],
  ]);
  // Who comes in later learns no other moment either.
  const kept = /"time":(\d+)/.exec(publicly.noticed()!.bytes.toString())?.[1];
  assert.equal(kept, '3');
  whole.notice(6, [busy]);
  await setImmediate();
  assert.deepEqual(told.at(-1), [6, []]);
});
