import { createReadStream, statSync } from 'node:fs';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { readCursor, writeCursor } from '../answer/cursor.ts';
import { BY_NAME } from '../formats/formats.ts';
import { audit } from '../ledger/audit.ts';
import { exportsIn, hashOf, MANIFEST } from '../ledger/exported.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { call, KEYS, type Progress, say, valueAt } from '../ledger/runs.ts';
import { readGone, readSchedule, readWindows, rowKey, withGone } from '../ledger/schedules.ts';
import { askedWindows, waitingWindows } from '../ledger/waiting.ts';
import { readVersions } from '../ledger/window-history.ts';
import { Outside, within } from '../ledger/within.ts';
import { Maybe, TIME_MAX_MS, TIME_MIN_MS } from '../model/fields.ts';
import { FILE_NAME } from '../model/file-name.ts';
import { parseInstant } from '../model/instant.ts';
import { type Columns, ROWS } from '../model/query.ts';
import {
  isOwn,
  type Published,
  rests,
  retryOf,
  SCHEDULE_ID,
  type Schedule,
  type Seal,
  WindowRow,
} from '../model/schedule.ts';
import type { Span } from '../model/venue.ts';
import type { Window } from '../model/windows.ts';
import { checkedBy, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { type PageParameters, pageOf, pageParameters } from './page.ts';
import { Problem, ProblemError } from './problem.ts';
import { formatFor } from './reply.ts';
import { whoOf } from './viewer.ts';

/** Windows that are asked for at once at most, and how long ago. */
export const WINDOWS_MAX = 5000;
export const YEARS_MS = 2 * 366 * 86_400_000;
/** Bytes of a span as JSON at most. */
const SPAN_MAX = 1024;

/** Nothing is stored of before or after. */
const Instant = Type.Integer({
  minimum: TIME_MIN_MS,
  maximum: TIME_MAX_MS,
  description: 'UTC, ms since 1970, from 2000 to 2099',
});
const Range = Type.Object({ from: Instant, until: Instant }, { additionalProperties: false });
const range = Compile(Range);
const errors = { '4xx': Problem };
const Named = Type.Object({ id: Type.String({ pattern: SCHEDULE_ID }) });
const COLUMNS: Columns = {
  schedule: 'text',
  from: 'instant',
  until: 'instant',
  due: 'instant',
  state: 'text',
  why: 'text',
  attempt: 'integer',
  began: 'instant',
  ended: 'instant',
  error: 'text',
  retry: 'instant',
  rests: 'boolean',
  published: 'json',
  progress: 'json',
};
/** By when they end windows come page by page. */
const [SORT, KEY] = ['-until', ['until']];
/** `rests`: its schedule is paused, and it waits until that goes on; `progress`: how far a window is that is being filled, 0 to 1, and in words */
export const ShownWindow = Type.Object({
  ...Type.Omit(WindowRow, ['sealed', 'own']).properties,
  rests: Type.Boolean(),
  progress: Maybe(Type.Object({ share: Type.Number(), words: Type.String() })),
});

/** `/v1/schedules/:id/windows`: one row each, newest first; `POST` plans a range of them, those that are done too. */
export function windows(app: FastifyInstance, deps: Deps): void {
  const { ledger } = deps;
  app.get(
    '/v1/schedules/:id/windows',
    {
      schema: {
        summary: 'Windows of a schedule that have ended, newest first: one row each, those too that wait',
        params: Named,
        querystring: Type.Object(pageParameters, { additionalProperties: false }),
        response: errors,
      },
      config: { docs: { rows: ShownWindow } },
    },
    async (request, reply) => {
      const schedule = (await readSchedule(ledger(), idIn(request))) ?? refuse();
      const { limit = ROWS, cursor } = pageOf(request.query as PageParameters, formatFor(request));
      const { rows, next } = await pageOfWindows(ledger(), schedule, limit, cursor);
      return sendListed(request, reply, deps, { dataset: 'windows', columns: COLUMNS, rows, next });
    },
  );
  app.post(
    '/v1/schedules/:id/windows',
    {
      bodyLimit: SPAN_MAX,
      schema: {
        summary: 'Plans the windows that end in a span: a backfill, or a run again',
        params: Named,
        response: errors,
      },
      config: { docs: { one: Type.Object({ planned: Type.Integer() }), body: Range, bodyTypes: ['application/json'] } },
    },
    async (request, reply) => {
      const schedule = (await readSchedule(ledger(), idIn(request))) ?? refuse();
      const span = checkedBy<Span>(range, jsonOf(request.body, 'a span'), 'the span has faults');
      if (span.from >= span.until)
        throw new ProblemError(400, 'the span has faults', [
          { pointer: '/until', expected: 'an instant after from', found: String(span.until) },
        ]);
      const found = await endedIn(ledger(), schedule, span);
      const did = found.length === 1 ? 'ran' : 'backfilled';
      const what = `${new Date(span.from).toISOString()} to ${new Date(span.until).toISOString()}`;
      if (found.length > 0) await audit(ledger(), { who: whoOf(request), did, schedule: schedule.id, what });
      for (const window of found) await plan(schedule, window);
      await call(ledger(), 'exports');
      return reply.code(202).send({ planned: found.length });
    },
  );

  async function plan(schedule: Schedule, window: Window): Promise<void> {
    const key = rowKey(schedule.id, window.until);
    const known = (await ledger().get(key))?.value as WindowRow | undefined;
    const why = known ? 'asked' : 'backfill';
    const fresh = { state: 'planned', why, attempt: 1, began: null, ended: null, error: null, retry: null } as const;
    const { from, until, due } = window;
    const published = known?.published ?? null;
    const own = known ? isOwn(known) : false;
    const row: WindowRow = { schedule: schedule.id, from, until, due, published, own, ...fresh };
    await say(ledger(), key, row);
  }
}

/** Windows newest first, from where a page ended; `limit` null: all. What waits is worked out for this page alone. */
export async function pageOfWindows(ledger: Ledger, schedule: Schedule, limit: number | null, cursor?: string) {
  const before = cursor === undefined ? null : (readCursor(cursor, SORT, KEY, COLUMNS)[0] as number);
  const now = Date.now();
  const entries = await readWindows(ledger, schedule.id);
  const known = new Map(entries.map((entry) => [entry.key, entry]));
  const wanted = limit === null ? undefined : limit + 1;
  const waiting = waitingWindows(schedule, known, Math.min(now, before ?? now), wanted);
  const told = entries.map(({ value }) => value).filter(({ until }) => before === null || until < before);
  const all = [...told, ...waiting].sort((a, b) => b.until - a.until);
  const found = all.slice(0, limit ?? all.length);
  const gone = await readGone(ledger, schedule.id);
  const progress = await valueAt<Progress>(ledger, KEYS.progress('exports'));
  const rows = found.map(({ sealed: _, own: __, ...row }) => ({
    ...withGone(row, gone),
    retry: retryOf(schedule, row),
    rests: rests(schedule, row),
    progress: row.state === 'running' ? progressIn(progress, rowKey(row.schedule, row.until)) : null,
  }));
  return { rows, next: found.length < all.length ? writeCursor(SORT, KEY, found.at(-1)!) : null };
}

/** How far one window is; null: others are said to be filled. */
function progressIn(progress: Progress | null, window: string): { share: number; words: string } | null {
  const part = progress?.parts?.find(({ key }) => key === window);
  return part ? { share: part.share, words: part.words } : null;
}

/** The windows that ended in a span and are due, those too that another timetable made. Throws a problem where they are too many. */
async function endedIn(ledger: Ledger, schedule: Schedule, { from, until }: Span): Promise<Window[]> {
  const problem = (found: string) =>
    new ProblemError(422, `expected ${WINDOWS_MAX} windows of two years at most, found ${found}: a shorter span`);
  const now = Date.now();
  if (Math.min(until, now) - from > YEARS_MS) throw problem('a longer span');
  const rows = new Map((await readWindows(ledger, schedule.id)).map((entry) => [entry.key, entry]));
  const windows = askedWindows(schedule, rows, { from, until: Math.min(until, now) });
  if (windows.length > WINDOWS_MAX) throw problem(`${windows.length} windows`);
  return windows.filter(({ due }) => due <= now);
}

/** Files of a window, each revision. */
export function files(app: FastifyInstance, { ledger, house }: Deps): void {
  const File = Type.Object({
    id: Type.String({ pattern: SCHEDULE_ID }),
    until: Type.String({ maxLength: 40 }),
    revision: Type.Integer({ minimum: 1 }),
    name: Type.String({ pattern: FILE_NAME }),
  });
  const publishedFor = async (params: { id: string; until: string; revision: number }): Promise<Published> => {
    const { id } = (await readSchedule(ledger(), params.id)) ?? refuse();
    const rows = await readVersions(ledger(), id, endIn(params.until));
    if (rows.length === 0 || !house()) throw noEnd();
    // Where it was published, whatever the schedule says by now.
    const found = rows.find(({ value }) => value.published?.revision === params.revision)?.value.published;
    if (!found) throw new ProblemError(404, `expected a revision that was published, found ${params.revision}`);
    return found;
  };
  app.get(
    '/v1/schedules/:id/windows/:until/:revision/:name',
    { schema: { summary: 'A file of an export, or its manifest.json', params: File, response: errors } },
    async (request, reply) => {
      const params = request.params as { id: string; until: string; revision: number; name: string };
      const { folder, files, manifest } = await publishedFor(params);
      const named = files.find(({ name }) => name === params.name);
      const file = named || params.name === MANIFEST ? fileIn(house()!, folder, params.name) : null;
      if (!file) throw new ProblemError(404, 'expected the name of a file, as the manifest has them');
      const seal: Seal | undefined = named ?? manifest;
      await refuseOther(file, seal, params.name);
      const end = new Date(endIn(params.until)).toISOString();
      const what = `${params.name}, revision ${params.revision} of ${end}`;
      await audit(ledger(), { who: whoOf(request), did: 'downloaded', schedule: params.id, what });
      return (
        reply
          // A template may leave the format out of a name.
          .type(BY_NAME[named?.format ?? '']?.type ?? JSON_TYPE)
          .headers(seal ? { 'repr-digest': `sha-256=:${Buffer.from(seal.sha256, 'hex').toString('base64')}:` } : {})
          .header('content-disposition', `attachment; filename="${params.name}"`)
          .header('cache-control', 'private, immutable, max-age=31536000')
          .send(createReadStream(file))
      );
    },
  );
}

/** Of a manifest. */
const JSON_TYPE = 'application/json; charset=utf-8';
/** Where a file of an export lies; null: there is none, or its path leads out of the folder of exports. */
function fileIn(house: string, folder: string, name: string): string | null {
  try {
    const file = within(exportsIn(house), folder, name);
    return statSync(file).isFile() ? file : null;
  } catch (error) {
    if (error instanceof Outside || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Throws a problem where a file is not what was published: a manifest that has another hash, anything that has another size. Files are
 * not read whole for it, however large they are: their hash goes along (RFC 9530).
 */
async function refuseOther(file: string, seal: Seal | undefined, name: string): Promise<void> {
  if (!seal) return;
  if (statSync(file).size === seal.bytes && (name !== MANIFEST || (await hashOf(file)) === seal.sha256)) return;
  throw new ProblemError(409, `${name} was changed since it was published: run the window again to have it`);
}

/** The end of a window in a path, UTC ms, however many digits its second has. Throws a problem where it is none. */
export function endIn(text: string): number {
  const end = /Z$/i.test(text) ? parseInstant(text) : null;
  if (end === null) throw noEnd();
  return end;
}

const noEnd = () => new ProblemError(404, 'expected the end of a window, as RFC 3339 in UTC');

const idIn = ({ params }: FastifyRequest): string => (params as { id: string }).id;

function refuse(): never {
  throw new ProblemError(404, 'expected the id of a schedule, as GET /v1/schedules lists them');
}
