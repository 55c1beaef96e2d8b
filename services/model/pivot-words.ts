import { instantsIn } from './instant-words.ts';
import { number, THIN, UNKNOWN } from './number.ts';
import type { VenueFile } from './venue.ts';

type FieldSaid = { name: string; label: string; type: string; unit: string | null };
type DatasetSaid = { name: string; fields: FieldSaid[]; measures: { name: string; label: string; unit: string }[] };
/** What can be asked, as far as it is said. */
export type CatalogueSaid = { datasets: DatasetSaid[]; aggregators: { name: string; label: string }[] };
type Value = string | number | boolean | null;

/** How fields, measures and their values are said. */
export type Words = {
  /** Room; Time of day, 15 min */
  field(name: string): string;
  /** McCurdy 1; Tue 3 Nov; — for unknown */
  value(name: string, value: Value): string;
  /** the same within a sentence: an hour is 10:00–11:00 there */
  said(name: string, value: Value): string;
  /** Peak occupancy; Median of signal */
  measure(name: string): string;
  /** badges; °C; nothing where it has none */
  unit(name: string): string;
  /** 12 480; 21.4; — */
  amount(measure: string, value: unknown): string;
  /** with its unit: 21.4 °C */
  whole(measure: string, value: unknown): string;
  zone: string;
};

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MINUTES: Record<string, string> = { s: 's', m: 'min', h: 'h' };
const SHARES = new Set(['covered']);
const DIGITS: Record<string, number> = {
  occupancy: 1,
  expected: 1,
  deviation: 1,
  temperature: 1,
  dwell: 1,
  dwellMean: 1,
  dwellP90: 1,
};
const WHOLE = new Set(['count', 'countUnique', 'integerSum', 'peak', 'visitors', 'badgeMinutes', 'claps']);

/** @param of the name of a dataset */
export function createWords(catalogue: CatalogueSaid, of: string, venue: VenueFile, zone = venue.zone): Words {
  const dataset = catalogue.datasets.find(({ name }) => name === of) ?? catalogue.datasets[0]!;
  const fields = new Map(dataset.fields.map((field) => [field.name, field]));
  const value = valuesOf(venue, zone, fields);
  const measure = (name: string) => measureWords(catalogue, dataset, name);
  const unit = (name: string) => unitOf(dataset, name);
  const amount = (name: string, held: unknown) =>
    amountOf(name, held, (at) => value(measureParts(name).fields[0] ?? '', at));
  return {
    field: (name) => fieldWords(fields.get(fieldOf(name)), name),
    value,
    measure,
    unit,
    amount,
    said: (name, held) => (fieldOf(name) === 'hour' && typeof held === 'number' ? hourWords(held) : value(name, held)),
    whole: (name, held) => {
      const words = amount(name, held);
      return words === UNKNOWN || !unit(name) || words.endsWith('%')
        ? words
        : `${words}${THIN}${held === 1 ? unit(name).replace(/s$/, '') : unit(name)}`;
    },
    zone,
  };
}

