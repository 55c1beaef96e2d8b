import { midnightOf } from '../live/midnight.ts';

const HOUR_MS = 3_600_000;

/** 2026-11-03: the date of an instant (UTC ms) in a zone. */
export const dateIn = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone }).format(at);

/** When a date (2026-11-03) begins in a zone, UTC ms. */
export function beginOf(date: string, zone: string): number {
  const noon = Date.parse(`${date}T12:00:00Z`);
  // Noon of UTC is on that date or, in the far east, after it.
  const at = dateIn(noon, zone) === date ? noon : noon - 12 * HOUR_MS;
  return midnightOf(at, zone);
}

/** The date that is so many days after another. */
export const dateAfter = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * 24 * HOUR_MS).toISOString().slice(0, 10);
