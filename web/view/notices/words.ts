import type { Notice } from '../../../services/model/notice.ts';
import type { Rule } from '../../../services/model/rule.ts';
import type { VenueFile } from '../../../services/model/venue.ts';

const THIN = '\u202f';
const MEASURES: Record<Rule['measure'], string> = {
  occupancy: 'Occupancy',
  claps: 'Claps',
  temperature: 'Temperature',
  anomaly: 'An anomaly',
  silence: 'Silence',
};

/** What people call a target or a place. */
export function placeWords(
  place: string,
  { name, rooms, floors = [] }: Pick<VenueFile, 'name' | 'rooms' | 'floors'>,
): string {
  const [what, ...rest] = place.split(':');
  const id = rest.join(':');
  if (place === 'venue') return name ?? 'everywhere';
  if (place === 'rooms') return 'each room';
  if (place === 'gateways') return 'each gateway';
  if (what === 'gateway') return `gateway ${id}`;
  return (what === 'floor' ? floors : rooms).find((one) => one.id === id)?.name ?? id;
}

/** A rule in a line: “Occupancy of Maginnes > 90 % for 5 min”. */
export function ruleWords(rule: Rule, venue: Pick<VenueFile, 'name' | 'rooms' | 'floors'>): string {
  const of = `${MEASURES[rule.measure]} ${rule.measure === 'anomaly' ? 'in' : 'of'} ${placeWords(rule.where, venue)}`;
  if (rule.measure === 'anomaly') return `${of} is ${rule.severity}`;
  const limit = rule.above !== null ? `> ${amount(rule, rule.above)}` : `< ${amount(rule, rule.below!)}`;
  return `${of} ${limit}${rule.for > 0 ? ` for ${lasting(rule.for)}` : ''}`;
}

function amount({ measure, unit }: Rule, value: number): string {
  if (measure === 'silence') return lasting(value);
  if (measure === 'temperature') return `${value}${THIN}°C`;
  if (measure === 'claps') return `${value} / 10${THIN}s`;
  return unit === 'percent' ? `${value}${THIN}%` : String(value);
}

/** Seconds as people say them. */
export function lasting(seconds: number): string {
  if (seconds % 3600 === 0 && seconds > 0) return `${seconds / 3600}${THIN}h`;
  return seconds % 60 === 0 && seconds > 0 ? `${seconds / 60}${THIN}min` : `${seconds}${THIN}s`;
}

export const ORIGINS: Record<Notice['origin'], string> = {
  page: 'written here',
  venue: 'from venue.json',
  rule: 'by a rule',
  note: 'a note of the replay',
};
