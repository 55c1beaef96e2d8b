import { ID_PATTERN } from '../model/fields.ts';
import { FOUND_MAX } from './bounds.ts';
import { holdsRun, scrub } from './scrub.ts';

/** What was found, in few words and without a MAC. */
export function show(value: unknown, keep?: ReadonlySet<string>): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return short(JSON.stringify(scrub(value, keep)));
  if (typeof value === 'number') return showNumber(value);
  return showShape(value);
}

/** What kind of value was found, without a character of it: for badges, whose ids are nobody's to read. */
export function showShape(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value === '' ? 'empty text' : `text of ${value.length} characters`;
  if (typeof value === 'number') return 'a number';
  return Array.isArray(value) ? `an array of ${value.length}` : 'an object';
}

function showNumber(number: number): string {
  const text = String(number);
  return holdsRun(text) ? `about ${number.toPrecision(6)}` : text;
}

function short(text: string): string {
  return text.length <= FOUND_MAX ? text : `${text.slice(0, FOUND_MAX - 1)}…`;
}

const ID = new RegExp(ID_PATTERN);

/** A JSON pointer's step (RFC 6901), scrubbed; a gateway's legible id stays. */
export function step(key: string, isGateway = false): string {
  const text = isGateway && ID.test(key) ? key : scrub(key);
  return `/${short(text).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
