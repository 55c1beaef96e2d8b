import type { Note } from '../../../services/model/note.ts';
import { instantOf } from '../live/gateways.ts';
import { LAYERS } from '../live/room.ts';
import { SPEEDS } from './clock.ts';
import type { KeyAct } from './keys.ts';
import type { Loaded } from './load.ts';
import { MINUTE_MS } from './load.ts';
import { AROUND_MS, type Loop, loopWithin, nextLoop, wholeMinute } from './loop.ts';
import { type Moment, neighbour } from './moments.ts';
import type { ReplayState } from './state.ts';

const [SECOND_MS, HOUR_MS] = [1000, 3_600_000];
export type Acted = Partial<ReplayState> & { at?: number };

/** What an act changes; `at` is the cursor, UTC ms. Nothing leaves what is known. */
export function changeBy(
  act: KeyAct,
  key: string,
  state: ReplayState,
  at: number,
  { book, known, venue }: Loaded,
  moments: Moment[],
): Acted {
  const to = (time: number | null): Acted =>
    time === null ? {} : { at: Math.max(book.from, Math.min(known - 1, time)), isPlaying: false, bySecond: false };
  const last = wholeMinute(known - 1);
  const minute = (by: number) => to(Math.min(last, Math.floor(at / MINUTE_MS) * MINUTE_MS + by));
  const second = (by: number) => ({ ...to(Math.floor(at / SECOND_MS) * SECOND_MS + by), bySecond: true });
  // Those of another event are nowhere in what is read.
  const sessions = [...new Set((venue.venue.sessions ?? []).map(({ from }) => instantOf(from)))]
    .filter((from) => from >= book.from && from < known)
    .sort((a, b) => a - b);
  const begins = moments.map((moment) => moment.at);
  const anomalies = moments.filter(({ kind }) => kind === 'anomaly').map((moment) => moment.at);
  const speed = SPEEDS.findIndex(({ rate }) => rate === state.rate);
  const faster = (by: number): Acted => ({ rate: SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, speed + by))]!.rate });
  const changes: Record<KeyAct, () => Acted> = {
    play: () => playing(state, at, book.from, known),
    reverse: () => ({ isBackwards: !state.isBackwards }),
    back: () => minute(at % MINUTE_MS === 0 ? -MINUTE_MS : 0),
    on: () => minute(MINUTE_MS),
    'back hour': () => minute(-HOUR_MS),
    'on hour': () => minute(HOUR_MS),
    'back second': () => second(-SECOND_MS),
    'on second': () => second(SECOND_MS),
    start: () => to(state.loop?.from ?? firstOf(book, known)),
    end: () => to((state.loop?.until ?? known) - MINUTE_MS),
    session: () => to(neighbour(sessions, at, 1)),
    'session before': () => to(neighbour(sessions, at, -1)),
    anomaly: () => to(neighbour(anomalies, at, 1)),
    'anomaly before': () => to(neighbour(anomalies, at, -1)),
    moment: () => to(neighbour(begins, at, 1)),
    'moment before': () => to(neighbour(begins, at, -1)),
    'loop from': () => looped({ from: at, until: Math.max(at + MINUTE_MS, state.loop?.until ?? at + 2 * AROUND_MS) }),
    'loop until': () => looped({ from: Math.min(at - MINUTE_MS, state.loop?.from ?? at - 2 * AROUND_MS), until: at }),
    loop: () => ({ loop: nextLoop(state.loop, at, { book, known }) }),
    gaps: () => ({ skipsGaps: !state.skipsGaps }),
    slower: () => faster(-1),
    faster: () => faster(1),
    layer: () => ({ layer: LAYERS[Number(key) - 1] ?? state.layer }),
    floor: () => ({}),
    table: () => ({ isTable: !state.isTable }),
    revision: () => ({ revision: state.revision === 'corrected' ? 'as-seen' : 'corrected' }),
    flows: () => ({ flows: !state.flows }),
    note: () => ({ draft: draftOf(at, state, loopWithin(state.loop, { book, known })), isPlaying: false }),
    help: () => ({ isHelp: !state.isHelp }),
  };
  return changes[act]();
}

/** Whoever plays at an end begins at the other one. */
function playing(state: ReplayState, at: number, from: number, known: number): Acted {
  if (state.isPlaying) return { isPlaying: false };
  const isAtEnd = state.isBackwards ? at <= from : at >= known - MINUTE_MS;
  return { isPlaying: true, ...(isAtEnd && { at: state.isBackwards ? known - 1 : from }) };
}

/** Where the first frame is. */
function firstOf({ made, from, stepMs }: Loaded['book'], known: number): number {
  const first = made.findIndex((frames) => frames > 0);
  return first < 0 ? Math.min(from, known) : from + first * stepMs;
}

const looped = ({ from, until }: Loop): Acted => ({ loop: { from: wholeMinute(from), until: wholeMinute(until) } });

/** A note of the moment, or of the loop that is set; of the room that is looked at. */
const draftOf = (at: number, { chosen }: ReplayState, loop: Loop | null): Note => ({
  id: '',
  time: loop?.from ?? Math.floor(at / SECOND_MS) * SECOND_MS,
  until: loop?.until ?? null,
  room: chosen?.room ?? null,
  text: '',
  wall: false,
  made: 0,
});
