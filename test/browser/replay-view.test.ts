import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Anomaly } from '../../services/model/anomaly.ts';
import { changesOf } from '../../services/model/changes.ts';
import { daysIn } from '../../services/model/day.ts';
import type { Holding } from '../../services/model/notice.ts';
import type { VenueFile } from '../../services/model/venue.ts';
import { type DayRow, type Grid, type Lane, MEASURES, NONE } from '../../web/read/tiles.ts';
import { extentsOf } from '../../web/view/live/extents.ts';
import { createHistory } from '../../web/view/live/history.ts';
import { createHouse } from '../../web/view/live/house.ts';
import { deviationOf, LAYERS } from '../../web/view/live/room.ts';
import { roomsNow } from '../../web/view/live/rooms.ts';
import { changeBy } from '../../web/view/replay/act.ts';
import { besideAt } from '../../web/view/replay/beside.ts';
import { createBook, enter, stepAt, UNREAD } from '../../web/view/replay/book.ts';
import { advance, type Motion } from '../../web/view/replay/clock.ts';
import { daysAs, stretchesOf, stretchFor } from '../../web/view/replay/days.ts';
import { filmSpans } from '../../web/view/replay/film-spans.ts';
import { flowsBefore } from '../../web/view/replay/flows.ts';
import type { KeyAct } from '../../web/view/replay/keys.ts';
import { stretchChoices } from '../../web/view/replay/links.ts';
import type { Loaded } from '../../web/view/replay/load.ts';
import { momentsOf, neighbour } from '../../web/view/replay/moments.ts';
import { pastGap } from '../../web/view/replay/past-gap.ts';
import { roomsThen } from '../../web/view/replay/rooms.ts';
import { replaySceneOf } from '../../web/view/replay/scene.ts';
import { type ReplayState, readReplayAddress, writeReplayAddress } from '../../web/view/replay/state.ts';
import { placedIn } from '../../web/view/replay/window.ts';
import { noticeAt } from '../../web/view/tv/notices.ts';

const T0 = Date.UTC(2026, 10, 3);
const MINUTE = 60_000;
const GOOD = 5;
const [DEAF, THIN] = [3, 4];

const laneOf = (cells: Partial<Record<keyof Lane, number>>[]): Lane =>
  Object.fromEntries(
    MEASURES.map((name) => [name, Int32Array.from(cells, (cell) => cell[name] ?? (name === 'frames' ? 0 : NONE))]),
  ) as unknown as Lane;
const known = (people: number, coverage = GOOD) => ({
  frames: 60,
  present: people * 60,
  claps: 0,
  coverage,
  gateways: 2,
});
const gridOf = (rooms: Record<string, Partial<Record<keyof Lane, number>>[]>, from = T0): Grid => ({
  from,
  stepMs: MINUTE,
  steps: Object.values(rooms)[0]!.length,
  lanes: new Map(Object.entries(rooms).map(([room, cells]) => [room, laneOf(cells)])),
});
const venueOf = (rooms: string[], also: Partial<VenueFile> = {}): VenueFile => ({
  zone: 'Europe/Dublin',
  rooms: rooms.map((id) => ({ id })),
  gateways: rooms.map((room) => ({ id: `g-${room}`, room })),
  ...also,
});
const gateways = new Map([['a', 2]]);

