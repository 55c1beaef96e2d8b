import type { Reason } from '../model/reject.ts';

/** A question that cannot be answered, with every fault: which parameter, what was expected, what was found. */
export class Refused extends Error {
  readonly reasons: Reason[];
  constructor(reasons: Reason[]) {
    super(reasons.map(({ pointer, expected, found }) => `${pointer}: expected ${expected}, found ${found}`).join('; '));
    this.reasons = reasons;
  }
}
