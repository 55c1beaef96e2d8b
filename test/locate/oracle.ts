import type { Sighting } from '../../services/model/observation.ts';
import type { Venue } from '../../services/model/venue.ts';

/** What is decided of a badge; `heard` by a known gateway; `home` is where it is or last was. */
export type Verdict = { room: string | null; home: string | null; parked: boolean; visit: number; heard: number };

type Kept = { gateway: string; time: number; t: number; rssi: number };
/** Of a decision: when, and the strongest level. Since the badge is where it is. */
type Level = { at: number; level: number };
type Past = Verdict & { kept: Map<string, Kept>; levels: Level[] };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * The rule as NUMBERS.md and `rule.ts` put it in words, slow and obvious: in each second all but the last decision is
 * made again from the list of everything that was received by then.
 * @returns takes what was received since the second before, and says what is decided at `now`, by badge
 */
export function createOracle(venue: Venue): (received: Sighting[], now: number) => Map<string, Verdict> {
  const past = new Map<string, Past>();
  const all = new Map<string, Sighting[]>();
  return (received, now) => {
    for (const one of received.filter(isCounted)) all.set(one.badge, [...(all.get(one.badge) ?? []), one]);
    for (const [badge, sightings] of all) past.set(badge, judge(venue, keptOf(sightings), past.get(badge), now));
    return past;
  };
}

/** What is kept of a list, looked at once: a list that has grown is another one. */
const known = new WeakMap<Sighting[], Map<string, Kept>>();
function keptOf(sightings: Sighting[]): Map<string, Kept> {
  const kept = known.get(sightings) ?? keep(sightings);
  known.set(sightings, kept);
  return kept;
}

const isCounted = ({ time, received }: Sighting): boolean => received - time <= 5 * MINUTE && time - received <= HOUR;

/** Keyed by gateway and time, the loudest value, counted from when the first copy was received. */
function keep(sightings: Sighting[]): Map<string, Kept> {
  const kept = new Map<string, Kept>();
  for (const { gateway, time, received, rssi } of sightings) {
    const t = Math.min(time, received);
    const known = kept.get(`${gateway} ${time}`) ?? { gateway, time, t, rssi };
    kept.set(`${gateway} ${time}`, { ...known, t: Math.min(known.t, t), rssi: Math.max(known.rssi, rssi) });
  }
  return kept;
}

function judge(venue: Venue, kept: Map<string, Kept>, before: Past | undefined, now: number): Past {
  const heard = Math.max(...[...kept.values()].filter(({ gateway, t }) => rowAt(venue, gateway, t)).map(({ t }) => t));
  const cadence = cadenceAt([...kept.values()], now);
  const patience = Math.max(5000, Math.min(5 * MINUTE, 2500 * cadence));
  const past: Past = before ?? { room: null, home: null, parked: false, visit: 0, heard, kept: new Map(), levels: [] };
  let { room, home, parked, visit, levels } = past;
  const samples = newest([...kept.values()], now);

  const moved = wallsMoved(venue, now) ? rehoused(venue, home, samples, now) : home;
  if (moved !== home) {
    if (room !== null) [room, visit] = [moved, now];
    home = moved;
  }

  const isNews = samples.some((one) => (past.kept.get(`${one.gateway} ${one.time}`)?.rssi ?? -999) < one.rssi);
  const weights = weigh(venue, samples, now, now - Math.min(100_000, 4000 * cadence));
  if (isNews && heard > now - patience && weights.size > 0) {
    const chosen = choose(weights, home);
    if (chosen !== room) [room, visit] = [chosen, now];
    if (chosen !== home) levels = [];
    home = chosen;
    levels = [
      ...levels,
      { at: now, level: strongest(venue, samples, now, now - Math.min(5 * MINUTE, 4000 * cadence)) },
    ];
    parked = isParked(levels, now);
  }
  if (room !== null && heard <= now - patience) [room, visit, parked] = [null, now, false];
  return { room, home, parked, visit, heard, kept, levels };
}

const rowAt = (venue: Venue, gateway: string, time: number) =>
  venue.gateways.find((row) => row.id === gateway && row.from <= time && time < row.until);

/** How often a badge was heard until `now`, s. */
export const cadenceOf = (sightings: Sighting[], now: number): number =>
  cadenceAt([...keep(sightings.filter(isCounted)).values()], now);

/** Median over the last 24 clock hours of each hour's median gap between heard seconds, s. */
function cadenceAt(kept: Kept[], now: number): number {
  const seconds = [...new Set(kept.map(({ t }) => Math.floor(t / 1000)))].sort((a, b) => a - b);
  const byHour = new Map<number, number[]>();
  let gaps = 0;
  for (const [i, second] of seconds.entries()) {
    const hour = Math.floor(second / 3600);
    const gap = second - (seconds[i - 1] ?? Number.NEGATIVE_INFINITY);
    if (gap > 300 || hour <= Math.floor(now / HOUR) - 24) continue;
    byHour.set(hour, [...(byHour.get(hour) ?? []), gap]);
    gaps += 1;
  }
  return gaps < 5 ? 60 : median([...byHour.values()].map(median));
}

