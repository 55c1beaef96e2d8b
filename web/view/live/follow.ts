import { type Ask, createAsk, NoAnswer } from '../../read/ask.ts';
import { followLive } from '../../read/live.ts';
import { readDay, readHour, readQuarter, readVenue } from '../../read/past.ts';
import type { State } from '../state.ts';
import { createHouse, drawnAs, type LiveHouse } from './house.ts';
import { midnightOf } from './midnight.ts';
import type { LiveState } from './state.ts';
import { createUsualNow } from './usual.ts';

/** A frame so much older than the last is of another world: a service that was set back, ms. */
const BACK_MS = 600_000;
/** How often is looked at whether frames catch up, ms. */
const LOOK_MS = 1000;
/** So many quarters of a day at most are read by the minute, to know since when rooms are as they are. */
const BEGUN_MAX = 12;
/** Who finds the browser's clock this much further from one that is never set asks for the time anew, ms. */
const SET_MS = 2000;
/** The first pause before a reading that got no answer is tried again, and the longest, ms. */
const [AGAIN_MS, AGAIN_MAX_MS] = [2000, 60_000];

/**
 * Follows the service into the state: the venue, the hour before, then frame after frame for ever. `anew` is told when
 * the past is another one.
 */
export function followFrames(
  state: State<LiveState>,
  document: Document,
  anew: () => void,
  ask: Ask = createAsk(document.baseURI),
) {
  let house: LiveHouse | null = null;
  /** the house whose past was read */
  let known: LiveHouse | null = null;
  let isAnew = false;
  /** as it was when the service told its time */
  let setBy = clockSet();
  const load = single(async () => {
    const { venue, ahead } = await readVenue(ask, Date.now);
    setBy = clockSet();
    state.set({ ahead });
    // Compared only now: while the venue was read the house may have been emptied.
    if (!house || drawnAs(house) !== drawnAs(venue)) {
      house = createHouse(venue);
      const { frame } = state.get();
      if (frame) house.history.take(frame);
      state.set({ venue: { ...house, name: house.venue.name ?? null, zone: house.venue.zone } });
    }
    if (known === house) return;
    const of = house;
    await remember(ask, of, Date.now() + ahead);
    known = of;
    state.set({});
  });
  const usualNow = createUsualNow(ask, (usual) => state.set({ usual }));
  const stream = followLive(document.baseURI, {
    opened() {
      state.set({ link: { kind: 'open' } });
      void load();
    },
    frame(frame) {
      if (isAnew) {
        isAnew = false;
        // What is being read may still be of the past before.
        void load().then(load);
      }
      const { frame: last } = state.get();
      if (last && frame.time <= last.time && frame.time > last.time - BACK_MS) return;
      if (last && frame.time <= last.time && house) house = emptied(house);
      house?.history.take(frame);
      if (house && frame.venue !== house.version) void load();
      state.set({ frame, frameAt: Date.now(), link: { kind: 'open' } });
      void usualNow(frame);
    },
    notices: (notices) => state.set({ notices }),
    gap(from, until) {
      house?.history.breakAt(from, until);
    },
    anew() {
      if (house) house = emptied(house);
      // Whoever tells so may not have it yet; with its next frame it has.
      isAnew = true;
      anew();
    },
    lost(pauseMs) {
      const { link, frameAt } = state.get();
      const now = Date.now();
      const since = link.kind === 'lost' ? link.since : (frameAt ?? now);
      state.set({ link: { kind: 'lost', since, next: now + pauseMs } });
    },
  });
  document.defaultView?.addEventListener('online', stream.retry);
  document.addEventListener('visibilitychange', () => document.hidden || stream.retry());
  watchClock(state, () => {
    if (Math.abs(clockSet() - setBy) > SET_MS && state.get().link.kind === 'open') void load();
  });
  return { house: () => house };
}

/** When a clock that nobody sets began, by the one that somebody may, UTC ms: it changes when that is set. */
const clockSet = () => Date.now() - performance.now();

/** Looks again and again how far frames are behind, and whether somebody has set the clock back; then `looked`. */
function watchClock(state: State<LiveState>, looked: () => void): void {
  let seen = clockSet();
  setInterval(() => {
    const by = clockSet() - seen;
    seen += by;
    if (by < -SET_MS) setBack(state, by);
    look(state);
    looked();
  }, LOOK_MS);
}

/** A clock that is set back (`by`, ms) makes nothing newer: what is counted from goes with it, and the service is as much more ahead. */
function setBack(state: State<LiveState>, by: number): void {
  const { ahead, frameAt, link } = state.get();
  const lost = link.kind === 'lost' ? { ...link, since: link.since + by, next: link.next + by } : link;
  state.set({ ahead: ahead - by, frameAt: frameAt === null ? null : frameAt + by, link: lost });
}

/** The same venue, of which nothing is remembered. */
const emptied = (house: LiveHouse): LiveHouse => createHouse({ ...house, name: null, zone: house.venue.zone });

/** The hour before, the day before, and what of it tells since when a room is as it is. */
async function remember(ask: Ask, { history, venue }: LiveHouse, now: number): Promise<void> {
  history.takeHour(await readHour(ask, now));
  const day = await readDay(ask, midnightOf(now, venue.zone), now);
  history.takeDay(day);
  for (const from of history.begun(day).slice(0, BEGUN_MAX)) history.takeBefore(await readQuarter(ask, from));
}

/** How far the newest frame is behind, and whether less than a second ago. */
function look(state: State<LiveState>): void {
  const { frame, ahead, behind } = state.get();
  if (!frame) return;
  const ms = Math.max(0, Date.now() + ahead - frame.time);
  state.set({ behind: { ms, isShrinking: ms < behind.ms - LOOK_MS / 2 } });
}

/** Asks are not asked twice at once; what gets no answer is asked again after a pause that grows with every failure. */
function single(act: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let [failures, timer]: [number, ReturnType<typeof setTimeout> | undefined] = [0, undefined];
  const again = (): Promise<void> => {
    clearTimeout(timer);
    running ??= act()
      .then(() => {
        failures = 0;
      })
      .catch((error: unknown) => {
        if (!(error instanceof NoAnswer)) throw error;
        timer = setTimeout(again, Math.min(AGAIN_MAX_MS, AGAIN_MS * 2 ** failures++));
      })
      .finally(() => {
        running = null;
      });
    return running;
  };
  return again;
}
