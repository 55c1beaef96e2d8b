import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { readCursor, writeCursor } from '../answer/cursor.ts';
import type { Row } from '../formats/format.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { DUE_MS, type JobSaid, KEYS, type Pause, type Progress, type Request, say, valueAt } from '../ledger/runs.ts';
import { daysIn } from '../model/day.ts';
import { ID_PATTERN } from '../model/fields.ts';
import { type Columns, columnsSchema, ROWS, type Viewer } from '../model/query.ts';
import { bodyOf, flagField, instantField, SMALL_MAX } from './body.ts';
import type { Deps } from './deps.ts';
import { JOB_COLUMNS, jobRows, RUN_COLUMNS, runRows } from './job-rows.ts';
import { type PageParameters, pageOf, pageParameters } from './page.ts';
import { Problem, ProblemError } from './problem.ts';
import { formatFor, sendAnswer } from './reply.ts';
import { viewerOf } from './viewer.ts';

/** Days of one request at most. */
const DAYS_MAX = 400;

const Name = Type.Object({ name: Type.String({ pattern: ID_PATTERN }) });
const Ask = Type.Object({
  from: Type.Union([Type.Integer(), Type.String()], { description: 'RFC 3339 or UTC ms, widened to a whole day' }),
  until: Type.Union([Type.Integer(), Type.String()], { description: 'excluded; widened as well' }),
  again: Type.Optional(Type.Boolean({ description: 'days that are done, too' })),
});
const Told = Type.Object({
  request: Type.String(),
  job: Type.String(),
  from: Type.String({ description: 'first day' }),
  until: Type.String({ description: 'last day, included' }),
  again: Type.Boolean(),
  state: Type.String({ enum: ['asked', 'done'] }),
  days: Type.Array(Type.Unknown(), { description: 'what became of each day, when it is done' }),
  progress: Type.Unknown({ description: 'of the run that goes on: day, share, words' }),
});
const errors = { '4xx': Problem };
const SORT = '-began';
const KEY = ['began', 'day'];

type Named = { name: string };

/** `/v1/jobs`: what waits its time, how it stands, when it runs next; its runs; and asking for one. */
export function jobs(app: FastifyInstance, deps: Deps): void {
  const { ledger } = deps;
  app.get(
    '/v1/jobs',
    {
      schema: {
        summary: 'Jobs: how each stands, and when it is looked at next',
        querystring: Type.Object({}, { additionalProperties: false }),
        response: errors,
      },
      config: { docs: { rows: columnsSchema(JOB_COLUMNS) } },
    },
    async (request, reply) => send(request, reply, JOB_COLUMNS, await jobRows(ledger(), Date.now()), null, deps),
  );
  app.get(
    '/v1/jobs/:name/runs',
    {
      schema: {
        summary: 'The runs of a job, newest first',
        params: Name,
        querystring: Type.Object(pageParameters, { additionalProperties: false }),
        response: errors,
      },
      config: { docs: { rows: columnsSchema(RUN_COLUMNS) } },
    },
    async (request, reply) => {
      const { name } = await jobOf(ledger(), request);
      const { limit = ROWS, cursor } = pageOf(request.query as PageParameters, formatFor(request));
      const rows = past(await runRows(ledger(), name), cursor);
      const shown = rows.slice(0, limit ?? rows.length);
      const next = shown.length < rows.length ? writeCursor(SORT, KEY, shown.at(-1)!) : null;
      return send(request, reply, RUN_COLUMNS, shown, next, deps);
    },
  );
  asking(app, deps);
}

