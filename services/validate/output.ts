import type { Batch } from '../model/batch.ts';
import { TIME_MIN_MS } from '../model/fields.ts';
import type { Observation } from '../model/observation.ts';
import type { Reason, Reject } from '../model/reject.ts';
import { NAME_LENGTH_MAX, NAMES_MAX, OTHER_NAMES } from './bounds.ts';
import type { Context } from './context.ts';
import { scrub } from './scrub.ts';

/** What has been read so far. */
export type Output = {
  observations: Observation[];
  rejects: Reject[];
  dropped: Map<string, number>;
  /** lines passed so far; the line, or the place in an array, of what is being read */
  lines: number;
  line: number;
  /** elements of arrays so far */
  elements: number;
  /** the last JSON text that came was broken */
  isWary: boolean;
  accept: (observation: Observation) => void;
  refuse: (text: string, reasons: Reason[], received?: number) => void;
  drop: (name: string) => void;
  drain: (max?: number) => Batch;
};

export function createOutput(context: Context): Output {
  const source = scrub(context.source);
  // a reject without a legible time stands beside its neighbours; there is no clock in here
  let received = context.received === 'recorded' ? Math.max(context.keepFrom, TIME_MIN_MS) : context.received;
  const newest = () => output.observations.at(-1)?.received ?? received;
  const output: Output = {
    observations: [],
    rejects: [],
    dropped: new Map(),
    lines: 0,
    line: 0,
    elements: 0,
    isWary: false,
    accept: (observation) => {
      output.observations.push(observation);
    },
    refuse: (text, reasons, at = newest()) => {
      output.rejects.push({ received: at, source, line: output.line, text, reasons });
    },
    // a name that is there already is a clean one
    drop: (name) => count(output.dropped, output.dropped.has(name) ? name : scrub(name).slice(0, NAME_LENGTH_MAX)),
    drain: (max = Infinity) => {
      received = newest();
      const { observations, rejects } = output;
      output.observations = observations.length > max ? observations.splice(max) : [];
      output.rejects = rejects.length > max ? rejects.splice(max) : [];
      return { observations, rejects };
    },
  };
  return output;
}

function count(dropped: Map<string, number>, name: string): void {
  const counted = dropped.has(name) || dropped.size < NAMES_MAX ? name : OTHER_NAMES;
  dropped.set(counted, (dropped.get(counted) ?? 0) + 1);
}
