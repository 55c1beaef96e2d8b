import type { Sighting } from '../../model/observation.ts';
import type { Context } from '../context.ts';
import { Draft } from './draft.ts';
import { learnLine } from './learn.ts';
import type { Pattern } from './pattern.ts';

/** Patterns kept at most: of a sighting's three optional fields each combination is one. */
const PATTERNS_MAX = 8;
/** Lines that are not learnt from at most, after others from which nothing could be learnt. */
const PATIENCE_MAX = 1024;

/** Finds what the line that begins at `from` has in common with others, if it is an ordinary one and all of it is there. */
export type Learn = (bytes: Buffer, from: number, until: number) => Pattern | 'odd' | 'unfinished';

/** One for all: a sighting is read in one go, and there is nothing of it here before or after. */
const draft = new Draft();

/**
 * Reads ordinary sightings straight from their bytes. At whatever else it declines, and the line takes the slow way: what
 * it does give is exactly what that way gives. Behind the bytes there must be a NUL, which stops it, and room to look on.
 */
export class Scanner {
  /** the place after the sighting that was read last */
  end = 0;
  /** the last one used first */
  readonly #patterns: Pattern[] = [];
  readonly #learn: Learn;
  /** lines to go before one is learnt from again, and how many there will be if nothing is learnt then */
  #pause = 0;
  #patience = 1;

  constructor(learn: Learn) {
    this.#learn = learn;
  }

  /** The sighting that begins at `from`, or undefined. */
  scan(bytes: Buffer, from: number, until: number, context: Context): Sighting | undefined {
    draft.look(bytes, context);
    const end = this.#read(from);
    this.end = end < 0 ? this.#learnFrom(bytes, from, until) : end;
    return this.end < 0 ? undefined : draft.make(context);
  }

  /** Names of what the line has beside the sighting's fields. */
  get others(): readonly string[] {
    return this.#patterns[0]?.others ?? [];
  }

  #read(from: number): number {
    const patterns = this.#patterns;
    for (let index = 0; index < patterns.length; index++) {
      const pattern = patterns[index] as Pattern;
      const end = pattern.read(from, draft);
      if (end < 0) continue;
      if (index > 0) patterns.unshift(...patterns.splice(index, 1));
      return end;
    }
    return -1;
  }

  /** Learns a new pattern and reads the line by it; −1: there is none, or it is time to be patient. */
  #learnFrom(bytes: Buffer, from: number, until: number): number {
    if (this.#pause-- > 0) return -1;
    const pattern = this.#learn(bytes, from, until);
    if (pattern === 'unfinished') return -1;
    // lines of a pattern that is known, but with odd values, are not learnt from either
    if (pattern === 'odd' || this.#patterns.some(({ key }) => key === pattern.key)) {
      this.#pause = this.#patience;
      this.#patience = Math.min(2 * this.#patience, PATIENCE_MAX);
      return -1;
    }
    this.#pause = 0;
    this.#patience = 1;
    this.#patterns.splice(PATTERNS_MAX - 1);
    this.#patterns.unshift(pattern);
    return pattern.read(from, draft);
  }
}

/** What was learnt of JSON lines, for all readers: a message of one line has no time to learn. */
export const lineScanner = new Scanner(learnLine);
