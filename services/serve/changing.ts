import type { FastifyRequest } from 'fastify';
import { audit, type Deed } from '../ledger/audit.ts';
import type { VenueFile } from '../model/venue.ts';
import type { Deps, VenueDeps } from './deps.ts';
import { ProblemError } from './problem.ts';
import { whoOf } from './viewer.ts';

/** The venue where it can be changed. Throws a problem in a process that cannot. */
export function changeable({ changes }: Pick<Deps, 'changes'>): VenueDeps {
  if (changes) return changes;
  throw new ProblemError(
    409,
    'expected a process that holds the venue (ROLE=all), found one that reads it at its start: change venue.json and start the roles again',
  );
}

/** Changes the venue and puts down who did. Throws a problem with every fault of what it would be. */
export async function changeVenue(
  deps: Pick<Deps, 'changes' | 'ledger'>,
  request: FastifyRequest,
  did: Deed['did'],
  what: string,
  edit: (file: VenueFile) => VenueFile,
): Promise<{ version: string; isNew: boolean }> {
  const changed = await changeable(deps).change(edit);
  if ('faults' in changed) throw new ProblemError(400, 'the venue would have faults', changed.faults);
  if (changed.isNew) await audit(deps.ledger(), { who: whoOf(request), did, schedule: null, what });
  return changed;
}
