import type { Coverage, RoomFrame } from '../../services/model/frame.ts';
import type { Measurement, Observation, Sighting } from '../../services/model/observation.ts';
import type { Span, Venue } from '../../services/model/venue.ts';

/** What `locate` says of a badge that is present; it has an oracle of its own. */
export type Here = { badge: string; room: string; parked: boolean; visit: number; cadence: number };

/** What must have happened in a world for its frames to tell anything. */
export const CASES = [
  ...['unmeasured', 'silent', 'deaf', 'thin', 'good', 'thin: heard too seldom', 'thin: one deaf', 'thin: one silent'],
  ...['frozen claps', 'claps', 'largest claps of a second', 'felt', 'fixed sensor', 'frozen temperature', 'unlearnt'],
  ...[
    'merged',
    'merged twice',
    'parked',
    'uncounted',
    'never heard',
    'late',
    'far ahead',
    'ahead',
    'repeated ahead',
    'clock behind',
  ],
] as const;
export type Case = (typeof CASES)[number];

/** An observation that moves frames, and the instant it counts at. */
type Placed<Kind extends Observation = Observation> = { t: number; received: number; is: Kind };
type Wellness = 'silent' | 'deaf' | 'good';
type Feeling = { t: number; value: number; own: number | null; isFrozen: boolean };
/** What was received by `now`. */
type Seen = {
  now: number;
  venue: Venue;
  saw: (what: Case) => void;
  sightings: Placed<Sighting>[];
  ofBadge: (badge: string) => Placed<Sighting>[];
  ofGateway: (gateway: string) => Placed[];
  ofSensor: (sensor: string) => Placed<Measurement>[];
};

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/**
 * NUMBERS.md, slow and obvious: nothing is remembered, each frame is made anew from the list of all observations.
 * @param saw is told what occurred
 * @returns every room at whole second `now`, of which only who is present where is not its own finding
 */
export function createFrameOracle(
  venue: Venue,
  observations: Observation[],
  counted: (badge: string) => boolean,
  saw: (what: Case) => void,
): (now: number, present: Here[]) => RoomFrame[] {
  const seenBy = heapsOf(venue, place(observations, saw), saw);
  const badges = [...new Set(observations.flatMap((one) => (one.kind === 'sighting' ? [one.badge] : [])))];
  return (now, present) => {
    const seen = seenBy(now);
    const feelings = new Map(badges.map((badge) => [badge, feelingOf(seen, seen.ofBadge(badge))]));
    return roomsAt(venue, now, saw).map((room) => {
      const here = present.filter((one) => one.room === room);
      return frameOf(seen, room, here, feelings, counted);
    });
  };
}

/**
 * Place in time. Copies of one sighting count when the first of them did: a repeat changes nothing. But one that was marked
 * ahead stands for itself: what has its time when its clock has been put right is no repeat of it.
 */
function place(observations: Observation[], saw: (what: Case) => void): Placed[] {
  const first = new Map<string, number>();
  const moving = observations.filter(({ time, received }) => {
    if (received - time > 5 * MINUTE) saw('late');
    if (time - received > HOUR) saw('far ahead');
    if (time > received) saw('ahead');
    return received - time <= 5 * MINUTE && time - received <= HOUR;
  });
  for (const one of moving) {
    if (one.time - one.received > MINUTE) continue;
    const t = Math.min(one.time, one.received);
    const known = first.get(keyOf(one)) ?? t;
    if (known !== t) saw('repeated ahead');
    first.set(keyOf(one), Math.min(t, known));
  }
  return moving.map((is) => {
    const t = Math.min(is.time, is.received);
    return { t: Math.min(t, first.get(keyOf(is)) ?? t), received: is.received, is };
  });
}

function keyOf(one: Observation): string {
  if (one.kind === 'sighting') return `${one.gateway} ${one.badge} ${one.time}`;
  return one.kind === 'measurement' ? `${one.sensor} ${one.quantity} ${one.time}` : `${one.gateway} ${one.time}`;
}

