import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layout } from '../../services/simulate/calendar.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What a wall clock of a zone shows. */
function wall(zone: string, time: number) {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(time);
  const of = (type: string) => parts.find((part) => part.type === type)!.value;
  return {
    weekday: of('weekday'),
    date: `${of('year')}-${of('month')}-${of('day')}`,
    hour: +of('hour'),
    clock: `${of('hour')}:${of('minute')}:${of('second')}`,
  };
}

/** Every hour of a week around two new years, and odd moments in it. */
const moments = Array.from(
  { length: 24 * 9 },
  (_, i) => Date.UTC(2026, 11, 27) + i * HOUR_MS + ((i * 997) % 3600) * 1000 + (i % 1000),
);

describe('layout(now)', () => {
  it('is in a zone of whole hours in which it is now 10:00–10:59', () => {
    for (const now of moments) {
      const { zone } = layout(now);
      assert.match(zone, /^Etc\/GMT([+-]\d{1,2})?$/);
      assert.equal(wall(zone, now).hour, 10, `${new Date(now).toISOString()} ${zone}`);
    }
    assert.ok(new Set(moments.map((now) => layout(now).zone)).size === 24);
  });

  it('makes now the third conference day: start is the local midnight two days before', () => {
    for (const now of moments) {
      const { zone, start, from } = layout(now);
      assert.equal(wall(zone, start).clock, '00:00:00');
      assert.equal(wall(zone, start + 2 * DAY_MS).date, wall(zone, now).date);
      assert.equal(wall(zone, from).clock, '12:00:00');
      assert.equal(start - from, DAY_MS / 2);
    }
  });

  it('lays last year on the same weekdays, 52 weeks before', () => {
    for (const now of moments) {
      const { zone, start, lastYear } = layout(now);
      assert.equal(start - lastYear, 52 * 7 * DAY_MS);
      assert.equal(wall(zone, lastYear).weekday, wall(zone, start).weekday);
    }
  });

  it('lays seven ordinary weeks, Monday to Saturday, that end with the Saturday before the event', () => {
    for (const now of moments) {
      const { zone, start, weeks } = layout(now);
      const setUp = start - DAY_MS;
      assert.deepEqual([wall(zone, weeks.from).weekday, wall(zone, weeks.from).clock], ['Mon', '00:00:00']);
      assert.deepEqual([wall(zone, weeks.until).weekday, wall(zone, weeks.until).clock], ['Sat', '00:00:00']);
      assert.ok(weeks.until <= setUp && setUp - weeks.until < 7 * DAY_MS);
      assert.equal(weeks.until - weeks.from, (7 * 7 - 2) * DAY_MS);
    }
  });

  it('the empty Tuesday is the one of the last ordinary week', () => {
    for (const now of moments) {
      const { zone, weeks } = layout(now);
      assert.equal(wall(zone, weeks.emptyTuesday).weekday, 'Tue');
      assert.ok(weeks.until - weeks.emptyTuesday < 7 * DAY_MS);
    }
  });
});
