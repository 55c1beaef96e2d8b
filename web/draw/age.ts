import { number, THIN } from './number.ts';

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** From this age on what should be live is marked, ms; after a day it is the past, which has a date instead. */
const OLD_MS = 30_000;
const PAST_MS = DAY_S * 1000;

/** How long ago: 4 s, 3 min, 1 h 05, 12 d. A clock that runs ahead makes no negative age. */
export function age(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < MINUTE_S) return `${s}${THIN}s`;
  if (s < HOUR_S) return `${Math.floor(s / MINUTE_S)}${THIN}min`;
  const minutes = String(Math.floor((s % HOUR_S) / MINUTE_S)).padStart(2, '0');
  if (s < DAY_S) return `${Math.floor(s / HOUR_S)}${THIN}h${THIN}${minutes}`;
  return `${number(Math.floor(s / DAY_S))}${THIN}d`;
}

export const isOld = (ms: number): boolean => ms >= OLD_MS && ms < PAST_MS;
export const isPast = (ms: number): boolean => ms >= PAST_MS;
