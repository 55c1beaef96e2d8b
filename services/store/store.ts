import type { Batch, Receipt } from '../model/batch.ts';
import type { Copied } from '../model/copied.ts';
import type { Observation } from '../model/observation.ts';
import type { Span } from '../model/venue.ts';

/** An observation as it was stored: with the position at which it stood in the river. */
export type Stored = Observation & { position: number };

/** Positions after one and before another. */
export type Between = { after?: number; before?: number };

/**
 * What is remembered. Two observations are the same one when every field but `received` and position is equal;
 * storing it twice leaves one, the first.
 */
export type Store = {
  /**
   * Makes a batch safe: when the promise resolves, a power cut loses none of it. One batch at a time is stored, in
   * the order of the calls, and numbered then. Throws if it could not be stored; then nothing of it was.
   */
  append(batch: Batch): Promise<Receipt>;
  /**
   * Streams what was observed in a span (`time`, UTC ms, until excluded), in order of position: all of it, or what stands
   * between two positions (`LOADED_FROM` is before all that was loaded from the past).
   */
  read(span: Span, where?: Between): AsyncGenerator<Stored[]>;
  /**
   * Writes what was observed in a span (`time`, UTC ms) into a Parquet file: flat in memory, whole or not at all. The embedded
   * store writes below `copies` of its folder alone. Throws when `signal` aborts.
   * @param what the river if not said
   */
  copy(span: Span, file: string, signal?: AbortSignal, what?: Copied): Promise<void>;
};
