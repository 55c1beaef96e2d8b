import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { RoomFrame } from '../../services/model/frame.ts';
import type { VenueFile } from '../../services/model/venue.ts';
import { floorsOf } from '../../web/draw/plan/floor.ts';
import { inset } from '../../web/draw/plan/inset.ts';
import { largestRectangle } from '../../web/draw/plan/rectangle.ts';
import type { Ring } from '../../web/draw/plan/ring.ts';
import { union } from '../../web/draw/plan/union.ts';
import type { Ask } from '../../web/read/ask.ts';
import { followLive } from '../../web/read/live.ts';
import { readDay } from '../../web/read/past.ts';
import { createHistory } from '../../web/view/live/history.ts';
import { beginOf, midnightOf } from '../../web/view/live/midnight.ts';
import { createSteps } from '../../web/view/live/steps.ts';

const box = (x: number, y: number, w: number, h: number): Ring => [
  [x, y],
  [x + w, y],
  [x + w, y + h],
  [x, y + h],
];
const areaOf = (ring: Ring) =>
  Math.abs(
    ring.reduce((sum, [x, y], i) => sum + x * ring[(i + 1) % ring.length]![1] - y * ring[(i + 1) % ring.length]![0], 0),
  ) / 2;

describe('rooms as shapes', () => {
  it('union(parts) is their outline without the wall between, however they turn and wherever their corners are', () => {
    const [whole] = union([box(0, 0, 4, 3), [...box(4, 0, 5, 3)].reverse()]);
    assert.deepEqual([whole!.length, areaOf(whole!)], [4, 27]);
    const [stepped, ...others] = union([box(0, 0, 4, 6), box(4, 2, 3, 2)]);
    assert.deepEqual([stepped!.length, areaOf(stepped!), others.length], [8, 30, 0]);
    assert.equal(union([box(0, 0, 1, 1), box(5, 5, 1, 1)]).length, 2);
  });

  it('largestRectangle(rings) is the room itself, or what of an L is largest', () => {
    assert.deepEqual(largestRectangle([box(2, 3, 7, 5)]), [2, 3, 7, 5]);
    const l: Ring = [
      [0, 0],
      [10, 0],
      [10, 4],
      [3, 4],
      [3, 9],
      [0, 9],
    ];
    assert.deepEqual(largestRectangle([l]), [0, 0, 10, 4]);
  });

  it('inset(ring, d) is smaller by d all round, whichever way it turns', () => {
    assert.equal(areaOf(inset(box(0, 0, 10, 8), 1)), 48);
    assert.equal(areaOf(inset([...box(0, 0, 10, 8)].reverse(), 1)), 48);
  });

  it('floorsOf(venue) merges parts that have no common polygon, and lays out what has none', () => {
    const venue: VenueFile = {
      zone: 'UTC',
      rooms: [
        { id: 'a', polygon: box(0, 0, 10, 10), floor: 'g' },
        { id: 'b', polygon: box(10, 0, 5, 10), floor: 'g' },
        { id: 'ab', floor: 'g' },
        { id: 'c', floor: 'g' },
        { id: 'd' },
      ],
      floors: [{ id: 'g', name: 'Ground' }, { id: 'none' }],
      merges: [{ room: 'ab', of: ['a', 'b'], from: 0, until: 1 }],
      gateways: [],
    };
    const [ground, others, ...rest] = floorsOf(venue, 1.6);
    assert.deepEqual([ground!.name, others!.name, rest.length], ['Ground', 'Other rooms', 0]);
    const merged = ground!.rooms.find(({ id }) => id === 'ab')!;
    assert.deepEqual([merged.rings.length, areaOf(merged.rings[0]!)], [1, 150]);
    const bare = ground!.rooms.find(({ id }) => id === 'c')!;
    assert.ok(
      bare.rings[0]!.every(([, y]) => y > 10),
      'under the plan',
    );
  });
});

