import type { Frame } from '../model/frame.ts';

/** How far back a screen can catch up. */
export const CATCH_UP_MS = 600_000;

/** A Server-Sent Event, a frame unless something is to be said of all of them, encoded once for all who get it. */
export type Sent = { time: number; bytes: Buffer };
export type Watcher = (sent: Sent) => void;

/** The newest frames, and everybody who wants the next. */
export type Fanout = {
  push(frame: Frame): void;
  /** Keeps a frame that was shown before, for those who come back; nobody is told. */
  fill(frame: Frame): void;
  /** Forgets all frames: what was shown before is another past now. */
  forget(): void;
  /** Tells everybody so, once it can be asked for. */
  anew(): void;
  newest(): Sent | null;
  /** Frames after `time`, oldest first; null if they reach further back than is kept. */
  since(time: number): Sent[] | null;
  /** Calls `watcher` with each frame from now on, until the function that comes back is called. */
  watch(watcher: Watcher): () => void;
  readonly watchers: number;
};

export function createFanout(): Fanout {
  const kept: Sent[] = [];
  const watchers = new Set<Watcher>();
  const keep = (frame: Frame): Sent => {
    const sent = { time: frame.time, bytes: encode(frame) };
    kept.push(sent);
    while (kept[0]!.time <= frame.time - CATCH_UP_MS) kept.shift();
    return sent;
  };
  const tell = (sent: Sent) => {
    for (const watcher of watchers) watcher(sent);
  };
  return {
    push: (frame) => tell(keep(frame)),
    fill: (frame) => void keep(frame),
    forget: () => void kept.splice(0),
    anew: () => tell({ time: kept.at(-1)?.time ?? 0, bytes: Buffer.from('event: anew\ndata: {}\n\n') }),
    newest: () => kept.at(-1) ?? null,
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

const encode = (frame: Frame): Buffer =>
  Buffer.from(`id: ${frame.time}\nevent: frame\ndata: ${JSON.stringify(frame)}\n\n`);
