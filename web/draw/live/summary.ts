import type { RoomNow } from '../../view/live/room.ts';
import { isCounted } from '../../view/live/room.ts';
import { about, counted, number } from '../number.ts';
import type { PlanFloor, RoomShape } from '../plan/floor.ts';

type Of = { shape: RoomShape; now: RoomNow };

/** What the picture of a floor says, in one sentence. */
export function summaryOf(floor: PlanFloor, rooms: Map<string, RoomNow>): string {
  const all = drawn(floor, rooms);
  return [headOf(floor, all), ...states(all)].join('; ');
}

/** The same without what "Look here" says. */
export const headlineOf = (floor: PlanFloor, rooms: Map<string, RoomNow>): string => headOf(floor, drawn(floor, rooms));

const drawn = (floor: PlanFloor, rooms: Map<string, RoomNow>): Of[] =>
  floor.rooms.flatMap((shape) => {
    const now = rooms.get(shape.id);
    return now ? [{ shape, now }] : [];
  });

function headOf(floor: PlanFloor, all: Of[]): string {
  const known = all.filter(({ now }) => isCounted(now));
  const badges = known.reduce((sum, { now }) => sum + now.count!, 0);
  const isRounded = known.some(({ now }) => now.isRounded);
  const head =
    known.length > 0
      ? `${about({ isRounded })}${counted(badges, 'badge')} in ${counted(known.length, 'room')}`
      : 'no room is counted';
  return `${floor.name}: ${[head, fullest(known)].filter(Boolean).join('; ')}`;
}

function fullest(known: Of[]): string {
  const share = ({ shape, now }: Of) => now.count! / shape.capacity!;
  const [first] = known
    .filter(({ shape, now }) => shape.capacity !== null && now.count! > 0)
    .sort((a, b) => share(b) - share(a));
  return first
    ? `fullest ${first.shape.name} with ${about(first.now)}${number(first.now.count!)} of ${number(first.shape.capacity!)}`
    : '';
}

/** Of many rooms in one state their number is said, of few their names. */
function states(all: Of[]): string[] {
  const WORDS = { deaf: 'deaf', silent: 'silent', gap: 'in a gap', thin: 'thinly covered' } as const;
  return Object.entries(WORDS).flatMap(([coverage, word]) => {
    const names = all.filter(({ now }) => now.coverage === coverage).map(({ shape }) => shape.name);
    if (names.length === 0) return [];
    const who = names.length <= 3 ? names.join(' and ') : counted(names.length, 'room');
    return [`${who} ${names.length === 1 ? 'is' : 'are'} ${word}`];
  });
}
