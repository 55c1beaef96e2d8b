import type { Room } from './places.ts';
import { SECOND_MS } from './rule.ts';

/** dB by which the words of a badge have to speak for another room before it is said to have changed once. */
const CHANGE_DB = 24;
/** The same as long as nothing is known for sure, as after a silence: who comes back is likelier elsewhere, and one word is enough to say so. */
const RETURN_DB = 10;
/** dB that one word can speak against a room at most: a room in which nobody heard it is as unlikely as that. */
const AGAINST_DB = 18;
/** Words, and time, after which what is still open is decided. */
const WORDS_MAX = 120;
const OPEN_MAX_MS = 600_000;

/** A room a badge may have been in from a whole second on (UTC ms), and the way it came. */
export type Leg = {
  room: string;
  from: number;
  reason: string;
  /** a wall moved, not the badge */
  isCarried: boolean;
  before: Leg | null;
};
/** A way that is still possible, and how much less likely than the best it is, dB ≤ 0. */
type Way = { leg: Leg; cost: number };

/** How loud the rooms are in one word of a badge: dBm by room. */
export type Word = ReadonlyMap<string, number>;

/**
 * The likeliest way of one badge through the rooms, decided by what came before and after (Viterbi over rooms: A. Viterbi,
 * IEEE Trans. Inf. Theory 13, 1967): each word costs a room as many dB as it is below the loudest, each change `CHANGE_DB`.
 * Ways that are behind by more than a change are dropped, so hardly ever more than one is open.
 */
export type Trail = {
  /** the best first */
  ways: Way[];
  /** of what is undecided: when it spoke (whole second), when it was heard last, its level; three numbers a word */
  words: number[];
  /** the last leg that is decided; null before the first, and after a silence */
  decided: Leg | null;
};

export const newTrail = (): Trail => ({ ways: [], words: [], decided: null });

/**
 * Takes a word of second `now`; where it speaks for another room the change was at the turn to that (both UTC ms). Returns
 * the legs that are decided with it, in order.
 */
export function follow(trail: Trail, word: Word, now: number, turnTo: (room: string) => number): Leg[] {
  const loudest = Math.max(...word.values());
  const best = trail.ways[0];
  const ways = trail.ways.map(({ leg, cost }) => ({ leg, cost: cost + spoken(word, leg.room, loudest) }));
  for (const room of word.keys()) {
    if (trail.ways.some(({ leg }) => leg.room === room)) continue;
    const cost = (best ? -(trail.decided ? CHANGE_DB : RETURN_DB) : 0) + spoken(word, room, loudest);
    ways.push({ leg: legTo(room, best?.leg ?? null, best ? turnTo(room) : now), cost });
  }
  trail.ways = pruned(ways);
  for (const { leg } of trail.ways) leg.reason ||= reasonOf(word, leg.room);
  return isOpenTooLong(trail, now) ? decide(trail) : settle(trail);
}

/** Would a word change nothing? One way is left, it is known, and no room is louder in it: `follow` would drop all others. */
export function isStill({ ways, decided }: Trail, rooms: readonly Room[]): boolean {
  const [way] = ways;
  if (ways.length !== 1 || way!.leg !== decided || way!.leg.reason === '') return false;
  const own = rooms.find(({ id }) => id === way!.leg.room)?.weight ?? 0;
  return rooms.every(({ weight }) => weight <= own);
}

const spoken = (word: Word, room: string, loudest: number): number =>
  Math.max(-AGAINST_DB, (word.get(room) ?? Number.NEGATIVE_INFINITY) - loudest);

export function legTo(room: string, before: Leg | null, turn: number): Leg {
  const from = Math.max(Math.ceil(turn / SECOND_MS) * SECOND_MS, before?.from ?? turn);
  return { room, from, reason: '', isCarried: false, before };
}

/** `hall-1 −58 dBm, next foyer −66 dBm`: what the word said in which the way began. */
function reasonOf(word: Word, room: string): string {
  const others = [...word].filter(([other]) => other !== room).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const next = others[0] ? `next ${named(...others[0])}` : 'no other room';
  const own = word.get(room);
  return `${own === undefined ? `${room} as before` : named(room, own)}, ${next}`;
}

const named = (room: string, level: number): string =>
  `${room} ${level < 0 ? '−' : ''}${Math.abs(Math.round(level))} dBm`;

/** The best first, its cost 0; on a tie the smaller id. */
function pruned(ways: Way[]): Way[] {
  const best = Math.max(...ways.map(({ cost }) => cost));
  return ways
    .filter(({ cost }) => cost > best - CHANGE_DB)
    .map(({ leg, cost }) => ({ leg, cost: cost - best }))
    .sort((a, b) => b.cost - a.cost || (a.leg.room < b.leg.room ? -1 : 1));
}

const isOpenTooLong = ({ words }: Trail, now: number): boolean =>
  words.length >= 3 * WORDS_MAX || (words.length > 0 && now - words[0]! > OPEN_MAX_MS);

/** Nobody will say more: the best way it is. Returns the legs decided by that. */
export function decide(trail: Trail): Leg[] {
  trail.ways.length = Math.min(1, trail.ways.length);
  return settle(trail);
}

/** If one way is left it is known; what led to it is let go. */
function settle(trail: Trail): Leg[] {
  const legs: Leg[] = [];
  if (trail.ways.length !== 1) return legs;
  for (let leg: Leg | null = trail.ways[0]!.leg; leg && leg !== trail.decided; leg = leg.before) legs.unshift(leg);
  const last = legs.at(-1);
  if (last) {
    last.before = null;
    trail.decided = last;
  }
  return legs;
}

/** A wall moved at `now`: each way goes on in the rooms that its own has become. */
export function carry(trail: Trail, now: number, becomes: (room: string) => string[], reason: string): void {
  const ways = trail.ways.flatMap(({ leg, cost }) =>
    becomes(leg.room).map((room) =>
      room === leg.room ? { leg, cost } : { leg: { ...legTo(room, leg, now), isCarried: true, reason }, cost },
    ),
  );
  const rooms = new Set<string>();
  trail.ways = ways.filter(({ leg }) => !rooms.has(leg.room) && rooms.add(leg.room));
}
