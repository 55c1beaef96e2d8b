import type { Observation } from './observation.ts';
import type { Reject } from './reject.ts';

/** Where observations may come from. */
export const SOURCES = ['inbox', 'mqtt', 'kafka', 'replay', 'simulate'] as const;
export type SourceName = (typeof SOURCES)[number];

/** Observations in a batch at most: what a source yields at once and a store makes safe at once. */
export const BATCH_MAX = 10_000;

/** A position is partition × this + the place in it: Kafka's offset, or a batch's number (partition 0). */
export const PARTITION = 2 ** 44;
/** Who gives what is stored its positions: Kafka its offsets, or batches their numbers. The first partition has the same of both. */
export type Filling = 'kafka' | 'numbers';
export const partitionOf = (position: number): number => Math.floor(position / PARTITION);

/**
 * The number from which batches of the past count (a recording that is loaded); those of the river are below. So
 * whoever follows the river never takes the past for now. As Kafka's partition 511.
 */
export const LOADED_FROM = 511 * PARTITION;

/** The number from which a replay counts its places: as Kafka's partition 510. */
export const REPLAYED_FROM = 510 * PARTITION;

/**
 * Where each observation and each reject stood in the river; `places` tells rejects of one position apart. `taken`: when each
 * reject was stored first (UTC ms), if it was before.
 */
export type Positions = {
  observations: Float64Array;
  rejects: Float64Array;
  places: Uint32Array;
  taken?: Float64Array;
};

/** What a source yields: observations in their stored form, what was refused beside them. */
export type Batch = {
  observations: Observation[];
  rejects: Reject[];
  /** if its source knows: else the batch's number is the position of all */
  positions?: Positions;
  /** a recording: it is stored, and shown live by nobody */
  past?: boolean;
};

/**
 * What a store says of a batch that is safe.
 * `position` is the batch's number, or the highest that it brought; `duplicates` are the places in `observations` of those it already had.
 */
export type Receipt = {
  position: number;
  stored: number;
  duplicates: Uint32Array;
};

/** Told of each batch that is safe, and of how long that took. */
export type Took = (batch: Batch, receipt: Receipt, ms: number) => void;
