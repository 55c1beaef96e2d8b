import { escape as escaped } from '@influxdata/influxdb-client';
import type { Observation, Sighting } from '../../model/observation.ts';
import { hash53 } from './hash.ts';
import { type Decisions, openPeriods, type Periods, type Tags } from './tags.ts';

/** The tag under which badges go that came when there were enough. */
export const OTHER = 'other';

/** How often what is stored is counted anew, ms, where it matters. */
const RECOUNT_MS = 3_600_000;
/** How far ahead new badges are let in again, ms: by then everybody who writes has read it. */
const AHEAD_MS = 60_000;

/** What a point's line begins with, hashed once; `ofOthers`: the badge has to stand in a field. */
export type Series = { prefix: string; key: number; ofOthers: boolean };

/** Which tags a sighting gets. Every pair of gateway and badge is a series, and InfluxDB keeps all of them in memory. */
export type SeriesBook = {
  /** Decides about the badges of observations that are new, with all who write here. Before it `sighting` knows nothing of them. */
  admit(observations: readonly Observation[]): Promise<void>;
  /** of what a badge did at an instant, UTC ms */
  sighting(gateway: string, badge: string, time: number): Series;
  /** of measurements and heartbeats: sensors and gateways are few, and not bounded */
  fixed(kind: string, tags: Record<string, string>): Series;
  /** pairs of gateway and badge that have a tag, and how often a badge had to go under `other` */
  counts(): { pairs: number; others: number };
};

type Pair = [gateway: string, badge: string];
export type Bounds = {
  decisions: Decisions;
  /** how long the bucket keeps what it is given, ms */
  keptMs: number;
  /** the pairs that the bucket holds; what it has forgotten, or never took, is not among them */
  known: readonly Pair[];
  /** the same, asked anew */
  stored(): Promise<Pair[]>;
  /** when badges under `other` were heard last, UTC ms: those that were at or after an instant */
  others(from: number): Promise<Map<string, number>>;
  /** from how many on a new badge gets no tag */
  max: number;
  now(): number;
  /** told once that there are so many */
  full(): void;
};

export function seriesBook(bounds: Bounds): SeriesBook {
  const { decisions, keptMs, known, now, full } = bounds;
  const pairs = createPairs(known);
  const decide = decider(bounds, pairs);
  const rest = new Map<string, Series>();
  let others = 0;
  let periods: Periods | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const decideAll = async (sightings: readonly Sighting[]): Promise<void> => {
    periods ??= await openPeriods(decisions, keptMs, now);
    periods.forget(now() - keptMs);
    const by = new Map<Tags, Sighting[]>();
    for (const one of sightings) {
      const tags = periods.of(one.time);
      const some = by.get(tags);
      if (some) some.push(one);
      else by.set(tags, [one]);
    }
    for (const [tags, some] of by) if (some.some(({ badge }) => !tags.isKnown(badge))) await decide(tags, some);
  };
  return {
    async admit(observations) {
      const sightings = observations.filter((one) => one.kind === 'sighting');
      if (sightings.every(({ badge, time }) => periods?.of(time).isKnown(badge))) return;
      const turn = last.then(() => decideAll(sightings));
      last = turn.catch(() => undefined);
      return turn;
    },
    sighting(gateway, badge, time) {
      if (periods?.of(time).isOwn(badge, time)) return pairs.of(gateway, badge);
      if (others++ === 0) full();
      const series = rest.get(gateway) ?? seriesOf('sighting', { gateway, badge: OTHER }, true);
      rest.set(gateway, series);
      return series;
    },
    fixed: (kind, tags) => {
      const at = `${kind} ${Object.values(tags).join(' ')}`;
      const series = rest.get(at) ?? seriesOf(kind, tags, false);
      rest.set(at, series);
      return series;
    },
    counts: () => ({ pairs: pairs.size(), others }),
  };
}

