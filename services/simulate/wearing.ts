import { areaOf } from './areas.ts';
import type { Cast } from './cast.ts';
import { stayAt, whereIs } from './diary.ts';
import { BOXES, CONNECTABLE } from './planted.ts';
import { type Draw, drawOf } from './random.ts';
import type { Scene } from './scene.ts';
import { seat, seatsIn } from './spots.ts';
import { areaFloor, type Where } from './ways.ts';

const DAY_S = 86_400;
/** Of five badges three are in the first box. */
const IN_FIRST_BOX = 3;
/** People let others connect some time into the session, s. */
const CONNECTS_S = 15 * 60;

/** How a badge is there: not at all, on its wearer, on a table, in a box. */
export const GONE = 0;
export const WORN = 1;
export const LYING = 2;
export const BOXED = 3;
export type Held = 1 | 2 | 3;
type Holding = 0 | Held;

/** Where badges are, and whether they speak. */
export type Wearing = {
  /** Writes into `where` where a badge is at a second of the scene's day. */
  place(person: number, second: number, where: Where): Holding;
  /** Is it silent where it is: its radio off, or its wearer lets somebody connect to it? */
  isSilent(person: number, second: number): boolean;
};

export function createWearing(seed: number, cast: Cast, scene: Scene): Wearing {
  const connects: Draw = drawOf(seed, 'connects');
  const session = scene.story.sessions.findIndex(({ id }) => id === CONNECTABLE.session);
  const workshop = scene.story.sessions[session];

  function isConnectable(person: number, second: number): boolean {
    if (!scene.story.isPlanted || !workshop || second < workshop.from || second >= workshop.until + DAY_S / 24)
      return false;
    if (connects(person) >= CONNECTABLE.share || second < workshop.from + connects(person, 1) * CONNECTS_S)
      return false;
    return scene.diary.session[stayAt(scene.diary, person, second % DAY_S)] === session;
  }

  return {
    place(person, second, where) {
      const table = cast.tables.get(person);
      if (table && table.from <= second && second < table.until) {
        Object.assign(where, table.where);
        return LYING;
      }
      if (second >= cast.handed[person]!) {
        whereIs(scene.diary, person, second % DAY_S, where);
        return WORN;
      }
      if (!scene.story.isPlanted || second < BOXES.from || second >= BOXES.until) return GONE;
      intoBox(person, where);
      return BOXED;
    },
    isSilent: (person, second) => cast.isSilent[person] === 1 || isConnectable(person, second),
  };
}

function intoBox(person: number, where: Where): void {
  const area = areaOf(BOXES.rooms[person % 5 < IN_FIRST_BOX ? 0 : 1]!);
  const spot = seat(area, Math.floor(seatsIn(area) / 2));
  Object.assign(where, spot, { floor: areaFloor(area) });
}
