import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { giveStarters } from '../../services/demo/starters.ts';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { readSchedules, rowKey } from '../../services/ledger/schedules.ts';
import { askedWindows, comingWindows, waitingWindows } from '../../services/ledger/waiting.ts';
import { NEW_WINDOW, type WindowRow } from '../../services/model/schedule.ts';
import type { Span } from '../../services/model/venue.ts';
import { DUE_MS, HOURLY } from '../jobs/scheduled.ts';

describe('waitingWindows', () => {
  const at = (hour: number) => Date.UTC(2026, 10, 3) + hour * 3_600_000;
  const schedule = { ...HOURLY, id: 'a', time: 0, zone: 'UTC', since: at(0) };
  const rowOf = (hour: number, rest: Partial<WindowRow>): WindowRow => ({
    ...NEW_WINDOW,
    ...{ schedule: 'a', from: at(hour - 1), until: at(hour), due: at(hour) + DUE_MS, state: 'done' },
    ...rest,
  });
  const known = (rows: WindowRow[]) =>
    new Map(rows.map((value) => [rowKey('a', value.until), { key: '', version: 1, value, time: 0 }]));
  const waits = (rows: WindowRow[], cron = schedule.cron) =>
    waitingWindows({ ...schedule, cron }, known(rows), at(6) + 1).map(({ until }) => new Date(until).getUTCHours());
  const spans = (windows: Span[]) => windows.map(({ from, until }) => [from, until].map(hourOf));
  const hourOf = (time: number) => (time - at(0)) / 3_600_000;

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

  it('another timetable begins where the one before has ended: what waits, what comes, and what is asked for or run again', () => {
    const edited = { ...schedule, cron: '30 * * * *' };
    const rows = [1, 2, 3, 4].map((hour) => rowOf(hour, {}));
    assert.deepEqual(spans(waitingWindows(edited, known(rows), at(6))), [
      [4, 4.5],
      [4.5, 5.5],
    ]);
    assert.deepEqual(spans(comingWindows(edited, known(rows), at(4), 3)), [
      [4, 4.5],
      [4.5, 5.5],
      [5.5, 6.5],
    ]);
    const cut = rowOf(4.5, { from: at(4) });
    assert.deepEqual(spans(askedWindows(edited, known([...rows, cut]), { from: at(3), until: at(6) })), [
      [4, 4.5],
      [4.5, 5.5],
      [2, 3],
      [3, 4],
    ]);
    const daily = { ...schedule, cron: '0 0 * * *', since: at(0.5) };
    assert.deepEqual(spans(waitingWindows(daily, known(rows), at(25))), [[4, 24]], 'what is left of its day');
    assert.deepEqual(spans(comingWindows(daily, known(rows), at(5), 1)), [[4, 24]]);
    const hourly = { ...edited, lasting: '1h' };
    assert.deepEqual(spans(waitingWindows(hourly, known(rows), at(5))), [[3.5, 4.5]], 'that length is somebody’s wish');
  });

  it('a backfill fills what no window holds, a day about one of its hours too', () => {
    const daily = { ...schedule, cron: '0 0 * * *' };
    const rows = [rowOf(11, { own: false }), rowOf(13, { own: false })];
    assert.deepEqual(spans(askedWindows(daily, known(rows), { from: at(23), until: at(25) })), [
      [0, 10],
      [11, 12],
      [13, 24],
    ]);
  });

  it('however often a timetable is edited, each minute is in one window, in those that come as well', () => {
    const crons = ['0 * * * *', '30 * * * *', '*/15 * * * *', '20,50 */3 * * *', '0 0 * * *', '7 5 * * *'];
    const edit = fc.record({ cron: fc.constantFrom(...crons), minutes: fc.integer({ min: 0, max: 1500 }) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 2, maxLength: 6 }), (edits) => {
        const rows: WindowRow[] = [];
        let now = at(0);
        for (const { cron, minutes } of edits) {
          now += minutes * 60_000;
          const coming = comingWindows({ ...schedule, cron }, known(rows), now, 4);
          rows.push(...waitingWindows({ ...schedule, cron }, known(rows), now + 1));
          const all = [...rows, ...coming];
          assert.equal(new Set(all.map(({ until }) => until)).size, all.length);
          for (const [i, { from, until }] of all.entries()) {
            assert.ok(from < until);
            if (i > 0) assert.equal(from, all[i - 1]!.until);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

it('last night’s anomalies are those of the evening and the night before seven, and of no day', async () => {
  const ledger = memoryLedger();
  const since = Date.UTC(2026, 10, 3);
  await giveStarters(ledger, 'Europe/Dublin', since);
  const night = (await readSchedules(ledger)).find(({ id }) => id === 'last-nights-anomalies')!;
  const windows = waitingWindows(night, new Map(), since + 3 * 86_400_000);
  assert.deepEqual(
    windows.map(({ from, until }) => [from, until].map((time) => new Date(time).toISOString().slice(8, 16))),
    [
      ['03T19:00', '04T07:00'],
      ['04T19:00', '05T07:00'],
    ],
  );
});
