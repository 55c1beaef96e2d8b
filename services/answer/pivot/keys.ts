import type { Filter } from '../../model/pivot.ts';
import { type ColumnType, isNumeric } from '../../model/query.ts';
import type { Reason } from '../../model/reject.ts';
import type { Venue } from '../../model/venue.ts';
import type { Field, Source } from './source.ts';
import { PARTS, type Timed } from './times.ts';

/** A field as it was asked, `rssi:5`: the SQL of its key in a record, and how a key is shown. */
export type Key = {
  name: string;
  type: ColumnType;
  /** of a record */
  sql: string;
  /** whole steps that are one of its unit; null: it is no such number */
  scale: number | null;
  /** the table that has the texts of its keys */
  words: string | null;
  /** SQL of what is shown, from the SQL of a key (and of its text, where there are words) */
  shown(key: string): string;
  /** the part of time, where it is one */
  timed: Timed | null;
  needs: string[];
  /** what of a record lies in the cell: a measure alone */
  isCut: boolean;
  /** the field of which a filter has to let through one value alone */
  oneOf: string | null;
  /** how many values it has at most; Infinity: any number */
  most: number;
  /** a value of a part of time as its key; null: there is none such */
  keyOf: ((value: string | number) => number | null) | null;
};

/** Looks up a name in a source's own fields or the parts of time; what comes back is made of our fragments alone. */
export type Lookup = (name: string, pointer: string) => Key | null;

/** The units of a width, ms. */
const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };
const DAY_MS = 86_400_000;
const NAME = /^([a-zA-Z]{1,24})(?::([0-9]{1,6}(?:\.[0-9]{1,4})?)([smh]?))?$/;

/** @param slot the column of the bins that a part of time has */
export function lookupIn(source: Source, venue: Venue, slot: (timed: Timed) => number, reasons: Reason[]): Lookup {
  const refuse = (pointer: string, expected: string, found: string) => void reasons.push({ pointer, expected, found });
  return (name, pointer) => {
    const [, base = '', width, unit = ''] = NAME.exec(name) ?? [];
    if (Object.hasOwn(PARTS, base)) {
      const timed = timedOf(base, width, unit);
      if (typeof timed === 'string') return refuse(pointer, timed, name) ?? null;
      return partKey(name, timed, slot(timed), venue, source);
    }
    const field = Object.hasOwn(source.fields, base) ? source.fields[base] : undefined;
    if (!field) return refuse(pointer, `one of ${namesIn(source).join(', ')}`, name) ?? null;
    if (field.isCut && !pointer.startsWith('/measures'))
      return refuse(pointer, `${base} in a measure: it is what of a record lies in a cell`, name) ?? null;
    const steps = stepsOf(field, width, unit);
    if (typeof steps === 'string') return refuse(pointer, steps, name) ?? null;
    return ownKey(name, field, steps, venue);
  };
}

/** Every field that a dataset has. */
const namesIn = ({ fields }: Source): string[] => [...Object.keys(fields), ...Object.keys(PARTS)];

/** A part of time with its width, or what was expected. */
function timedOf(part: string, width: string | undefined, unit: string): Timed | string {
  const usual = PARTS[part]!.width;
  if (width === undefined) return { part, width: usual ?? 0 };
  if (usual === undefined) return `${part} without a width`;
  const ms = Number(width) * (UNIT_MS[unit] ?? Number.NaN);
  const isWidth = ms >= 1000 && ms <= DAY_MS && ms % 1000 === 0;
  return isWidth ? { part, width: ms } : `${part} by whole seconds up to a day: ${part}:10s, ${part}:15m, ${part}:1h`;
}

/** Whole steps of a number's bin (0: it has none), or what was expected. */
function stepsOf(field: Field, width: string | undefined, unit: string): number | string {
  if (width === undefined) return 0;
  if (field.type !== 'number' || unit !== '') return 'a width for numbers alone, without a unit';
  const steps = Number(width) * (field.scale ?? 1);
  const isWhole =
    field.scale === undefined ? steps > 0 : Math.round(steps) >= 1 && Math.abs(steps - Math.round(steps)) < 1e-9;
  return isWhole
    ? field.scale === undefined
      ? steps
      : Math.round(steps)
    : `a width of whole steps of ${1 / (field.scale ?? 1)}`;
}

function ownKey(name: string, field: Field, steps: number, venue: Venue): Key {
  const { scale = null, words = null, needs = [], isCut = false, oneOf = null } = field;
  const most = field.most?.(venue) ?? Number.POSITIVE_INFINITY;
  const sql = steps === 0 ? field.key : binOf(field.key, steps);
  const shown = (key: string) => (scale === null || scale === 1 ? key : `${key} / ${scale}`);
  const type = Number.isInteger(steps) ? typeOf(field.type, scale) : field.type;
  return { name, type, sql, scale, words, shown, timed: null, needs, keyOf: null, isCut, oneOf, most };
}

