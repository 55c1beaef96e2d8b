import type { Applause } from './applause.ts';
import { areas, ROOMS } from './areas.ts';
import type { Cast } from './cast.ts';
import type { Crowd } from './crowd.ts';
import { whereIs } from './diary.ts';
import { createFirmware } from './firmware.ts';
import { createHands } from './hands.ts';
import { MERGED, PARTS } from './house.ts';
import { createScene, goTo, type Scene } from './scene.ts';
import { isWallOpen, type Story } from './story.ts';
import type { Where } from './ways.ts';
import { createWearing, GONE, WORN } from './wearing.ts';

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
  /** on somebody; else it lies on a table, or is put away (`room` is null then) */
  isWorn: boolean;
  /** can be heard by a gateway that is near enough */
  isSpeaking: boolean;
  /** claps of its wearer in this second, and movements that it takes for claps */
  claps: number;
  shakes: number;
  /** what it sends tells of them */
  isCounting: boolean;
  /** °C at its sensor */
  temperature: number;
};

/** A room in a second, as it truly was. */
export type RoomTruth = {
  room: string;
  /** everybody in it */
  people: number;
  /** those of them whose badge can be heard */
  heard: number;
  /** badges on tables that can be heard */
  lying: number;
  /** claps of everybody in this second */
  claps: number;
  /** °C of the air */
  temperature: number;
};

export type Truth = { time: number; badges: BadgeTruth[]; rooms: RoomTruth[] };

type Known = { seed: number; story: Story; crowd: Crowd; cast: Cast; applause: Applause };

/** Looks into a world of its own, so that asking changes nothing. */
export function createTruth(known: Known): (time: number) => Truth {
  let look = lookInto(known, 0);
  let last = Number.NEGATIVE_INFINITY;
  return (time) => {
    const second = Math.floor((time - known.story.epoch) / SECOND_MS);
    if (second < last || second - last > DAY_S) look = lookInto(known, second);
    last = second;
    return look(second);
  };
}

function lookInto({ seed, story, crowd, cast, applause }: Known, first: number): (second: number) => Truth {
  let scene: Scene | undefined;
  let parts: ReturnType<typeof partsOf> | undefined;
  function partsOf(made: Scene) {
    const wearing = createWearing(seed, cast, made);
    const hands = createHands(seed, applause, made);
    return { wearing, hands, firmware: createFirmware(seed, cast, made, wearing, hands) };
  }
  return (second) => {
    scene ??= createScene(story, crowd, Math.max(0, first));
    parts ??= partsOf(scene);
    goTo(scene, second);
    const { wearing, hands, firmware } = parts;
    const where: Where = { area: 0, floor: 0, x: 0, y: 0, dx: 0, dy: 0 };
    const isOpen = isWallOpen(story, second);
    const rooms = areas.slice(0, ROOMS).map(
      ({ id }, area): RoomTruth => ({
        room: id,
        people: 0,
        heard: 0,
        lying: 0,
        claps: 0,
        temperature: round(scene!.warmth.at(area, second), 100),
      }),
    );
    const badges = cast.macs.map((badge, person): BadgeTruth => {
      whereIs(scene!.diary, person, second % DAY_S, where);
      const claps = hands.claps(person, second);
      const inRoom = rooms[where.area];
      if (inRoom) {
        inRoom.people += 1;
        inRoom.claps += claps;
      }
      const holding = wearing.place(person, second, where);
      const isWorn = holding === WORN;
      const isThere = holding !== GONE && where.area < ROOMS;
      const isSpeaking = isThere && !wearing.isSilent(person, second);
      const room = rooms[where.area];
      if (room && isSpeaking) {
        if (isWorn) room.heard += 1;
        else room.lying += 1;
      }
      return {
        badge,
        room: isThere ? nameOf(where.area, isOpen) : null,
        x: round(where.x, 100),
        y: round(where.y, 100),
        isWorn,
        isSpeaking,
        claps: isWorn ? claps : 0,
        shakes: isWorn ? hands.shakes(person, second) : 0,
        isCounting: isSpeaking && holding === WORN && firmware.isCounting(person, second, holding),
        temperature: holding === GONE ? Number.NaN : round(firmware.felt(person, second, holding, where.area), 100),
      };
    });
    return { time: story.epoch + second * SECOND_MS, badges, rooms: isOpen ? merged(rooms) : rooms };
  };
}

const nameOf = (area: number, isOpen: boolean): string => {
  const { id } = areas[area]!;
  return isOpen && PARTS.includes(id) ? MERGED : id;
};

const round = (value: number, scale: number): number => Math.round(value * scale) / scale;

/** While the wall is open the parts are one room. */
function merged(rooms: RoomTruth[]): RoomTruth[] {
  const parts = rooms.filter(({ room }) => PARTS.includes(room));
  const sum = (of: (room: RoomTruth) => number) => parts.reduce((total, part) => total + of(part), 0);
  const whole: RoomTruth = {
    room: MERGED,
    people: sum((room) => room.people),
    heard: sum((room) => room.heard),
    lying: sum((room) => room.lying),
    claps: sum((room) => room.claps),
    temperature: round(sum((room) => room.temperature) / parts.length, 100),
  };
  return [...rooms.filter(({ room }) => !PARTS.includes(room)), whole];
}
