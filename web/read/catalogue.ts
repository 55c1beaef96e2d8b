import type { Listed, Pivoted } from '../../services/model/pivot.ts';
import type { Catalogue, PivotField } from './pivot.ts';

type ListedField = Listed['datasets'][number]['fields'][number];

const PLACES = new Set(['room', 'floor', 'thermometer', 'gateway', 'sensor']);
const PEOPLE = new Set(['badge', 'group', 'visit']);
const LABELS: Record<Pivoted, string> = {
  frames: 'Minutes of rooms',
  presences: 'Presences',
  observations: 'Observations',
  anomalies: 'Anomalies',
};
/** Widths that people ask for, the usual one first. */
const BINS: Record<string, string[]> = {
  time: ['15m', '5m', '30m', '1h'],
  step: ['1h', '30m', '15m', '5m', '1m'],
};
/** Bins of numbers, in the least width that the field has. */
const TIMES_WIDTH = [5, 10, 20, 50];

/** What can be asked, in the order and groups in which people look for it. */
export const catalogueOf = ({ datasets, aggregators }: Listed): Catalogue => ({
  datasets: datasets
    .map(({ name, record, fields, measures }) => ({
      name,
      label: LABELS[name] ?? record,
      fields: fields.map(fieldOf),
      measures,
    }))
    .sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name)),
  aggregators,
});

const ORDER = Object.keys(LABELS);

function fieldOf({ name, label, type, unit, isTime, width }: ListedField): PivotField {
  const group = isTime ? 'time' : PLACES.has(name) ? 'place' : PEOPLE.has(name) ? 'people' : 'record';
  // What the values are is said beside them: Weekday (1 = Monday).
  const short = /\(.*=.*\)$/.test(label) ? label.replace(/ *\(.*\)$/, '') : label;
  return {
    name,
    label: short,
    group,
    type,
    unit: unit ?? '',
    bins: width === null ? [] : (BINS[name] ?? binsOf(Number(width))),
  };
}

const binsOf = (width: number): string[] =>
  Number.isFinite(width) ? TIMES_WIDTH.map((times) => String(Number((times * width).toPrecision(6)))) : [];