describe('enter(book, grid)', () => {
  it('puts a grid where it belongs and leaves out what is outside', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(90), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: -40, max: 40 }),
        (people, by) => {
          const book = createBook(T0, T0 + 20 * MINUTE, MINUTE);
          enter(book, gridOf({ a: people.map((n) => known(n)) }, T0 + by * MINUTE));
          for (let i = 0; i < 20; i++) {
            const expected = people[i - by];
            assert.equal(book.made[i], expected === undefined ? UNREAD : 60);
            if (expected !== undefined) assert.equal(book.people[i], expected);
          }
        },
      ),
    );
  });

  it('a tail that comes later replaces what was half known', () => {
    const book = createBook(T0, T0 + 3 * MINUTE, MINUTE);
    enter(book, gridOf({ a: [known(4), { ...known(9), frames: 10 }] }));
    enter(book, gridOf({ a: [known(6), known(7)] }, T0 + MINUTE));
    assert.deepEqual([...book.people], [4, 6, 7]);
  });

  it('people are those of rooms that can be trusted, as the total has them', () => {
    const book = createBook(T0, T0 + 3 * MINUTE, MINUTE);
    enter(
      book,
      gridOf({ a: [known(4), known(4, THIN), known(4, DEAF)], b: [known(9, DEAF), known(9), known(9, DEAF)] }),
    );
    assert.deepEqual([...book.people], [4, 13, Number.NaN]);
    const house = createHouse({ version: '', venue: venueOf(['a', 'b']), plans: [], name: null, zone: 'UTC' });
    for (const [i, count] of [4, 13, null].entries()) {
      const looks = { layer: 'occupancy', chosen: null, isTable: false } as const;
      assert.equal(replaySceneOf(looks, house, book, T0 + i * MINUTE, null).total.count, count);
    }
  });
});

describe('roomsThen(venue, place, fine, gateways)', () => {
  const book = createBook(T0, T0 + 6 * MINUTE, MINUTE);
  enter(
    book,
    gridOf({ a: [known(12), known(14), known(3, DEAF), known(3, DEAF), {}, known(5, THIN)], b: Array(6).fill({}) }),
  );
  const at = (step: number) => roomsThen(venueOf(['a', 'b']), { book, step }, null, gateways).get('a')!;

  it('never shows a count that is not known, and says since when', () => {
    const deaf = at(3);
    assert.deepEqual(
      [deaf.coverage, deaf.count, deaf.last?.count, deaf.since?.at],
      ['deaf', null, 14, T0 + 2 * MINUTE],
    );
    const gap = at(4);
    assert.deepEqual([gap.coverage, gap.count, gap.since?.at], ['gap', null, T0 + 4 * MINUTE]);
    assert.deepEqual([at(5).coverage, at(5).count], ['thin', 5]);
  });

  it('a trend has nothing where nothing was known, nor before the beginning', () => {
    assert.deepEqual(at(5).trend.values.slice(-7), [null, 12, 14, null, null, null, 5]);
  });

  it('leaves a room out in which it did not exist, and takes the second where it is known', () => {
    const rooms = roomsThen(venueOf(['a', 'b']), { book, step: 0 }, null, gateways);
    assert.equal(rooms.has('b'), false);
    const seconds = createBook(T0, T0 + 2000, 1000);
    enter(seconds, { ...gridOf({ a: [{ ...known(0), frames: 1, present: 11 }] }), stepMs: 1000 });
    const exact = roomsThen(venueOf(['a']), { book, step: 0 }, { book: seconds, step: 0 }, gateways);
    assert.equal(exact.get('a')!.count, 11);
  });
});