describe('what is remembered', () => {
  it('createSteps means each step, knows nothing across a break, and forgets what is old', () => {
    const steps = createSteps(10, 4);
    for (const [at, value] of [
      [0, 1],
      [5, 3],
      [10, 8],
      [30, 9],
    ] as const)
      steps.add(at, value);
    assert.deepEqual(steps.upTo(30, 40).values, [2, 8, null, 9]);
    steps.breakAt(12, 14);
    assert.deepEqual(steps.upTo(30, 40).values, [2, null, null, 9]);
    steps.add(40, 5);
    assert.deepEqual(steps.upTo(40, 40), { from: 10, stepMs: 10, values: [null, null, 9, 5] });
  });

  it('createSteps keeps what was added before what is filled in', () => {
    const steps = createSteps(10, 4);
    steps.add(10, 7);
    steps.fill(0, 30, 2);
    assert.deepEqual(steps.upTo(20, 30).values, [2, 7, 2]);
  });

  it('a deaf room keeps its last number and gives the trend none', () => {
    const history = createHistory(['a']);
    const room = (coverage: RoomFrame['coverage'], occupancy: number): RoomFrame => ({
      room: 'a',
      occupancy,
      parked: 0,
      claps: 0,
      temperature: null,
      coverage,
      gateways: 1,
      age: 1,
      expected: null,
      low: null,
      high: null,
    });
    const second = (time: number, frame: RoomFrame) =>
      history.take({ time, positions: [], venue: '', rule: '', baseline: null, rooms: [frame] });
    second(60_000, room('good', 24));
    second(61_000, room('deaf', 3));
    const past = history.pasts.get('a')!;
    assert.deepEqual(
      [past.last, past.since],
      [
        { count: 24, at: 60_000 },
        { at: 61_000, isBefore: false },
      ],
    );
    assert.deepEqual(past.trends.count.upTo(61_000, 15_000).values, [24]);
  });

  it('a room that is again soon after a break what it was before is that since then, as whoever reads the past finds', () => {
    const sinceAfter = (seconds: [second: number, coverage: RoomFrame['coverage']][]) => {
      const history = createHistory(['a']);
      const [unknown] = [{ occupancy: 0, parked: 0, claps: 0, temperature: null, gateways: 1, age: 1 }];
      const band = { expected: null, low: null, high: null };
      for (const [second, coverage] of seconds)
        history.take({
          ...{ time: second * 1000, positions: [], venue: '', rule: '', baseline: null },
          rooms: [{ room: 'a', coverage, ...unknown, ...band }],
        });
      return history.pasts.get('a')!.since?.at;
    };
    const before = [
      [60, 'good'],
      [61, 'deaf'],
      [62, 'deaf'],
    ] as [number, RoomFrame['coverage']][];
    assert.equal(sinceAfter([...before, [95, 'silent'], [96, 'silent'], [97, 'deaf']]), 61_000);
    // Two breaks, one after the other.
    assert.equal(sinceAfter([...before, [95, 'silent'], [130, 'silent'], [131, 'deaf']]), 61_000);
    // It was something else for long, or something else now.
    assert.equal(sinceAfter([...before, [600, 'silent'], [601, 'deaf']]), 601_000);
    assert.equal(sinceAfter([...before, [95, 'silent']]), 95_000);
    // Without a break nothing is taken for what it was.
    assert.equal(sinceAfter([...before, [63, 'silent'], [64, 'deaf']]), 64_000);
  });

  it('frames that jump by more than a second break the trend', () => {
    const history = createHistory(['a']);
    const second = (time: number) =>
      history.take({
        time,
        positions: [],
        venue: '',
        rule: '',
        baseline: null,
        rooms: [
          {
            room: 'a',
            occupancy: 5,
            parked: 0,
            claps: 0,
            temperature: null,
            coverage: 'good',
            gateways: 1,
            age: 1,
            expected: null,
            low: null,
            high: null,
          },
        ],
      });
    for (const s of [60, 61, 75, 76, 78, 90]) second(s * 1000);
    for (const s of [91, 92]) second(s * 1000);
    assert.deepEqual(history.pasts.get('a')!.trends.count.upTo(92_000, 45_000).values, [null, null, 5]);
  });

  it('the hour before tells since when a room is deaf, and what was counted last', () => {
    const history = createHistory(['a']);
    const row = (minute: number, coverage: RoomFrame['coverage'], average: number) => ({
      room: 'a',
      time: minute * 60_000,
      average,
      peak: 0,
      visitors: 0,
      badgeMinutes: 0,
      claps: 0,
      temperature: null,
      coverage,
      covered: coverage === 'good' ? 1 : 0,
      frames: 60,
    });
    history.takeHour([row(1, 'good', 30), row(2, 'good', 24.2), row(3, 'deaf', 5), row(4, 'deaf', 1)]);
    const past = history.pasts.get('a')!;
    assert.deepEqual(
      [past.since, past.last],
      [
        { at: 180_000, isBefore: false },
        { count: 24, at: 180_000 },
      ],
    );
  });

  it('the hour before does not say silent since before a word that came meanwhile', () => {
    const history = createHistory(['a']);
    const row = (minute: number, covered: number) => ({
      ...{ room: 'a', time: minute * 60_000, average: 1, peak: 0, visitors: 0, badgeMinutes: 0, claps: 0 },
      ...{ temperature: null, coverage: 'silent' as const, covered, frames: 60 },
    });
    history.takeHour([row(1, 0), row(2, 0), row(3, 0.3), row(4, 0)]);
    assert.deepEqual(history.pasts.get('a')!.since, { at: 180_000, isBefore: false });
    const never = createHistory(['a']);
    never.takeHour([row(1, 0), row(2, 0)]);
    assert.deepEqual(never.pasts.get('a')!.since, { at: 60_000, isBefore: true });
    const anew = createHistory(['a']);
    anew.takeHour([{ ...row(1, 0), coverage: 'gap' }, row(2, 0)]);
    assert.deepEqual(anew.pasts.get('a')!.since, { at: 120_000, isBefore: true }, 'after a gap');
  });

  it('a state older than the hour is looked for in the quarter in which it began', () => {
    const history = createHistory(['a', 'b']);
    const row = (room: string, minute: number, coverage: RoomFrame['coverage']) => ({
      ...{ room, time: minute * 60_000, average: 1, peak: 0, visitors: 0, badgeMinutes: 0, claps: 0 },
      ...{ temperature: null, coverage, covered: coverage === 'good' ? 1 : 0, frames: 60 },
    });
    history.takeHour([row('a', 90, 'deaf'), row('a', 91, 'deaf'), row('b', 90, 'good'), row('b', 91, 'deaf')]);
    const quarters = [row('a', 0, 'good'), row('a', 15, 'good'), row('a', 30, 'deaf'), row('a', 75, 'deaf')];
    assert.deepEqual(history.begun([...quarters, row('b', 0, 'deaf'), row('b', 75, 'good')]), [15 * 60_000]);
    history.takeBefore([row('a', 15, 'good'), row('a', 28, 'good'), row('a', 29, 'deaf'), row('a', 44, 'deaf')]);
    assert.deepEqual(history.pasts.get('a')!.since, { at: 29 * 60_000, isBefore: false });
    assert.deepEqual(history.pasts.get('b')!.since, { at: 91 * 60_000, isBefore: false });
    assert.deepEqual(history.begun(quarters), []);
  });

  it('readDay(ask, midnight, now) reaches 24 hours back, and to midnight on a day that has 25', async () => {
    const quarter = 900_000;
    const from = async (midnight: number, now: number) => {
      let asked = '';
      const ask = async (path: string) => {
        asked = path;
        return { body: { rows: [] }, clock: null };
      };
      await readDay(ask as unknown as Ask, midnight, now);
      return Number(new URL(asked, 'http://localhost').searchParams.get('from'));
    };
    assert.equal(await from(400 * quarter, 400 * quarter + 60_000), 305 * quarter, 'a minute after midnight');
    assert.equal(await from(400 * quarter, 499 * quarter), 400 * quarter);
  });

  it('the day so far has the people of rooms that are counted, as the total has', () => {
    const history = createHistory(['a', 'b']);
    const row = (room: string, coverage: RoomFrame['coverage'], badgeMinutes: number) => ({
      ...{ room, time: 0, average: 1, peak: 0, visitors: 0, badgeMinutes, claps: 0 },
      ...{ temperature: null, coverage, covered: 1, frames: 900 },
    });
    history.takeDay([row('a', 'thin', 150), row('b', 'deaf', 75)]);
    const frame = (room: string, coverage: RoomFrame['coverage'], occupancy: number) => ({
      ...{ room, occupancy, parked: 0, claps: 0, temperature: null, coverage, gateways: 1, age: 0 },
      ...{ expected: null, low: null, high: null },
    });
    const take = (time: number, rooms: RoomFrame[]) =>
      history.take({ time, positions: [], venue: '', rule: '', baseline: null, rooms });
    take(900_000, [frame('a', 'good', 4), frame('b', 'silent', 3)]);
    take(1_800_000, [frame('a', 'deaf', 4), frame('b', 'silent', 3)]);
    assert.deepEqual(history.total.upTo(1_800_000, 2_700_000).values, [10, 4, null]);
  });

  it('midnightOf(at, zone) is the local midnight, on the day of a clock change too', () => {
    assert.equal(midnightOf(Date.parse('2026-11-03T10:42:00Z'), 'Europe/Dublin'), Date.parse('2026-11-03T00:00:00Z'));
    assert.equal(midnightOf(Date.parse('2026-10-25T22:00:00Z'), 'Europe/Dublin'), Date.parse('2026-10-24T23:00:00Z'));
    assert.equal(midnightOf(Date.parse('2026-07-01T00:10:00Z'), 'Asia/Kathmandu'), Date.parse('2026-06-30T18:15:00Z'));
  });

  it('beginOf(day, zone) is the local midnight of a day, as far from UTC as clocks are', () => {
    for (const [zone, expected] of [
      ['Pacific/Kiritimati', '2026-11-02T10:00:00Z'],
      ['Pacific/Auckland', '2026-11-02T11:00:00Z'],
      ['Europe/Dublin', '2026-11-03T00:00:00Z'],
      ['Etc/GMT+12', '2026-11-03T12:00:00Z'],
    ] as const)
      assert.equal(beginOf('2026-11-03', zone), Date.parse(expected), zone);
    assert.equal(beginOf('2026-10-26', 'Europe/Dublin') - beginOf('2026-10-25', 'Europe/Dublin'), 25 * 3_600_000);
  });
});

