import type { Answer } from './post.ts';
import { InfluxRefused } from './refused.ts';

/**
 * What an answer means for the lines that were sent (SERVERS: InfluxDB 2 answers).
 * - done: they are stored
 * - wait: the server or the way to it is at fault: send them again later
 * - doubt: as wait, but if it comes back every time, a line may be to blame
 * - drop: nothing is stored; these lines are bad
 * - halve: one of them is bad, or they are too many
 */
export type Verdict =
  | { next: 'done' | 'wait' | 'doubt' }
  | { next: 'halve'; reason: string }
  | { next: 'drop'; bad: Map<string, string> };

/** Throws `InfluxRefused` where no line is at fault and waiting does not help. */
export function verdictOf({ status, message }: Answer): Verdict {
  if (status === 200 || status === 204) return { next: 'done' };
  if (status === 500) return { next: 'doubt' };
  if (status === 0 || status === 408 || status === 429 || status > 500) return { next: 'wait' };
  if (status === 413) return { next: 'halve', reason: 'InfluxDB: 413, too large a body' };
  // It stored the good ones and names one of the bad; of two kinds of fault only one (so its count cannot be trusted).
  if (status === 422) return { next: 'halve', reason: `InfluxDB: ${cut(message)}` };
  if (status === 400) return inNamed(message);
  throw new InfluxRefused(refusal(status, message));
}

function inNamed(message: string): Verdict {
  const named = message.matchAll(/unable to parse '([\s\S]*?)': (.*?)(?=\nunable to parse '|$)/g);
  const bad = new Map(Array.from(named, ([, line, reason]) => [line!, `InfluxDB: ${reason}`]));
  return bad.size > 0 ? { next: 'drop', bad } : { next: 'halve', reason: `InfluxDB: ${cut(message)}` };
}

function refusal(status: number, message: string): string {
  const found = `${status} ${cut(message)}`;
  if (status === 401) return `INFLUX_TOKEN: expected a token that InfluxDB knows, found ${found}`;
  if (status === 403) return `INFLUX_TOKEN: expected a token that may write to INFLUX_BUCKET, found ${found}`;
  if (status === 404)
    return `INFLUX_ORG, INFLUX_BUCKET: expected both to be there (influx bucket create), found ${found}`;
  return `INFLUX_URL: expected the address of an InfluxDB 2, found an answer of ${found}`;
}

const REASON_MAX = 500;
const cut = (text: string): string => (text.length <= REASON_MAX ? text : `${text.slice(0, REASON_MAX)}…`);