it('a trend is of what the layer shows, the same on the live page, of its frames and of the hour before, as in the replay', () => {
  const cells = [
    { claps: 60, temperature: 2000 },
    { claps: 1200, temperature: 2150 },
    { claps: 9000, temperature: 2700, coverage: DEAF },
    { claps: 0, temperature: 2300 },
  ].map((cell) => ({ ...known(7), low: 50, high: 90, ...cell }));
  const book = createBook(T0, T0 + 4 * MINUTE, MINUTE);
  enter(book, gridOf({ a: cells }));
  const hour = createHistory(['a']);
  const seconds = createHistory(['a']);
  const coverages = ['unmeasured', 'gap', 'silent', 'deaf', 'thin', 'good'] as const;
  for (const [i, { claps, temperature, coverage }] of cells.entries()) {
    const of = { room: 'a', temperature: temperature / 100, coverage: coverages[coverage]! };
    const row = { average: 7, peak: 7, visitors: 7, badgeMinutes: 7, covered: 1, frames: 60 };
    if (i < 3) hour.takeHour([{ ...of, ...row, time: T0 + i * MINUTE, claps: claps / 10 }]);
    for (let second = 0; second < 60; second++) {
      const more = { occupancy: 7, parked: 0, claps: claps / 600, gateways: 2, age: 1, expected: 7, low: 5, high: 9 };
      const frame = { positions: [], venue: '', rule: '', baseline: null, rooms: [{ ...of, ...more }] };
      for (const history of i < 3 ? [seconds] : [seconds, hour])
        history.take({ ...frame, time: T0 + i * MINUTE + second * 1000 });
    }
  }
  const expected = {
    ...{ occupancy: [7, 7, null, 7], density: [7, 7, null, 7], deviation: [7, 7, null, 7] },
    ...{ claps: [1, 20, null, 0], temperature: [20, 21.5, null, 23] },
  };
  for (const layer of LAYERS) {
    const then = roomsThen(venueOf(['a']), { book, step: 3 }, null, gateways, { layer }).get('a')!;
    assert.deepEqual(then.trend.values.slice(-4), expected[layer], layer);
    const isOfPeople = !['claps', 'temperature'].includes(layer);
    assert.equal(then.band !== null, isOfPeople, layer);
    for (const history of [seconds, hour]) {
      const of = { frame: null, history, gapSince: null, gateways, usual: new Map(), layer };
      const now = roomsNow(venueOf(['a']), of).get('a')!;
      const quarters = now.trend.values.slice(-16).filter((_, i) => i % 4 === 1);
      assert.deepEqual(
        quarters.map((value) => value && Math.round(value * 1e6) / 1e6),
        expected[layer],
        layer,
      );
      assert.equal(now.band !== null, isOfPeople, layer);
    }
  }
});

describe('roomsThen(venue, place, …), where a wall moves', () => {
  const merges = [{ room: 'ab', of: ['a', 'b'], from: T0 + 2 * MINUTE, until: T0 + 5 * MINUTE }];
  const venue = venueOf(['a', 'b', 'ab'], { merges });
  const book = createBook(T0, T0 + 6 * MINUTE, MINUTE);
  const part = (n: number, frames: number) => ({ ...known(n), frames });
  const gap = { coverage: 1 };
  const parts = [part(3, 60), part(3, 60), part(3, 20), {}, gap, gap];
  enter(book, gridOf({ a: parts, b: parts, ab: [{}, {}, part(6, 40), {}, gap, gap] }));
  const at = (step: number) => [...roomsThen(venue, { book, step }, null, gateways).keys()].sort();

  it('a merged room and its parts never stand in one picture: not in the minute of the change, not in a gap', () => {
    assert.deepEqual(at(1), ['a', 'b']);
    assert.deepEqual(at(2), ['ab']);
    assert.deepEqual(at(3), ['ab']);
    assert.deepEqual(at(4), ['ab']);
    assert.deepEqual(at(5), ['a', 'b']);
  });
});

