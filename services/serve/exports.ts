import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { exportsIn, faultsOf } from '../ledger/exported.ts';
import { say } from '../ledger/runs.ts';
import { dropSchedule, putSchedule, readSchedule, readSchedules, readWindows, rowKey } from '../ledger/schedules.ts';
import { NoCron } from '../model/cron.ts';
import { Id, Time } from '../model/fields.ts';
import { canonicalPivot } from '../model/pivot-url.ts';
import { GivenSchedule, SCHEDULE_ID, type Schedule, WindowRow } from '../model/schedule.ts';
import { nameOf, stampOf, type Timed, type Window, windowsAfter, windowsOf } from '../model/windows.ts';
import { checkedBy, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { Problem, ProblemError } from './problem.ts';

/** Bytes of a schedule at most: an entry of the ledger holds it. */
const SCHEDULE_MAX = 48 * 1024;
/** Schedules, and windows that are asked for at once, at most. */
const SCHEDULES_MAX = 200;
const WINDOWS_MAX = 5000;
const YEARS_MS = 2 * 366 * 86_400_000;
/** Runs of a schedule that are foretold. */
const NEXT = 10;

const given = Compile(GivenSchedule);
const Range = Type.Object({ from: Time, until: Time }, { additionalProperties: false });
const range = Compile(Range);
const errors = { '4xx': Problem };
const Named = Type.Object({ id: Type.String({ pattern: SCHEDULE_ID }) });
const Next = Type.Object({ from: Time, until: Time, local: Type.String(), utc: Type.String(), due: Time });
const { cron, zone } = GivenSchedule.properties;
const Timetable = Type.Object({
  cron,
  zone,
  lasting: Type.Optional(Type.String({ pattern: '^([1-9][0-9]{0,4}[mhd])?$' })),
});
const Shown = Type.Object({
  ...GivenSchedule.properties,
  id: Id,
  time: Time,
  /** the next windows: when each ends, on the clock of the zone and in UTC */
  next: Type.Array(Next),
});

/** `/v1/schedules`: exports that are made again and again, their windows, files and failures. */
export function schedules(app: FastifyInstance, deps: Deps): void {
  const { ledger } = deps;
  app.get(
    '/v1/schedules',
    { schema: { summary: 'Scheduled exports, by name' }, config: { docs: { rows: Shown } } },
    async () => ({
      rows: (await readSchedules(ledger())).map(shown),
    }),
  );
  app.get(
    '/v1/schedules/runs',
    {
      schema: {
        summary: 'The next ten runs of a timetable, before it is kept',
        querystring: Timetable,
        response: errors,
      },
      config: { docs: { rows: Next } },
    },
    async (request) => {
      const {
        cron,
        zone = deps.zone(),
        lasting = null,
      } = request.query as { cron: string; zone?: string; lasting?: string };
      const timed = { cron, zone, lasting: lasting || null, since: Number.NEGATIVE_INFINITY };
      refuseTimetable(timed);
      return { rows: nextOf(timed) };
    },
  );
  app.put(
    '/v1/schedules/:id',
    {
      bodyLimit: SCHEDULE_MAX,
      schema: { summary: 'Keeps a schedule under an id, or overwrites it', params: Named, response: errors },
      config: { docs: { one: Shown, body: GivenSchedule, bodyTypes: ['application/json'] } },
    },
    async (request) => {
      const id = idIn(request);
      const body = checkedBy<GivenSchedule>(given, jsonOf(request.body, 'a schedule'), 'the schedule has faults');
      const known = await readSchedule(ledger(), id);
      const kept = settled(body, deps.zone(), known?.since ?? Date.now());
      refuseTimetable(kept);
      refuseMany(kept);
      if (!known && (await readSchedules(ledger())).length >= SCHEDULES_MAX)
        throw new ProblemError(409, `expected ${SCHEDULES_MAX} schedules at most; delete one that nobody needs`);
      await putSchedule(ledger(), id, kept);
      return shown((await readSchedule(ledger(), id)) ?? refuse());
    },
  );
  app.delete(
    '/v1/schedules/:id',
    {
      schema: { summary: 'Takes a schedule away; its files stay', params: Named, response: errors },
      config: { docs: { one: Shown } },
    },
    async (request) => shown((await dropSchedule(ledger(), idIn(request))) ?? refuse()),
  );
  windows(app, deps);
  files(app, deps);
}

/** `/v1/schedules/:id/windows`: one row each, newest first; `POST` plans a range of them, those that are done too. */
function windows(app: FastifyInstance, { ledger }: Deps): void {
  app.get(
    '/v1/schedules/:id/windows',
    {
      schema: { summary: 'Windows of a schedule: one row each, newest first', params: Named, response: errors },
      config: { docs: { rows: WindowRow } },
    },
    async (request) => {
      const schedule = (await readSchedule(ledger(), idIn(request))) ?? refuse();
      const rows = await readWindows(ledger(), schedule.id);
      return {
        rows: rows
          .map(({ value }) => value)
          .reverse()
          .slice(0, WINDOWS_MAX),
      };
    },
  );
  app.post(
    '/v1/schedules/:id/windows',
    {
      bodyLimit: SCHEDULE_MAX,
      schema: {
        summary: 'Plans the windows that end in a span: a backfill, or a run again',
        params: Named,
        response: errors,
      },
      config: { docs: { one: Type.Object({ planned: Type.Integer() }), body: Range, bodyTypes: ['application/json'] } },
    },
    async (request, reply) => {
      const schedule = (await readSchedule(ledger(), idIn(request))) ?? refuse();
      const span = checkedBy<{ from: number; until: number }>(
        range,
        jsonOf(request.body, 'a span'),
        'the span has faults',
      );
      const found = endedIn(schedule, span);
      for (const window of found) await plan(schedule, window);
      return reply.code(202).send({ planned: found.length });
    },
  );

  async function plan(schedule: Schedule, window: Window): Promise<void> {
    const key = rowKey(schedule.id, window.until);
    const known = (await ledger().get(key))?.value as WindowRow | undefined;
    const why = known ? 'asked' : 'backfill';
    const fresh = { state: 'planned', why, attempt: 1, began: null, ended: null, error: null, retry: null } as const;
    const row: WindowRow = { schedule: schedule.id, ...window, published: known?.published ?? null, ...fresh };
    await say(ledger(), key, row);
  }
}

/** The windows that ended in a span and are due. Throws a problem where they are too many. */
function endedIn(schedule: Schedule, { from, until }: { from: number; until: number }): Window[] {
  const problem = (found: string) =>
    new ProblemError(422, `expected ${WINDOWS_MAX} windows of two years at most, found ${found}: a shorter span`);
  const last = Math.min(until, Date.now());
  if (last - from > YEARS_MS) throw problem('a longer span');
  const windows = windowsOf({ ...schedule, since: Number.NEGATIVE_INFINITY }, { from, until: last });
  if (windows.length > WINDOWS_MAX) throw problem(`${windows.length} windows`);
  return windows.filter(({ due }) => due <= Date.now());
}

/** Files of a window, each revision, and whether they are as their manifest says. */
function files(app: FastifyInstance, { ledger, house }: Deps): void {
  const File = Type.Object({
    id: Type.String({ pattern: SCHEDULE_ID }),
    until: Type.String({ maxLength: 40 }),
    revision: Type.Integer({ minimum: 1 }),
    name: Type.String({ pattern: `^(manifest\\.json|[A-Za-z0-9._-]{1,80})$` }),
  });
  const folderFor = async (params: { id: string; until: string; revision: number }): Promise<string> => {
    const schedule = (await readSchedule(ledger(), params.id)) ?? refuse();
    const row = (await readWindows(ledger(), schedule.id)).find(
      ({ value }) => new Date(value.until).toISOString() === params.until,
    )?.value;
    if (!row || !house()) throw new ProblemError(404, 'expected the end of a window, as RFC 3339 in UTC');
    return join(exportsIn(house()!), schedule.id, nameOf(row, schedule.zone), `r${params.revision}`);
  };
  app.get(
    '/v1/schedules/:id/windows/:until/:revision/:name',
    { schema: { summary: 'A file of an export, or its manifest.json', params: File, response: errors } },
    async (request, reply) => {
      const params = request.params as { id: string; until: string; revision: number; name: string };
      const file = join(await folderFor(params), params.name);
      if (params.name.startsWith('.') || !existsSync(file))
        throw new ProblemError(404, 'expected the name of a file, as the manifest has them');
      const name = params.name.replaceAll('"', '');
      return reply
        .type(TYPES[name.split('.').at(-1)!] ?? 'application/octet-stream')
        .header('content-disposition', `attachment; filename="${name}"`)
        .header('cache-control', 'private, immutable, max-age=31536000')
        .send(createReadStream(file));
    },
  );
  app.post(
    '/v1/schedules/:id/verify',
    {
      schema: {
        summary: 'Checks every published file of a schedule against its manifest',
        params: Named,
        response: errors,
      },
    },
    async (request) => {
      const schedule = (await readSchedule(ledger(), idIn(request))) ?? refuse();
      const rows = (await readWindows(ledger(), schedule.id)).flatMap(({ value }) => value.published ?? []);
      const found = { folders: 0, files: 0, faults: [] as string[] };
      for (const { folder, files } of rows) {
        const { faults } = await faultsOf(join(exportsIn(house() ?? ''), folder));
        found.folders += 1;
        found.files += files.length;
        found.faults.push(...faults.map((fault) => `${folder}: ${fault}`));
      }
      return found;
    },
  );
}

const TYPES: Record<string, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  tsv: 'text/tab-separated-values; charset=utf-8',
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
  arrow: 'application/vnd.apache.arrow.stream',
};

