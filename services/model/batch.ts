import type { Observation } from './observation.ts';
import type { Reject } from './reject.ts';

/** Observations in a batch at most: what a source yields at once and a store makes safe at once. */
export const BATCH_MAX = 10_000;

/**
 * The number from which batches of the past count (a recording that is loaded); those of the river are below. So
 * whoever follows the river never takes the past for now. As Kafka's partition 511.
 */
export const LOADED_FROM = 511 * 2 ** 44;

/** What a source yields: observations in their stored form, what was refused beside them. */
export type Batch = {
  observations: Observation[];
  rejects: Reject[];
  /** where each observation stood in the river, if its source knows: else the batch's number is its position */
  positions?: Float64Array;
  /** a recording: it is stored, and shown live by nobody */
  past?: boolean;
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