/** Of each gateway the 16 newest of the last five minutes. */
function newest(kept: Kept[], now: number): Kept[] {
  return [...new Set(kept.map(({ gateway }) => gateway))].flatMap((gateway) =>
    kept
      .filter((one) => one.gateway === gateway && one.t > now - 5 * MINUTE)
      .sort((a, b) => a.t - b.t || a.time - b.time)
      .slice(-16),
  );
}

/** By gateway that is valid now: the level that four of five of its readings do not exceed. */
function levelsOf(venue: Venue, samples: Kept[], now: number, since: number): [room: string, level: number][] {
  return [...new Set(samples.map(({ gateway }) => gateway))].flatMap((gateway) => {
    const row = rowAt(venue, gateway, now);
    const heard = samples.filter((one) => row && one.gateway === gateway && one.t > since && one.t >= row.from);
    const rssi = heard.map((one) => one.rssi).sort((a, b) => a - b);
    if (!row || rssi.length === 0) return [];
    return [[wholeOf(venue, row.room, now), rssi[Math.ceil(rssi.length * 0.8) - 1]! + row.offset]];
  });
}

function weigh(venue: Venue, samples: Kept[], now: number, since: number): Map<string, number> {
  const weights = new Map<string, number>();
  for (const [room, level] of levelsOf(venue, samples, now, since)) {
    weights.set(room, (weights.get(room) ?? 0) + Math.round(2 ** 20 * 10 ** ((level + 100) / 14)));
  }
  return weights;
}

const strongest = (venue: Venue, samples: Kept[], now: number, since: number): number =>
  Math.max(...levelsOf(venue, samples, now, since).map(([, level]) => level));

function choose(weights: Map<string, number>, home: string | null): string {
  const best = heaviest(weights, [...weights.keys()])!;
  const present = weights.get(home ?? '');
  return present !== undefined && 14 * Math.log10(weights.get(best)! / present) < 2 ? home! : best;
}

const heaviest = (weights: Map<string, number>, rooms: string[]): string | undefined =>
  rooms.sort().reduce<string | undefined>((best, room) => {
    return weights.has(room) && weights.get(room)! > (weights.get(best ?? '') ?? 0) ? room : best;
  }, undefined);

const openAt = (venue: Venue, now: number) => venue.merges.filter(({ from, until }) => from <= now && now < until);

const wallsMoved = (venue: Venue, now: number): boolean =>
  JSON.stringify(openAt(venue, now)) !== JSON.stringify(openAt(venue, now - 1000));

const wholeOf = (venue: Venue, room: string, now: number): string =>
  openAt(venue, now).find((merge) => merge.of.includes(room))?.room ?? room;

/** Where somebody is when the walls have moved: in the whole, or in the part that hears it best. */
function rehoused(venue: Venue, home: string | null, samples: Kept[], now: number): string | null {
  if (home === null) return null;
  const closed = venue.merges.find((merge) => merge.room === home && merge.until <= now);
  if (!closed) return wholeOf(venue, home, now);
  return heaviest(weigh(venue, samples, now, now - 5 * MINUTE), [...closed.of]) ?? [...closed.of].sort()[0]!;
}

/** Replays every 10-minute window since the badge came: 24 within 6 dB park it, two beyond 6 dB take it away. */
function isParked(levels: Level[], now: number): boolean {
  const windows = new Map<number, Level[]>();
  for (const one of levels) {
    const window = Math.floor(one.at / (10 * MINUTE));
    if (window < Math.floor(now / (10 * MINUTE))) windows.set(window, [...(windows.get(window) ?? []), one]);
  }
  let steady: Level[] = [];
  let away: Level[] = [];
  let level: number | null = null;
  for (const [window, inIt] of windows) {
    const byMinute = new Map(inIt.map((one) => [Math.floor(one.at / MINUTE), one.level]));
    const closed = { at: inIt[0]!.at, level: median([...byMinute.values()]) };
    if (level === null) {
      steady = [...steady, closed].slice(-25);
      while (spread(steady) > 6) steady.shift();
      const isLong = (window + 1) * 10 * MINUTE - steady[0]!.at >= 4 * HOUR;
      if (steady.length >= 24 && isLong) level = median(steady.map((one) => one.level));
    } else {
      away = Math.abs(closed.level - level) > 6 ? [...away, closed] : [];
      if (away.length < 2) continue;
      [steady, away, level] = [spread(away) > 6 ? away.slice(1) : away, [], null];
    }
  }
  return level !== null;
}

const spread = (levels: Level[]): number =>
  Math.max(...levels.map(({ level }) => level)) - Math.min(...levels.map(({ level }) => level));

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