describe('advance(cursor, elapsed, motion)', () => {
  const still: Motion['past'] = (at) => at;
  const motion = { rate: 60, from: 0, until: 1000, loop: null, past: still };

  it('never leaves what can be played, whatever the speed, the way and the loop', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999 }),
        fc.integer({ min: -2000, max: 2000 }),
        fc.array(fc.integer({ min: 0, max: 250 }), { maxLength: 30 }),
        fc.option(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 100 }))),
        (start, rate, frames, loop) => {
          const bounds = loop ? { from: loop[0], until: loop[0] + loop[1] } : null;
          let cursor = { at: start, isPlaying: true };
          for (const elapsed of frames) {
            cursor = advance(cursor, elapsed, { ...motion, rate, loop: bounds });
            const { from, until } = bounds ?? motion;
            assert.ok(cursor.at >= from && cursor.at < until, `${cursor.at}`);
            if (bounds) assert.ok(cursor.isPlaying);
          }
        },
      ),
    );
  });

  it('stops at an end, begins a loop again, and stands while it is paused', () => {
    assert.deepEqual(advance({ at: 900, isPlaying: true }, 2, motion), { at: 999, isPlaying: false });
    const loop = { from: 200, until: 400 };
    assert.deepEqual(advance({ at: 399, isPlaying: true }, 1, { ...motion, loop }), { at: 200, isPlaying: true });
    assert.deepEqual(advance({ at: 201, isPlaying: true }, 1, { ...motion, rate: -60, loop }), {
      at: 399,
      isPlaying: true,
    });
    assert.deepEqual(advance({ at: 5, isPlaying: false }, 1000, motion), { at: 5, isPlaying: false });
  });
});

describe('pastGap(book, at, way)', () => {
  it('leads to the next frames that way, and stays where there are none', () => {
    const book = createBook(T0, T0 + 6 * MINUTE, MINUTE);
    enter(book, gridOf({ a: [known(1), {}, {}, known(2), {}, {}] }));
    assert.equal(pastGap(book, T0 + MINUTE + 5, 1), T0 + 3 * MINUTE);
    assert.equal(pastGap(book, T0 + 2 * MINUTE + 5, -1), T0 + MINUTE - 1);
    assert.equal(pastGap(book, T0 + 4 * MINUTE, 1), T0 + 4 * MINUTE);
    assert.equal(pastGap(book, T0 + 10, 1), T0 + 10);
  });
});

describe('the address of the replay', () => {
  it('writes what it reads back, and keeps what is not its own', () => {
    const minutes = fc.integer({ min: 0, max: 10_000 }).map((n) => T0 + n * MINUTE);
    fc.assert(
      fc.property(
        fc.record({
          at: minutes,
          loop: fc.option(
            fc.tuple(minutes, fc.integer({ min: 1, max: 99 })).map(([from, n]) => ({ from, until: from + n * MINUTE })),
          ),
          layer: fc.constantFrom('occupancy' as const, 'claps' as const),
          floor: fc.option(fc.constantFrom('ground', 'first')),
          isTable: fc.boolean(),
          rate: fc.constantFrom(1, 60, 1800),
          isBackwards: fc.boolean(),
          skipsGaps: fc.boolean(),
          revision: fc.constantFrom('as-seen' as const, 'corrected' as const),
          beside: fc.constantFrom('2026-11-02'),
          align: fc.constantFrom('clock' as const, 'session' as const),
          flows: fc.boolean(),
          since: fc.option(fc.constantFrom('2026-11-03')),
        }),
        (address) => {
          const search = writeReplayAddress('?theme=dark', address);
          assert.ok(search.includes('theme=dark'));
          assert.deepEqual(readReplayAddress(search), { ...address });
        },
      ),
    );
    assert.equal(readReplayAddress('?at=yesterday&speed=7&from=2026-11-03T10:00Z&until=2026-11-03T09:00Z').at, null);
    assert.equal(readReplayAddress('?from=2026-11-03T10:00Z&until=2026-11-03T09:00Z').loop, null);
    for (const at of ['2026-13-41T25:61Z', '2026-02-30T10:00Z', '2026-11-03T24:00Z'])
      assert.equal(readReplayAddress(`?at=${at}`).at, null, at);
  });
});

