import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { resultsFrom } from '../../services/house/house.ts';
import { dropBefore, publish, readParts, sweep } from '../../services/ledger/manifest.ts';
import { lineOf } from '../../services/model/line.ts';
import { readConfig } from '../../services/settings/config.ts';
import { memoryRecord, openRecord } from '../../services/store/record.ts';
import { rows, startApp } from '../serve/app.ts';
import { newFolder, remove } from '../service.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 22, 12);
const house = newFolder();
after(() => remove(house));

describe('KEEP_RESULTS_DAYS', () => {
  it('parts that are older are named no longer, and their files go a day later', async () => {
    for (const day of ['2026-11-01', '2026-11-21'])
      await publish(
        house,
        'presences',
        {
          ...{ day, span: { from: Date.parse(day), until: Date.parse(day) + DAY_MS }, positions: [], venue: '' },
          ...{ rule: '1', made: NOW, note: null, asSeen: false },
        },
        async (aside) => {
          writeFileSync(aside, day);
          return 1;
        },
      );
    const from = resultsFrom(readConfig({ KEEP_RESULTS_DAYS: '7' }), NOW);
    assert.equal(dropBefore(house, 'presences', Number.NEGATIVE_INFINITY), 0);
    assert.equal(dropBefore(house, 'presences', from), 1);
    assert.deepEqual(
      readParts(house, 'presences').map(({ day }) => day),
      ['2026-11-21'],
    );
    assert.equal(readdirSync(join(house, 'derived', 'presences')).length, 3, 'who reads the old one may go on');
    assert.equal(sweep(house, 'presences', Date.now() + 2 * DAY_MS), 1);
  });

  it('days of the record that ended before go, in the zone of the venue; the day it falls into stays', () => {
    for (const record of [openRecord(join(house, 'as-seen'), 'Europe/Dublin'), memoryRecord('Europe/Dublin')]) {
      for (const days of [21, 7, 0]) {
        const frame = { time: NOW - days * DAY_MS, positions: [1], venue: '', rule: '1', baseline: null, rooms: [] };
        record.append(lineOf(frame, null, { anew: true, ended: [], began: [] }));
      }
      record.flush();
      assert.equal(record.forget(Number.NEGATIVE_INFINITY), 0);
      assert.equal(record.forget(resultsFrom({ keepResultsDays: 7 }, NOW)), 1);
      assert.deepEqual(record.days(), ['2026-11-15', '2026-11-22']);
    }
  });

  it('a service that starts forgets them, and says how long each kind is kept', async () => {
    const dataDir = newFolder();
    const record = openRecord(join(dataDir, 'main', 'as-seen'), 'UTC');
    const frame = { time: Date.now() - 30 * DAY_MS, positions: [1], venue: '', rule: '1', baseline: null, rooms: [] };
    record.append(lineOf(frame, null, { anew: true, ended: [], began: [] }));
    record.flush();
    const app = await startApp({ DATA_DIR: dataDir, KEEP_RESULTS_DAYS: '14', KEEP_DAYS: '3' });
    const old = new Date(frame.time).toISOString().slice(0, 10);
    assert.ok(!(await rows(app, '/v1/replay')).some(({ day }) => day === old));
    const kept = new Map((await rows(app, '/v1/retention')).map(({ kind, days }) => [kind, days]));
    assert.deepEqual([kept.get('Observations'), kept.get('Presences'), kept.get('Decisions')], [3, 14, null]);
    await app.end();
  });
});
