import type { Answer, Post } from './post.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** A line, and whom to tell if it cannot be stored. */
export type Line = { text: string; bad(reason: string): void | Promise<void> };
/** Resolves when each line is stored or was told that it is bad. */
export type Send = (lines: Line[]) => Promise<void>;

export type SendOptions = {
  /** ends all waiting: what is not safe then is thrown */
  signal: AbortSignal;
  pause(ms: number, signal: AbortSignal): Promise<unknown>;
  /** told of each answer that means waiting */
  waited(answer: Answer, ms: number): void;
  /** a line that is good: does the server store it, a line of ours is to blame */
  probe(): string;
};

const PAUSE_FIRST_MS = 100;
const PAUSE_MAX_MS = 10_000;
/** How long a server may ask for at most: one that is wrong must not stop us for ever. */
const RETRY_AFTER_MAX_MS = 3_600_000;
/** How often the same lines may meet a 500 before one of them is doubted; of those that are, fewer. */
const DOUBTS = 5;
const DOUBTS_AGAIN = 2;

/** Sends lines until each is safe. An outage is waited out without end; bad lines are found and told. */
export function sender(post: Post, options: SendOptions): Send {
  const send = async (lines: Line[], doubts: number): Promise<void> => {
    if (lines.length === 0) return;
    const verdict = await settle(post, lines, doubts, options);
    if (verdict.next === 'drop') return send(await drop(lines, verdict.bad), doubts);
    if (verdict.next === 'halve') return halve(lines, verdict);
  };
  const halve = async (lines: Line[], { reason, doubted }: Halve) => {
    if (lines.length === 1) return lines[0]!.bad(reason);
    const middle = lines.length >> 1;
    await send(lines.slice(0, middle), doubted ? DOUBTS_AGAIN : DOUBTS);
    await send(lines.slice(middle), doubted ? DOUBTS_AGAIN : DOUBTS);
  };
  return (lines) => send(lines, DOUBTS);
}

type Halve = { next: 'halve'; reason: string; doubted?: boolean };
type Settled = Exclude<Verdict, { next: 'wait' | 'doubt' | 'done' }> | Halve | { next: 'done' };

/** Posts until the answer is about the lines, not about the server. */
async function settle(post: Post, lines: Line[], doubts: number, options: SendOptions): Promise<Settled> {
  const body = lines.map(({ text }) => text).join('\n');
  let doubted = 0;
  for (let tries = 0; ; tries++) {
    options.signal.throwIfAborted();
    const answer = await post(body);
    const verdict = verdictOf(answer);
    if (verdict.next === 'done') return { next: 'done' };
    if (verdict.next === 'drop' || verdict.next === 'halve') return known(verdict, lines, answer);
    if (verdict.next === 'doubt' && ++doubted >= doubts && (await isWell(post, options))) {
      return { next: 'halve', reason: `InfluxDB: 500 each time, ${answer.message}`, doubted: true };
    }
    const ms = pauseOf(tries, answer.retryMs);
    options.waited(answer, ms);
    await options.pause(ms, options.signal);
  }
}

/** A 400 that names none of ours cannot be followed. */
function known(verdict: Settled, lines: Line[], { message }: Answer): Settled {
  if (verdict.next !== 'drop' || lines.some(({ text }) => verdict.bad.has(text))) return verdict;
  return { next: 'halve', reason: `InfluxDB: ${message}` };
}

const isWell = async (post: Post, { probe }: SendOptions) => verdictOf(await post(probe())).next === 'done';

/** Twice as long each time, with jitter, and never sooner than the server asks, up to an hour. */
function pauseOf(tries: number, retryMs: number): number {
  const own = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** Math.min(tries, 20)) * (0.5 + Math.random());
  return retryMs > 0 ? Math.min(RETRY_AFTER_MAX_MS, retryMs) + own * Math.random() : own;
}

async function drop(lines: Line[], bad: Map<string, string>): Promise<Line[]> {
  const rest: Line[] = [];
  for (const line of lines) {
    const reason = bad.get(line.text);
    if (reason === undefined) rest.push(line);
    else await line.bad(reason);
  }
  return rest;
}