describe('momentsOf(book, venue)', () => {
  it('finds gaps between frames, spells, changes of instruments and walls, in order', () => {
    const cells = Array.from({ length: 60 }, (_, i) =>
      i >= 20 && i < 24 ? {} : known(5, i >= 30 && i < 45 ? DEAF : GOOD),
    );
    const book = createBook(T0, T0 + 60 * MINUTE, MINUTE);
    enter(book, gridOf({ a: cells }));
    const venue = venueOf(['a'], {
      gateways: [
        { id: 'g', room: 'a', until: T0 + 10 * MINUTE },
        { id: 'g', room: 'a', from: T0 + 10 * MINUTE },
      ],
      merges: [{ room: 'ab', of: ['a', 'b'], from: T0 + 50 * MINUTE, until: T0 + 55 * MINUTE }],
    });
    const found = momentsOf(book, { venue, changes: changesOf(venue) }).map(({ kind, at, until }) => [
      kind,
      (at - T0) / MINUTE,
      until && (until - T0) / MINUTE,
    ]);
    assert.deepEqual(found, [
      ['change', 10, null],
      ['gap', 20, 24],
      ['deaf', 30, 45],
      ['wall', 50, 55],
    ]);
  });

  it('neighbour(instants, at, way) is the nearest that way, never the same', () => {
    assert.deepEqual([neighbour([1, 5, 9], 5, 1), neighbour([1, 5, 9], 5, -1), neighbour([1], 1, 1)], [9, 1, null]);
  });
});

it('changeBy(act, …) steps to anomalies alone, and to no session of another event', () => {
  const book = createBook(T0, T0 + 60 * MINUTE, MINUTE);
  const sessions = [-9e9, 20, 9e9].map((minute, i) => {
    const from = T0 + (Math.abs(minute) > 1e9 ? minute : minute * MINUTE);
    return { id: `${i}`, title: '', from, until: from + MINUTE };
  });
  const loaded = { book, known: T0 + 50 * MINUTE, venue: { venue: venueOf(['a'], { sessions }) } } as unknown as Loaded;
  const moment = { until: null, room: null, detail: null };
  const moments = [
    { ...moment, kind: 'gap' as const, at: T0 + 10 * MINUTE },
    { ...moment, kind: 'anomaly' as const, at: T0 + 30 * MINUTE },
  ];
  const state = { rate: 60 } as unknown as ReplayState;
  const goes = (act: KeyAct, from: number) => {
    const { at } = changeBy(act, '', state, T0 + from * MINUTE, loaded, moments);
    return at === undefined ? null : (at - T0) / MINUTE;
  };
  assert.deepEqual([goes('session', 0), goes('session', 20), goes('session before', 20)], [20, null, null]);
  assert.deepEqual([goes('anomaly', 0), goes('moment', 0), goes('anomaly before', 30)], [30, 10, null]);
  assert.equal(goes('moment before', 30), 10);
  // The last minute that is known is the last step, and a whole one.
  assert.deepEqual([goes('on', 48), goes('on', 49), goes('on hour', 10)], [49, 49, 49]);
});

describe('besideAt(at, day, other, align, venue)', () => {
  const zone = 'Europe/Dublin';
  const day = (name: string) => {
    const noon = Date.parse(`${name}T12:00Z`);
    const [found] = daysIn({ from: noon, until: noon + 1 }, zone);
    return { ...found!, known: found!.until, revision: 0, whole: true, tag: '', address: '' };
  };
  const clock = (at: number) => new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'short' }).format(at);

  it('by clock: the same time of the other day, on the days of a clock change too', () => {
    const days = ['2026-03-28', '2026-03-29', '2026-10-25', '2026-11-03'].map(day);
    fc.assert(
      fc.property(
        fc.constantFrom(...days),
        fc.constantFrom(...days),
        fc.integer({ min: 240, max: 1300 }),
        (a, b, minute) => {
          const at = a.from + minute * MINUTE;
          assert.equal(clock(besideAt(at, a, b, 'clock', venueOf([], { zone }))), clock(at));
        },
      ),
    );
  });

  it('by session: as far from the beginning of the session with the same place, and by clock where there is none', () => {
    const [one, other] = [day('2026-11-02'), day('2026-11-03')];
    const session = (from: number) => ({ id: String(from), title: '', from, until: from + 30 * MINUTE });
    const begins = [9, 11].map((hour) => one.from + hour * 60 * MINUTE);
    const theirs = [10, 14].map((hour) => other.from + hour * 60 * MINUTE);
    const venue = venueOf([], { zone, sessions: [...begins, ...theirs].map(session) });
    assert.equal(besideAt(begins[1]! + 7 * MINUTE, one, other, 'session', venue), theirs[1]! + 7 * MINUTE);
    assert.equal(besideAt(begins[0]! - 5 * MINUTE, one, other, 'session', venue), theirs[0]! - 5 * MINUTE);
    const bare = venueOf([], { zone });
    assert.equal(besideAt(begins[0]!, one, other, 'session', bare), other.from + 9 * 60 * MINUTE);
  });
});

