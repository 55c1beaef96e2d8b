import type { Reason } from '../../model/reject.ts';
import { instantOfNumber, instantOfText, instantText } from '../instant.ts';
import { isObject, type Json } from '../json.ts';
import { normaliseId } from '../mac.ts';
import { show } from '../show.ts';
import { polygonFaults } from './polygon.ts';

/** Faults that no schema sees. The value may have any shape: what is malformed is passed over, the rest is checked. */
export function ruleFaults(file: Json): Reason[] {
  return [
    ...zoneFaults(file),
    ...LISTS.flatMap((list) => twinFaults(file, list)),
    ...REFERENCES.flatMap((reference) => referenceFaults(file, reference)),
    ...SPANS.flatMap((list) => rowsOf(file, list).flatMap(({ row, pointer }) => spanFaults(row, pointer))),
    ...['gateways', 'sensors'].flatMap((list) => overlapFaults(placesOf(file, list))),
    ...mergeFaults(file),
    ...polygonsOf(file).flatMap(({ polygon, pointer }) => polygonFaults(polygon, pointer)),
  ];
}

type Row = { row: Json; pointer: string };

/** The objects of a list of the file. */
export function rowsOf(file: Json, list: string): Row[] {
  const rows = file[list];
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown, index) => (isObject(row) ? [{ row, pointer: `/${list}/${index}` }] : []));
}

/** Lists whose ids are their own; a gateway or sensor that was moved has several rows. */
const LISTS = ['floors', 'rooms', 'groups', 'events', 'sessions', 'notices', 'rules'];
const SPANS = ['gateways', 'sensors', 'merges', 'events', 'sessions', 'excluded', 'notices'];
/** Which fields name an id of which list. */
const REFERENCES: readonly { list: string; field: string; to: string }[] = [
  { list: 'rooms', field: 'floor', to: 'floors' },
  { list: 'gateways', field: 'room', to: 'rooms' },
  { list: 'sensors', field: 'room', to: 'rooms' },
  { list: 'merges', field: 'room', to: 'rooms' },
  { list: 'merges', field: 'of', to: 'rooms' },
  { list: 'doors', field: 'between', to: 'rooms' },
  { list: 'sessions', field: 'room', to: 'rooms' },
  { list: 'sessions', field: 'event', to: 'events' },
  { list: 'excluded', field: 'rooms', to: 'rooms' },
];

function zoneFaults({ zone }: Json): Reason[] {
  if (typeof zone !== 'string') return [];
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return [];
  } catch {
    return [{ pointer: '/zone', expected: 'an IANA time zone', found: show(zone) }];
  }
}

function twinFaults(file: Json, list: string): Reason[] {
  const seen = new Map<unknown, string>();
  return rowsOf(file, list).flatMap(({ row, pointer }) => {
    const first = seen.get(row.id);
    if (typeof row.id === 'string' && first === undefined) seen.set(row.id, pointer);
    if (first === undefined) return [];
    return [
      { pointer: `${pointer}/id`, expected: `an id of its own, other than that of ${first}`, found: show(row.id) },
    ];
  });
}

function referenceFaults(file: Json, { list, field, to }: { list: string; field: string; to: string }): Reason[] {
  const ids = new Set(rowsOf(file, to).map(({ row }) => row.id));
  const what = `the id of one of the ${to}`;
  return rowsOf(file, list).flatMap(({ row, pointer }) => {
    const named = row[field];
    const each: [unknown, string][] = Array.isArray(named)
      ? named.map((id: unknown, index) => [id, `${pointer}/${field}/${index}`])
      : [[named, `${pointer}/${field}`]];
    return each
      .filter(([id]) => typeof id === 'string' && !ids.has(id))
      .map(([id, where]) => ({ pointer: where, expected: what, found: show(id) }));
  });
}

/** UTC ms of an instant of the file; undefined where it is none. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return instantOfNumber(value);
  return typeof value === 'string' ? instantOfText(value) : undefined;
}

function spanFaults(row: Json, pointer: string): Reason[] {
  const faults = ['from', 'until']
    .filter((name) => typeof row[name] === 'string' && instantOf(row[name]) === undefined)
    .map((name) => ({
      pointer: `${pointer}/${name}`,
      expected: 'RFC 3339 text with its zone',
      found: show(row[name]),
    }));
  const [from, until] = [instantOf(row.from), instantOf(row.until)];
  if (from === undefined || until === undefined || from < until) return faults;
  const expected = `an end after its beginning, ${instantText(from)}`;
  return [...faults, { pointer: `${pointer}/until`, expected, found: instantText(until) }];
}

/** Something that is somewhere for a span: only once at a time. */
type Place = { key: string; from: number; until: number; pointer: string };

function placesOf(file: Json, list: string): Place[] {
  return rowsOf(file, list).flatMap(({ row, pointer }) =>
    typeof row.id === 'string' ? [{ key: normaliseId(row.id), pointer, ...spanOf(row) }] : [],
  );
}

function spanOf(row: Json): { from: number; until: number } {
  return { from: instantOf(row.from) ?? -Infinity, until: instantOf(row.until) ?? Infinity };
}

function overlapFaults(places: Place[]): Reason[] {
  const last = new Map<string, Place>();
  return [...places]
    .sort((a, b) => a.from - b.from || a.until - b.until)
    .flatMap((place) => {
      const before = last.get(place.key);
      if (!before || before.until < place.until) last.set(place.key, place);
      if (!before || place.from >= before.until) return [];
      const expected = `a span of its own, apart from that of ${before.pointer}`;
      return [{ pointer: place.pointer, expected, found: `an overlap of ${show(place.key)}` }];
    });
}

/** A room is open or merged, never both: it plays in one open merge at a time. */
function mergeFaults(file: Json): Reason[] {
  const merges = rowsOf(file, 'merges').map(({ row, pointer }) => {
    const parts: unknown[] = Array.isArray(row.of) ? row.of : [];
    const keys = [...new Set([row.room, ...parts])].filter((id) => typeof id === 'string');
    return { keys, pointer, isOwnPart: parts.includes(row.room), ...spanOf(row) };
  });
  const own = merges.filter((merge) => merge.isOwnPart);
  return [
    ...own.map(({ pointer }) => ({ pointer: `${pointer}/of`, expected: 'parts other than the room', found: 'itself' })),
    ...overlapFaults(merges.flatMap(({ keys, ...span }) => keys.map((key) => ({ key, ...span })))),
  ];
}

function polygonsOf(file: Json): { polygon: unknown; pointer: string }[] {
  const rooms = rowsOf(file, 'rooms').map(({ row, pointer }) => ({
    polygon: row.polygon,
    pointer: `${pointer}/polygon`,
  }));
  const floors = rowsOf(file, 'floors').map(({ row, pointer }) => ({
    polygon: row.outline,
    pointer: `${pointer}/outline`,
  }));
  return [...rooms, ...floors];
}
