import type { Applause } from './applause.ts';
import { areas, ROOMS } from './areas.ts';
import type { Cast } from './cast.ts';
import type { Crowd } from './crowd.ts';
import { whereIs } from './diary.ts';
import { createFirmware, type Firmware } from './firmware.ts';
import { createHands, type Hands } from './hands.ts';
import { MERGED, PARTS } from './house.ts';
import { createScene, goTo, type Scene } from './scene.ts';
import { isWallOpen, type Story } from './story.ts';
import type { Where } from './ways.ts';
import { createWearing, GONE, type Wearing, WORN } from './wearing.ts';

const SECOND_MS = 1000;
const DAY_S = 86_400;

/** A badge in a second, as it truly was. */
export type BadgeTruth = {
  /** MAC, as gateways send it */
  badge: string;
  /** the room that it is in, merged while the wall is open; null: in none */
  room: string | null;
  x: number;
  y: number;
  /** on somebody; else it lies on a table, in a box, or is put away (`room` is null then) */
  isWorn: boolean;
  /** in the house, and its radio is on: what gateways can hear */
  isSpeaking: boolean;
  /** claps of its wearer in this second, and movements that it takes for claps */
  claps: number;
  shakes: number;
  /** what it sends tells of them */
  isCounting: boolean;
  /** °C at its sensor; NaN where it is put away */
  temperature: number;
};

/** A room in a second, as it truly was. */
export type RoomTruth = {
  room: string;
  /** everybody in it */
  people: number;
  /** badges that speak: on somebody, and lying on tables or in boxes */
  worn: number;
  lying: number;
  /** claps of everybody in this second */
  claps: number;
  /** °C of the air */
  temperature: number;
};

export type Truth = { time: number; badges: BadgeTruth[]; rooms: RoomTruth[] };

type Known = { seed: number; story: Story; crowd: Crowd; cast: Cast; applause: Applause };
type Look = { cast: Cast; scene: Scene; wearing: Wearing; hands: Hands; firmware: Firmware };

/** Looks into a world of its own, so that asking changes nothing. */
export function createTruth(known: Known): (time: number) => Truth {
  let look: Look | undefined;
  let last = 0;
  return (time) => {
    const second = Math.floor((time - known.story.epoch) / SECOND_MS);
    if (!look || second < last || second - last > DAY_S) look = lookInto(known, second);
    last = second;
    goTo(look.scene, second);
    return truthAt(look, second);
  };
}

function lookInto({ seed, story, crowd, cast, applause }: Known, second: number): Look {
  const scene = createScene(story, crowd, second);
  const wearing = createWearing(seed, cast, scene);
  const hands = createHands(seed, applause, scene);
  return { cast, scene, wearing, hands, firmware: createFirmware(seed, cast, scene, wearing, hands) };
}

const where: Where = { area: 0, floor: 0, x: 0, y: 0, dx: 0, dy: 0 };

function truthAt(look: Look, second: number): Truth {
  const { cast, scene, hands } = look;
  const rooms = areas.slice(0, ROOMS).map(({ id }, area) => emptyRoom(id, scene.warmth.at(area, second)));
  const isOpen = isWallOpen(scene.story, second);
  const badges = cast.macs.map((_, person) => {
    whereIs(scene.diary, person, second % DAY_S, where);
    const claps = hands.claps(person, second);
    const around = rooms[where.area];
    if (around) {
      around.people += 1;
      around.claps += claps;
    }
    return badgeAt(look, person, second, claps, rooms, isOpen);
  });
  return { time: scene.story.epoch + second * SECOND_MS, badges, rooms: isOpen ? merged(rooms) : rooms };
}

/** The badge of a person, who claps so often; it is counted in the room it is in. */
function badgeAt(
  { cast, wearing, hands, firmware }: Look,
  person: number,
  second: number,
  claps: number,
  rooms: RoomTruth[],
  isOpen: boolean,
): BadgeTruth {
  const holding = wearing.place(person, second, where);
  const isWorn = holding === WORN;
  const room = holding === GONE ? undefined : rooms[where.area];
  const isSpeaking = holding !== GONE && where.floor >= 0 && !wearing.isSilent(person, second);
  if (room && isSpeaking) room[isWorn ? 'worn' : 'lying'] += 1;
  return {
    badge: cast.macs[person]!,
    room: room ? nameOf(room.room, isOpen) : null,
    x: round(where.x),
    y: round(where.y),
    isWorn,
    isSpeaking,
    claps: isWorn ? claps : 0,
    shakes: isWorn ? hands.shakes(person, second) : 0,
    isCounting: isSpeaking && holding === WORN && firmware.isCounting(person, second, holding),
    temperature: holding === GONE ? Number.NaN : round(firmware.felt(person, second, holding, where.area)),
  };
}

const emptyRoom = (room: string, temperature: number): RoomTruth => ({
  room,
  people: 0,
  worn: 0,
  lying: 0,
  claps: 0,
  temperature: round(temperature),
});

const nameOf = (room: string, isOpen: boolean): string => (isOpen && PARTS.includes(room) ? MERGED : room);
const round = (value: number): number => Math.round(value * 100) / 100;

/** While the wall is open the parts are one room. */
function merged(rooms: RoomTruth[]): RoomTruth[] {
  const parts = rooms.filter(({ room }) => PARTS.includes(room));
  const sum = (of: (room: RoomTruth) => number) => parts.reduce((total, part) => total + of(part), 0);
  const whole: RoomTruth = {
    room: MERGED,
    people: sum((room) => room.people),
    worn: sum((room) => room.worn),
    lying: sum((room) => room.lying),
    claps: sum((room) => room.claps),
    temperature: round(sum((room) => room.temperature) / parts.length),
  };
  return [...rooms.filter(({ room }) => !PARTS.includes(room)), whole];
}
