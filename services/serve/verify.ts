import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { readBack } from '../formats/read-back.ts';
import { audit } from '../ledger/audit.ts';
import { exportsIn, faultsOf, type Manifest, ownRevisions } from '../ledger/exported.ts';
import type { Entry, Ledger } from '../ledger/ledger.ts';
import { KEYS, type Touched } from '../ledger/runs.ts';
import { readGone, readSchedule } from '../ledger/schedules.ts';
import { compareTotals, type Now, rowFaults } from '../ledger/verified.ts';
import { readHistory, revisionsOf } from '../ledger/window-history.ts';
import type { PivotQuery } from '../model/pivot.ts';
import type { Viewer } from '../model/query.ts';
import { SCHEDULE_ID } from '../model/schedule.ts';
import type { Compared, Revision } from '../model/window-told.ts';
import type { Deps } from './deps.ts';
import { Problem, ProblemError } from './problem.ts';
import { leaving } from './reply.ts';
import { viewerOf, whoOf } from './viewer.ts';

/** Windows whose rows are added up, and whose totals are asked for, at once at most: the newest. */
const COMPARED_MAX = 100;
const Named = Type.Object({ id: Type.String({ pattern: SCHEDULE_ID }) });
const Found = Type.Object({
  folders: Type.Integer(),
  files: Type.Integer(),
  faults: Type.Array(Type.String()),
  /** totals: windows whose manifests say what the pivot says, and those of which something newer can be read now */
  equal: Type.Integer(),
  moved: Type.Array(Type.String()),
});

/** `POST /v1/schedules/:id/verify`: are files, manifests and totals what they should be? */
export function verify(app: FastifyInstance, deps: Deps): void {
  const { ledger, house } = deps;
  app.post(
    '/v1/schedules/:id/verify',
    {
      schema: {
        summary:
          'Checks every published file of a schedule, of each revision, against its manifest, its rows too, and its totals against the pivot',
        params: Named,
        response: { '4xx': Problem },
      },
      config: { docs: { one: Found } },
    },
    async (request, reply) => {
      const { id } = request.params as { id: string };
      const schedule = await readSchedule(ledger(), id);
      if (!schedule) throw new ProblemError(404, 'expected the id of a schedule, as GET /v1/schedules lists them');
      await audit(ledger(), { who: whoOf(request), did: 'verified', schedule: id, what: schedule.name });
      const [viewer, signal] = [viewerOf(request), leaving(reply)];
      const found = { folders: 0, files: 0, faults: [] as string[], equal: 0, moved: [] as string[] };
      for (const { folder, files, rows, state } of await publishedOf(ledger(), id)) {
        const at = join(exportsIn(house() ?? ''), folder);
        const { manifest, faults } = await faultsOf(at);
        if (manifest && !(manifest.rows === rows && isDeepStrictEqual(manifest.files, files)))
          faults.push('manifest.json: expected the files and rows that the ledger has');
        const isAdded = manifest !== null && faults.length === 0 && found.folders < COMPARED_MAX;
        if (isAdded) faults.push(...rowFaults(manifest, await readBack(at, manifest.files, manifest.types)));
        found.folders += 1;
        found.files += files.length;
        found.faults.push(...faults.map((fault) => `${folder}: ${fault}`));
        // What was superseded says what was known then.
        if (!manifest?.totals || state === 'superseded' || found.folders > COMPARED_MAX) continue;
        const { state: how, words } = await comparedNow(deps, manifest, viewer, signal);
        if (how === 'equal') found.equal += 1;
        else (how === 'moved' ? found.moved : found.faults).push(`${folder}: ${words}`);
      }
      return found;
    },
  );
}

/** The revisions whose files were not removed: the current ones, of the newest window first, then those that they superseded. */
async function publishedOf(ledger: Ledger, id: string): Promise<Revision[]> {
  const gone = await readGone(ledger, id);
  const all = (await readHistory(ledger, id)).reverse().flatMap((versions) => revisionsOf(versions, gone));
  const there = all.filter((one) => one.gone === null);
  return ['current', 'superseded'].flatMap((state) => there.filter((one) => one.state === state));
}

/** Compares what a manifest has with what the pivot says now. */
export async function comparedNow(
  deps: Pick<Deps, 'ask' | 'ledger'>,
  manifest: Manifest,
  viewer: Viewer,
  signal: AbortSignal,
): Promise<Compared> {
  return compareTotals(manifest, await totalsNow(deps, manifest, viewer, signal));
}

/** What the pivot says of everything that a manifest is about, and from what it was read. */
async function totalsNow(
  { ask, ledger }: Pick<Deps, 'ask' | 'ledger'>,
  { query, holds, totals, read }: Manifest,
  viewer: Viewer,
  signal: AbortSignal,
): Promise<Now> {
  const measures = holds === 'records' ? ['count'] : Object.keys(totals);
  const none = measures.length === 0 || (holds === 'cells' && Object.keys(totals).length === 0);
  if (none) return { totals: {}, read: [] };
  const pivot: PivotQuery = { ...query, rows: [], columns: [], measures };
  const answer = await ask({ dataset: 'pivot', pivot }, viewer, signal);
  let row: Record<string, unknown> = {};
  for await (const rows of answer.rows) row = rows[0] ?? row;
  const now = Object.fromEntries(measures.map((name) => [name, row[name] == null ? null : Number(row[name])]));
  if (query.dataset !== 'observations') return { totals: now, read: ownRevisions(answer.meta.revision, query.dataset) };
  const days = read.map(async (one) => ({ ...one, revision: sinceOf(await ledger().get(KEYS.touched(one.day))) }));
  return { totals: now, read: await Promise.all(days) };
}

/** The version from which a day holds something new; one that is being written to right now will be a later one. */
const sinceOf = (entry: Entry | null): number => {
  const { open, since } = (entry?.value as Touched | undefined) ?? { open: false, since: 0 };
  return open ? entry!.version + 1 : since;
};
