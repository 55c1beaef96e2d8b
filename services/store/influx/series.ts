import { escape as escaped } from '@influxdata/influxdb-client';
import type { Observation } from '../../model/observation.ts';
import { hash53 } from './hash.ts';
import type { Tags } from './tags.ts';

/** The tag under which badges go that came when there were enough. */
export const OTHER = 'other';

/** How often what is stored is counted anew, ms, where it matters; and how often it is looked what others decided. */
const RECOUNT_MS = 3_600_000;
const LOOK_MS = 1000;
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
  tags: Tags;
  /** the pairs that the bucket holds; what it has forgotten, or never took, is not among them */
  known: readonly Pair[];
  /** the same, asked anew */
  stored(): Promise<Pair[]>;
  /** from how many on a new badge gets no tag */
  max: number;
  now(): number;
  /** told once that there are so many */
  full(): void;
};

export function seriesBook({ tags, known, stored, max, now, full }: Bounds): SeriesBook {
  const pairs = createPairs();
  const rest = new Map<string, Series>();
  let others = 0;
  let [looked, recounted] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let isListed = false;
  let last: Promise<unknown> = Promise.resolve();
  let tagged = pairs.renew(known);
  /** What others decided; and at first what has a tag in the bucket from before anybody decided. */
  const look = async () => {
    if (now() - looked < LOOK_MS) return;
    await tags.look();
    while (!isListed)
      isListed = await tags.give(
        tagged.filter((badge) => !tags.isKnown(badge)),
        0,
      );
    tagged = [];
    looked = now();
  };
  const decide = async (observations: readonly Observation[]): Promise<void> => {
    await look();
    for (;;) {
      const isDue = now() - recounted >= RECOUNT_MS;
      const from = tags.from();
      const { badges, isOver } = from === null ? NOBODY : newIn(observations, from, tags, pairs, max);
      if (from !== null && !isOver && badges.length === 0) return;
      if (isDue && (from === null || isOver)) {
        pairs.renew(await stored());
        recounted = now();
        if (from === null && pairs.size() < max) await tags.open(now() + AHEAD_MS);
      } else if (from === null) return;
      else if (await tags.give(badges, from)) if (!isOver || (await tags.open(null))) return;
    }
  };
  return {
    async admit(observations) {
      if (!observations.some((one) => one.kind === 'sighting' && !tags.isKnown(one.badge))) return;
      const turn = last.then(() => decide(observations));
      last = turn.catch(() => undefined);
      return turn;
    },
    sighting(gateway, badge, time) {
      if (tags.isOwn(badge, time)) return pairs.of(gateway, badge);
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

type Pairs = ReturnType<typeof createPairs>;
const NOBODY = { badges: [], isOver: true };

/** The pairs that have a tag, with their series. */
function createPairs() {
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
  return {
    of,
    has: (gateway: string, badge: string) => gateways.get(gateway)?.has(badge) === true,
    size: () => size,
    /** Holds these from now on. Returns their badges. */
    renew(pairs: readonly Pair[]): string[] {
      gateways.clear();
      size = 0;
      const own = pairs.filter(([, badge]) => badge !== OTHER);
      for (const [gateway, badge] of own) of(gateway, badge);
      return [...new Set(own.map(([, badge]) => badge))];
    },
  };
}

/** The badges of a batch that come anew and find room, in the order in which they came; and whether there was too little. */
function newIn(observations: readonly Observation[], from: number, tags: Tags, pairs: Pairs, max: number) {
  const badges = new Set<string>();
  const added = new Set<string>();
  let isOver = false;
  for (const one of observations) {
    if (one.kind !== 'sighting' || pairs.has(one.gateway, one.badge)) continue;
    const isIn = tags.isKnown(one.badge) || badges.has(one.badge);
    const mayCome = one.time >= from;
    const isRoom = pairs.size() + added.size < max;
    if (!isIn && mayCome && !isRoom) isOver = true;
    if (!isIn && mayCome && isRoom) badges.add(one.badge);
    if (isIn || badges.has(one.badge)) added.add(`${one.gateway} ${one.badge}`);
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
