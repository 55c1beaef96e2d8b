const QUARTER_MS = 900_000;
/** A day of a clock change has at most 25 hours. */
const QUARTERS_MAX = 102;

const made = new Map<string, Intl.DateTimeFormat>();

/** The day of an instant (UTC ms) in a zone: 2026-11-03, as Swedish writes it. */
export function dayOf(at: number, timeZone: string): string {
  const format = made.get(timeZone) ?? new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short' });
  made.set(timeZone, format);
  return format.format(at);
}

let held: { zone: string; from: number; until: number; midnight: number } | null = null;

/** The instant with which the local day of `at` began; zones change at quarters of an hour. */
export function midnightOf(at: number, zone: string): number {
  if (held?.zone === zone && at >= held.from && at < held.until) return held.midnight;
  const day = dayOf(at, zone);
  let midnight = Math.floor(at / QUARTER_MS) * QUARTER_MS;
  for (let i = 0; i < QUARTERS_MAX && dayOf(midnight - 1, zone) === day; i++) midnight -= QUARTER_MS;
  const from = Math.floor(at / QUARTER_MS) * QUARTER_MS;
  held = { zone, from, until: from + QUARTER_MS, midnight };
  return midnight;
}

/** The instant (UTC ms) with which a day of a zone begins, 2026-11-03. */
export function beginOf(day: string, zone: string): number {
  const noon = Date.parse(`${day}T12:00Z`);
  // Where clocks are twelve hours ahead or more it is the next day by then.
  return midnightOf(dayOf(noon, zone) === day ? noon : noon - 12 * 4 * QUARTER_MS, zone);
}

/** The date that is so many days after another. */
export const dateAfter = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * 96 * QUARTER_MS).toISOString().slice(0, 10);
