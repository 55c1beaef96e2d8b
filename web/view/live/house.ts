import type { VenueFile } from '../../../services/model/venue.ts';
import type { VenueRow } from '../../read/live-rows.ts';
import { createGateways } from './gateways.ts';
import { createHistory, type History } from './history.ts';
import { createProgramme } from './programme.ts';

/** A version of the venue, and what is remembered of it. */
export type LiveHouse = {
  version: string;
  venue: VenueFile;
  history: History;
  gatewaysAt: ReturnType<typeof createGateways>;
  programmeAt: ReturnType<typeof createProgramme>;
};

export const createHouse = ({ version, venue }: VenueRow): LiveHouse => ({
  version,
  venue,
  history: createHistory(venue.rooms.map(({ id }) => id)),
  gatewaysAt: createGateways(venue),
  programmeAt: createProgramme(venue),
});