/** Decides about what came in one period, with all who write to the bucket. */
function decider({ stored, others, max, now }: Bounds, pairs: Pairs) {
  let recounted = Number.NEGATIVE_INFINITY;
  let ahead = { from: 0, newest: new Map<string, number>() };
  /** A period begins with what has a tag in the bucket: that makes no series more. */
  const begin = async (tags: Tags): Promise<void> => {
    pairs.renew(await stored());
    const isUnknown = (badge: string) => !tags.isKnown(badge);
    while (!(await tags.give(pairs.badges().filter(isUnknown), 0)));
  };
  /** Since `from`; but where others let new badges in again a clock may have been ahead of it: what it said stays where it is. */
  const give = async (tags: Tags, badges: readonly string[], from: number): Promise<boolean> => {
    if (from > 0 && ahead.from !== from) ahead = { from, newest: await others(from) };
    const late = from > 0 ? badges.filter((badge) => ahead.newest.has(badge)) : [];
    for (const badge of late) if (!(await tags.give([badge], ahead.newest.get(badge)! + 1))) return false;
    return tags.give(
      badges.filter((badge) => !late.includes(badge)),
      from,
    );
  };
  return async (tags: Tags, sightings: readonly Sighting[]): Promise<void> => {
    await tags.look();
    if (tags.isEmpty()) await begin(tags);
    for (;;) {
      const isDue = now() - recounted >= RECOUNT_MS;
      const from = tags.from();
      const { badges, isOver } = from === null ? NOBODY : newIn(sightings, from, tags, pairs, max);
      if (from !== null && !isOver && badges.length === 0) return;
      if (isDue && (from === null || isOver)) {
        pairs.renew(await stored());
        recounted = now();
        if (from === null && pairs.size() < max) await tags.open(now() + AHEAD_MS);
      } else if (from === null) return;
      else if (await give(tags, badges, from)) if (!isOver || (await tags.open(null))) return;
    }
  };
}

type Pairs = ReturnType<typeof createPairs>;
const NOBODY = { badges: [], isOver: true };

/** The pairs that have a tag, with their series. */
function createPairs(known: readonly Pair[]) {
  const gateways = new Map<string, Map<string, Series>>();
  let size = 0;
  const of = (gateway: string, badge: string): Series => {
    const badges = gateways.get(gateway) ?? new Map<string, Series>();
    gateways.set(gateway, badges);
    const known = badges.get(badge);
    if (known) return known;
    const series = seriesOf('sighting', { gateway, badge }, false);
    badges.set(badge, series);
    size += 1;
    return series;
  };
  /** Holds these from now on. */
  const renew = (all: readonly Pair[]) => {
    gateways.clear();
    size = 0;
    for (const [gateway, badge] of all) if (badge !== OTHER) of(gateway, badge);
  };
  renew(known);
  return {
    ...{ of, renew },
    has: (gateway: string, badge: string) => gateways.get(gateway)?.has(badge) === true,
    size: () => size,
    badges: () => [...new Set([...gateways.values()].flatMap((badges) => [...badges.keys()]))],
  };
}

/** The badges that come anew and find room, in the order in which they came; and whether there was too little. */
function newIn(sightings: readonly Sighting[], from: number, tags: Tags, pairs: Pairs, max: number) {
  const badges = new Set<string>();
  const added = new Set<string>();
  let isOver = false;
  for (const { gateway, badge, time } of sightings) {
    const isHeld = pairs.has(gateway, badge);
    if (!tags.isKnown(badge) && !badges.has(badge) && time >= from) {
      if (isHeld || pairs.size() + added.size < max) badges.add(badge);
      else isOver = true;
    }
    if (!isHeld && (tags.isKnown(badge) || badges.has(badge))) added.add(`${gateway} ${badge}`);
  }
  return { badges: [...badges], isOver };
}

function seriesOf(kind: string, tags: Record<string, string>, ofOthers: boolean): Series {
  const parts = Object.entries(tags).map(([name, value]) => {
    // An empty tag vanishes without a word: another identity.
    if (typeof value !== 'string' || value === '') throw new TypeError(`${kind}: expected a ${name}, found ${value}`);
    return `,${name}=${escaped.tag(value)}`;
  });
  const prefix = `${kind}${parts.join('')} `;
  return { prefix, key: hash53(prefix), ofOthers };
}
