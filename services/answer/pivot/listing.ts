import { AGGREGATORS, type Aggregator, type Listed, MEASURES, type OwnMeasure, PIVOTED } from '../../model/pivot.ts';
import { DEFINITIONS } from './aggregators.ts';
import type { Source } from './source.ts';
import { PARTS } from './times.ts';
import { SOURCES } from './work.ts';

/** What can be asked: every dataset with its fields, the aggregators by PivotTable.js's names, the measures of the domain. */
export function fieldsListed(): Listed {
  return {
    datasets: PIVOTED.map((name) => [name, SOURCES[name]] as const).map(([name, { record, fields, own }]) => ({
      name,
      record,
      fields: [...Object.entries(fields).map(([id, field]) => listed(id, field)), ...TIMES],
      measures: Object.entries(own).map(([id, { label }]) => ({ name: id, label, unit: MEASURES[id as OwnMeasure] })),
    })),
    aggregators: (Object.keys(DEFINITIONS) as Aggregator[]).map((name) => ({
      name,
      label: DEFINITIONS[name].label,
      fields: AGGREGATORS[name],
      takes: DEFINITIONS[name].takes,
    })),
  };
}

const listed = (name: string, { label, type, unit, scale }: Source['fields'][string]) => ({
  name,
  label,
  type,
  unit: unit ?? null,
  isTime: false,
  width: type === 'number' ? String(1 / (scale ?? 1)) : null,
});

/** `width`: what a bin is wide if nothing is said; null where there is no width. */
const TIMES = Object.entries(PARTS).map(([name, { label, type, unit, width }]) => ({
  name,
  label,
  type,
  unit: unit ?? null,
  isTime: true,
  width: width === undefined ? null : `${width / 60_000}m`,
}));