describe('flowsBefore(rows, at)', () => {
  it('adds up the quarter of an hour before, by pair and way, the largest first', () => {
    const rows = fc.array(
      fc.record({
        time: fc.nat(40).map((n) => T0 + n * MINUTE),
        room: fc.constantFrom('a', 'b'),
        to: fc.constantFrom('c', 'd'),
        count: fc.integer({ min: 1, max: 9 }),
      }),
    );
    fc.assert(
      fc.property(rows, fc.nat(45), (all, n) => {
        const at = T0 + n * MINUTE;
        const found = flowsBefore(all, at);
        for (const from of ['a', 'b'])
          for (const to of ['c', 'd']) {
            const own = all.filter(
              (row) => row.room === from && row.to === to && row.time > at - 15 * MINUTE && row.time <= at,
            );
            const sum = own.reduce((total, { count }) => total + count, 0);
            assert.equal(found.find((flow) => flow.from === from && flow.to === to)?.count ?? 0, sum);
          }
        assert.deepEqual(
          found,
          [...found].sort((a, b) => b.count - a.count),
        );
      }),
    );
  });
});

describe('deviationOf({ bounds, count })', () => {
  it('is nothing within the bounds, people beyond them outside, and its score grows with them', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(100), fc.nat(60), (count, low, wide) => {
        const high = low + wide;
        const { off, score } = deviationOf({ bounds: { low, high }, count })!;
        assert.equal(off, count > high ? count - high : count < low ? count - low : 0);
        assert.equal(Math.abs(score) > 1, off !== 0);
        assert.ok(off === 0 || Math.sign(score) === Math.sign(off));
      }),
    );
    assert.equal(deviationOf({ bounds: null, count: 3 }), null);
    assert.equal(deviationOf({ bounds: { low: 1, high: 2 }, count: null }), null);
  });
});

describe('what is said of a stretch', () => {
  it('anomalies and notes are moments; a day has its newest revision when corrected is asked for', () => {
    const book = createBook(T0, T0 + 60 * MINUTE, MINUTE);
    const anomaly = { room: 'a', time: T0 + MINUTE, until: T0 + 2 * MINUTE, sentence: 'A: 3 people' } as Anomaly;
    const note = { id: 'n', time: T0 + 5 * MINUTE, until: null, room: null, text: '', wall: false, made: 1 };
    const found = momentsOf(book, { venue: venueOf(['a']), changes: [] }, { anomalies: [anomaly], notes: [note] });
    assert.deepEqual(
      found.map(({ kind, at, detail }) => [kind, (at - T0) / MINUTE, detail]),
      [
        ['anomaly', 1, 'A: 3 people'],
        ['note', 5, ''],
      ],
    );
    const row = (day: string, revision: number) => ({ day, revision }) as DayRow;
    const rows = [row('1', 0), row('1', 1), row('1', 2), row('2', 0), row('3', 4)];
    assert.deepEqual(
      daysAs(rows, false).map(({ revision }) => revision),
      [0, 0, 4],
    );
    assert.deepEqual(
      daysAs(rows, true).map(({ revision }) => revision),
      [2, 0, 4],
    );
  });
});

