import type { Rule } from '../model/rule.ts';
import { sensedIn } from '../model/sensed.ts';
import type { VenueFile } from '../model/venue.ts';

/** Between a number and its unit, so that no line breaks there. */
const THIN = '\u202f';
const MINUTE_S = 60;

/** What a rule says of a place when it fires: what it found there (null: that is not said), and what it was asked to look for. */
export function sentenceFor(rule: Rule, place: string, value: number | null, venue: VenueFile): string {
  const name = nameOf(place, venue);
  if (rule.measure === 'silence') return `${name}: silent for ${lasting(Math.floor(value ?? rule.above ?? 0))}`;
  const limit = limitOf(rule, value === null);
  const found = value === null ? '' : `${foundWords(rule, value, place, venue)}, `;
  return `${name}: ${found}${limit}${rule.for > 0 ? ` for ${lasting(rule.for)}` : ''}`;
}

/** What a rule says of a place when it no longer holds there: what it found (null: that is not said), and what is over. */
export function sentenceAfter(rule: Rule, place: string, value: number | null, venue: VenueFile): string {
  const name = nameOf(place, venue);
  if (rule.measure === 'silence') return `${name}: heard again`;
  return `${name}: ${value === null ? '' : `${foundWords(rule, value, place, venue)}, `}no longer ${limitOf(rule, value === null)}`;
}

/** What is said of a place where an episode is over for another reason: what was found there, if that is known, and why. */
export function sentenceOver(
  rule: Rule | null,
  place: string,
  value: number | null,
  why: string,
  venue: VenueFile,
): string {
  const found = rule === null || value === null ? '' : `${foundWords(rule, value, place, venue)}, `;
  return `${nameOf(place, venue)}: ${found}${why}`;
}

/** What a rule looks for; `isAlone`: no number stands before it that says of what its percentage is. */
function limitOf(rule: Rule, isAlone: boolean): string {
  const of = isAlone && rule.unit === 'percent' ? ' of capacity' : '';
  return `${rule.above !== null ? 'above' : 'below'} ${amountOf(rule, rule.above ?? rule.below ?? 0)}${of}`;
}

/** What people call a place. */
export function nameOf(place: string, venue: VenueFile): string {
  const [what, ...rest] = place.split(':');
  const id = rest.join(':');
  const named = what === 'room' ? venue.rooms : what === 'floor' ? (venue.floors ?? []) : [];
  const found = named.find((one) => one.id === id)?.name;
  if (what === 'gateway') return `Gateway ${id}`;
  return found ?? (id || (venue.name ?? 'The venue'));
}

/** What was found in a place; of a room without a sensor it says who felt how warm it is. */
function foundWords(rule: Rule, value: number, place: string, venue: VenueFile): string {
  const amount = amountOf(rule, value);
  const [what, room] = place.split(/:(.*)/s);
  const isFelt = rule.measure === 'temperature' && what === 'room' && !sensedIn(venue).has(room!);
  if (rule.measure !== 'occupancy') return isFelt ? `${amount} felt by badges` : amount;
  if (rule.unit === 'percent') return `${amount} of capacity`;
  return `${amount} ${amount === '1' ? 'person' : 'people'}`;
}

function amountOf({ measure, unit }: Rule, value: number): string {
  if (measure === 'temperature') return `${value.toFixed(1)}${THIN}°C`;
  if (measure === 'claps') return `${Math.round(value)}${THIN}claps${THIN}/${THIN}10${THIN}s`;
  return unit === 'percent' ? `${Math.round(value)}${THIN}%` : String(Math.round(value));
}

function lasting(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / MINUTE_S), seconds % MINUTE_S];
  if (minutes === 0) return `${seconds}${THIN}s`;
  return rest === 0 ? `${minutes}${THIN}min` : `${minutes}${THIN}min ${rest}${THIN}s`;
}
