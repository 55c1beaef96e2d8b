import assert from 'node:assert/strict';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { openHouse, rehoused, renewed } from '../../services/house/house.ts';
import { lineOf } from '../../services/model/line.ts';
import { readConfig } from '../../services/settings/config.ts';
import { newFolder, remove } from '../service.ts';

const NOON = Date.UTC(2026, 10, 3, 12);
const dataDir = newFolder();
after(() => remove(dataDir));

it('rehoused(house, venue) and renewed(house) round what the public asks, as before', async () => {
  const first = await openHouse(readConfig({ DATA_DIR: dataDir, DEMO: 'off', MIN_COUNT: '5' }));
  const frame = { time: NOON, positions: [1], venue: '', rule: '1', baseline: null, rooms: [] };
  first.record.append(lineOf(frame, null, { anew: true, ended: [], began: [] }));
  first.record.flush();
  for (const house of [first, rehoused(first, first.venue), rehoused(renewed(first), first.venue)]) {
    const answer = await house.ask({ dataset: 'days' }, { scope: 'public' });
    const tags: string[] = [];
    for await (const rows of answer.rows) tags.push(...rows.map(({ tag }) => String(tag)));
    assert.equal(tags.length, 1);
    assert.match(tags[0]!, /-5$/);
  }
  await first.close();
});

it('openHouse(config) makes the database of a folder from before for its owner alone', async () => {
  const dataDir = newFolder();
  const config = readConfig({ DATA_DIR: dataDir, DEMO: 'off' });
  const file = join(dataDir, 'main', 'hallway.duckdb');
  try {
    await (await openHouse(config)).close();
    chmodSync(file, 0o644);
    await (await openHouse(config)).close();
    assert.equal(statSync(file).mode & 0o777, 0o600);
  } finally {
    remove(dataDir);
  }
});
