import type { ShownFrame } from '../../services/model/frame.ts';
import type { Holding } from '../../services/model/notice.ts';

/** What is told of the stream. `pauseMs` is how long it is until the next try. */
export type LiveTold = {
  opened(): void;
  frame(frame: ShownFrame): void;
  /** frames that nobody will ever have, UTC ms */
  gap(from: number, until: number): void;
  /** the notices that hold from now on, all of them */
  notices(holding: Holding[]): void;
  /** the past is another one now */
  anew(): void;
  lost(pauseMs: number): void;
};

/** Pauses between tries: the first, and the longest, ms. */
const [PAUSE_MS, PAUSE_MAX_MS] = [1000, 10_000];
/** Frames come once a second: a stream that has been quiet for so long is dead, even if nobody said so, ms. */
const QUIET_MS = 20_000;

type Opens = (address: string) => EventSource;

/**
 * Follows the frames for ever. A browser gives a stream up for good when the service answers with an error, so each
 * failure makes a new one, after a growing pause, from the last frame on (`after`, as `Last-Event-ID` would say).
 */
export function followLive(
  base: string,
  told: LiveTold,
  open: Opens = (at) => new EventSource(at),
  random = Math.random,
): { retry(): void } {
  let [stream, last, failures]: [EventSource | null, string, number] = [null, '', 0];
  let timer: ReturnType<typeof setTimeout>;
  const connect = () => {
    const address = new URL('v1/live', base);
    if (last) address.searchParams.set('after', last);
    for (const [name, value] of named(base)) address.searchParams.set(name, value);
    const opened = open(address.href);
    stream = opened;
    const heard = () => {
      failures = 0;
      clearTimeout(timer);
      timer = setTimeout(fail, QUIET_MS);
    };
    listen(opened, told, heard, (id) => {
      last = id;
    });
    opened.addEventListener('error', fail);
    timer = setTimeout(fail, QUIET_MS);
  };
  const fail = () => {
    stream?.close();
    stream = null;
    clearTimeout(timer);
    // Screens of a house that lost its service should not all come back in the same instant.
    const pauseMs = Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** failures++) * (0.8 + 0.2 * random());
    timer = setTimeout(connect, pauseMs);
    told.lost(pauseMs);
  };
  connect();
  return {
    /** tries at once where it is waiting */
    retry() {
      if (stream) return;
      clearTimeout(timer);
      connect();
    },
  };
}

/** What the page's own address calls this screen, and the floor it holds: an operator sees them. */
const named = (base: string): [string, string][] =>
  [...new URL(base).searchParams].filter(
    ([name, value]) => (name === 'screen' || name === 'floor') && /^[A-Za-z0-9._:-]{1,64}$/.test(value),
  );

function listen(stream: EventSource, told: LiveTold, heard: () => void, seen: (id: string) => void): void {
  const on = (name: string, take: (event: MessageEvent<string>) => void) =>
    stream.addEventListener(name, (event) => {
      heard();
      if ('lastEventId' in event && event.lastEventId) seen(String(event.lastEventId));
      take(event as MessageEvent<string>);
    });
  on('open', () => told.opened());
  on('frame', ({ data }) => told.frame(JSON.parse(data) as ShownFrame));
  on('gap', ({ data }) => {
    const { from, until } = JSON.parse(data) as { from: number; until: number };
    told.gap(from, until);
  });
  on('notice', ({ data }) => told.notices((JSON.parse(data) as { notices: Holding[] }).notices));
  on('anew', () => told.anew());
  on('skipped', () => undefined);
}