/** A schedule with nothing left open. */
function settled(body: GivenSchedule, zone: string, since: number): Omit<Schedule, 'id' | 'time'> {
  const { span: _, ...asked } = canonicalPivot(body.query);
  // Who adds up a column of a file does not expect its total in it.
  const query = { ...asked, totals: body.query.totals ?? false };
  return {
    name: body.name.trim(),
    query,
    cron: body.cron.trim(),
    zone: body.zone ?? zone,
    lasting: body.lasting ?? null,
    formats: body.formats,
    profile: body.profile ?? 'spreadsheet',
    since: body.since ?? since,
    paused: body.paused ?? false,
  };
}

/** Throws a problem where a timetable cannot be read. */
function refuseTimetable(kept: Timed): void {
  try {
    windowsAfter(kept, Date.now(), 1);
  } catch (error) {
    if (!(error instanceof NoCron)) throw error;
    const { message } = error;
    const [, expected, found] = /^expected (.*), found (.*)$/s.exec(message) ?? [null, message, kept.cron];
    const pointer = message.includes('time zone') ? '/zone' : '/cron';
    throw new ProblemError(400, 'the schedule has faults', [{ pointer, expected: expected!, found: found! }]);
  }
}

/** Throws a problem where more windows have ended since its beginning than anybody waits for. */
function refuseMany(kept: Omit<Schedule, 'id' | 'time'>): void {
  const oldest = Date.now() - YEARS_MS;
  const count = kept.since < oldest ? WINDOWS_MAX + 1 : windowsOf(kept, { from: kept.since, until: Date.now() }).length;
  if (count <= WINDOWS_MAX) return;
  const expected = `an instant of the last two years after which ${WINDOWS_MAX} windows have ended at most`;
  const found = new Date(kept.since).toISOString();
  throw new ProblemError(422, 'the schedule has faults', [{ pointer: '/since', expected, found }]);
}

function shown(schedule: Schedule) {
  return { ...schedule, next: schedule.paused ? [] : nextOf({ ...schedule, since: Number.NEGATIVE_INFINITY }) };
}

/** The next windows: when each ends, on the clock of the zone and in UTC. */
const nextOf = (timed: Timed) =>
  windowsAfter(timed, Date.now(), NEXT).map((window) => ({
    ...window,
    local: stampOf(window.until, timed.zone),
    utc: new Date(window.until).toISOString(),
  }));

const idIn = ({ params }: FastifyRequest): string => (params as { id: string }).id;

function refuse(): never {
  throw new ProblemError(404, 'expected the id of a schedule, as GET /v1/schedules lists them');
}