/** The field without its bin: `time:15m` → `time`. */
export const fieldOf = (name: string): string => name.split(':')[0]!;
/** `sum(rssi)` → sum and rssi; one of the domain's own takes no field. */
export function measureParts(measure: string): { name: string; fields: string[] } {
  const [, name = measure, fields] = /^([^(]+)(?:\((.*)\))?$/.exec(measure) ?? [];
  return { name, fields: fields ? fields.split(',') : [] };
}

const hourWords = (hour: number): string =>
  [hour, (hour + 1) % 24].map((at) => `${String(at).padStart(2, '0')}:00`).join('–');

function fieldWords(field: FieldSaid | undefined, name: string): string {
  const label = field?.label ?? fieldOf(name);
  const bin = name.split(':')[1];
  return bin ? `${label}, ${binWords(bin, field?.unit ?? '')}` : label;
}

/** `15m` → 15 min; `5` → 5 dBm. */
export function binWords(bin: string, unit = ''): string {
  const [, size = bin, letter] = /^([0-9.]+)([smh]?)$/.exec(bin) ?? [];
  return `${size}${THIN}${letter ? MINUTES[letter] : unit}`.trimEnd();
}

function valuesOf(venue: VenueFile, zone: string, fields: Map<string, FieldSaid>) {
  const named = namesOf(venue);
  const instants = instantsIn(zone);
  return (name: string, value: Value): string => {
    const base = fieldOf(name);
    if (value === null || value === undefined) return UNKNOWN;
    if (named[base]) return named[base].get(String(value)) ?? String(value);
    if (base === 'day') return instantsIn('UTC').day(Date.parse(`${value}T12:00:00Z`));
    if (base === 'weekday') return DAYS[Number(value) - 1] ?? String(value);
    if (base === 'hour') return String(value).padStart(2, '0');
    if (base === 'eventDay') return `Day ${value}`;
    if (base === 'step' || (isInstant(fields.get(base)) && typeof value === 'number' && value > 1e11))
      return `${instants.day(Number(value))} ${instants.minute(Number(value))}`;
    if (typeof value === 'boolean') return value ? 'yes' : 'no';
    return typeof value === 'number' ? number(value, 2) : value;
  };
}

/** Pages call an instant a time. */
const isInstant = (field?: FieldSaid): boolean => field?.type === 'instant' || field?.type === 'time';

function namesOf({
  rooms,
  floors = [],
  groups = [],
  events = [],
  sessions = [],
}: VenueFile): Record<string, Map<string, string>> {
  const names = (all: { id: string; name?: string; title?: string }[]) =>
    new Map(all.map(({ id, name, title }) => [id, name ?? title ?? id]));
  return {
    room: names(rooms),
    floor: names(floors),
    group: names(groups),
    event: names(events),
    session: names(sessions),
  };
}

/** What a measure is called: Peak occupancy; Count unique of badge. */
export function measureWords(
  { aggregators }: Pick<CatalogueSaid, 'aggregators'>,
  dataset: DatasetSaid,
  measure: string,
): string {
  const own = dataset.measures.find(({ name }) => name === measure);
  if (own) return own.label;
  const { name, fields } = measureParts(measure);
  const label = aggregators.find((aggregator) => aggregator.name === name)?.label ?? name;
  const of = fields.map((field) => dataset.fields.find((held) => held.name === field)?.label ?? field);
  return of.length > 0 ? `${label} of ${of.join(' and ').toLowerCase()}` : label;
}

const KEEPS_UNIT = new Set([
  'sum',
  'integerSum',
  'average',
  'median',
  'sampleStandardDeviation',
  'minimum',
  'maximum',
  'first',
  'last',
]);

function unitOf(dataset: DatasetSaid, measure: string): string {
  const own = dataset.measures.find(({ name }) => name === measure);
  if (own) return own.unit;
  const { name, fields } = measureParts(measure);
  return KEEPS_UNIT.has(name) ? (dataset.fields.find((field) => field.name === fields[0])?.unit ?? '') : '';
}

function amountOf(measure: string, held: unknown, value: (held: Value) => string): string {
  if (held === null || held === undefined) return UNKNOWN;
  if (Array.isArray(held)) return held.map((one) => value(one as Value)).join(', ');
  if (typeof held !== 'number') return value(held as Value);
  const { name } = measureParts(measure);
  if (SHARES.has(name) || /Fraction/.test(name)) return `${fixed(held * 100, 1)}${THIN}%`;
  if (WHOLE.has(name)) return number(held);
  return fixed(held, DIGITS[name] ?? (Number.isInteger(held) ? 0 : Math.abs(held) >= 100 ? 1 : 2));
}

/** Figures of one column have the same number of digits, so that their points stand below each other. */
function fixed(value: number, digits: number): string {
  const text = number(value, digits);
  if (digits === 0) return text;
  const [whole, fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(digits, '0')}`;
}
