import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { frames } from '../../jobs/frames.ts';
import { presences } from '../../jobs/presences.ts';
import { stepsOf } from '../../services/answer/bins.ts';
import { framesOf } from '../../services/answer/frames.ts';
import { presencesOf } from '../../services/answer/presences-of.ts';
import type { Refused } from '../../services/answer/refused.ts';
import { type By, scopeOf } from '../../services/answer/scope.ts';
import { fileOf, readParts } from '../../services/ledger/manifest.ts';
import { roomsAt } from '../../services/locate/floorplan.ts';
import { type Day, daysIn } from '../../services/model/day.ts';
import type { Presence } from '../../services/model/presence.ts';
import type { Span, Venue } from '../../services/model/venue.ts';
import { type Row, rowsOf } from '../../services/store/rows.ts';
import { randomWorld, type World } from '../locate/world.ts';
import { type Workshop, workshop } from './bench.ts';

const S = 1000;

/** Groups (z is staff, and not counted; y is handed on in the middle), floors, a session and an event. */
function furnished({ venue, start, seconds }: World): Venue {
  const [middle, end] = [start + Math.floor(seconds / 2) * S, start + seconds * S];
  const file = {
    ...venue.file,
    rooms: venue.rooms.map((id) => ({ id, floor: id === 'c' ? 'upper' : 'ground' })),
    groups: [{ id: 'guest' }, { id: 'speaker' }, { id: 'staff', counted: false }],
    badges: { default: 'guest' },
    sessions: [{ id: 's1', title: 'one', room: 'a', from: start + 120 * S, until: end - 60 * S }],
    events: [{ id: 'e1', from: start - 3600 * S, until: end }],
  };
  const always = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  const members = [
    { badge: 'z', group: 'staff', ...always },
    { badge: 'y', group: 'speaker', from: middle, until: always.until },
  ];
  return { ...venue, file, members };
}

const groupOf = (venue: Venue, badge: string, time: number): string =>
  venue.members!.find((one) => one.badge === badge && one.from <= time && time < one.until)?.group ?? 'guest';

async function made({ bench }: Workshop, day: Day): Promise<Presence[]> {
  const part = readParts(bench.house, 'presences').findLast((one) => one.day === day.day);
  if (!part) return [];
  const { connection } = await bench.database();
  const rows: Row[] = [];
  const result = await connection.stream('FROM read_parquet($file)', { file: fileOf(bench.house, 'presences', part) });
  for await (const chunk of rowsOf(result)) rows.push(...chunk);
  return rows as Presence[];
}

const tablesOf = ({ bench, database }: Workshop) => ({
  record: bench.record as never,
  house: bench.house,
  venue: () => bench.venue,
  tables: async () => ({ connect: database.connect, close: () => undefined }),
});

/** Second by second who counts, where, and in which group. */
type Crowd = Map<number, { badge: string; room: string; group: string }[]>;

function crowdOf(all: Presence[], venue: Venue): Crowd {
  const crowd: Crowd = new Map();
  for (const { badge, room, from, until, parked } of all)
    for (let second = from; !parked && second < until!; second += S) {
      const group = groupOf(venue, badge, second);
      if (group === 'staff') continue;
      const there = crowd.get(second) ?? [];
      crowd.set(second, there);
      there.push({ badge, room, group });
    }
  return crowd;
}

/** Second by second: which keys a badge counts in. */
function oracle(crowd: Crowd, venue: Venue, by: By, bin: Span) {
  const scope = scopeOf(venue, by);
  const byKey = new Map<string, { ms: number; peak: number; badges: Set<string>; stays: Map<string, number[]> }>();
  for (const key of scope.keys) byKey.set(key, { ms: 0, peak: 0, badges: new Set(), stays: new Map() });
  for (let second = bin.from; second < bin.until; second += S) {
    const now = new Map<string, Set<string>>();
    for (const { badge, room, group } of crowd.get(second) ?? []) {
      for (const { key, ...of } of scope.presences) {
        const place = by === 'group' ? group : room;
        if (of.room === place && of.from <= second && second < of.until)
          now.set(key, (now.get(key) ?? new Set()).add(badge));
      }
    }
    for (const [key, badges] of now) {
      const sums = byKey.get(key)!;
      sums.ms += badges.size * S;
      sums.peak = Math.max(sums.peak, badges.size);
      for (const badge of badges) {
        const stays = sums.stays.get(badge) ?? [];
        sums.stays.set(badge, stays);
        if (sums.badges.has(badge) && stays.at(-1)! < 0 && -stays.at(-1)! === second)
          stays.splice(-1, 1, -(second + S));
        else stays.push(second, -(second + S));
        sums.badges.add(badge);
      }
    }
  }
  return byKey;
}