function heapsOf(venue: Venue, placed: Placed[], saw: (what: Case) => void): (now: number) => Seen {
  const sightings = placed.filter((one): one is Placed<Sighting> => one.is.kind === 'sighting');
  const measured = placed.filter((one): one is Placed<Measurement> => one.is.kind === 'measurement');
  const byBadge = grouped(sightings, ({ is }) => is.badge);
  const byGateway = grouped(placed, ({ is }) => (is.kind === 'measurement' ? null : is.gateway));
  const bySensor = grouped(measured, ({ is }) => (is.quantity === 'temperature' ? is.sensor : null));
  return (now) => {
    const upTo = <T extends Placed>(heap: T[] = []): T[] => heap.filter(({ received }) => received <= now);
    return {
      ...{ now, venue, saw, sightings: upTo(sightings) },
      ofBadge: (badge) => upTo(byBadge.get(badge)),
      ofGateway: (gateway) => upTo(byGateway.get(gateway)),
      ofSensor: (sensor) => upTo(bySensor.get(sensor)),
    };
  };
}

function frameOf(
  seen: Seen,
  room: string,
  here: Here[],
  feelings: Map<string, Feeling | null>,
  counted: (badge: string) => boolean,
): RoomFrame {
  const { now, venue, saw, ofBadge, ofGateway } = seen;
  const gateways = venue.gateways.filter((one) => holds(one, now) && wholeOf(venue, one.room, now) === room);
  const wellness = gateways.map(({ id }) => wellnessOf(seen, id));
  const coverage = coverageOf(wellness, isSparse(seen, room, here), saw);
  const newest = Math.max(...gateways.flatMap(({ id }) => ofGateway(id)).map(({ t }) => t));
  const claps = here.reduce((sum, { badge }) => sum + gaugeOf(seen, ofBadge(badge)), 0);
  const temperature = temperatureOf(seen, room, here, feelings);
  for (const { badge, parked } of here) if (parked || !counted(badge)) saw(parked ? 'parked' : 'uncounted');
  if (coverage === 'silent' && newest === -Infinity) saw('never heard');
  return {
    room,
    occupancy: coverage === 'unmeasured' ? null : here.filter((one) => !one.parked && counted(one.badge)).length,
    parked: coverage === 'unmeasured' ? null : here.filter((one) => one.parked).length,
    claps: claps / 10,
    temperature: temperature === null ? null : Math.round(temperature) / 100,
    coverage,
    gateways: wellness.filter((one) => one === 'good').length,
    age: newest === -Infinity ? null : (now - newest) / SECOND,
    ...{ expected: null, low: null, high: null },
  };
}

/** Parts of an open merge do not exist; a merged room exists only while its merge is open. */
function roomsAt(venue: Venue, now: number, saw: (what: Case) => void): string[] {
  const open = venue.merges.filter((merge) => holds(merge, now));
  for (const merge of open) saw(open.some((other) => other.of.includes(merge.room)) ? 'merged twice' : 'merged');
  return venue.rooms.filter((room) => {
    const isMade = venue.merges.some((merge) => merge.room === room);
    return !open.some(({ of }) => of.includes(room)) && (!isMade || open.some((merge) => merge.room === room));
  });
}

function wholeOf(venue: Venue, room: string, now: number): string {
  const merge = venue.merges.find((one) => holds(one, now) && one.of.includes(room));
  return merge ? wholeOf(venue, merge.room, now) : room;
}

const holds = ({ from, until }: Span, time: number): boolean => from <= time && time < until;

/** Claps: the largest value of the newest second in (T − 10 s, T] that has one; a frozen one is no applause. */
function gaugeOf({ now, saw }: Seen, heard: Placed<Sighting>[]): number {
  const said = heard.flatMap(({ t, is }) => (is.claps === null ? [] : [{ second: Math.ceil(t / SECOND), ...is }]));
  const seconds = [...grouped(said, ({ second }) => second)].sort((a, b) => a[0] - b[0]);
  const values = seconds.map(([second, of]) => ({ second, value: Math.max(...of.map(({ claps }) => claps!)) }));
  const newest = values.at(-1);
  if (!newest || newest.second * SECOND <= now - 10 * SECOND || newest.value === 0) return 0;
  if (new Set(seconds.at(-1)![1].map(({ claps }) => claps)).size > 1) saw('largest claps of a second');
  const same = values.slice(values.findLastIndex(({ value }) => value !== newest.value) + 1);
  const isFrozen = now - same[0]!.second * SECOND >= 60 * SECOND && same.length >= 10;
  saw(isFrozen ? 'frozen claps' : 'claps');
  return isFrozen ? 0 : newest.value;
}

