import type { Reason } from '../model/reject.ts';

/** The pseudonym of a badge's id (a MAC in its stored form) at a time (UTC ms). */
export type Pseudonymiser = {
  (id: string, time: number): string;
  /** when each key after the first begins to sign, UTC ms, the oldest first */
  begins?: number[];
  /** which key signs at a time, counted from 0: within one an id keeps its pseudonym, which may be remembered */
  keyAt?: (time: number) => number;
};

/** What a reader knows of where its bytes come from. */
export type Context = {
  /** named in rejects: 'inbox', a file's name … */
  source: string;
  /** the arrival time (UTC ms) of all of it, or 'recorded': the line's own `received`, else its `time` */
  received: number | 'recorded';
  /** an older `time` (UTC ms) is a reject; TIME_MIN_MS at least */
  keepFrom: number;
  pseudonym: Pseudonymiser;
};

/** A body that cannot be read at all, and why. */
export class Unreadable extends Error {
  readonly reason: Reason;
  /** how it begins, unzipped, where it could be */
  text: string | null = null;

  constructor(expected: string, found: string, pointer = '') {
    super(`expected ${expected}, found ${found}`);
    this.name = 'Unreadable';
    this.reason = { pointer, expected, found };
  }
}
