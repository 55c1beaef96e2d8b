import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { exportsIn, MANIFEST, type Manifest, manifestOf } from '../ledger/exported.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readGone, readSchedule, readWindows } from '../ledger/schedules.ts';
import { waitingWindows } from '../ledger/waiting.ts';
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
import { endIn } from './windows.ts';

const Named = Type.Object({ id: Type.String({ pattern: SCHEDULE_ID }), until: Type.String({ maxLength: 40 }) });
/** `/v1/schedules/:id/windows/:until`: one window, its revisions and what happened to it; its totals beside those of the pivot. */
export function oneWindow(app: FastifyInstance, deps: Deps): void {
  const { ledger, house } = deps;
  const versionsOf = async (request: FastifyRequest) => {
    const { id, until } = request.params as { id: string; until: string };
    const schedule = await readSchedule(ledger(), id);
    if (!schedule) throw new ProblemError(404, 'expected the id of a schedule, as GET /v1/schedules lists them');
    const end = endIn(until);
    const versions = await readVersions(ledger(), id, end);
    // What waits has no row yet.
    if (versions.length === 0 && !isEndOf(schedule, end) && !(await isCutAt(ledger(), schedule, end)))
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
      if (!manifest)
        throw new ProblemError(
          404,
          'expected a window with the files and the manifest that were published, found none',
        );
      const compared = await comparedNow(deps, manifest, viewerOf(request), leaving(reply));
      return { revision: manifest.revision, ...compared };
    },
  );
}

const isEndOf = (schedule: Schedule, end: number): boolean =>
  windowsOf({ ...schedule, since: Number.NEGATIVE_INFINITY }, { from: end, until: end + 1 }).length > 0;

/** Whether a window waits that ends there, since another one begins then. */
async function isCutAt(ledger: Ledger, schedule: Schedule, end: number): Promise<boolean> {
  const rows = new Map((await readWindows(ledger, schedule.id)).map((entry) => [entry.key, entry]));
  return waitingWindows(schedule, rows, Date.now()).some(({ until }) => until === end);
}

function shown(revision: Revision, house: string | null): RevisionShown {
  const { read: _, to: __, ...one } = revision;
  const manifest = manifestIn(house, revision);
  const { watermark = null, covered = null, differences = null } = manifest ?? {};
  const asked = manifest && { query: manifest.query, zone: manifest.zone, profile: manifest.profile };
  const folder = placeOf(house, revision);
  const there = folder !== null && sizeOf(folder, MANIFEST) !== null;
  return {
    ...one,
    there,
    lost: there ? lostOf(folder, revision, manifest) : [],
    watermark,
    covered,
    differences,
    asked,
  };
}

/** Files that somebody has removed or changed by hand, as far as a look at the folder tells. */
const lostOf = (folder: string, { files }: Revision, manifest: Manifest | null): string[] => [
  ...files.filter(({ name, bytes }) => sizeOf(folder, name) !== bytes).map(({ name }) => name),
  ...(manifest ? [] : [MANIFEST]),
];

const sizeOf = (folder: string, name: string): number | null =>
  statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? null;

/** What a revision says of itself; null: its files are gone, or its manifest is not what was published. */
function manifestIn(house: string | null, revision: Revision): Manifest | null {
  const folder = placeOf(house, revision);
  return folder === null ? null : manifestOf(folder, revision.manifest);
}

/** Where the files of a revision lie; null: they are gone, or nobody can say where that is. */
function placeOf(house: string | null, { folder, gone }: Revision): string | null {
  if (house === null || gone !== null) return null;
  try {
    return within(exportsIn(house), folder);
  } catch (error) {
    if (error instanceof Outside || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
