import { isDeepStrictEqual } from 'node:util';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { audit } from '../ledger/audit.ts';
import { readConfigured } from '../ledger/deliveries.ts';
import { RESERVED } from '../ledger/exported.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { call } from '../ledger/runs.ts';
import {
  dropSchedule,
  putSchedule,
  putScheduleAfter,
  readDeleted,
  readSchedule,
  readSchedules,
  readWindows,
} from '../ledger/schedules.ts';
import { Id, Time } from '../model/fields.ts';
import { NoName, namesOf } from '../model/file-name.ts';
import { canonicalPivot } from '../model/pivot-url.ts';
import type { Columns, Query } from '../model/query.ts';
import { GivenSchedule, SCHEDULE_ID, type Schedule, USUAL } from '../model/schedule.ts';
import { SCOPES, type Scope } from '../model/scope.ts';
import { type Timed, windowsAfter, windowsOf } from '../model/windows.ts';
import { checkedBy, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { etagOf, Precondition, refuseChanged } from './precondition.ts';
import { Problem, ProblemError } from './problem.ts';
import { leaving } from './reply.ts';
import { Next, nextOf, refuseTimetable } from './timetables.ts';
import { viewerOf, whoOf } from './viewer.ts';
import { WINDOWS_MAX, YEARS_MS } from './windows.ts';

/** Bytes of a schedule at most: an entry of the ledger holds it. */
const SCHEDULE_MAX = 48 * 1024;
/** Schedules at most. */
const SCHEDULES_MAX = 200;
/** A question is tried with so much of the past, ms. */
const ASKED_MS = 3_600_000;

const COLUMNS: Columns = {
  id: 'text',
  name: 'text',
  query: 'json',
  cron: 'text',
  zone: 'text',
  lasting: 'text',
  formats: 'json',
  holds: 'text',
  template: 'text',
  profile: 'text',
  since: 'instant',
  paused: 'boolean',
  destinations: 'json',
  keep: 'json',
  time: 'instant',
  scope: 'text',
  next: 'json',
};
const given = Compile(GivenSchedule);
const errors = { '4xx': Problem };
const Named = Type.Object({ id: Type.String({ pattern: SCHEDULE_ID }) });
/** A schedule as it is answered. */
export const OneSchedule = Type.Object({
  ...GivenSchedule.properties,
  id: Id,
  /** when it was said last; in quotes it is its ETag, which `If-Match` takes */
  time: Time,
  /** its runs see what whoever made it may see */
  scope: Type.Unsafe<Scope>({ type: 'string', enum: [...SCOPES] }),
  /** the next windows: when each ends, on the clock of the zone and in UTC */
  next: Type.Array(Next),
});

/** `/v1/schedules`: exports that are made again and again, their windows, files and failures. */
export function schedules(app: FastifyInstance, deps: Deps): void {
  const { ledger } = deps;
  app.get(
    '/v1/schedules',
    { schema: { summary: 'Scheduled exports, by name', response: errors }, config: { docs: { rows: OneSchedule } } },
    async (request, reply) => {
      const rows = await Promise.all((await readSchedules(ledger())).map((one) => shown(ledger(), one)));
      return sendListed(request, reply, deps, { dataset: 'schedules', columns: COLUMNS, rows });
    },
  );
  app.put(
    '/v1/schedules/:id',
    {
      bodyLimit: SCHEDULE_MAX,
      schema: {
        summary: 'Keeps a schedule under an id, or overwrites it: with `If-Match` only what was read',
        params: Named,
        headers: Precondition,
        response: errors,
      },
      config: { docs: { one: OneSchedule, body: GivenSchedule, bodyTypes: ['application/json'] } },
    },
    async (request, reply) => {
      const id = idIn(request);
      const body = checkedBy<GivenSchedule>(given, jsonOf(request.body, 'a schedule'), 'the schedule has faults');
      const known = await readSchedule(ledger(), id);
      await refuseChanged(ledger(), id, known, request.headers);
      const kept = settled(body, deps.zone(), known?.since ?? Date.now(), viewerOf(request).scope);
      refuseTimetable(kept);
      if (!known && body.since === undefined) kept.since = underWay(kept, kept.since);
      refuseNames({ ...kept, id });
      if (!known) await refuseTaken(ledger(), id, kept);
      refuseMany(kept);
      await refuseEarlier(ledger(), id, known, kept);
      await refuseQuestion(deps, kept, request, reply);
      await refuseUnknown(ledger(), kept.destinations, known?.destinations ?? []);
      if (!known && (await readSchedules(ledger())).length >= SCHEDULES_MAX)
        throw new ProblemError(409, `expected ${SCHEDULES_MAX} schedules at most; delete one that nobody needs`);
      await keep(ledger(), known, id, kept, request);
      await audit(ledger(), { who: whoOf(request), did: deedOf(known, kept), schedule: id, what: kept.name });
      await call(ledger(), 'exports');
      const now = (await readSchedule(ledger(), id)) ?? noSchedule();
      return reply.header('etag', etagOf(now)).send(await shown(ledger(), now));
    },
  );
  app.delete(
    '/v1/schedules/:id',
    {
      schema: { summary: 'Takes a schedule away; its files stay', params: Named, response: errors },
      config: { docs: { one: OneSchedule } },
    },
    async (request) => {
      const was = (await dropSchedule(ledger(), idIn(request))) ?? noSchedule();
      await audit(ledger(), { who: whoOf(request), did: 'deleted', schedule: was.id, what: was.name });
      return shown(ledger(), was);
    },
  );
}

/** Puts a schedule in place of the one that is known; with a precondition not where somebody was faster. */
async function keep(
  ledger: Ledger,
  known: Schedule | null,
  id: string,
  kept: Omit<Schedule, 'id' | 'time'>,
  { headers }: FastifyRequest,
): Promise<void> {
  if (headers['if-match'] === undefined && headers['if-none-match'] === undefined) return putSchedule(ledger, id, kept);
  if (await putScheduleAfter(ledger, id, known?.time ?? null, kept)) return;
  await refuseChanged(ledger, id, await readSchedule(ledger, id), headers);
  throw new ProblemError(409, 'somebody changes this schedule just now; ask once more');
}

/** A schedule with nothing left open. */
export function settled(body: GivenSchedule, zone: string, since: number, scope: Scope): Omit<Schedule, 'id' | 'time'> {
  const { span: _, ...asked } = canonicalPivot(body.query);
  // Who adds up a column of a file does not expect its total in it.
  const query = { ...asked, totals: body.query.totals ?? false };
  const name = body.name.trim();
  return { ...USUAL, zone, since, ...body, name, query, cron: body.cron.trim(), lasting: body.lasting ?? null, scope };
}

/** When the window begins that is under way at an instant, UTC ms: its file is the first, at the next run. */
const underWay = (timed: Timed, at: number): number =>
  Math.min(at, windowsAfter({ ...timed, since: Number.NEGATIVE_INFINITY }, at, 1)[0]?.from ?? at);

/** What somebody does who keeps a schedule. */
function deedOf(known: Schedule | null, { paused }: { paused: boolean }): string {
  if (!known) return 'made';
  return known.paused === paused ? 'edited' : paused ? 'paused' : 'resumed';
}

/** Throws a problem where windows of a deleted schedule lie below an id, unless it is put back as it was: they are no other's. */
async function refuseTaken(ledger: Ledger, id: string, kept: Omit<Schedule, 'id' | 'time'>): Promise<void> {
  const deleted = await readDeleted(ledger, id);
  if (!deleted || (await readWindows(ledger, id)).length === 0) return;
  if (isDeepStrictEqual(JSON.parse(JSON.stringify({ ...kept, scope: null })), { ...deleted, scope: null })) return;
  const expected = `another id: windows and files of “${deleted.name}”, which was deleted, lie below this one; or that schedule, as it was`;
  throw new ProblemError(409, 'the id is taken', [{ pointer: '/id', expected, found: id }]);
}

/** Throws a problem where a schedule names what is no destination, unless it did before: that one is told on the page. */
async function refuseUnknown(ledger: Ledger, names: readonly string[], before: readonly string[]): Promise<void> {
  const there = (await readConfigured(ledger)).map(({ name }) => name);
  const faults = names.flatMap((found, i) =>
    there.includes(found) || before.includes(found)
      ? []
      : [
          {
            pointer: `/destinations/${i}`,
            expected: `one that DESTINATIONS names: ${there.join(', ') || 'none yet'}`,
            found,
          },
        ],
  );
  if (faults.length > 0) throw new ProblemError(422, 'the schedule has faults', faults);
}

/** Throws what the pivot says of a question that it would not answer. */
async function refuseQuestion(
  { ask }: Pick<Deps, 'ask'>,
  kept: Omit<Schedule, 'id' | 'time'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const until = Date.now();
  const pivot = { ...kept.query, span: { from: until - ASKED_MS, until } };
  // Of cells it is known before they are computed whether they can be; of records one is enough.
  const asked = kept.holds === 'cells' ? { dataset: 'preflight' } : { dataset: 'records', limit: 1 };
  const { rows } = await ask({ ...asked, pivot } as Query, viewerOf(request), leaving(reply));
  for await (const _ of rows);
}

/** Throws a problem where a file would have no name, or two the same. */
function refuseNames(kept: Pick<Schedule, 'id' | 'zone' | 'template' | 'formats'>): void {
  const now = Date.now();
  try {
    namesOf(kept, { from: now, until: now }, 1, RESERVED);
  } catch (error) {
    if (!(error instanceof NoName)) throw error;
    const { expected, found } = error;
    throw new ProblemError(400, 'the schedule has faults', [{ pointer: '/template', expected, found }]);
  }
}

/** Throws a problem where more windows have ended since its beginning than anybody waits for. */
function refuseMany(kept: Omit<Schedule, 'id' | 'time'>): void {
  const isNear = Math.abs(kept.since - Date.now()) <= YEARS_MS;
  const count = !isNear ? WINDOWS_MAX + 1 : windowsOf(kept, { from: kept.since, until: Date.now() }).length;
  if (count <= WINDOWS_MAX) return;
  const expected = `an instant of the last two years, or the next two, after which ${WINDOWS_MAX} windows have ended at most`;
  const found = wordOf(kept.since);
  throw new ProblemError(422, 'the schedule has faults', [{ pointer: '/since', expected, found }]);
}

/** Throws a problem where a schedule would begin before windows that it has: the timetable goes on, never back. */
async function refuseEarlier(
  ledger: Ledger,
  id: string,
  known: Schedule | null,
  { since }: { since: number },
): Promise<void> {
  if (!known || since >= known.since || (await readWindows(ledger, id)).length === 0) return;
  const expected = `${wordOf(known.since)}, as it was, or later: a backfill fills the windows before`;
  throw new ProblemError(422, 'the schedule has faults', [{ pointer: '/since', expected, found: wordOf(since) }]);
}

/** An instant in words; what is none that there is, as a number. */
const wordOf = (time: number): string =>
  Number.isNaN(new Date(time).getTime()) ? String(time) : new Date(time).toISOString();

/** A schedule with its next windows. */
export async function shown(ledger: Ledger, schedule: Schedule) {
  return { ...schedule, next: schedule.paused ? [] : await nextOf(ledger, schedule) };
}

const idIn = ({ params }: FastifyRequest): string => (params as { id: string }).id;

/** Throws a problem where there is no such schedule. */
export function noSchedule(): never {
  throw new ProblemError(404, 'expected the id of a schedule, as GET /v1/schedules lists them');
}
