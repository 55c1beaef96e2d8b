import type { Batch } from '../model/batch.ts';
import { TIME_MIN_MS } from '../model/fields.ts';
import type { Observation } from '../model/observation.ts';
import type { Reason, Reject } from '../model/reject.ts';
import { NAME_LENGTH_MAX, NAMES_MAX, OTHER_NAMES } from './bounds.ts';
import type { Context } from './context.ts';
import { scrub } from './scrub.ts';

/** What has been read so far. */
export class Output {
  observations: Observation[] = [];
  rejects: Reject[] = [];
  readonly dropped = new Map<string, number>();
  /** lines passed so far; the line, or the place in an array, of what is being read */
  lines = 0;
  line = 0;
  /** elements of arrays so far */
  elements = 0;
  /** the last JSON text that came was broken */
  isWary = false;
  readonly #context: Context;
  #source: string | undefined;
  /** when the last observation that was drained was received */
  #received: number | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  accept(observation: Observation): void {
    this.observations.push(observation);
  }

  /** Keeps what did not pass. Without a legible time it stands beside its neighbours: there is no clock in here. */
  refuse(text: string, reasons: Reason[], received = this.#newest()): void {
    this.#source ??= scrub(this.#context.source);
    this.rejects.push({ received, source: this.#source, line: this.line, text, reasons });
  }

  /** Counts a field that nothing is known about. */
  drop(name: string): void {
    // a name that is there already is a clean one
    const clean = this.dropped.has(name) ? name : scrub(name).slice(0, NAME_LENGTH_MAX);
    const counted = this.dropped.has(clean) || this.dropped.size < NAMES_MAX ? clean : OTHER_NAMES;
    this.dropped.set(counted, (this.dropped.get(counted) ?? 0) + 1);
  }

  drain(max = Infinity): Batch {
    this.#received = this.#newest();
    const { observations, rejects } = this;
    this.observations = observations.length > max ? observations.splice(max) : [];
    this.rejects = rejects.length > max ? rejects.splice(max) : [];
    return { observations, rejects };
  }

  #newest(): number {
    const { received, keepFrom } = this.#context;
    if (received !== 'recorded') return received;
    return this.observations.at(-1)?.received ?? this.#received ?? Math.max(keepFrom, TIME_MIN_MS);
  }
}
