import type { VenueFile } from '../../../services/model/venue.ts';
import type { Catalogue } from '../../read/pivot.ts';
import type { SavedView } from '../../read/views.ts';
import type { Connection } from '../connection.ts';
import type { Answering } from './asking.ts';
import type { Finding } from './opening.ts';
import type { OpenRecords } from './records.ts';

/** All that the page knows. `saved` null: the service keeps no views, or has not said. */
export type ExploreState = Answering & {
  catalogue: Catalogue | null;
  venue: VenueFile | null;
  records: OpenRecords | null;
  findings: Finding[];
  saved: SavedView[] | null;
  /** the view that was opened or saved last */
  opened: string | null;
  isSheet: boolean;
  /** from the act to the picture, ms */
  paintMs: number | null;
};

/** How the page stands with the service, in the words of the top bar. */
export function connectionOf({ catalogue, answer, refusal, lost }: ExploreState, now: number): Connection {
  if (lost) return { kind: 'lost', since: lost.since, next: now };
  return catalogue && (answer || refusal) ? { kind: 'live' } : { kind: 'connecting' };
}
