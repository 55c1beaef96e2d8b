import { BATCH_MAX, type Batch } from '../model/batch.ts';
import type { Observation } from '../model/observation.ts';
import type { Reject } from '../model/reject.ts';
import { LINE_MAX } from './bounds.ts';
import type { Context } from './context.ts';
import { detect, type Framer } from './detect.ts';
import { Output } from './output.ts';
import { Window } from './window.ts';

export { type Context, Unreadable } from './context.ts';

/** Bytes in, observations and rejects out, in order. */
export type Reader = {
  /** Takes the next bytes (already unzipped), cut anywhere. Throws Unreadable where nothing can be made of them. */
  push(chunk: Uint8Array): void;
  /** Reads what is left. Throws Unreadable where there was nothing at all. */
  end(): void;
  /** What has come out and was not drained. */
  readonly observations: readonly Observation[];
  readonly rejects: readonly Reject[];
  /** Takes what came out so far, at most `max` observations and as many rejects. */
  drain(max?: number): Batch;
  /** Fields that nothing is known about, by name (scrubbed; NAMES_MAX of them, then all others together). */
  readonly dropped: ReadonlyMap<string, number>;
  /** Lines read so far, or elements of arrays where those are more. */
  readonly lines: number;
};

/** A reader of JSON objects, arrays of them, NDJSON and CSV, raddec and hub lines in all of them. */
export function createReader(context: Context): Reader {
  return new BodyReader(context, new Window());
}

class BodyReader implements Reader {
  readonly #context: Context;
  readonly #window: Window;
  readonly #output: Output;
  #framer: Framer | undefined;

  constructor(context: Context, window: Window) {
    this.#context = context;
    this.#window = window;
    this.#output = new Output(context);
  }

  push(chunk: Uint8Array): void {
    // in pieces, so that what is kept does not depend on how the bytes were cut
    for (let at = 0; at < chunk.length; at += LINE_MAX) {
      this.#window.append(chunk.subarray(at, at + LINE_MAX));
      this.#read(false);
    }
  }

  end(): void {
    this.#read(true);
  }

  #read(isLast: boolean): void {
    this.#framer ??= detect(this.#window, isLast, this.#context, this.#output);
    if (isLast) this.#window.endLine();
    this.#framer?.(isLast);
  }

  drain(max?: number): Batch {
    return this.#output.drain(max);
  }

  get observations(): readonly Observation[] {
    return this.#output.observations;
  }

  get rejects(): readonly Reject[] {
    return this.#output.rejects;
  }

  get dropped(): ReadonlyMap<string, number> {
    return this.#output.dropped;
  }

  get lines(): number {
    return Math.max(this.#output.lines, this.#output.elements);
  }
}

/** Memory for whole bodies: each is read in one go, and nothing that comes out of it is in here. */
const scratch = new Window();

/**
 * Reads a whole small body at once: a message of any number of observations. Throws Unreadable. Of a body that may be
 * large, use `readBatches`.
 */
export function readAll(bytes: Uint8Array, context: Context): Batch {
  scratch.clear();
  const reader = new BodyReader(context, scratch);
  // what is short is read once, when all of it is there
  if (bytes.length <= LINE_MAX) scratch.append(bytes);
  else reader.push(bytes);
  reader.end();
  return reader.drain();
}

/**
 * Reads a whole body piece by piece, as batches of at most BATCH_MAX observations and as many rejects: 64 MiB of
 * `{}` are 22 million rejects, which no memory should hold at once. Throws Unreadable.
 */
export function* readBatches(bytes: Uint8Array, context: Context): Generator<Batch> {
  if (bytes.length <= LINE_MAX) return yield readAll(bytes, context);
  const reader = createReader(context);
  for (let at = 0; at < bytes.length; at += LINE_MAX) {
    reader.push(bytes.subarray(at, at + LINE_MAX));
    yield* drained(reader, false);
  }
  reader.end();
  yield* drained(reader, true);
}

/** Whole batches of what came out of a reader; at the end what is left too, if it is nothing. */
export function* drained(reader: Reader, isEnd: boolean): Generator<Batch> {
  const waiting = () => Math.max(reader.observations.length, reader.rejects.length);
  if (!isEnd) while (waiting() >= BATCH_MAX) yield reader.drain(BATCH_MAX);
  else
    do yield reader.drain(BATCH_MAX);
    while (waiting() > 0);
}
