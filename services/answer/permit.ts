import type { PivotQuery } from '../model/pivot.ts';
import type { Dataset, Query, Viewer } from '../model/query.ts';
import { mayAs, type Scope } from '../model/scope.ts';
import type { VenueFile } from '../model/venue.ts';

/** Somebody asks for more than they may. */
export class Forbidden extends Error {}

/** The least scope that may ask for each dataset (DESIGN §5). */
const LEAST: Record<Dataset, Scope> = {
  venue: 'public',
  frames: 'public',
  heatmap: 'public',
  days: 'public',
  usual: 'public',
  tiles: 'public',
  flows: 'viewer',
  gateways: 'viewer',
  population: 'viewer',
  anomalies: 'viewer',
  regressions: 'viewer',
  residuals: 'viewer',
  pivot: 'viewer',
  preflight: 'viewer',
  stamp: 'viewer',
  records: 'analyst',
  observations: 'analyst',
  presences: 'analyst',
  rejects: 'analyst',
};

/** Of a badge this much is an aggregate: how many different ones there are. */
const COUNTED = 'countUnique(badge)';

/** Whether a viewer may read which badge it was. */
export const readsBadges = ({ scope }: Viewer): boolean => mayAs(scope, 'analyst');

/** Throws `Forbidden` where a viewer may not ask what is asked. */
export function permit({ dataset, pivot }: Query, viewer: Viewer): void {
  const { scope } = viewer;
  const least = LEAST[dataset];
  if (!mayAs(scope, least))
    throw new Forbidden(`expected a token of the scope ${least} or more for ${dataset}, found one of ${scope}`);
  if (pivot && !readsBadges(viewer) && namesBadges(pivot))
    throw new Forbidden(`expected a token of the scope analyst or more for badges, found one of ${scope}`);
}

/** Whether single badges could be told apart by the answer: by its keys, by a list of them, or by what is left out. */
function namesBadges({ rows = [], columns = [], measures = [], filters = [] }: PivotQuery): boolean {
  const named = [...rows, ...columns, ...filters.map(({ field }) => field)];
  return (
    named.some((field) => field.split(':')[0] === 'badge') ||
    measures.some((measure) => /\bbadge\b/.test(measure) && measure !== COUNTED)
  );
}

/** Whether rows of the answer may name a badge: those of anomalies may, in words. */
export const mayNameBadges = (pivot: PivotQuery): boolean =>
  namesBadges(pivot) ||
  [...(pivot.rows ?? []), ...(pivot.columns ?? []), ...pivot.measures].some((name) => /\bsentence\b/.test(name));

/** The venue as a viewer sees it: what is for its organisers alone is left out. */
export function shownTo({ scope }: Viewer, file: VenueFile): VenueFile {
  if (mayAs(scope, 'analyst')) return file;
  const { badges: _badges, groups: _groups, rules: _rules, notices: _notices, _: _words, ...shown } = file;
  return shown;
}
