import type { ShownFrame, ShownRoom } from '../model/frame.ts';
import { isForPublic } from '../model/notice.ts';
import { createFanout, type Fanout, type Sent } from './fanout.ts';

const MINUTE_MS = 60_000;
const SECOND_MS = 1000;

/** The rooms of a minute as the public may see them; `until` is when it has ended, UTC ms. */
export type MinuteOf = (until: number) => Promise<ShownRoom[]>;

/**
 * What the public is shown while others see each second: a frame a second too, so that a screen knows that it is fed, but of
 * the last minute that has ended. All else that is said to everybody passes as it is, but for what rules say. `failed`: a
 * minute could not be read, so nothing is shown of it.
 */
export function roundedFanout(
  whole: Fanout,
  to: number,
  minuteOf: MinuteOf,
  failed: (error: unknown) => void,
): Fanout<ShownFrame> {
  const shown = createFanout<ShownFrame>();
  let at = { minute: Number.NEGATIVE_INFINITY, rooms: [] as ShownRoom[] };
  let told: string | null = null;
  let turn = Promise.resolve();
  const take = async (sent: Sent): Promise<void> => {
    const { frame, isAnew } = sent;
    if (isAnew) {
      shown.forget();
      at = { minute: Number.NEGATIVE_INFINITY, rooms: [] };
    }
    if (sent.holding) {
      const own = sent.holding.filter(isForPublic);
      const words = JSON.stringify(own);
      // What is hidden shall not show by when something is said again.
      if (words !== told) shown.notice(sent.time, own);
      told = words;
      return;
    }
    if (!frame) return shown.tell(sent);
    const minute = Math.floor((frame.time + SECOND_MS) / MINUTE_MS) * MINUTE_MS;
    if (minute !== at.minute) at = { minute, rooms: await minuteOf(minute) };
    const { time, venue, rule } = frame;
    const rounded = { to, minute: minute - MINUTE_MS };
    shown.push({ time, positions: [], venue, rule, baseline: null, rooms: at.rooms, rounded });
  };
  whole.watch((sent) => {
    turn = turn.then(() => take(sent)).catch(failed);
  });
  return {
    ...shown,
    get watchers() {
      return shown.watchers;
    },
  };
}
