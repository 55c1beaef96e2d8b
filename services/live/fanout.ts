import type { Frame, ShownFrame } from '../model/frame.ts';
import type { Holding } from '../model/notice.ts';

/** How far back a screen can catch up. */
export const CATCH_UP_MS = 600_000;

/** A Server-Sent Event, a frame unless something is to be said of all of them, encoded once for all who get it. */
export type Sent<F = Frame> = {
  time: number;
  bytes: Buffer;
  frame?: F;
  isAnew?: boolean;
  holding?: readonly Holding[];
};
type Watcher<F = Frame> = (sent: Sent<F>) => void;

/** The newest frames, and everybody who wants the next. */
export type Fanout<F = Frame> = {
  push(frame: F): void;
  /** Keeps a frame that was shown before, for those who come back; nobody is told. */
  fill(frame: F): void;
  /** Forgets all frames: what was shown before is another past now. */
  forget(): void;
  /** Tells everybody so, once it can be asked for. */
  anew(): void;
  /** Tells everybody something that is not kept. */
  tell(sent: Sent<F>): void;
  newest(): Sent<F> | null;
  /** Tells everybody which notices hold from now on (UTC ms), all of them. */
  notice(time: number, holding: readonly Holding[]): void;
  /** What was told of notices last; null: nothing yet. */
  noticed(): Sent<F> | null;
  /** Frames after `time`, oldest first; null if they reach further back than is kept. */
  since(time: number): Sent<F>[] | null;
  /** Calls `watcher` with each frame from now on, until the function that comes back is called. */
  watch(watcher: Watcher<F>): () => void;
  readonly watchers: number;
};

/** `pushed` is told of each frame that is made, before anybody else; `shown` after everybody, where there is anybody. */
export function createFanout<F extends ShownFrame = Frame>(
  pushed: (frame: F) => void = () => undefined,
  shown: () => void = () => undefined,
): Fanout<F> {
  const kept: Sent<F>[] = [];
  const watchers = new Set<Watcher<F>>();
  let noticed: Sent<F> | null = null;
  const keep = (frame: F): Sent<F> => {
    const sent = { time: frame.time, bytes: encode(frame), frame };
    kept.push(sent);
    while (kept[0]!.time <= frame.time - CATCH_UP_MS) kept.shift();
    return sent;
  };
  const tell = (sent: Sent<F>) => {
    for (const watcher of watchers) watcher(sent);
  };
  return {
    push(frame) {
      pushed(frame);
      tell(keep(frame));
      if (watchers.size > 0) shown();
    },
    fill: (frame) => void keep(frame),
    forget: () => void kept.splice(0),
    tell,
    anew: () => tell({ time: kept.at(-1)?.time ?? 0, bytes: Buffer.from('event: anew\ndata: {}\n\n'), isAnew: true }),
    newest: () => kept.at(-1) ?? null,
    notice(time, holding) {
      const bytes = Buffer.from(`event: notice\ndata: ${JSON.stringify({ time, notices: holding })}\n\n`);
      noticed = { time, bytes, holding };
      tell(noticed);
    },
    noticed: () => noticed,
    since(time) {
      const oldest = kept[0];
      if (!oldest) return [];
      if (time < oldest.time - 1000) return null;
      return kept.filter((sent) => sent.time > time);
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    get watchers() {
      return watchers.size;
    },
  };
}

const encode = (frame: ShownFrame): Buffer =>
  Buffer.from(`id: ${frame.time}\nevent: frame\ndata: ${JSON.stringify(frame)}\n\n`);
