import type { Batch } from '../model/batch.ts';
import type { Observation } from '../model/observation.ts';
import type { Reject } from '../model/reject.ts';
import { normaliseId } from './mac.ts';

type Speaker = { gateway: string; why: string; source: string };

/**
 * Leaves what a gateway says of itself or of sensors; what it says in another's name becomes a reject. `why`: how it is
 * known who speaks; `source` is named in rejects.
 */
export function ownOf(batch: Batch, { gateway, why, source }: Speaker): Batch {
  const id = normaliseId(gateway);
  const isOwn = (one: Observation) => one.kind === 'measurement' || one.gateway === id;
  const foreign = batch.observations.filter((one) => !isOwn(one));
  if (foreign.length === 0) return batch;
  return {
    ...batch,
    observations: batch.observations.filter(isOwn),
    rejects: [...batch.rejects, ...foreign.map((one) => rejectOf(one, `${gateway}, ${why}`, source))],
  };
}

function rejectOf(one: Observation, expected: string, source: string): Reject {
  const found = one.kind === 'measurement' ? one.sensor : one.gateway;
  const reasons = [{ pointer: '/gateway', expected, found }];
  return { received: one.received, source, line: 1, text: JSON.stringify(one), reasons };
}