/** Whole steps of one are whole numbers. */
const typeOf = (type: ColumnType, scale: number | null): ColumnType =>
  type === 'number' && scale === 1 ? 'integer' : type;

/**
 * Towards minus infinity, so that −3 with a width of 5 lies in −5, not in 0. Counted in whole steps of the width's last digit: 19.3
 * divided by 0.1 is a little more or less than 193, and 193 times 0.1 is not 19.3.
 */
function binOf(key: string, width: number): string {
  const steps = 10 ** (String(width).split('.')[1] ?? '').length;
  const wide = Math.round(width * steps);
  const inSteps = steps === 1 ? key : `round(${key} * ${steps}::DOUBLE, 6)`;
  return `(floor(${inSteps} / ${wide}::DOUBLE) * ${wide}${steps === 1 ? '' : ` / ${steps}::DOUBLE`})`;
}

function partKey(name: string, timed: Timed, slot: number, venue: Venue, { room }: Source): Key {
  const { type, text, words = null, key } = PARTS[timed.part]!;
  const isSitting = words === 'title' || words === 'session';
  const scale = type === 'number' ? 1 : null;
  return {
    name,
    type: typeOf(type, scale),
    sql: isSitting ? `s.${words}` : `b.v${slot}`,
    scale,
    words,
    shown: text ?? ((sql) => sql),
    timed,
    needs: isSitting ? ['bin', 'sitting', ...room.needs] : ['bin'],
    isCut: false,
    oneOf: null,
    // How many bins there are is known when they are made.
    most: Number.POSITIVE_INFINITY,
    keyOf: (value) => key(value, venue),
  };
}

/** A code that nothing has. */
const ABSENT = -2;

type Put = (value: string | number | bigint) => string;

/** The condition of a filter on a record. Throws nothing: what cannot be compared is among the reasons. */
export function conditionOf(key: Key, filter: Filter, pointer: string, put: Put, reasons: Reason[]): string {
  const { in: some, not, from, until } = filter;
  const conditions: string[] = [];
  if (some) conditions.push(`(${among(key, some, `${pointer}/in`, put, reasons)}) IS TRUE`);
  if (not) conditions.push(`(${among(key, not, `${pointer}/not`, put, reasons)}) IS NOT TRUE`);
  if (from !== undefined || until !== undefined) {
    if (!isNumeric(key.type) && key.type !== 'instant')
      reasons.push({ pointer, expected: 'in or not: a range is of numbers and instants', found: key.name });
    const value = `(${key.sql})::DOUBLE`;
    const scale = key.scale ?? 1;
    if (from !== undefined) conditions.push(`${value} >= ${put(from * scale)}::DOUBLE`);
    if (until !== undefined) conditions.push(`${value} < ${put(until * scale)}::DOUBLE`);
  }
  return conditions.length > 0 ? conditions.join(' AND ') : 'true';
}

/** That a key is one of some values; null stands for unknown. */
function among(
  key: Key,
  values: readonly (string | number | null)[],
  pointer: string,
  put: Put,
  reasons: Reason[],
): string {
  const known = values.filter((value) => value !== null);
  const places = known.flatMap((value, i) => {
    const place = placeOf(key, value, put);
    if (place === null) reasons.push({ pointer: `${pointer}/${i}`, expected: KINDS[key.type], found: String(value) });
    return place === null ? [] : [place];
  });
  const isKnown = places.length === 0 ? 'false' : listed(key, places);
  return known.length < values.length ? `${isKnown} OR ${key.sql} IS NULL` : isKnown;
}

const KINDS: Record<ColumnType, string> = {
  text: 'a value of this field',
  number: 'a number',
  integer: 'a number',
  boolean: 'true or false',
  instant: 'an instant: UTC epoch ms or RFC 3339',
  json: 'a value of this field',
};

const listed = ({ sql, words, keyOf }: Key, places: string[]): string => {
  const list = places.join(', ');
  return words !== null && !keyOf
    ? `${sql} IN (SELECT code FROM ${words} WHERE text IN (${list}))`
    : `${sql} IN (${list})`;
};

/** A value as a parameter that compares with the key; null where it is of another kind. */
function placeOf(key: Key, value: string | number, put: Put): string | null {
  if (key.keyOf) {
    // A session or an event that there is not is no fault: nothing is in it.
    const found = key.keyOf(value) ?? (key.words ? ABSENT : null);
    return found === null ? null : `${put(found)}::DOUBLE`;
  }
  if (key.type === 'boolean') return value === 'true' || value === 'false' ? value : null;
  if (!isNumeric(key.type)) return `${put(String(value))}::VARCHAR`;
  const number = typeof value === 'number' ? value : value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number)) return null;
  const steps = number * (key.scale ?? 1);
  // A product of a decimal is not always whole: 20.07 × 100.
  return `${put(key.scale === null || Math.abs(steps - Math.round(steps)) > 1e-6 ? steps : Math.round(steps))}::DOUBLE`;
}
