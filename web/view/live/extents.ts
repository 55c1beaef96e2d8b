import type { VenueFile } from '../../../services/model/venue.ts';

/** What the fills go up to beside capacity: claps in 10 s, and people in a room without one. */
export type Extents = { claps: number; people: number };

/** No scale of applause is shorter, so that a single clap is no storm; and that of a house without any capacity. */
const [CLAPS_LEAST, CLAPS_UNKNOWN] = [20, 150];
/** So many people fill a room of a house without any capacity. */
const PEOPLE_UNKNOWN = 50;

/** Places of the largest room; 0 where no room says how many it has. */
export const placesOf = ({ rooms }: Pick<VenueFile, 'rooms'>): number =>
  rooms.reduce((most, { capacity = 0 }) => Math.max(most, capacity), 0);

/**
 * Applause goes up to one clap in 10 s for each place of the largest room, and a room without a capacity is filled up to as many
 * people. Both follow from the venue alone: the wall, the replay, a film and a pack have the same colours, whatever each has read.
 */
export function extentsOf(venue: Pick<VenueFile, 'rooms'>): Extents {
  const places = placesOf(venue);
  return {
    claps: places > 0 ? Math.max(CLAPS_LEAST, places) : CLAPS_UNKNOWN,
    people: places > 0 ? places : PEOPLE_UNKNOWN,
  };
}
