import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { Refused } from '../answer/refused.ts';
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
import { type Found, VerifyLine } from '../model/verify-line.ts';
import type { Compared, Revision } from '../model/window-told.ts';
import type { Deps } from './deps.ts';
import { asLines } from './lines.ts';
import { Problem, ProblemError } from './problem.ts';
import { leaving } from './reply.ts';
import { viewerOf, whoOf } from './viewer.ts';

/** While a folder is looked at it is said again so often, ms: who hears nothing for long takes the line to be dead. */
const BEAT_MS = 2000;
const Named = Type.Object({ id: Type.String({ pattern: SCHEDULE_ID }) });

/** `POST /v1/schedules/:id/verify`: are files, manifests and totals what they should be? */
export function verify(app: FastifyInstance, deps: Deps): void {
  const { ledger } = deps;
  app.post(
    '/v1/schedules/:id/verify',
    {
      // Packed, lines would wait for each other.
      compress: false,
      schema: {
        summary:
          'Checks every published file of a schedule, of each revision, against its manifest, its rows too, and its totals against the pivot; answers with what it finds as NDJSON',
        description: 'The last line has `done`, or an `error`.',
        params: Named,
        response: { '4xx': Problem },
      },
      config: { docs: { lines: VerifyLine } },
    },
    async (request, reply) => {
      const { id } = request.params as { id: string };
      const schedule = await readSchedule(ledger(), id);
      if (!schedule) throw new ProblemError(404, 'expected the id of a schedule, as GET /v1/schedules lists them');
      await audit(ledger(), { who: whoOf(request), did: 'verified', schedule: id, what: schedule.name });
      const lines = checked(deps, await publishedOf(ledger(), id), viewerOf(request), leaving(reply));
      return reply.type('application/x-ndjson').send(Readable.from(asLines(lines)));
    },
  );
}

/** Looks at one revision after another, and says of each what it found. */
async function* checked(
  deps: Deps,
  revisions: readonly Revision[],
  viewer: Viewer,
  signal: AbortSignal,
): AsyncGenerator<VerifyLine> {
  const at: VerifyLine = { checked: 0, of: revisions.length, folder: null, found: null };
  yield { ...at };
  try {
    for (const revision of revisions) {
      signal.throwIfAborted();
      at.folder = revision.folder;
      const found = yield* beating(lookAt(deps, revision, viewer, signal), { ...at });
      at.checked += 1;
      yield { ...at, found };
    }
    yield { ...at, folder: null, done: true };
  } catch (error) {
    yield { ...at, error: (error as Error).message };
  }
}

/** Waits for something, and yields a line each time that it takes longer. */
async function* beating<T>(work: Promise<T>, line: VerifyLine): AsyncGenerator<VerifyLine, T> {
  for (;;) {
    const pause = new AbortController();
    const rested = sleep(BEAT_MS, null, { signal: pause.signal }).catch(() => null);
    const found = await Promise.race([work.then((done) => ({ done })), rested]);
    pause.abort();
    if (found) return found.done;
    yield line;
  }
}

async function lookAt(deps: Deps, published: Revision, viewer: Viewer, signal: AbortSignal): Promise<Found> {
  const { folder, files, rows, state } = published;
  const at = join(exportsIn(deps.house() ?? ''), folder);
  const { manifest, faults } = await faultsOf(at, published);
  if (manifest && !(manifest.rows === rows && isDeepStrictEqual(manifest.files, files)))
    faults.push('manifest.json: expected the files and rows that the ledger has');
  if (manifest && faults.length === 0)
    faults.push(...rowFaults(manifest, await readBack(at, manifest.files, manifest.types)));
  // What was superseded says what was known then.
  const isCompared = manifest !== null && state === 'current';
  const totals = isCompared ? await comparedNow(deps, manifest, viewer, signal).catch(unasked) : null;
  const kept = published.manifest !== undefined;
  return { files: files.length, faults, kept, totals: totals?.state ?? null, words: totals?.words ?? null };
}

/** Whose question cannot be asked any more, as its venue has changed, has no totals to be compared with. */
function unasked(error: unknown) {
  if (!(error instanceof Refused)) throw error;
  return {
    state: 'unknown',
    words: `totals were not compared, since it cannot be asked any more: ${error.message}`,
  } as const;
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
  manifest: Manifest,
  viewer: Viewer,
  signal: AbortSignal,
): Promise<Now> {
  const { query, holds, totals, read } = manifest;
  const measures = holds === 'records' ? ['count'] : Object.keys(totals);
  const none = measures.length === 0 || (holds === 'cells' && Object.keys(totals).length === 0);
  if (none) return { totals: {}, read: [] };
  const pivot: PivotQuery = { ...query, rows: [], columns: [], measures };
  const answer = await ask({ dataset: 'pivot', pivot }, viewer, signal);
  let row: Record<string, unknown> = {};
  for await (const rows of answer.rows) row = rows[0] ?? row;
  const now = Object.fromEntries(measures.map((name) => [name, row[name] == null ? null : Number(row[name])]));
  if (query.dataset !== 'observations') return { totals: now, read: ownRevisions(answer.meta.revision, manifest) };
  const days = read.map(async (one) => ({ ...one, revision: sinceOf(await ledger().get(KEYS.touched(one.day))) }));
  return { totals: now, read: await Promise.all(days) };
}

/** The version from which a day holds something new; one that is being written to right now will be a later one. */
const sinceOf = (entry: Entry | null): number => {
  const { open, since } = (entry?.value as Touched | undefined) ?? { open: false, since: 0 };
  return open ? entry!.version + 1 : since;
};
