import { HOUR_MS, MOVED_WINDOWS, SECOND_MS, STEADY_DB, STEADY_WINDOW_MS, STEADY_WINDOWS } from './rule.ts';

const MINUTE_MS = 60 * SECOND_MS;
const STEADY_MS = 4 * HOUR_MS;

/** A window of 10 minutes in which the badge was heard: when it first was, and the median level of its minutes, dBm. */
type SteadyWindow = { from: number; level: number };

/**
 * How still a badge lies. `minutes` are the levels of its strongest gateway in the window that runs, the last of each
 * minute; `windows` are those before, as far back as all lie within 6 dB; `level` is where it lay when it was parked.
 */
export type Rest = {
  room: string | null;
  window: number;
  from: number;
  minute: number;
  minutes: number[];
  windows: SteadyWindow[];
  level: number | null;
  away: SteadyWindow[];
  /** from when on it lies (parked), or has been taken up again, UTC ms; known afterwards only */
  since: number;
};

export const newRest = (): Rest => ({
  room: null,
  window: 0,
  from: 0,
  minute: 0,
  minutes: [],
  windows: [],
  level: null,
  away: [],
  since: 0,
});

export const copyRest = (rest: Rest): Rest => ({
  ...rest,
  minutes: rest.minutes.slice(),
  windows: rest.windows.slice(),
  away: rest.away.slice(),
});

/**
 * The badge was decided to be in `room` at `now`, its strongest gateway at `level` dBm. Closes the window that ended
 * before, so silence adds none and ends nothing. Returns whether the badge is parked.
 */
export function restAt(rest: Rest, room: string, level: number, now: number): boolean {
  if (room !== rest.room) Object.assign(rest, newRest(), { room });
  const window = Math.floor(now / STEADY_WINDOW_MS);
  if (window !== rest.window) {
    if (rest.minutes.length > 0) closeWindow(rest);
    rest.window = window;
    rest.from = now;
    rest.minutes = [];
  }
  const minute = Math.floor(now / MINUTE_MS);
  if (minute === rest.minute && rest.minutes.length > 0) rest.minutes.pop();
  rest.minute = minute;
  rest.minutes.push(level);
  return rest.level !== null;
}

function closeWindow(rest: Rest): void {
  const closed = { from: rest.from, level: median(rest.minutes) };
  if (rest.level === null) settle(rest, closed);
  else watch(rest, rest.level, closed);
}

/** Not parked: the steady past reaches back as far as every window lies within 6 dB of every other. */
function settle(rest: Rest, closed: SteadyWindow): void {
  const windows = [...rest.windows, closed].slice(-STEADY_WINDOWS - 1);
  while (spread(windows) > STEADY_DB) windows.shift();
  rest.windows = windows;
  const until = (rest.window + 1) * STEADY_WINDOW_MS;
  if (windows.length >= STEADY_WINDOWS && until - windows[0]!.from >= STEADY_MS) {
    rest.since = windows[0]!.from;
    rest.level = median(windows.map((window) => window.level));
    rest.windows = [];
  }
}

/** Parked: two windows in a row beyond 6 dB, and somebody has taken it. */
function watch(rest: Rest, level: number, closed: SteadyWindow): void {
  rest.away = Math.abs(closed.level - level) > STEADY_DB ? [...rest.away, closed] : [];
  if (rest.away.length < MOVED_WINDOWS) return;
  rest.since = rest.away[0]!.from;
  rest.windows = rest.away;
  rest.level = null;
  rest.away = [];
  while (spread(rest.windows) > STEADY_DB) rest.windows.shift();
}

const spread = (windows: SteadyWindow[]): number =>
  Math.max(...windows.map((window) => window.level)) - Math.min(...windows.map((window) => window.level));

function median(levels: number[]): number {
  levels.sort((a, b) => a - b);
  return (levels[(levels.length - 1) >> 1]! + levels[levels.length >> 1]!) / 2;
}
