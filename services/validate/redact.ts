import { TIME_MAX_MS, TIME_MIN_MS } from '../model/fields.ts';
import { instantOfNumber, instantText } from './instant.ts';
import { BADGE_MARK, holdsRun, MARK, scrub } from './scrub.ts';

/** What may stay when a value is written out. */
export type Known = {
  /** ids of gateways and sensors */
  keep?: ReadonlySet<string>;
  /** ids of badges as they came → their pseudonyms */
  badges?: ReadonlyMap<unknown, string>;
};

const BADGE_KEYS: ReadonlySet<string> = new Set(['badge', 'transmitterId', 'member', 'badge_address']);
const TIME_KEYS: ReadonlySet<string> = new Set(['time', 'received', 'timestamp', 'creationTime', 'log_timestamp']);

/**
 * A parsed value as JSON without a MAC: written anew, so that no escape can hide one. Nested no deeper than
 * NESTING_MAX, which the caller has seen to.
 */
export function redact(value: unknown, known: Known): string {
  if (typeof value === 'string') return JSON.stringify(known.badges?.get(value) ?? scrub(value, known.keep));
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${value.map((element) => redact(element, known)).join()}]`;
  if (typeof value !== 'object' || value === null) return String(value ?? null);
  return `{${Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([key, inner]) => `${redact(key, known)}:${redactAt(key, inner, known)}`)
    .join()}}`;
}

function redactAt(key: string, value: unknown, known: Known): string {
  if (BADGE_KEYS.has(key) && value !== null) return JSON.stringify(redactBadge(value, known));
  if (TIME_KEYS.has(key) && typeof value === 'number') return timeText(value);
  return redact(value, known);
}

/** A cell of a CSV column without a MAC. */
export function redactCell(column: string, cell: string, known: Known): string {
  if (cell === '') return cell;
  if (BADGE_KEYS.has(column)) return redactBadge(cell, known);
  const instant = TIME_KEYS.has(column) ? instantToShow(cell) : undefined;
  return instant ?? known.badges?.get(cell) ?? scrub(cell, known.keep);
}

/** A badge's pseudonym, or a mark where it could not be read. */
function redactBadge(value: unknown, known: Known): string {
  return known.badges?.get(value) ?? BADGE_MARK;
}

function timeText(number: number): string {
  const instant = instantToShow(String(number));
  return instant === undefined ? numberText(number) : JSON.stringify(instant);
}

/** Epoch ms have as many digits as a MAC: an instant that would be scrubbed is written as a date. */
function instantToShow(number: string): string | undefined {
  const ms = instantOfNumber(Number(number));
  const isInstant = ms >= TIME_MIN_MS && ms < TIME_MAX_MS;
  return isInstant && holdsRun(number) ? instantText(ms) : undefined;
}

function numberText(number: number): string {
  const text = String(number);
  if (holdsRun(text)) return JSON.stringify(MARK);
  // what JSON.parse made of 1e400
  return Number.isFinite(number) ? text : text.replace('Infinity', '1e999');
}
