import { BATCH_MAX, type Batch, PARTITION } from '../../model/batch.ts';
import type { Observation } from '../../model/observation.ts';
import type { Reject } from '../../model/reject.ts';
import { PARTITIONS_MAX } from './topics.ts';

/** Where a message stands in Kafka, and when it came there (UTC ms). */
export type Coordinates = { topic: string; partition: number; offset: number; timestamp: number };

/** What was refused of one message. */
type Refused = Coordinates & { rejects: Reject[] };

/** What messages of one partition came to, one after another: at most a batch. */
export type Part = {
  partition: number;
  /** which assignment of partitions it came by */
  generation: number;
  observations: Observation[];
  positions: number[];
  rejects: Reject[];
  refusedAt: { position: number; place: number }[];
  refused: Refused[];
  /** the offset from which to go on once this part is safe */
  next: number;
};

/** The position of a message in the river. Throws where the partition's number is too high for it. */
function positionOf(partition: number, offset: number): number {
  if (partition >= PARTITIONS_MAX)
    throw new RangeError(
      `expected partitions below ${PARTITIONS_MAX}, found ${partition}: the topic has grown too wide`,
    );
  return partition * PARTITION + offset;
}

export const newPart = ({ partition, offset }: Coordinates, generation: number): Part => ({
  partition,
  generation,
  observations: [],
  positions: [],
  rejects: [],
  refusedAt: [],
  refused: [],
  next: offset,
});

export const sizeOf = (part: Pick<Part, 'observations' | 'rejects'>): number =>
  Math.max(part.observations.length, part.rejects.length);

/** Whether what a message came to still fits. */
export const fits = (part: Part, { observations, rejects }: Batch): boolean =>
  part.observations.length + observations.length <= BATCH_MAX && part.rejects.length + rejects.length <= BATCH_MAX;

/** Adds what a message, or a piece of a long one, came to; `place`: of its first reject among those of the message. */
export function add(part: Part, at: Coordinates, { observations, rejects }: Batch, place: number): void {
  const position = positionOf(at.partition, at.offset);
  for (const observation of observations) {
    part.observations.push(observation);
    part.positions.push(position);
  }
  if (rejects.length === 0) return;
  for (const [i, reject] of rejects.entries()) {
    part.rejects.push(reject);
    part.refusedAt.push({ position, place: place + i });
  }
  part.refused.push({ ...at, rejects });
}

/** Parts as one batch. */
export function joined(parts: readonly Part[]): Batch {
  const one = parts.length === 1 ? parts[0] : undefined;
  const refusedAt = parts.flatMap((part) => part.refusedAt);
  return {
    observations: one?.observations ?? parts.flatMap((part) => part.observations),
    rejects: one?.rejects ?? parts.flatMap((part) => part.rejects),
    positions: {
      observations: Float64Array.from(one?.positions ?? parts.flatMap((part) => part.positions)),
      rejects: Float64Array.from(refusedAt, ({ position }) => position),
      places: Uint32Array.from(refusedAt, ({ place }) => place),
    },
  };
}
