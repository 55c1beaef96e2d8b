import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';

const SECOND_MS = 1000;
/** How long it goes on without letting anybody else have a turn, ms. */
const TURN_MS = 20;
/** How far it may lag behind its speed and still catch up, ms of the system's clock. */
const LAG_MS = 1000;
/** It looks at the system's clock so often at least, ms. */
const TICK_MS = 50;

/** Where a replay stood (UTC ms of the recording) when the system's clock said `wall`. */
export type Anchor = { wall: number; time: number };

/** The clock of a replay: it stands still until what was received by then is safe, so it waits for a slow river. */
export type ReplayClock = {
  /** where it stands, UTC ms of the recording */
  now(): number;
  /** where its speed would have it stand */
  due(): number;
  /** for whoever goes on after this process */
  anchor(): Anchor;
  /** Goes on to an instant, with a beat at each second on the way. */
  goOn(until: number): Promise<void>;
  /** Calls `beat` when it has passed a whole second by `graceMs`, until the function that comes back is called. */
  every(graceMs: number, beat: () => void): () => void;
  /** Waits until an instant is due, or a moment; a stop ends it at once. */
  wait(until: number, signal: AbortSignal): Promise<void>;
};

/** @param speed seconds of the recording to one of the system's clock; Infinity: as fast as it is taken */
export function replayClock(from: number, speed: number, system: () => number = Date.now): ReplayClock {
  let now = from;
  let anchor: Anchor = { wall: system(), time: from };
  let [grace, beat] = [0, () => {}];
  const due = () => (speed === Infinity ? Infinity : anchor.time + (system() - anchor.wall) * speed);
  /** What cannot be caught up any more is waited for. */
  const hold = () => {
    if (speed === Infinity || due() - now > LAG_MS * speed) anchor = { wall: system(), time: now };
  };
  return {
    now: () => now,
    due,
    anchor: () => anchor,
    async goOn(until) {
      let began = performance.now();
      for (let next = after(now, grace); next <= until; next += SECOND_MS) {
        now = next;
        beat();
        if (performance.now() - began < TURN_MS) continue;
        await turn();
        began = performance.now();
      }
      now = Math.max(now, until);
      hold();
    },
    every(graceMs, task) {
      [grace, beat] = [graceMs, task];
      return () => {
        beat = () => {};
      };
    },
    async wait(until, signal) {
      const ms = Math.max(1, Math.min(TICK_MS, (until - due()) / speed));
      await sleep(ms, undefined, { signal }).catch(() => undefined);
    },
  };
}

/** The first instant after another that is a whole second and `grace`. */
const after = (time: number, grace: number): number => (Math.floor((time - grace) / SECOND_MS) + 1) * SECOND_MS + grace;
