import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { audit, type Deed } from '../ledger/audit.ts';
import type { VenueFile } from '../model/venue.ts';
import type { Deps } from './deps.ts';
import { ProblemError } from './problem.ts';
import { whoOf } from './viewer.ts';

/** What a change of the venue answers with. */
export const Version = Type.Object({
  version: Type.String(),
  isNew: Type.Boolean({ description: 'false: it is the one that was there' }),
});

/** Changes the venue and puts down who did. Throws a problem with every fault of what it would be. */
export async function changeVenue(
  deps: Pick<Deps, 'changes' | 'ledger'>,
  request: FastifyRequest,
  did: Deed['did'],
  what: string,
  edit: (file: VenueFile) => VenueFile,
): Promise<{ version: string; isNew: boolean }> {
  const changed = await deps.changes.change(edit);
  if ('faults' in changed) throw new ProblemError(400, 'the venue would have faults', changed.faults);
  if (changed.isNew) await audit(deps.ledger(), { who: whoOf(request), did, schedule: null, what });
  return changed;
}
