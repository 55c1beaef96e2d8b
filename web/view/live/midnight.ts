const QUARTER_MS = 900_000;
/** A day of a clock change has at most 25 hours. */
const QUARTERS_MAX = 102;

const made = new Map<string, Intl.DateTimeFormat>();

/** The day of an instant (UTC ms) in a zone, as a text that only serves to be compared. */
function dayOf(at: number, timeZone: string): string {
  const format = made.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
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
