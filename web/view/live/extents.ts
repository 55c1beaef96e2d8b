import type { VenueFile } from '../../../services/model/venue.ts';

/** What the fills go up to beside capacity: claps in 10 s, and the most people in a room without one. */
export type Extents = { claps: number; people: number };

/** No scale of applause is shorter, so that a single clap is no storm; and that of a house without any capacity. */
const [CLAPS_LEAST, CLAPS_UNKNOWN] = [20, 150];
/** So few people fill no room without a capacity. */
export const PEOPLE_LEAST = 10;

/** Places of the largest room; 0 where no room says how many it has. */
export const placesOf = ({ rooms }: Pick<VenueFile, 'rooms'>): number =>
  rooms.reduce((most, { capacity = 0 }) => Math.max(most, capacity), 0);

/**
 * Applause goes up to one clap in 10 s for each place of the largest room. It follows from the venue alone: the wall, the replay, a
 * film and a pack have the same colours, whatever each has read.
 */
export function extentsOf(venue: Pick<VenueFile, 'rooms'>, people: number): Extents {
  const places = placesOf(venue);
  return { claps: places > 0 ? Math.max(CLAPS_LEAST, places) : CLAPS_UNKNOWN, people };
}
