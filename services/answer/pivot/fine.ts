import type { PivotQuery } from '../../model/pivot.ts';
import type { Span, Venue } from '../../model/venue.ts';
import { planOf } from './plan.ts';
import { refuseMany } from './times.ts';
import { sourceOf } from './work.ts';

/** Throws `TooFine` where a question about a span (UTC ms) would have more bins of time than an answer has, whatever is stored. */
export const refuseFine = (query: PivotQuery, span: Span, venue: Venue): void =>
  refuseMany(span, planOf(query, sourceOf(query), venue).timed);
