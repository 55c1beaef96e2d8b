import type { PivotQuery } from '../../../services/model/pivot.ts';
import type { PivotDataset } from '../../read/pivot.ts';
import type { Exploration } from './address.ts';
import { fieldOf, measureParts, type Shelves } from './shelves.ts';

/** Other shelves: what hung on the old ones is let go. */
export function withShelves(of: Exploration, shelves: Partial<Shelves>): Exploration {
  const next = { ...of, ...shelves };
  const isKept = next.rows === of.rows && next.columns === of.columns;
  const hasSort = of.sort && next.measures.includes(of.sort.measure) && (isKept || of.sort.key === '');
  return { ...next, sort: hasSort ? of.sort : null, shut: isKept ? of.shut : [], cell: null };
}

/** Another dataset: fields and measures that it has stay, and something is measured. */
export function withDataset(of: Exploration, dataset: PivotDataset): Exploration {
  const fields = new Set(dataset.fields.map(({ name }) => name));
  const own = new Set(dataset.measures.map(({ name }) => name));
  const has = (name: string) => fields.has(fieldOf(name));
  const isMeasured = (measure: string) =>
    own.has(measure) || (measure.includes('(') ? measureParts(measure).fields.every(has) : /^count/.test(measure));
  const measures = of.measures.filter(isMeasured);
  const shelves = {
    rows: of.rows.filter(has),
    columns: of.columns.filter(has),
    filters: of.filters.filter(({ field }) => has(field)),
    measures: measures.length > 0 ? measures : [dataset.measures[0]?.name ?? 'count'],
  };
  return { ...withShelves(of, shelves), dataset: dataset.name as PivotQuery['dataset'], hue: null };
}
