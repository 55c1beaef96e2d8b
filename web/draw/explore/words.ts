import { binWords, type Words as Said, createWords as wordsOf } from '../../../services/model/pivot-words.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import type { Catalogue, PivotDataset } from '../../read/pivot.ts';

export { binWords };

/** How fields, measures and their values are said, and what can be asked. */
export type Words = Said & { dataset: PivotDataset; catalogue: Catalogue };

export function createWords(catalogue: Catalogue, of: string, venue: VenueFile, zone = venue.zone): Words {
  const dataset = catalogue.datasets.find(({ name }) => name === of) ?? catalogue.datasets[0]!;
  return { ...wordsOf(catalogue, of, venue, zone), dataset, catalogue };
}