/** Temperature of a room, 0.01 °C. Of several fixed sensors the median: the page speaks of one. */
function temperatureOf(seen: Seen, room: string, here: Here[], feelings: Map<string, Feeling | null>): number | null {
  const { now, venue, saw, ofSensor } = seen;
  const sensors = (venue.file.sensors ?? []).filter((one) => {
    const span = { from: Number(one.from ?? -Infinity), until: Number(one.until ?? Infinity) };
    return holds(span, now) && wholeOf(venue, one.room, now) === room;
  });
  const fixed = sensors.flatMap(({ id }) => {
    const values = ofSensor(id);
    const newest = Math.max(...values.map(({ t }) => t));
    if (newest < now - 5 * MINUTE) return [];
    return [Math.max(...values.filter(({ t }) => t === newest).map(({ is }) => Math.round(is.value * 100)))];
  });
  if (fixed.length > 0) saw('fixed sensor');
  if (fixed.length > 0) return median(fixed);
  const usual = [...feelings.values()].flatMap((one) => (one && one.own !== null && !one.isFrozen ? [one.own] : []));
  const beyond = here.flatMap(({ badge }) => {
    const feeling = feelings.get(badge);
    if (!feeling || feeling.own === null || feeling.isFrozen || feeling.t < now - 5 * MINUTE) return [];
    return [feeling.value - feeling.own];
  });
  if (beyond.length === 0) return null;
  saw('felt');
  return median(beyond) + median(usual);
}

function feelingOf({ now, saw }: Seen, heard: Placed<Sighting>[]): Feeling | null {
  const felt = heard.flatMap(({ t, is }) =>
    is.temperature === null ? [] : [{ t, value: Math.round(is.temperature * 100) }],
  );
  const minutes = [...grouped(felt, ({ t }) => Math.floor(t / MINUTE))].sort((a, b) => a[0] - b[0]);
  const readings = minutes.map(([minute, of]) => ({
    minute,
    ...of.sort((a, b) => b.t - a.t || b.value - a.value)[0]!,
  }));
  const newest = readings.at(-1);
  if (!newest) return null;
  const learnt = readings.filter(({ t }) => isLearnt(t, now));
  if (learnt.length < readings.length) saw('unlearnt');
  const hours = [...grouped(learnt, ({ t }) => Math.floor(t / HOUR)).values()];
  const own = learnt.length < 30 ? null : median(hours.map((hour) => median(hour.map(({ value }) => value))));
  const same = readings.slice(readings.findLastIndex(({ value }) => value !== newest.value) + 1);
  const isFrozen = same.length >= 10 && newest.minute - same[0]!.minute >= 120;
  if (isFrozen && own !== null) saw('frozen temperature');
  return { t: newest.t, value: newest.value, own, isFrozen };
}

/** By clock hour, the current one and the 23 before. */
const isLearnt = (t: number, now: number): boolean => Math.floor(t / HOUR) > Math.floor(now / HOUR) - 24;

/** Coverage of a gateway. Its usual pause is reckoned as a badge's cadence is. */
function wellnessOf(seen: Seen, gateway: string): Wellness {
  const spoken = seen.ofGateway(gateway);
  const now = seen.now - behind(spoken);
  if (now < seen.now) seen.saw('clock behind');
  const patience = spoken.some(({ t }) => t > now - 30 * SECOND) ? 30 * SECOND : patienceWith(spoken, seen.now);
  if (!spoken.some(({ t }) => t > now - patience)) return 'silent';
  return isDeaf(seen, gateway, spoken) ? 'deaf' : 'good';
}

/** ms that its clock is behind: the least way of its words to us, in two quarters of an hour that follow each other. */
function behind(spoken: Placed[]): number {
  const quarters = [...grouped(spoken, ({ t }) => Math.floor(t / (15 * MINUTE)))].sort(([a], [b]) => b - a);
  const [last, before] = quarters.map(([quarter, words]) => ({
    quarter,
    least: Math.min(...words.map(({ t, received }) => received - t)),
  }));
  if (!last || !before || last.quarter - before.quarter > 1) return 0;
  const leasts = [last.least, before.least].sort((a, b) => a - b) as [number, number];
  if (leasts[0] <= 2 * SECOND || leasts[1] - leasts[0] > 2 * SECOND) return 0;
  return leasts[0];
}

