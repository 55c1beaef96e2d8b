import type { VenueChange } from '../../services/model/changes.ts';
import type { Coverage } from '../../services/model/frame.ts';
import type { Plan } from '../../services/model/plan.ts';
import type { VenueFile } from '../../services/model/venue.ts';

/** A row of `GET /v1/frames`: one room over one step that begins at `time` (UTC ms); `frames` seconds of it have one. */
export type FrameRow = {
  room: string;
  time: number;
  average: number | null;
  peak: number | null;
  visitors: number | null;
  badgeMinutes: number | null;
  claps: number | null;
  temperature: number | null;
  coverage: Coverage;
  covered: number | null;
  frames: number;
};

/** A row of `GET /v1/venue`, with the drawings of `GET /v1/plans`. */
export type VenueRow = {
  version: string;
  name: string | null;
  zone: string;
  venue: VenueFile;

  plans: Plan[];
};
/** And what its gateways did, in order of time. */
export type ChangedVenue = VenueRow & { changes: VenueChange[] };
