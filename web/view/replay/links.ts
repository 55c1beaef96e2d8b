import { toSearch } from '../../read/pivot-url.ts';
import type { Layer } from '../live/room.ts';
import type { Stretch } from './days.ts';
import { instantText, type ReplayState } from './state.ts';

const HOUR_MS = 3_600_000;
/** What is asked of the explorer about what is looked at. */
const MEASURES: Record<Layer, string[]> = {
  occupancy: ['average', 'peak', 'visitors'],
  claps: ['claps'],
  temperature: ['temperature'],
  density: ['average', 'peak'],
  deviation: ['average', 'peak'],
};

/** The same moment elsewhere: the loop (or its hour) in the explorer, by room; the moment on the wall. Relative addresses. */
export function linksAt(at: number, { layer, loop, floor, revision }: ReplayState, theme: string | null) {
  const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
  const span = loop ?? { from: hour, until: hour + HOUR_MS };
  const asked = revision === 'corrected' ? {} : { revision: 'as-seen' };
  const query = {
    dataset: 'frames' as const,
    rows: ['room'],
    columns: ['15m'],
    measures: MEASURES[layer],
    span,
    ...asked,
  };
  const wall = new URLSearchParams({ at: instantText(Math.floor(at / 1000) * 1000), layer });
  if (revision === 'corrected') wall.set('revision', revision);
  if (floor !== null) wall.set('floor', floor);
  if (theme !== null) wall.set('theme', theme);
  return { explore: `./explore.html?${toSearch(query)}`, wall: `./tv.html?${wall.toString().replaceAll('%3A', ':')}` };
}

/** What can be replayed instead, the newest first: of each stretch a day, and the name of its event, or the days it goes from and to. */
export const stretchChoices = (stretches: Stretch[], word: (at: number) => string) =>
  stretches.toReversed().map(({ name, days }) => {
    const [first, last] = [days[0]!, days.at(-1)!];
    const ends = first === last ? word(first.from) : `${word(first.from)} to ${word(last.from)}`;
    return { day: last.day, words: name ?? ends };
  });

/** The days that can stand beside one, by what they are of. */
export function daysBeside(stretches: Stretch[], own: string, word: (at: number) => string) {
  const groups = stretches.map(({ name, days }) => ({
    event: name ?? 'Days',
    days: days.filter(({ day }) => day !== own).map(({ day, from }) => ({ day, word: word(from) })),
  }));
  return groups.filter(({ days }) => days.length > 0);
}
