import type { VenueChange } from '../../../services/model/changes.ts';
import { fieldOf } from './shelves.ts';

type Value = string | number | boolean | null;
/** What changed within the time that a row or a column stands for: its values, of those fields. */
export type ChangesAt = (path: readonly Value[], fields: readonly string[]) => VenueChange[];

/** ms of a field's width, as `time:15m` has it; the service's own where it has none. */
const WIDTHS: Record<string, number> = { step: 3_600_000, time: 900_000 };
const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function widthOf(name: string): number {
  const [, count, unit] = /:(\d+)([smhd])$/.exec(name) ?? [];
  return unit === undefined ? WIDTHS[fieldOf(name)]! : Number(count) * UNITS[unit]!;
}

/** A change as parts of time have it, in a zone. */
type Held = { change: VenueChange; day: string; hour: number; time: number };

/** Where a change is told by parts of time that name an instant or a day; the same hour of all days is no place for it. */
export function changesAt(changes: readonly VenueChange[], zone: string): ChangesAt {
  if (changes.length === 0) return () => [];
  // The Swedish write days and times as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  const held = changes.map((change): Held => {
    const [day, clock] = format.format(change.time).split(' ') as [string, string];
    const [hour, minute, second] = clock.split(':').map(Number) as [number, number, number];
    return { change, day, hour, time: ((hour * 60 + minute) * 60 + second) * 1000 };
  });
  const isIn: Record<string, (value: Value, of: Held, width: number) => boolean> = {
    step: (value, { change: { time } }, width) => time >= Number(value) && time < Number(value) + width,
    day: (value, { day }) => value === day,
    hour: (value, { hour }) => value === hour,
    time: (value, { time }, width) => time >= clockMs(value) && time < clockMs(value) + width,
  };
  return (path, fields) => {
    // What stands below a day needs no mark that the day has.
    if (!(fieldOf(fields[path.length - 1] ?? '') in isIn)) return [];
    const own = path.flatMap((value, i) => (fieldOf(fields[i]!) in isIn ? [{ value, name: fields[i]! }] : []));
    if (!own.some(({ name }) => ['step', 'day'].includes(fieldOf(name)))) return [];
    const isThere = (of: Held) => own.every(({ value, name }) => isIn[fieldOf(name)]!(value, of, widthOf(name)));
    return held.filter(isThere).map(({ change }) => change);
  };
}

/** 10:15 or 10:15:30 as ms of the day. */
function clockMs(value: Value): number {
  const [hours = Number.NaN, minutes = Number.NaN, seconds = 0] = String(value).split(':').map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}
