import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { notice } from '../../services/ledger/notices.ts';
import { holdingAt, isFor, noticeFaults, stateOf, turnAt } from '../../services/model/notice.ts';
import { createProgramme, createStages, type Item } from '../../services/model/now-next.ts';
import type { VenueFile } from '../../services/model/venue.ts';

const MINUTE = 60_000;
const written = fc.record({
  from: fc.integer({ min: 0, max: 50 }),
  lasts: fc.option(fc.integer({ min: 1, max: 20 }), { nil: null }),
  every: fc.option(fc.integer({ min: 20, max: 40 }), { nil: null }),
  times: fc.integer({ min: 1, max: 4 }),
  ended: fc.option(fc.integer({ min: 0, max: 200 }), { nil: null }),
});
const made = ({ from, lasts, every, times, ended }: typeof written extends fc.Arbitrary<infer T> ? T : never) => {
  const until = lasts === null ? null : (from + lasts) * MINUTE;
  const isRepeated = until !== null && every !== null;
  return notice({
    ...{ id: 'a', kind: 'info', text: 'x', from: from * MINUTE, until, origin: 'page' },
    ...{
      every: isRepeated ? every : null,
      times: isRepeated ? times : 1,
      ended: ended === null ? null : ended * MINUTE,
    },
  });
};

describe('a notice', () => {
  it('holds in each of its times, from each beginning to each end, and no more once it is ended', () => {
    fc.assert(
      fc.property(written, fc.integer({ min: -5, max: 260 }), (given, minute) => {
        const one = made(given);
        const at = minute * MINUTE;
        const spans = Array.from({ length: one.times }, (_, i) => {
          const shift = i * (one.every ?? 0) * MINUTE;
          return {
            turn: i,
            from: one.from + shift,
            until: one.until === null ? Number.POSITIVE_INFINITY : one.until + shift,
          };
        });
        const live = spans.find(
          ({ from, until }) => from <= at && at < until && (one.ended === null || at < one.ended),
        );
        assert.equal(turnAt(one, at, 'UTC')?.turn, live?.turn);
        assert.deepEqual(holdingAt([one], at, 'UTC').length, live ? 1 : 0);
        const isComing = spans.some(({ from }) => from > at && (one.ended === null || from < one.ended));
        assert.equal(stateOf(one, at, 'UTC'), live ? 'now' : isComing ? 'later' : 'over');
      }),
      { numRuns: 2000 },
    );
  });

  it('that repeats after whole days begins at the same hour on the wall, over both clock changes', () => {
    for (const [from, hours] of [
      ['2026-10-23T12:00:00+02:00', [0, 24, 49, 73]],
      ['2026-03-27T12:00:00+01:00', [0, 24, 47, 71]],
    ] as const) {
      const given = { id: 'lunch', kind: 'info', text: 'Lunch', from: Date.parse(from), origin: 'page' } as const;
      const one = notice({ ...given, until: given.from + 30 * MINUTE, every: 1440, times: 4, ended: null });
      const zone = 'Europe/Berlin';
      const begins = hours.map((hour) => given.from + hour * 60 * MINUTE);
      for (const [turn, at] of begins.entries()) {
        assert.equal(turnAt(one, at - 1, zone), null);
        assert.deepEqual([turnAt(one, at, zone)?.turn, turnAt(one, at, zone)?.from], [turn, at]);
        assert.equal(turnAt(one, at + 30 * MINUTE - 1, zone)?.until, at + 30 * MINUTE);
        assert.equal(stateOf(one, at + 30 * MINUTE, zone), turn < 3 ? 'later' : 'over');
      }
    }
  });

  it('is for who is named: everybody, a floor, a room, a gateway', () => {
    const place = { floor: 'ground', room: 'hall', gateway: 'pi-1' };
    for (const target of ['venue', 'floor:ground', 'room:hall', 'gateway:pi-1'])
      assert.ok(isFor([target], place), target);
    for (const target of ['floor:hall', 'room:bar', 'gateway:pi-2']) assert.ok(!isFor([target], place), target);
  });

  it('says every fault: places that are not there, an end before its beginning, times that overlap', () => {
    const venue = { zone: 'UTC', rooms: [{ id: 'hall' }], gateways: [] };
    const faults = noticeFaults({ targets: ['room:bar', 'venue'], from: 10, until: 5, every: null, times: 3 }, venue);
    assert.deepEqual(
      faults.map(({ pointer }) => pointer),
      ['/targets/0', '/until', '/every'],
    );
    const long = noticeFaults({ targets: ['room:hall'], from: 0, until: 2 * MINUTE, every: 1, times: 2 }, venue);
    assert.deepEqual(long, [{ pointer: '/every', expected: 'no less than one time lasts', found: '1 minutes' }]);
  });
});

describe('createProgramme(venue)', () => {
  const HOUR = 3_600_000;
  const rooms = ['a', 'b', 'ab', 'c'].map((id) => ({ id }));
  const hours = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 4 }));
  const venueOf = (sessions: [string, [number, number]][], merge: [number, number]): VenueFile => ({
    ...{ zone: 'UTC', rooms, gateways: [] },
    merges: [{ room: 'ab', of: ['a', 'b'], from: merge[0] * HOUR, until: (merge[0] + merge[1]) * HOUR }],
    sessions: sessions.map(([room, [from, lasts]], i) => ({
      ...{ id: `s${i}`, title: `Talk ${i}`, room, from: from * HOUR, until: (from + lasts) * HOUR },
    })),
  });

  it('is for each room the first that is on, and the first that comes within 12 hours, by the walls of then', () => {
    const session = fc.tuple(fc.constantFrom('a', 'b', 'ab', 'c'), hours);
    fc.assert(
      fc.property(
        fc.array(session, { maxLength: 8 }),
        hours,
        fc.integer({ min: 0, max: 34 }),
        (sessions, merge, hour) => {
          const venue = venueOf(sessions, merge);
          const at = hour * HOUR;
          const isOpen = (time: number) => merge[0] * HOUR <= time && time < (merge[0] + merge[1]) * HOUR;
          const stage = (room: string, time: number) => (isOpen(time) && (room === 'a' || room === 'b') ? 'ab' : room);
          const all = venue.sessions!.map((one, i) => ({
            i,
            title: one.title,
            room: one.room!,
            from: Number(one.from),
            until: Number(one.until),
          }));
          const first = (some: typeof all) => [...some].sort((x, y) => x.from - y.from || x.i - y.i)[0]?.title ?? null;
          const found = new Map(createProgramme(venue)(at).map((item): [string, Item] => [item.room, item]));
          for (const room of ['a', 'b', 'ab', 'c']) {
            const now = first(
              all.filter(({ room: own, from, until }) => from <= at && at < until && stage(own, at) === room),
            );
            const next = first(
              all.filter(({ room: own, from }) => from > at && from <= at + 12 * HOUR && stage(own, from) === room),
            );
            assert.deepEqual(
              [found.get(room)?.now?.title ?? null, found.get(room)?.next?.title ?? null],
              [now, next],
              room,
            );
          }
          const isOn = createProgramme(venue)(at).map(({ now }) => now !== null);
          assert.deepEqual(
            isOn,
            [...isOn].sort((x, y) => Number(y) - Number(x)),
            'what is on comes first',
          );
          assert.equal(createStages(venue)('a', at), stage('a', at));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