function patienceWith(spoken: Placed[], now: number): number {
  const seconds = [...new Set(spoken.map(({ t }) => Math.floor(t / SECOND)))].sort((a, b) => a - b);
  const pauses = seconds.map((second, i) => ({ second, gap: second - (seconds[i - 1] ?? -Infinity) }));
  const learnt = pauses.filter(({ second, gap }) => gap <= 300 && isLearnt(second * SECOND, now));
  const hours = [...grouped(learnt, ({ second }) => Math.floor(second / 3600)).values()];
  const pause = learnt.length < 5 ? 60 : median(hours.map((hour) => median(hour.map(({ gap }) => gap))));
  return Math.min(5 * MINUTE, Math.max(30 * SECOND, 2.5 * pause * SECOND));
}

/** A minute is learnt when nothing can change it any more, 5 min after its end, of each gateway known by then. */
function isDeaf({ now, sightings }: Seen, gateway: string, spoken: Placed[]): boolean {
  const last = Math.floor(now / MINUTE) - 1;
  if (spoken.some(({ t, is }) => is.kind === 'sighting' && Math.floor(t / MINUTE) === last)) return false;
  const known = Math.min(...spoken.map(({ received }) => received));
  const minutes = grouped(sightings, ({ t }) => Math.floor(t / MINUTE));
  const inIt = (minute: number) => (minutes.get(minute) ?? []).map(({ is }) => is);
  const others = (minute: number) => inIt(minute).filter((one) => one.gateway !== gateway);
  const isBusy = (minute: number) => new Set(others(minute).map(({ badge }) => badge)).size >= 10;
  const heard = (minute: number) => inIt(minute).some((one) => one.gateway === gateway);
  const learnt = [...minutes.keys()].filter((minute) => {
    const settled = (minute + 1) * MINUTE + 5 * MINUTE;
    return settled <= now && settled >= known && isLearnt(minute * MINUTE, now) && isBusy(minute);
  });
  if (learnt.length < 30) return false;
  const [all, missed] = [BigInt(learnt.length), BigInt(learnt.filter((minute) => !heard(minute)).length)];
  let n = 2;
  while (n <= 15 && 1000n * missed ** BigInt(n) > all ** BigInt(n)) n += 1;
  const isOnly = Array.from({ length: n }, (_, i) => last - i).every((minute) => isBusy(minute) && !heard(minute));
  return n <= 15 && isOnly;
}

/** Its gateways are those that stood in it when they heard; a badge was there throughout since its visit began. */
function isSparse({ now, venue, sightings }: Seen, room: string, here: Here[]): boolean {
  const throughout = here.filter(({ visit }) => visit <= now - 5 * MINUTE);
  const expected = throughout.reduce((sum, { cadence }) => sum + 300 / Math.max(1, cadence), 0);
  const heard = sightings.filter(({ t, is }) => {
    if (t <= now - 5 * MINUTE) return false;
    const row = venue.gateways.find((one) => one.id === is.gateway && holds(one, t));
    return row !== undefined && wholeOf(venue, row.room, now) === room;
  });
  const distinct = new Set(heard.map(({ t, is }) => `${is.badge} ${Math.ceil(t / SECOND)}`)).size;
  return expected >= 10 && distinct < expected / 2;
}

function coverageOf(gateways: Wellness[], isSparse: boolean, saw: (what: Case) => void): Coverage {
  const speaking = gateways.filter((one) => one !== 'silent');
  const are = (): Exclude<Coverage, 'gap'> => {
    if (gateways.length === 0) return 'unmeasured';
    if (speaking.length === 0) return 'silent';
    if (speaking.every((one) => one === 'deaf')) return 'deaf';
    return isSparse || gateways.includes('silent') || gateways.includes('deaf') ? 'thin' : 'good';
  };
  const coverage = are();
  saw(coverage);
  if (coverage === 'thin' && gateways.includes('deaf')) saw('thin: one deaf');
  if (coverage === 'thin' && gateways.includes('silent')) saw('thin: one silent');
  if (coverage === 'thin' && gateways.every((one) => one === 'good')) saw('thin: heard too seldom');
  return coverage;
}

/** Things by key, in the order in which they came. */
export function grouped<T, K>(things: readonly T[], keyOf: (thing: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group) group.push(thing);
    else groups.set(key, [thing]);
  }
  return groups;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
