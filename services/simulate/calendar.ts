const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Wall hour at which the demo is looked at. */
const SHOWN_HOUR = 10;
/** Zones of whole hours reach from UTC−12 to UTC+14. */
const WEST_MIN = -12;
/** Same weekday, a year before. */
const LAST_YEAR_MS = 364 * DAY_MS;
const WEEKS = 7;

/** The demo's dates, UTC ms. Conference days are 1, 2, 3; day 0, before `start`, is for setting up. */
export type Layout = {
  zone: string;
  /** local midnight with which conference day 1 begins */
  start: number;
  /** local noon of day 0: the first observation */
  from: number;
  /** `start` of last year's event */
  lastYear: number;
  /** the ordinary weeks: from a Monday to the Saturday before the event, both local midnights */
  weeks: { from: number; until: number /** 00:00 of the planted Tuesday */; emptyTuesday: number };
};

/**
 * Lays the event so that `now` (UTC ms) is on conference day 3, in the `Etc/GMT` zone in which it is now 10:00–10:59.
 * Such zones know no summer time, so local days are 24 h long. Their signs are reversed: `Etc/GMT+5` is UTC−5.
 */
export function layout(now: number): Layout {
  const hours = offsetHours(now);
  const offset = hours * HOUR_MS;
  const today = Math.floor((now + offset) / DAY_MS) * DAY_MS - offset;
  const start = today - 2 * DAY_MS;
  const saturday = lastSaturday(start - DAY_MS, offset);
  return {
    zone: hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`,
    start,
    from: start - DAY_MS / 2,
    lastYear: start - LAST_YEAR_MS,
    weeks: {
      from: saturday - WEEKS * 7 * DAY_MS + 2 * DAY_MS,
      until: saturday,
      emptyTuesday: saturday - 4 * DAY_MS,
    },
  };
}

/** Hours that the shown zone is ahead of UTC. In the hour that would need UTC−13 the day before yesterday's twin serves. */
function offsetHours(now: number): number {
  const hours = SHOWN_HOUR - (Math.floor(now / HOUR_MS) % 24);
  return hours < WEST_MIN ? hours + 24 : hours;
}

/** The last midnight with which a Saturday begins, `midnight` itself included. 1 January 1970 was a Thursday. */
function lastSaturday(midnight: number, offset: number): number {
  const day = Math.round((midnight + offset) / DAY_MS);
  return midnight - ((((day - 2) % 7) + 7) % 7) * DAY_MS;
}
