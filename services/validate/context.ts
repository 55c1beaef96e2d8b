import type { Reason } from '../model/reject.ts';

/** What a reader knows of where its bytes come from. */
export type Context = {
  /** named in rejects: 'inbox', a file's name … */
  source: string;
  /** the arrival time (UTC ms) of all of it, or 'recorded': the line's own `received`, else its `time` */
  received: number | 'recorded';
  /** an older `time` (UTC ms) is a reject; TIME_MIN_MS at least */
  keepFrom: number;
  /** the pseudonym of a badge's id (MACs in stored form) at a time (UTC ms) */
  pseudonym: (id: string, time: number) => string;
};

/** A body that cannot be read at all, and why. */
export class Unreadable extends Error {
  readonly reason: Reason;

  constructor(expected: string, found: string, pointer = '') {
    super(`expected ${expected}, found ${found}`);
    this.name = 'Unreadable';
    this.reason = { pointer, expected, found };
  }
}
