import type { PivotQuery } from '../../model/pivot.ts';
import type { Venue } from '../../model/venue.ts';
import { Refused } from '../refused.ts';
import type { Bins } from './bins-table.ts';
import { type Plan, planOf } from './plan.ts';
import { presences } from './presences.ts';

const MINUTE_MS = 60_000;

type Planned = { query: PivotQuery; plan: Plan; venue: Venue };

/**
 * The presences beside minutes, where a measure is of them: by the same keys, of the same rooms and times; null where none is.
 * Throws `Refused` where presences have no such field.
 */
export function piecesOf({ query, plan, venue }: Planned): Plan | null {
  if (query.dataset !== 'frames') return null;
  const isNeeded = plan.measures.some(({ parts }) => parts.some((part) => part !== 'ground'));
  if (!isNeeded) return null;
  return planOf({ ...query, measures: ['visitors'] }, presences, venue, plan.timed);
}

/** Whether a minute is in one bin of time; of frames it has to be, since they are kept by minute: else throws `Refused`. */
export function isByMinute({ query, plan }: Pick<Planned, 'query' | 'plan'>, bins: Bins | null): boolean {
  const isWhole = bins === null || bins.isByMinute;
  const at = plan.timed.find(({ width }) => width % MINUTE_MS !== 0);
  if (query.dataset === 'frames' && !isWhole && at)
    throw new Refused([
      {
        pointer: '/rows',
        expected: 'steps of whole minutes: frames are kept by minute',
        found: `${at.part}:${at.width / 1000}s`,
      },
    ]);
  return isWhole;
}
