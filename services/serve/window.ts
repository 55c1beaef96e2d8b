import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { exportsIn, type Manifest, manifestOf } from '../ledger/exported.ts';
import { readGone, readSchedule } from '../ledger/schedules.ts';
import { readHappened, readVersions, revisionsOf } from '../ledger/window-history.ts';
import { Outside, within } from '../ledger/within.ts';
import { SCHEDULE_ID, type Schedule } from '../model/schedule.ts';
import { type Revision, type RevisionShown, WindowTold, WindowTotals } from '../model/window-told.ts';
import { windowsOf } from '../model/windows.ts';
import type { Deps } from './deps.ts';
import { Problem, ProblemError } from './problem.ts';
import { leaving } from './reply.ts';
import { comparedNow } from './verify.ts';
import { viewerOf } from './viewer.ts';

const Named = Type.Object({ id: Type.String({ pattern: SCHEDULE_ID }), until: Type.String({ maxLength: 40 }) });
/** `/v1/schedules/:id/windows/:until`: one window, its revisions and what happened to it; its totals beside those of the pivot. */
export function oneWindow(app: FastifyInstance, deps: Deps): void {
  const { ledger, house } = deps;
  const versionsOf = async (request: FastifyRequest) => {
    const { id, until } = request.params as { id: string; until: string };
    const schedule = await readSchedule(ledger(), id);
    if (!schedule) throw new ProblemError(404, 'expected the id of a schedule, as GET /v1/schedules lists them');
    const end = Date.parse(until);
    if (Number.isNaN(end)) throw new ProblemError(404, 'expected the end of a window, as RFC 3339 in UTC');
    const versions = await readVersions(ledger(), id, end);
    // What waits has no row yet.
    if (versions.length === 0 && !isEndOf(schedule, end))
      throw new ProblemError(404, 'expected the end of a window, as GET /v1/schedules/ID/windows lists them');
    return { versions, gone: await readGone(ledger(), id) };
  };
  app.get(
    '/v1/schedules/:id/windows/:until',
    {
      schema: {
        summary: 'One window: its revisions, and what happened to it',
        params: Named,
        response: { '4xx': Problem },
      },
      config: { docs: { one: WindowTold } },
    },
    async (request) => {
      const { versions, gone } = await versionsOf(request);
      const revisions = revisionsOf(versions, gone).map((one) => shown(one, house()));
      return { revisions, happened: await readHappened(ledger(), versions) };
    },
  );
  app.get(
    '/v1/schedules/:id/windows/:until/totals',
    {
      schema: {
        summary: 'Totals of the current files of a window beside those of the pivot now',
        params: Named,
        response: { '4xx': Problem },
      },
      config: { docs: { one: WindowTotals } },
    },
    async (request, reply) => {
      const { versions, gone } = await versionsOf(request);
      const [current] = revisionsOf(versions, gone);
      const manifest = current && manifestIn(house(), current);
      if (!manifest) throw new ProblemError(404, 'expected a window with files, found none');
      const compared = await comparedNow(deps, manifest, viewerOf(request), leaving(reply));
      return { revision: manifest.revision, ...compared };
    },
  );
}

const isEndOf = (schedule: Schedule, end: number): boolean =>
  windowsOf({ ...schedule, since: Number.NEGATIVE_INFINITY }, { from: end, until: end + 1 }).length > 0;

function shown({ read: _, to: __, ...one }: Revision, house: string | null): RevisionShown {
  const manifest = manifestIn(house, one);
  const { watermark = null, covered = null, differences = null } = manifest ?? {};
  const asked = manifest && { query: manifest.query, zone: manifest.zone, profile: manifest.profile };
  const lost = manifest && house !== null ? lostOf(house, one) : [];
  return { ...one, there: manifest !== null, lost, watermark, covered, differences, asked };
}

/** Files that somebody has removed or changed by hand, as far as a look at the folder tells. */
const lostOf = (house: string, { folder, files }: Pick<Revision, 'folder' | 'files'>): string[] =>
  files
    .filter(
      ({ name, bytes }) => statSync(join(exportsIn(house), folder, name), { throwIfNoEntry: false })?.size !== bytes,
    )
    .map(({ name }) => name);

/** What a revision says of itself; null: its files are gone, or nobody can say where they lie. */
function manifestIn(house: string | null, { folder, gone }: Pick<Revision, 'folder' | 'gone'>): Manifest | null {
  if (house === null || gone !== null) return null;
  try {
    return manifestOf(within(exportsIn(house), folder));
  } catch (error) {
    if (error instanceof Outside || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
