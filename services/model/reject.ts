import Type, { type Static } from 'typebox';
import { Time } from './fields.ts';

/** One fault of one observation: where it is (JSON pointer), what should stand there, and what was found. */
export const Reason = Type.Object({
  pointer: Type.String(),
  expected: Type.String(),
  found: Type.String(),
});

/** What did not pass: its text without any badge's MAC, all its faults, and where it came from. */
export const Reject = Type.Object({
  received: Time,
  source: Type.String({ description: 'the source, or the name of the file' }),
  line: Type.Integer({ minimum: 1, description: 'line of the file or body; the place in an array' }),
  text: Type.String({ description: 'what came, scrubbed' }),
  reasons: Type.Array(Reason, { minItems: 1 }),
});

export type Reason = Static<typeof Reason>;
export type Reject = Static<typeof Reject>;
