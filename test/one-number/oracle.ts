import type { Coverage, Frame } from '../../services/model/frame.ts';
import type { Venue } from '../../services/model/venue.ts';

/** A badge was in a room from–until (UTC ms), part of its occupancy or not. */
export type Stay = {
  badge: string;
  room: string;
  from: number;
  until: number;
  counts: boolean;
  parked: boolean;
  visit: number;
};

/** What a second of a room said; `claps` in tenths, `temperature` in hundredths. */
export type Told = { occupancy: number | null; claps: number; temperature: number | null; coverage: Coverage };

/** What one revision is made of: seconds that have a frame, by time (UTC ms), and stays. */
export type Ground = { seconds: Map<number, Map<string, Told>>; stays: Stay[]; venue: Venue };

type Value = number | string | null;
export type Measures = Record<(typeof MEASURES)[number], Value>;
const MEASURES = [
  ...['average', 'peak', 'visitors', 'badgeMinutes', 'visits', 'dwellMedian', 'dwellMean', 'dwellP90', 'cut'],
  ...['claps', 'temperature', 'coverage', 'covered', 'frames'],
] as const;

const SECOND_MS = 1000;
/** From the worst to the best, what is not measured apart: of states that held equally long the worse one counts. */
const STATES: Coverage[] = ['unmeasured', 'gap', 'silent', 'deaf', 'thin', 'good'];

export const toldBy = ({ rooms }: Frame): Map<string, Told> =>
  new Map(
    rooms.map(({ room, occupancy, claps, temperature, coverage }) => [
      room,
      {
        occupancy,
        claps: Math.round(claps * 10),
        temperature: temperature === null ? null : Math.round(temperature * 100),
        coverage,
      },
    ]),
  );

const round = (x: number): number => Math.round(x * 1e4) / 1e4;
const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);

/** Of a merge that is open the parts do not exist; a merged room is there only then. */
export function existsAt({ merges, rooms }: Pick<Venue, 'merges' | 'rooms'>, room: string, time: number): boolean {
  const open = merges.filter(({ from, until }) => from <= time && time < until);
  const isMade = merges.some((merge) => merge.room === room);
  return (
    rooms.includes(room) &&
    !open.some(({ of }) => of.includes(room)) &&
    (!isMade || open.some((merge) => merge.room === room))
  );
}

/**
 * NUMBERS.md, "Occupancy over a span", slow and obvious: everybody in every second of a cell.
 * @param rooms what the cell is about, side by side
 * @param seconds of the cell, UTC ms, in order; those without a frame too
 */
export function measuresOf(ground: Ground, rooms: string[], seconds: number[]): Measures {
  const told = seconds.flatMap((time) => {
    const frame = ground.seconds.get(time);
    return frame ? rooms.flatMap((room) => ({ time, room, ...frame.get(room) })).filter(isTold) : [];
  });
  const measured = new Set(told.filter(({ coverage }) => coverage !== 'unmeasured').map(({ time }) => time));
  const crowd = crowdOf(ground, new Set(rooms), seconds);
  const present = sum([...crowd.values()].map((there) => there.size));
  const visits = visitsOf(crowd, seconds);
  const lengths = visits.map(({ length }) => length).sort((a, b) => a - b);
  const n = lengths.length;
  const felt = told.flatMap(({ temperature }) => (temperature === null ? [] : [temperature]));
  const held = heldOf(ground, rooms, seconds, told);
  const all = sum(Object.values(held));
  const isMeasured = measured.size > 0;
  return {
    average: isMeasured ? round(present / measured.size) : null,
    peak: isMeasured ? Math.max(0, ...[...crowd.values()].map((there) => there.size)) : null,
    visitors: isMeasured ? new Set(visits.map(({ badge }) => badge)).size : null,
    badgeMinutes: isMeasured ? round(present / 60) : null,
    visits: isMeasured ? n : null,
    dwellMedian: n ? round((lengths[Math.floor((n - 1) / 2)]! + lengths[Math.ceil((n - 1) / 2)]!) / 2 / 60) : null,
    dwellMean: n ? round(present / (60 * n)) : null,
    dwellP90: n ? round(lengths[Math.ceil(n * 0.9 - 1e-9) - 1]! / 60) : null,
    cut: isMeasured ? visits.filter(({ isCut }) => isCut).length : null,
    claps: told.length > 0 ? sum(told.map(({ claps }) => claps)) / 10 : null,
    temperature: felt.length > 0 ? Math.round(sum(felt) / felt.length) / 100 : null,
    coverage: STATES.reduce((longest, state) => (held[state]! > held[longest]! ? state : longest)),
    covered: all > 0 ? round((held.good! + held.thin!) / all) : null,
    frames: new Set(told.map(({ time }) => time)).size,
  };
}

type Said = Told & { time: number; room: string };
const isTold = (one: Partial<Said>): one is Said => one.coverage !== undefined;

/** Who was there in each second that has a frame. */
function crowdOf({ stays, seconds: frames }: Ground, rooms: Set<string>, seconds: number[]): Map<number, Set<string>> {
  const crowd = new Map(seconds.filter((time) => frames.has(time)).map((time) => [time, new Set<string>()]));
  const [first = 0, last = -1] = [seconds[0], seconds.at(-1)];
  for (const { badge, room, from, until, counts } of stays) {
    if (!counts || !rooms.has(room)) continue;
    for (let time = Math.max(from, first); time < until && time <= last; time += SECOND_MS) crowd.get(time)?.add(badge);
  }
  return crowd;
}

/** Unbroken runs of seconds of a badge, in s; cut: it reaches an end of what is looked at. */
function visitsOf(crowd: Map<number, Set<string>>, seconds: number[]) {
  const open = new Map<string, { badge: string; length: number; isCut: boolean }>();
  const visits: { badge: string; length: number; isCut: boolean }[] = [];
  for (const time of seconds) {
    const there = crowd.get(time) ?? new Set();
    for (const badge of open.keys()) if (!there.has(badge)) open.delete(badge);
    for (const badge of there) {
      const visit = open.get(badge) ?? { badge, length: 0, isCut: time === seconds[0] };
      if (!open.has(badge)) visits.push(visit);
      open.set(badge, visit);
      visit.length += 1;
    }
  }
  for (const visit of open.values()) visit.isCut = true;
  return visits;
}

/** Seconds by state, of each room that exists then; without any frame it is a gap. */
function heldOf({ seconds: frames, venue }: Ground, rooms: string[], seconds: number[], told: Said[]) {
  const held: Record<string, number> = Object.fromEntries(STATES.map((state) => [state, 0]));
  for (const { coverage } of told) held[coverage]! += 1;
  const gaps = seconds.filter((time) => !frames.has(time));
  for (const time of gaps) held.gap! += rooms.filter((room) => existsAt(venue, room, time)).length;
  return held;
}

/** Stays of all badges that a cell touches, on a table or not, and how many of its seconds lie there. */
export function stayingIn({ stays }: Ground, rooms: string[], seconds: number[]): (Stay & { lies: number })[] {
  const [first = 0, last = -1] = [seconds[0], seconds.at(-1)];
  const own = new Set(seconds);
  return stays.flatMap((stay) => {
    if (!rooms.includes(stay.room)) return [];
    let lies = 0;
    for (let time = Math.max(stay.from, first); time < stay.until && time <= last; time += SECOND_MS)
      lies += own.has(time) ? 1 : 0;
    return lies > 0 ? [{ ...stay, lies }] : [];
  });
}