const near = (x: number): number => Math.round(x * 1e4) / 1e4;

function compare(rows: Row[], crowd: Crowd, venue: Venue, by: By, step: string, span: Span): void {
  for (const bin of stepsOf(span, step, venue)) {
    const expected = oracle(crowd, venue, by, bin);
    for (const row of rows.filter(({ time }) => time === bin.from)) {
      if (row.average === null) continue;
      const { ms, peak, badges, stays } = expected.get(row[by] as string)!;
      const lengths = [...stays.values()].flatMap((edges) =>
        edges.flatMap((edge, i) => (i % 2 === 0 ? [-edges[i + 1]! - edge] : [])),
      );
      const sorted = lengths.sort((a, b) => a - b);
      const said = [row.badgeMinutes, row.peak, row.visitors, row.visits, row.dwellP90];
      const p90 = sorted.length > 0 ? near(sorted[Math.ceil(0.9 * sorted.length) - 1]! / 60_000) : null;
      assert.deepEqual(said, [near(ms / 60_000), peak, badges.size, sorted.length, p90], `${by} ${row[by]} ${step}`);
    }
    const told = rows.filter(({ time, average }) => time === bin.from && average !== null).map((row) => row[by]);
    for (const [key, { ms }] of expected) assert.ok(ms === 0 || told.includes(key), `${by} ${key} has a row`);
  }
}

function checkPresences(all: Presence[], day: Day, venue: Venue): void {
  const sorted = [...all].sort((a, b) => (a.badge === b.badge ? a.from - b.from : a.badge < b.badge ? -1 : 1));
  for (const [i, one] of sorted.entries()) {
    const { badge, room, from, until, heard, visit } = one;
    assert.ok(from % S === 0 && until! % S === 0 && from < until! && from >= day.from && until! <= day.until);
    assert.ok(until! <= Math.ceil(heard / S) * S + S || sorted[i + 1]?.from === until || until === day.until, badge);
    assert.ok(visit <= from);
    const next = sorted[i + 1];
    if (next?.badge === badge) assert.ok(next.from >= until!, `${badge} is in one room at a time`);
    for (const second of [from, until! - S])
      assert.ok(
        roomsAt(venue, second).some((standing) => standing.room === room) || isGone(venue, room, second),
        `${room} exists at ${second}`,
      );
  }
}

/** A room whose gateway went away while somebody was in it. */
const isGone = (venue: Venue, room: string, second: number): boolean =>
  !venue.merges.some(({ from, until, of }) => from <= second && second < until && of.includes(room));