describe('noticeAt(notices, now, venue, floor)', () => {
  const venue = {
    rooms: [
      { id: 'hall', floor: 'ground' },
      { id: 'bar', floor: 'second' },
    ],
  };
  const holding = (id: string, from: number, until: number | null, more: Partial<Holding> = {}): Holding => ({
    ...{ id, kind: 'info', text: id, targets: ['venue'], from, until, turn: 0, origin: 'page' },
    ...more,
  });
  const seenOf = (all: Holding[], floor: string | null = null) => [
    ...new Set(Array.from({ length: 10 }, (_, i) => noticeAt(all, T0 + i * 9000, venue, floor)?.id)),
  ];

  it('is one that holds, each in turn, only between its beginning and its end', () => {
    const all = [holding('a', T0, T0 + 100_000), holding('b', T0, null)];
    assert.deepEqual(seenOf(all).sort(), ['a', 'b']);
    assert.equal(noticeAt(all, T0 - 1, venue, null), null);
    assert.equal(noticeAt(all, T0 + 100_000, venue, null)!.id, 'b');
  });

  it('is an alert before all else, and what is for the floor of the screen', () => {
    assert.deepEqual(seenOf([holding('a', T0, null), holding('fire', T0, null, { kind: 'alert' })]), ['fire']);
    const all = [
      holding('a', T0, null, { targets: ['room:bar'] }),
      holding('b', T0, null, { targets: ['gateway:pi'] }),
    ];
    assert.deepEqual(seenOf(all, 'ground'), [undefined]);
    assert.deepEqual(seenOf(all, 'second'), ['a']);
    assert.deepEqual(seenOf(all), ['a']);
  });
});

describe('stretches and sessions', () => {
  const day = (n: number) => ({
    day: `2026-11-0${n}`,
    from: T0 + n * 1440 * MINUTE,
    until: T0 + (n + 1) * 1440 * MINUTE,
    known: 0,
    revision: 0,
    whole: true,
    tag: '',
    address: '',
  });

  it('days of an event stand together; a missing day parts the others', () => {
    const venue = venueOf([], {
      events: [{ id: 'e', from: T0 + 4.5 * 1440 * MINUTE, until: T0 + 5.5 * 1440 * MINUTE }],
    });
    const found = stretchesOf([1, 3, 4, 5, 6].map(day), venue);
    assert.deepEqual(
      found.map(({ name, days }) => [name, days.map((one) => one.day.slice(-1)).join('')]),
      [
        [null, '1'],
        [null, '3'],
        ['e', '45'],
        [null, '6'],
      ],
    );
    assert.equal(stretchFor(found, null, T0 + 4.2 * 1440 * MINUTE)!.name, 'e');
    assert.equal(stretchFor(found, '2026-11-01', null), found[0]);
    assert.equal(stretchFor(found, null, null), found.at(-1));
  });

  it('days of no event stand by the week, the newest together, and are found by each of theirs', () => {
    const found = stretchesOf([1, 2, 3, 4, 5, 6, 7, 8, 9].map(day), venueOf([]));
    const names = found.map(({ days }) => days.map((one) => one.day.slice(-1)).join(''));
    assert.deepEqual(names, ['12', '3456789']);
    assert.equal(stretchFor(found, '2026-11-01', T0 + 8 * 1440 * MINUTE), found[0]);
    const words = (at: number) => String((at - T0) / 1440 / MINUTE);
    assert.deepEqual(stretchChoices([...found, { name: 'e', days: [day(1), day(2)] }], words), [
      { day: '2026-11-02', words: 'e' },
      { day: '2026-11-09', words: '3 to 9' },
      { day: '2026-11-02', words: '1 to 2' },
    ]);
  });

  it('no session lies over another', () => {
    const session = fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 90 }));
    fc.assert(
      fc.property(fc.array(session, { maxLength: 25 }), (all) => {
        const sessions = all.map(([from, length], i) => ({
          id: `s${i}`,
          title: `${i}`,
          from: T0 + from * MINUTE,
          until: T0 + (from + length) * MINUTE,
        }));
        const placed = placedIn(venueOf([], { sessions }), { from: T0, until: T0 + 400 * MINUTE }, 30);
        assert.equal(placed.length, sessions.length);
        for (const [i, one] of placed.entries())
          for (const other of placed.slice(i + 1))
            assert.ok(one.row !== other.row || one.until <= other.from || other.until <= one.from);
      }),
    );
  });
});