/** A stream that does what the test says. */
class Stream extends EventTarget {
  isClosed = false;
  readonly address: string;
  constructor(address: string) {
    super();
    this.address = address;
  }
  close() {
    this.isClosed = true;
  }
  say(name: string, data?: object, lastEventId = '') {
    this.dispatchEvent(Object.assign(new Event(name), { data: JSON.stringify(data), lastEventId }));
  }
}

function follow(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const streams: Stream[] = [];
  const told: string[] = [];
  followLive(
    'http://house/',
    {
      opened: () => void told.push('open'),
      notices: (all) => void told.push(`${all.length} notices`),
      frame: ({ time }) => void told.push(`frame ${time}`),
      gap: (from, until) => void told.push(`gap ${from}–${until}`),
      anew: () => void told.push('anew'),
      lost: (pauseMs) => void told.push(`${pauseMs / 1000} s`),
    },
    (address) => {
      streams.push(new Stream(address));
      return streams.at(-1) as unknown as EventSource;
    },
    () => 1,
  );
  return { streams, told, pass: (ms: number) => context.mock.timers.tick(ms) };
}

describe('followLive', () => {
  it('pauses longer and longer, ten seconds at most, for minutes; and is as quick again after', (context) => {
    const { streams, told, pass } = follow(context);
    for (const s of [1, 2, 4, 8, 10, 10, 10]) {
      streams.at(-1)!.say('error');
      pass(s * 1000 - 1);
      const before = streams.length;
      pass(1);
      assert.equal(streams.length, before + 1);
    }
    streams.at(-1)!.say('open');
    streams.at(-1)!.say('error');
    assert.deepEqual(told, ['1 s', '2 s', '4 s', '8 s', '10 s', '10 s', '10 s', 'open', '1 s']);
    assert.equal(streams.filter(({ isClosed }) => !isClosed).length, 0, 'none is left open');
  });

  it('goes on from the last frame, and tells of gaps', (context) => {
    const { streams, told, pass } = follow(context);
    streams[0]!.say('frame', { time: 5000 }, '5000');
    streams[0]!.say('gap', { from: 6000, until: 9000 }, '5000');
    streams[0]!.say('error');
    pass(1000);
    assert.deepEqual(
      streams.map(({ address }) => address),
      ['http://house/v1/live', 'http://house/v1/live?after=5000'],
    );
    assert.deepEqual(told, ['frame 5000', 'gap 6000–9000', '1 s']);
  });

  it('takes a stream that says nothing for 20 s for dead', (context) => {
    const { streams, pass } = follow(context);
    streams[0]!.say('open');
    pass(19_999);
    assert.equal(streams[0]!.isClosed, false);
    pass(1);
    assert.equal(streams[0]!.isClosed, true);
  });
});
