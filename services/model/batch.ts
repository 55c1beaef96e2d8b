import type { Observation } from './observation.ts';
import type { Reject } from './reject.ts';

/** Observations in a batch at most: what a source yields at once and a store makes safe at once. */
export const BATCH_MAX = 10_000;

/** What a source yields: observations in their stored form, what was refused beside them. */
export type Batch = {
  observations: Observation[];
  rejects: Reject[];
};

/**
 * What a store says of a batch that is safe.
 * `position` is the batch's number; `duplicates` are the places in `observations` of those it already had.
 */
export type Receipt = {
  position: number;
  stored: number;
  duplicates: Uint32Array;
};

/** Told of each batch that is safe, and of how long that took. */
export type Took = (batch: Batch, receipt: Receipt, ms: number) => void;
