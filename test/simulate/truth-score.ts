import { COVERAGES, type Coverage } from '../../services/model/frame.ts';
import type { BadgeTruth } from '../../services/simulate/world.ts';
import { createEars, type Seen } from './truth-play.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Claps are audible in the so many seconds before a report (NUMBERS: Claps). */
const AUDIBLE_S = 10;
/** Parked after 4 h: in windows of 10 minutes, of which the first may have begun and the last has to end. */
const PARKED_BY_MS = 4 * HOUR_MS + 20 * MINUTE_MS;

/** A count may be off by so much. */
export const isNear = (said: number, truly: number): boolean => Math.abs(said - truly) <= Math.max(2, 0.05 * truly);

/** A room in a minute. Counts and temperatures are means of its seconds, the coverage is what held longest. */
export type RoomMinute = {
  room: string;
  time: number;
  /** null where nothing measures */
  said: number | null;
  /** worn badges that spoke */
  truly: number;
  coverage: Coverage;
  /** throughout: could all gateways of the room bring what they heard, or none of them? null: it has no gateway */
  ears: 'all' | 'some' | 'none' | null;
  /** °C by which it was off, where it was measured */
  off: number | null;
};

type Sums = {
  seconds: number;
  said: number;
  truly: number;
  gateways: number;
  none: number;
  some: number;
  off: number[];
  told: Coverage[];
};

/** Gathers seconds into the rows of whole minutes. */
export function createMinutes(isSparse = false) {
  const ears = createEars(isSparse);
  const rows: RoomMinute[] = [];
  let sums = new Map<string, Sums>();
  return {
    rows,
    see({ time, rooms, truly }: Seen): void {
      if (time % MINUTE_MS === 0) sums = new Map();
      for (const { room, worn, temperature } of truly.rooms) {
        const frame = rooms.get(room);
        if (!frame) continue;
        const sum = sums.get(room) ?? newSums();
        sums.set(room, sum);
        const { hear, all } = ears(room, time);
        sum.seconds += 1;
        sum.said += frame.occupancy ?? Number.NaN;
        sum.truly += worn;
        sum.told.push(frame.coverage);
        sum.gateways = all;
        if (hear === 0) sum.none += 1;
        if (hear < all) sum.some += 1;
        if (frame.temperature !== null) sum.off.push(frame.temperature - temperature);
        if (sum.seconds === 60) rows.push(rowOf(room, time - (time % MINUTE_MS), sum));
      }
    },
  };
}

const newSums = (): Sums => ({ seconds: 0, said: 0, truly: 0, gateways: 0, none: 0, some: 0, off: [], told: [] });

function rowOf(room: string, time: number, sum: Sums): RoomMinute {
  const { seconds, said, truly, gateways, none, some, off, told } = sum;
  const mean = said / seconds;
  const times = (one: Coverage) => told.filter((other) => other === one).length;
  const coverage = COVERAGES.reduce((worse, one) => (times(one) > times(worse) ? one : worse));
  return {
    room,
    time,
    said: Number.isNaN(mean) ? null : mean,
    truly: truly / seconds,
    coverage,
    ears: gateways === 0 ? null : none === seconds ? 'none' : some > 0 ? 'some' : 'all',
    off: off.length > 0 ? off.reduce((sum, one) => sum + one) / off.length : null,
  };
}

type Second = { claps: number; shakes: number; isGood: boolean };

/**
 * Claps that frames said, and those that were audible: in the last ten seconds before a report of a badge that counts,
 * each once, in rooms with good coverage. `shakes` are movements that badges take for claps; `applause` is what frames
 * said while somebody clapped in the room, and until a gauge that tells of it has run out.
 */
export function createClaps() {
  const sums = { said: 0, applause: 0, claps: 0, shakes: 0 };
  const before = new Map<string, Second[]>();
  const clapped = new Map<string, number>();
  return {
    sums,
    see({ time, rooms, heard, truly }: Seen, isScored: boolean): void {
      for (const { room, claps } of truly.rooms) if (claps > 0) clapped.set(room, time);
      const reported = new Set(heard.map(({ badge }) => badge));
      for (const one of truly.badges) {
        const seconds = before.get(one.badge) ?? [];
        before.set(one.badge, seconds);
        if (reported.has(one.badge) && one.isCounting) {
          for (const { claps, shakes, isGood } of seconds.splice(0)) {
            if (!isGood) continue;
            sums.claps += claps;
            sums.shakes += shakes;
          }
        }
        seconds.push(secondOf(one, isScored && rooms.get(one.room ?? '')?.coverage === 'good'));
        if (seconds.length > AUDIBLE_S) seconds.shift();
      }
      if (!isScored) return;
      for (const { room, claps, coverage } of rooms.values()) {
        if (coverage !== 'good') continue;
        sums.said += claps;
        if (time - (clapped.get(room) ?? 0) <= 2 * AUDIBLE_S * 1000) sums.applause += claps;
      }
    },
  };
}

const secondOf = ({ claps, shakes }: BadgeTruth, isGood: boolean): Second => ({ claps, shakes, isGood });

/**
 * How badges on tables are found: by badge, how long it had lain when it was called parked, ms; and who wrongly is. The rule asks
 * for four hours of a steady level, and who walks by unsteadies it: it runs from when the last other had left the room.
 */
export function createParking() {
  const lying = new Map<string, { since: number; alone: number; until: number; found: number | null }>();
  const wrong = new Map<string, number>();
  return {
    see({ time, present, truly }: Seen): void {
      const busy = new Set(truly.badges.flatMap(({ isWorn, room }) => (isWorn && room ? [room] : [])));
      for (const { badge, room, isWorn, isSpeaking } of truly.badges) {
        const isParked = present.get(badge)?.parked === true;
        if (isParked && isWorn) wrong.set(badge, (wrong.get(badge) ?? 0) + 1);
        if (isWorn || !isSpeaking) continue;
        const one = lying.get(badge) ?? { since: time, alone: time, until: time, found: null };
        lying.set(badge, one);
        one.until = time;
        if (one.found === null && room !== null && busy.has(room)) one.alone = time;
        if (isParked) one.found ??= time;
      }
    },
    /** Of badges that lay alone long enough, or were found: how many, how many found in time, and the longest it took, h. */
    result() {
      const lain = [...lying.values()].filter(
        ({ alone, until, found }) => found !== null || until - alone > PARKED_BY_MS,
      );
      const inTime = lain.filter(({ alone, found }) => found !== null && found - alone <= PARKED_BY_MS).length;
      const longest = Math.max(0, ...lain.map(({ since, found }) => (found ?? Number.POSITIVE_INFINITY) - since));
      const never = [...wrong.keys()].filter((badge) => !lying.has(badge)).length;
      return { lain: lain.length, inTime, longest: longest / HOUR_MS, wrong: never };
    },
  };
}

/** The value below which a share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
