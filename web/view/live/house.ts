import { createProgramme } from '../../../services/model/now-next.ts';
import type { Plan } from '../../../services/model/plan.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import type { VenueRow } from '../../read/live-rows.ts';
import { createGateways } from './gateways.ts';
import { createHistory, type History } from './history.ts';

/** A version of the venue, and what is remembered of it. */
export type LiveHouse = {
  version: string;
  venue: VenueFile;
  /** floors that an SVG draws */
  plans: Plan[];
  history: History;
  gatewaysAt: ReturnType<typeof createGateways>;
  programmeAt: ReturnType<typeof createProgramme>;
};

export const createHouse = ({ version, venue, plans }: VenueRow): LiveHouse => ({
  version,
  venue,
  plans,
  history: createHistory(venue.rooms.map(({ id }) => id)),
  gatewaysAt: createGateways(venue),
  programmeAt: createProgramme(venue),
});

/** Tells one picture of the house from another: its version, and how its floors are drawn. */
export const drawnAs = ({ version, plans }: Pick<VenueRow, 'version' | 'plans'>): string =>
  [version, ...plans.map(({ floor, sha256, metres }) => `${floor} ${sha256} ${metres}`)].join();
