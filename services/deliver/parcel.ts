import type { Manifest } from '../ledger/exported.ts';
import type { Words } from '../model/pivot-words.ts';

/** What is sent: a revision of a window, whose files lie in `folder` as the manifest says. */
export type Parcel = {
  /** the same over all tries */
  id: string;
  folder: string;
  /** the same below that of exports: `SCHEDULE/WINDOW/rN` */
  path: string;
  manifest: Manifest;
  links: Links;
  /** how its measures and their values are said, as on the pages */
  words: Pick<Words, 'measure' | 'whole'>;
  /** Its first rows, for people; asked for by those who show them. */
  digest(): Promise<Digest>;
};

/** Where things are on the pages; null: nobody said where those are. */
export type Links = { page: string; file(name: string): string } | null;

/**
 * The largest of a file's rows by its first measure: what that is called, by which fields, and of each row what it is called and its
 * value, as a number and in words. `of`: how many were looked at.
 */
export type Digest = {
  measure: string;
  by: string[];
  bars: { label: string; value: number; words: string }[];
  of: number;
} | null;

/** What people are told beside files: of failures, of recoveries, or that this is a test. */
export type Message = { id: string; type: string; subject: string; lines: string[]; page: string | null; body: object };

/** How something is sent: what is through is added to `done`, and what is there is not sent again. */
export type Way = { done: Set<string>; signal: AbortSignal };

/** It was not sent. `afterMs`: when whoever refused it wants to be asked again; `isForGood`: it is refused until somebody mends something. */
export class Undelivered extends Error {
  readonly afterMs: number | null;
  readonly isForGood: boolean;
  constructor(
    message: string,
    { afterMs = null, isForGood = false }: Partial<Pick<Undelivered, 'afterMs' | 'isForGood'>> = {},
  ) {
    super(message);
    this.afterMs = afterMs;
    this.isForGood = isForGood;
  }
}

/** Of HTTP's 4xx these are about now: too slow, in conflict, locked, too early, too many. */
const ABOUT_NOW = new Set([408, 409, 423, 425, 429]);
/** Whether an answer of HTTP is a refusal that stays. */
export const isForGoodIn = (status: number): boolean => status >= 400 && status < 500 && !ABOUT_NOW.has(status);