describe('presences, frames', () => {
  it('what is made of a random world is whole, in one place at a time, and adds up by every key and step', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(10_000), fc.constantFrom(5, 60), async (seed, slowest) => {
        const world = randomWorld(seed, 1200, slowest);
        const venue = furnished(world);
        const one = await workshop(venue, world.sightings);
        try {
          const span = { from: world.start, until: world.start + world.seconds * S };
          const days = daysIn(span, venue.zone);
          for (const day of days) for (const job of [presences, frames]) await job.run(day, one.bench);
          const all: Presence[] = [];
          for (const day of days) {
            const own = await made(one, day);
            checkPresences(own, day, venue);
            all.push(...own);
          }
          assert.ok(all.length > 0);
          const crowd = crowdOf(all, venue);
          const asked = { from: span.from - (span.from % 60_000) - 600_000, until: span.until - (span.until % 60_000) };
          for (const by of ['room', 'floor', 'group', 'session', 'event'] as const)
            for (const step of ['1h', '7m', 'all', 'session']) {
              const found = await framesOf({ dataset: 'frames', span: asked, by, step }, tablesOf(one));
              assert.ok(found.revisions.every(({ revision }) => revision === 1));
              assert.ok(found.rows.length > 0, `${by} by ${step} has rows`);
              compare(found.rows, crowd, venue, by, step, found.span);
            }
        } finally {
          await one.end();
        }
      }),
      // A wall moved before a badge that had fallen silent was given up; the first second known is a midnight.
      {
        numRuns: 2,
        examples: [
          [6, 5],
          [1, 5],
        ],
      },
    ));

  it('run twice is no new revision; late data makes one; the order of arrival makes no difference', async () => {
    const world = randomWorld(7, 900, 5);
    const venue = furnished(world);
    const [day] = daysIn({ from: world.start, until: world.start + S }, venue.zone);
    const held = world.sightings.filter((_, i) => i % 9 === 0);
    const rest = world.sightings.filter((_, i) => i % 9 !== 0);
    const one = await workshop(venue, rest);
    const other = await workshop(venue, [...rest, ...held].reverse());
    try {
      const first = [await presences.run(day!, one.bench), await frames.run(day!, one.bench)];
      const again = [await presences.run(day!, one.bench), await frames.run(day!, one.bench)];
      assert.deepEqual(
        [first, again].map((runs) => runs.flatMap(({ revisions }) => revisions.map(({ isNew }) => isNew))),
        [
          [true, true],
          [false, false],
        ],
      );
      await one.store.append({ observations: held, rejects: [] });
      for (const job of [presences, frames]) {
        const { revision, isNew } = (await job.run(day!, one.bench)).revisions[0]!;
        assert.deepEqual([revision, isNew], [2, true]);
        await job.run(day!, other.bench);
      }
      for (const dataset of ['presences', 'frames'] as const) {
        const [late, whole] = [one, other].map(({ bench }) => {
          const part = readParts(bench.house, dataset).at(-1)!;
          return readFileSync(fileOf(bench.house, dataset, part));
        });
        assert.ok(late!.equals(whole!), `${dataset} are byte for byte the same`);
      }
    } finally {
      await one.end();
      await other.end();
    }
  });

  it('revision=n reads that one, and is refused with those there are', async () => {
    const world = randomWorld(3, 900, 5);
    const one = await workshop(furnished(world), world.sightings);
    try {
      const span = { from: world.start, until: world.start + 900 * S };
      const [day] = daysIn(span, world.venue.zone);
      for (const job of [presences, frames]) await job.run(day!, one.bench);
      const within = { from: world.start, until: Math.min(span.until, day!.until) };
      const found = await presencesOf({ dataset: 'presences', span: within, revision: 1 }, tablesOf(one));
      found.memory.close();
      assert.deepEqual(found.revisions, [{ day: day!.day, revision: 1 }]);
      await assert.rejects(
        framesOf({ dataset: 'frames', span: within, revision: 4, step: 'all' }, tablesOf(one)),
        (error: Refused) => error.reasons[0]!.pointer === '/revision' && error.reasons[0]!.expected.includes('0, 1'),
      );
    } finally {
      await one.end();
    }
  });

  it('corrected seconds are made on asking, and add up to the minutes of the job; more than an hour is refused', async () => {
    const world = randomWorld(5, 1200, 5);
    const one = await workshop(furnished(world), world.sightings);
    try {
      const [day] = daysIn({ from: world.start, until: world.start + S }, world.venue.zone);
      for (const job of [presences, frames]) await job.run(day!, one.bench);
      const from = Math.floor(world.start / 60_000) * 60_000;
      const span = { from, until: Math.min(day!.until, from + 10 * 60_000) };
      const ask = (step: string, over: Span = span, by = 'room') =>
        framesOf({ dataset: 'frames', span: over, step, by }, tablesOf(one));
      const [seconds, whole] = [await ask('20s'), await ask('all')];
      assert.deepEqual([seconds.readFrom, whole.readFrom], ['observations, presences', 'minute frames, presences']);
      const sum = (rows: Row[], room: unknown, measure: string) =>
        rows.filter((row) => row.room === room).reduce((total, row) => total + Number(row[measure] ?? 0), 0);
      assert.ok(whole.rows.some(({ badgeMinutes }) => Number(badgeMinutes) > 0));
      for (const { room, badgeMinutes, frames: made } of whole.rows) {
        assert.ok(Math.abs(sum(seconds.rows, room, 'badgeMinutes') - Number(badgeMinutes)) < 0.01);
        assert.equal(sum(seconds.rows, room, 'frames'), made);
      }
      await assert.rejects(
        ask('1s', { from: day!.from, until: day!.from + 2 * 3_600_000 }),
        (error: Refused) => error.reasons[0]!.pointer === '/step' && error.reasons[0]!.expected.includes('an hour'),
      );
      const heard = (await ask('all', span, 'gateway')).rows;
      for (const { gateway, visitors, badgeMinutes } of heard) {
        const own = world.sightings.filter(
          ({ time, gateway: id, badge }) => id === gateway && badge !== 'z' && span.from <= time && time < span.until,
        );
        const minutes = new Set(own.map(({ time, badge }) => `${badge} ${Math.floor(time / 60_000)}`));
        if (visitors === null) continue;
        assert.deepEqual(
          [visitors, badgeMinutes],
          [new Set(own.map(({ badge }) => badge)).size, minutes.size],
          `${gateway}`,
        );
      }
      assert.ok(heard.some(({ visitors }) => Number(visitors) > 0));
    } finally {
      await one.end();
    }
  });
});
