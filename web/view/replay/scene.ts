import type { VenueFile } from '../../../services/model/venue.ts';
import type { Usual } from '../../read/usual.ts';
import { attentionOf } from '../live/attention.ts';
import { extentsOf } from '../live/extents.ts';
import type { LiveHouse } from '../live/house.ts';
import type { Loudest } from '../live/loudest.ts';
import { midnightOf } from '../live/midnight.ts';
import type { Series } from '../live/room.ts';
import { type LiveScene, totalOf } from '../live/scene.ts';
import { type Book, clapsAt, stepAt, timeOf } from './book.ts';
import { type Place, roomsThen } from './rooms.ts';

/** A step of the day's curve, ms; and how far back the loudest minute is looked for, steps. */
const [DAY_STEP_MS, HOUR] = [900_000, 60];

type Looks = Pick<LiveScene, 'layer' | 'chosen' | 'isTable'>;

/** The picture of a moment (UTC ms) out of a book: the same scene as the live one's. Without `usual` nothing is said of that. */
export function replaySceneOf(
  looks: Looks,
  { venue, gatewaysAt, programmeAt }: Pick<LiveHouse, 'venue' | 'gatewaysAt' | 'programmeAt'>,
  book: Book,
  at: number,
  fine: Place | null,
  usual?: Usual,
): LiveScene {
  const step = stepAt(book, at);
  const rooms = roomsThen(venue, { book, step }, fine, gatewaysAt(at), { usual, layer: looks.layer });
  return {
    ...looks,
    now: at,
    zone: venue.zone,
    venue,
    connection: { kind: 'replay' },
    frameTime: at,
    extents: extentsOf(venue),
    rooms,
    total: totalOf([...rooms.values()]),
    today: todayOf(book, at, venue),
    attention: attentionOf(venue, rooms, at),
    loudest: loudestOf(book, step),
    programme: programmeAt(at),
    chosen: looks.chosen && rooms.has(looks.chosen.room) ? looks.chosen : null,
    isLaying: false,
    rounded: book.rounded === null ? null : { to: book.rounded, minute: timeOf(book, step) },
  };
}

/** The day so far by the quarter of an hour, from the first in which anybody was there. */
function todayOf(book: Book, at: number, { zone }: VenueFile): Series {
  const midnight = Math.max(book.from, midnightOf(at, zone));
  const quarter = DAY_STEP_MS / book.stepMs;
  const [first, last] = [stepAt(book, midnight), stepAt(book, at)];
  const values: (number | null)[] = [];
  for (let i = first; i <= last; i += quarter)
    values.push(meanOf(book.people.subarray(i, Math.min(i + quarter, last + 1))));
  const begin = Math.max(0, values.findIndex((value) => value !== null && value >= 0.5) - 1);
  return { from: timeOf(book, first) + begin * DAY_STEP_MS, stepMs: DAY_STEP_MS, values: values.slice(begin) };
}

function meanOf(values: Float32Array): number | null {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}

/** The loudest minute of the hour before a step. */
function loudestOf(book: Book, step: number): Loudest | null {
  let best: Loudest | null = null;
  for (const [room, lane] of book.lanes)
    for (let i = Math.max(0, step - HOUR + 1); i <= step; i++) {
      const claps = Math.round((clapsAt(lane, i) ?? 0) * (book.stepMs / 1e4));
      if (claps >= 1 && claps > (best?.claps ?? 0)) best = { room, at: timeOf(book, i), claps };
    }
  return best;
}