/** What changes something: a run that is asked for, a pause. */
function asking(app: FastifyInstance, { ledger, zone, hasJobs }: Deps): void {
  const schema = (summary: string) => ({ summary, params: Name, response: errors });
  const docs = { body: Ask, types: ['application/json'] };
  app.post(
    '/v1/jobs/:name/runs',
    {
      bodyLimit: SMALL_MAX,
      config: { docs },
      schema: { ...schema('Asks for runs of whole, ended days'), response: { 202: Told, ...errors } },
    },
    async (request, reply) => {
      onlyAdmin(viewerOf(request));
      if (!(await hasJobs())) throw new ProblemError(409, 'expected a service that runs jobs, found one with JOBS=off');
      const job = await jobOf(ledger(), request);
      const asked = requestOf(job, request, zone());
      const id = randomUUID();
      await ledger().put(KEYS.request(job.name, id), 1, asked);
      return reply.code(202).send({ request: id, ...asked, progress: null });
    },
  );
  app.get(
    '/v1/jobs/:name/requests/:id',
    {
      schema: {
        ...schema('What became of a request'),
        response: { 200: Told, ...errors },
        params: Type.Object({ ...Name.properties, id: Name.properties.name }),
      },
    },
    async (request, reply) => {
      const { id } = request.params as { id: string };
      const { name } = await jobOf(ledger(), request);
      const asked = await valueAt<Request>(ledger(), KEYS.request(name, id));
      if (!asked) throw new ProblemError(404, `expected a request for ${name}, found none of this id`);
      const progress = asked.state === 'asked' ? await valueAt<Progress>(ledger(), KEYS.progress(name)) : null;
      return reply.header('cache-control', 'no-store').send({ request: id, ...asked, progress });
    },
  );
  for (const [verb, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const)
    app.post(
      `/v1/jobs/:name/${verb}`,
      { bodyLimit: SMALL_MAX, schema: schema(paused ? 'Nothing is run of a job but what is asked for' : 'Goes on') },
      async (request) => {
        onlyAdmin(viewerOf(request));
        const { name } = await jobOf(ledger(), request);
        await say(ledger(), KEYS.pause(name), { paused } satisfies Pause);
        return { job: name, paused };
      },
    );
}

async function jobOf(ledger: Ledger, request: FastifyRequest): Promise<JobSaid> {
  const { name } = request.params as Named;
  const job = await valueAt<JobSaid>(ledger, KEYS.job(name));
  if (job) return job;
  const names = (await ledger.list('job/')).flatMap(({ value }) => (value as JobSaid | null)?.name ?? []);
  throw new ProblemError(404, `expected a job (${names.join(', ') || 'there are none yet'}), found ${name}`);
}

function onlyAdmin({ scope }: Viewer): void {
  if (scope !== 'admin') throw new ProblemError(403, 'expected an admin');
}

/** The days that a body asks for. Throws a problem where they are none, or not over yet. */
function requestOf({ name, daily }: JobSaid, request: FastifyRequest, zone: string): Request {
  if (!daily) throw new ProblemError(409, `expected a job of days; ${name} tidies up when its time comes`);
  const asked = bodyOf(request, { from: instantField, until: instantField, again: flagField });
  if (asked.from >= asked.until) throw fault('/until', 'an instant after from', asked.until);
  if (asked.until - asked.from > DAYS_MAX * 86_400_000)
    throw fault('/until', `${DAYS_MAX} days after from at most`, asked.until);
  const days = daysIn(asked, zone);
  const last = days.at(-1)!;
  if (last.until + DUE_MS > Date.now())
    throw fault(
      '/until',
      `days that ended ${DUE_MS / 60_000} minutes ago in ${zone}; the open day is as seen`,
      asked.until,
    );
  return { job: name, from: days[0]!.day, until: last.day, again: asked.again, state: 'asked', days: [] };
}

const fault = (pointer: string, expected: string, found: number): ProblemError =>
  new ProblemError(400, 'the body has faults', [{ pointer, expected, found: new Date(found).toISOString() }]);

/** The rows after the one at which a page ended. */
function past(rows: Row[], cursor: string | undefined): Row[] {
  if (cursor === undefined) return rows;
  const [began, day] = readCursor(cursor, SORT, KEY, RUN_COLUMNS) as [number, string | null];
  const isPast = (row: Row) => (row.began as number) < began || (row.began === began && String(row.day) < String(day));
  return rows.filter(isPast);
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  columns: Columns,
  rows: Row[],
  next: string | null,
  { ask }: Pick<Deps, 'ask'>,
) {
  const { meta } = await ask({ dataset: 'venue' }, viewerOf(request));
  const said = { ...meta, dataset: 'jobs', rows: rows.length, readFrom: 'ledger', asSeen: false };
  return sendAnswer(request, reply, formatFor(request), { columns, rows: once(rows), meta: said, next });
}

async function* once(rows: Row[]): AsyncGenerator<Row[]> {
  yield rows;
}
