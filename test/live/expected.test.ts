import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { storedAhead } from '../../services/live/ahead.ts';
import { createBaseline } from '../../services/live/expected.ts';
import { createFanout } from '../../services/live/fanout.ts';
import { createLive } from '../../services/live/live.ts';
import { memoryRecord } from '../../services/store/record.ts';
import { venueOf } from '../locate/world.ts';
import { recorded } from './scene.ts';

const T0 = Date.UTC(2026, 10, 3, 10);
const rows = [
  { room: 'hall', from: T0 - 1_800_000, until: T0 + 3000, median: 41.256, low: 20, high: 60 },
  { room: 'hall', from: T0 + 3000, until: T0 + 1_800_000, median: 12, low: 0, high: 20 },
];

it('createBaseline(rows).at(room, second) is the row that holds the second, until excluded', () => {
  const { at } = createBaseline('v', rows);
  assert.deepEqual(at('hall', T0 + 2999), { expected: 41.26, low: 20, high: 60 });
  assert.equal(at('hall', T0 + 3000).expected, 12);
  for (const nowhere of [at('hall', T0 + 1_800_000), at('lounge', T0)])
    assert.deepEqual(nowhere, { expected: null, low: null, high: null });
});

it('live frames say what is expected, with the version of the baseline; the record keeps it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hallway-expected-'));
  const venue = venueOf([['gw-1', 'hall']]);
  const record = memoryRecord('UTC');
  let now = T0;
  const live = createLive({
    venue,
    record,
    state: { load: () => null, save: () => undefined },
    ahead: (from, after) => storedAhead(async function* () {}, from, after, [0]),
    fanout: createFanout(),
    clock: () => now,
    graceMs: 0,
    baseline: () => (now < T0 + 5000 ? createBaseline('version-1', rows) : null),
  });
  await live.start();
  for (; now <= T0 + 6000; now += 1000) live.advance();
  record.flush();
  const { frames } = await recorded(record);
  const said = frames.map(({ baseline, rooms }) => [baseline, rooms[0]!.expected, rooms[0]!.high]);
  assert.deepEqual(said.slice(-5), [
    ['version-1', 41.26, 60],
    ['version-1', 12, 20],
    ['version-1', 12, 20],
    [null, null, null],
    [null, null, null],
  ]);
  rmSync(folder, { recursive: true });
});
