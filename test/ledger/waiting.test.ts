import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rowKey } from '../../services/ledger/schedules.ts';
import { waitingWindows } from '../../services/ledger/waiting.ts';
import { NEW_WINDOW, type WindowRow } from '../../services/model/schedule.ts';
import { DUE_MS, HOURLY } from '../jobs/scheduled.ts';

describe('waitingWindows', () => {
  const at = (hour: number) => Date.UTC(2026, 10, 3, hour);
  const schedule = { ...HOURLY, id: 'a', time: 0, zone: 'UTC', since: at(0) };
  const rowOf = (hour: number, rest: Partial<WindowRow>): WindowRow => ({
    ...NEW_WINDOW,
    ...{ schedule: 'a', from: at(hour - 1), until: at(hour), due: at(hour) + DUE_MS, state: 'done' },
    ...rest,
  });
  const waits = (rows: WindowRow[], cron = schedule.cron) => {
    const known = new Map(rows.map((value) => [rowKey('a', value.until), { key: '', version: 1, value, time: 0 }]));
    return waitingWindows({ ...schedule, cron }, known, at(6) + 1).map(({ until }) => new Date(until).getUTCHours());
  };

  it('what the timetable has planned is not planned again by another one, though somebody has asked for it since', () => {
    for (const why of ['timetable', 'asked', 'late data'] as const)
      assert.deepEqual(
        waits(
          [1, 2, 3, 4].map((hour) => rowOf(hour, { why })),
          '0 */2 * * *',
        ),
        [6],
        why,
      );
  });

  it('what lies before a backfill still waits, also once late data or somebody has had that made again', () => {
    for (const why of ['backfill', 'asked', 'late data'] as const)
      assert.deepEqual(waits([rowOf(1, {}), rowOf(4, { why, own: false })]), [2, 3, 5, 6], why);
    const { own: _, ...older } = rowOf(4, { why: 'backfill' });
    assert.deepEqual(waits([rowOf(1, {}), older as WindowRow]), [2, 3, 5, 6]);
  });
});
