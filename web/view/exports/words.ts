import type { Trouble } from '../../../services/model/delivery.ts';
import type { Schedule, WindowRow } from '../../../services/model/schedule.ts';

const DAYS = ['Sundays', 'Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays'];
const two = (text: string) => text.padStart(2, '0');
const isNumber = (text: string | undefined): text is string => /^\d+$/.test(text ?? '');

/** A cron expression as people say it; null where that would be longer than itself. */
export function cronWords(cron: string): string | null {
  const [minute = '', hour = '', day, month, weekday = ''] = cron.trim().split(/\s+/);
  if (isNumber(minute) && isNumber(hour) && isNumber(day) && weekday === '*') return dateWords(cron);
  if (day !== '*' || month !== '*') return null;
  const step = Number(/^\*\/(\d+)$/.exec(minute)?.[1]);
  // Of others the minutes about the full hour are nearer.
  if (step > 1 && step < 60 && 60 % step === 0 && hour === '*' && weekday === '*') return `Every ${step} minutes`;
  if ((minute === '*' || step === 1) && hour === '*' && weekday === '*') return 'Every minute';
  if (!isNumber(minute)) return null;
  const hours = Number(/^\*\/(\d+)$/.exec(hour)?.[1]);
  // Of others the hours about midnight are nearer.
  if (minute === '0' && hours > 1 && hours < 24 && 24 % hours === 0 && weekday === '*')
    return `Every ${hours} hours, on the hour`;
  if (hour === '*' && weekday === '*')
    return minute === '0' ? 'Every hour, on the hour' : `Every hour, at ${minute} minutes past`;
  if (!isNumber(hour)) return null;
  const at = `${two(hour)}:${two(minute)}`;
  if (weekday === '*') return `Every day at ${at}`;
  if (weekday === '1-5' || weekday.toUpperCase() === 'MON-FRI') return `Monday to Friday at ${at}`;
  return isNumber(weekday) && DAYS[+weekday] ? `${DAYS[+weekday]} at ${at}` : null;
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** Of one day of each month, or of each year. */
function dateWords(cron: string): string | null {
  const [minute = '', hour = '', day, month] = cron.trim().split(/\s+/);
  const at = `at ${two(hour)}:${two(minute)}`;
  if (month === '*') return `On day ${day} of each month ${at}`;
  const name = isNumber(month) ? MONTHS[Number(month) - 1] : undefined;
  return name ? `Every ${day} ${name} ${at}` : null;
}

/** How a window stands: `superseded` is done, its first revision no longer the current one. */
export type Standing = 'done' | 'superseded' | 'running' | 'failed' | 'planned';
export const standingOf = ({ state, published }: WindowRow): Standing =>
  state === 'done' && (published?.revision ?? 0) > 1 ? 'superseded' : state;

/** How a schedule stands, from its windows (a failure counts until it is filled) and what could not be sent. */
export type Health = 'paused' | 'failing' | 'gap' | 'running' | 'waiting' | 'ok';
export function healthOf(
  { paused }: Pick<Schedule, 'paused'>,
  made: { last: WindowRow | null; counts: Record<WindowRow['state'], number> } | undefined,
  unsent: readonly Trouble[],
): Health {
  if (paused) return 'paused';
  if (made?.last?.state === 'failed' || unsent.length > 0) return 'failing';
  if (made && made.counts.failed > 0) return 'gap';
  if (made && made.counts.running > 0) return 'running';
  return made?.last ? 'ok' : 'waiting';
}

/** Of what failed the deliveries of a schedule. */
export const unsentOf = (troubles: readonly Trouble[], id: string): Trouble[] =>
  troubles.filter(({ schedule, destination }) => schedule === id && destination !== null);

/** The window that is looked at: the one that is chosen (by its end, UTC ms), else the newest that does not wait. */
export const lookedAt = <Row extends WindowRow>(rows: readonly Row[], chosen: number | null): Row | null =>
  rows.find(({ until }) => until === chosen) ?? rows.find(({ state }) => state !== 'planned') ?? rows[0] ?? null;

/** Those that fail before those that do not, else in the order in which they are. */
export function failingFirst<S extends Pick<Schedule, 'id' | 'paused'>>(
  schedules: readonly S[],
  healthFor: (schedule: S) => Health,
): S[] {
  const rank = (one: S) => ['failing', 'gap'].indexOf(healthFor(one)) + 1 || 3;
  return [...schedules].sort((a, b) => rank(a) - rank(b));
}

/** How long a window is, ms: 24 h, 22.5 h, 15 min, 31 d, 6 d 23 h. */
export function lengthOf(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes}${THIN}min`;
  if (minutes <= 2880) return `${Number((minutes / 60).toFixed(2))}${THIN}h`;
  const [days, hours] = [Math.floor(minutes / 1440), Number(((minutes % 1440) / 60).toFixed(1))];
  return hours === 0 ? `${days}${THIN}d` : `${days}${THIN}d ${hours}${THIN}h`;
}
const THIN = '\u202f';

/** 31.2 kB: thousands, as manifests and disks count. */
export function bytesOf(bytes: number): [value: number, unit: string] {
  const units = ['B', 'kB', 'MB', 'GB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return [bytes / 1000 ** step, units[step]!];
}

/** Windows by the local day on which they begin, newest day first, each day in order. */
export function byDay<Row extends WindowRow>(
  windows: readonly Row[],
  dayOf: (time: number) => string,
): [string, Row[]][] {
  const days = new Map<string, Row[]>();
  for (const row of [...windows].sort((a, b) => b.from - a.from)) {
    const day = dayOf(row.from);
    days.set(day, [row, ...(days.get(day) ?? [])]);
  }
  return [...days];
}

/** What files are called unless somebody says. */
export const USUAL_TEMPLATE = '{schedule}.{format}';

/** A name as the last part of an address. */
export const idOf = (name: string, taken: ReadonlySet<string>): string => {
  const wanted =
    name
      .toLowerCase()
      .normalize('NFKD')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60) || 'export';
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${wanted}-${n}`;
  return id;
};