it('stepAt(book, at) stays within the book', () => {
  const book = createBook(T0, T0 + 5 * MINUTE, MINUTE);
  assert.deepEqual([stepAt(book, T0 - 1), stepAt(book, T0 + MINUTE - 1), stepAt(book, T0 + 9e9)], [0, 0, 4]);
});

it('filmSpans(read, loop, at) has what goes on at the cursor first, then its day; nothing of what is not known yet', () => {
  const day = (i: number): DayRow => ({
    ...{ day: `2026-11-0${3 + i}`, from: T0 + i * 1440 * MINUTE, until: T0 + (i + 1) * 1440 * MINUTE },
    ...{ known: 0, revision: 0, whole: true, tag: '', address: '' },
  });
  const at = (hour: number) => new Date(T0 + hour * 60 * MINUTE).toISOString();
  const sessions = [
    { id: 'l', title: 'Lunch', from: at(12), until: at(13) },
    { id: 'k', title: 'Keynote', from: at(10), until: at(11) },
    { id: 'n', title: 'Next day', from: at(34), until: at(35) },
    { id: 'u', title: 'Unknown', from: at(20), until: at(21) },
  ];
  const stretch = { name: 'Conference', days: [day(0), day(1)] };
  const read = {
    book: { from: T0, until: T0 + 2880 * MINUTE },
    known: T0 + 1100 * MINUTE,
    stretch,
    venue: { sessions },
  };
  const minutes = (hour: number, loop: { from: number; until: number } | null = null) =>
    filmSpans(read, loop, T0 + hour * 60 * MINUTE).map(({ of, from, until }) => [
      of,
      ...[from, until].map((time) => (time - T0) / MINUTE),
    ]);
  const all = [
    ['The day', 0, 1100],
    ['Conference', 0, 1100],
  ];
  assert.deepEqual(minutes(9), [['Keynote', 600, 660], ['Lunch', 720, 780], ...all]);
  assert.deepEqual(minutes(12), [['Lunch', 720, 780], ['Keynote', 600, 660], ...all]);
  const loop = { from: T0 - MINUTE, until: T0 + MINUTE };
  assert.deepEqual(minutes(9, loop)[0], ['The loop', 0, 1]);
});

it('a scale is the venue’s: a loud, full book and a quiet one, a live picture and a film have the same colours', () => {
  const rooms = [
    { id: 'a', capacity: 300 },
    { id: 'b', capacity: 60 },
  ];
  const loud = { ...known(400), claps: 60 * 500 };
  const extents = [known(1), loud].map((cell) => {
    const book = createBook(T0, T0 + MINUTE, MINUTE);
    enter(book, gridOf({ a: [cell] }));
    const venue = venueOf([], { rooms });
    const house = createHouse({ version: '', venue, plans: [], name: null, zone: 'UTC' });
    return replaySceneOf({ layer: 'claps', chosen: null, isTable: false }, house, book, T0, null).extents;
  });
  assert.deepEqual(extents, [extentsOf({ rooms }), { claps: 300, people: 300 }]);
  assert.deepEqual(
    [extentsOf({ rooms: [{ id: 'a', capacity: 4 }] }), extentsOf({ rooms: [{ id: 'a' }] })],
    [
      { claps: 20, people: 4 },
      { claps: 150, people: 50 },
    ],
  );
});
