import { changesIn, changesOf } from '../model/changes.ts';
import type { Dataset, Meta } from '../model/query.ts';
import type { Span, VenueFile } from '../model/venue.ts';

/** Counts of these are of different making before and after a gateway was moved. */
const COUNTED: ReadonlySet<Dataset> = new Set(['pivot', 'frames', 'heatmap', 'tiles']);

/** What gateways did in the span of an answer, UTC ms; of the list of days whenever it was. */
export function changedIn(dataset: Dataset, span: Span | undefined, file: VenueFile): Pick<Meta, 'changes'> {
  if (dataset === 'days') return { changes: changesOf(file) };
  return COUNTED.has(dataset) && span ? { changes: changesIn(file, span) } : {};
}
