import type { Reason } from '../model/reject.ts';
import type { GatewayPlace, Merge, Span, Venue, VenueFile } from '../model/venue.ts';
import { isDeeper, isObject, type Json } from './json.ts';
import { normaliseId } from './mac.ts';
import { syntaxFault } from './syntax.ts';
import { canonical, versionOf } from './venue/canonical.ts';
import { saidFaults } from './venue/notices.ts';
import { instantOf, rowsOf, ruleFaults } from './venue/rules.ts';
import { FAULTS_MAX, shapeFaults } from './venue/shape.ts';

/** Characters of a venue's file at most. */
export const VENUE_MAX = 16 * 1024 * 1024;
/** Objects and arrays inside one another in it at most. */
const VENUE_NESTING_MAX = 32;

/**
 * Reads the text of a `venue.json`. All faults at once; or the venue, its ids in stored form, its instants in ms, and
 * `canonical`, the text whose SHA-256 is its version: what was sent, with sorted names and without white space.
 */
export function parseVenue(text: string): { venue: Venue; canonical: string } | { faults: Reason[] } {
  const parsed = parse(text);
  if ('fault' in parsed) return { faults: [parsed.fault] };
  const { file } = parsed;
  const shape = shapeFaults(file);
  const said = isObject(file) ? saidFaults(file, shape) : [];
  const faults = unique([...shape, ...ruleFaults(isObject(file) ? file : {}), ...said]);
  if (faults.length) return { faults: faults.slice(0, FAULTS_MAX) };
  const sent = canonical(file);
  return { venue: venueOf(storedForm(file as Json), versionOf(sent)), canonical: sent };
}

function parse(text: string): { file: unknown } | { fault: Reason } {
  const fault = (expected: string, found: string) => ({ fault: { pointer: '', expected, found } });
  if (text.length > VENUE_MAX) return fault(`at most ${VENUE_MAX} characters`, String(text.length));
  const bare = text.replace(/^\ufeff/, '');
  let file: unknown;
  try {
    file = JSON.parse(bare);
  } catch {
    return { fault: syntaxFault(bare) ?? fault('JSON', 'other text').fault };
  }
  const isDeep = isDeeper(file, VENUE_NESTING_MAX);
  return isDeep ? fault(`objects and arrays nested at most ${VENUE_NESTING_MAX} deep`, 'more') : { file };
}

/** One fault a place: a schema and a rule may both object. */
function unique(faults: Reason[]): Reason[] {
  return [...new Map([...faults].reverse().map((fault) => [fault.pointer, fault])).values()].reverse();
}

const LISTS_WITH_SPANS = ['gateways', 'sensors', 'merges', 'events', 'sessions', 'excluded', 'notices'];

function storedForm(file: Json): VenueFile {
  const lists = LISTS_WITH_SPANS.filter((list) => Array.isArray(file[list])).map((list) => [
    list,
    rowsOf(file, list).map(({ row }) => storedRow(row, list)),
  ]);
  return { ...file, ...Object.fromEntries(lists) } as VenueFile;
}

function storedRow(row: Json, list: string): Json {
  const stored = { ...row };
  for (const name of ['from', 'until']) if (name in row) stored[name] = instantOf(row[name]);
  if (list === 'gateways' || list === 'sensors') stored.id = normaliseId(String(row.id));
  return stored;
}

function venueOf(file: VenueFile, version: string): Venue {
  return {
    version,
    zone: file.zone,
    file,
    rooms: file.rooms.map((room) => room.id),
    gateways: file.gateways.map(placeOf),
    merges: (file.merges ?? []).map(({ room, of, ...span }): Merge => ({ room, of, ...spanOf(span) })),
  };
}

type GatewayRow = VenueFile['gateways'][number];

function placeOf({ id, room, x = null as never, y = null as never, offset = 0, ...span }: GatewayRow): GatewayPlace {
  return { id, room, x, y, offset, ...spanOf(span) };
}

function spanOf({ from, until }: { from?: string | number; until?: string | number }): Span {
  return { from: instantOf(from) ?? -Infinity, until: instantOf(until) ?? Infinity };
}
