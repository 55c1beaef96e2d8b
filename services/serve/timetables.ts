import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Ledger } from '../ledger/ledger.ts';
import { readSchedule, readWindows } from '../ledger/schedules.ts';
import { comingWindows } from '../ledger/waiting.ts';
import { clockChanges, NoCron, writtenAt } from '../model/cron.ts';
import { TIME_MAX_MS, TIME_MIN_MS, Time } from '../model/fields.ts';
import type { Columns } from '../model/query.ts';
import { GivenSchedule, LASTING, LASTING_OR_NONE, SCHEDULE_ID, type Schedule } from '../model/schedule.ts';
import { shiftOf, stampOf, type Timed, type Window, windowsAbout, windowsAfter } from '../model/windows.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem, ProblemError } from './problem.ts';

/** Days of a window at most: a year has room. */
const DAYS_MAX = 366;
const DAY_MS = 86_400_000;
/** Runs that are foretold. */
const NEXT = 10;

const RUN_COLUMNS: Columns = {
  ...{ from: 'instant', until: 'instant', due: 'instant', local: 'text', utc: 'text' },
  ...{ skipped: 'json', doubled: 'boolean', shift: 'integer' },
};
const CLOCK_COLUMNS: Columns = { time: 'instant', by: 'integer', before: 'text', after: 'text' };
const errors = { '4xx': Problem };
const { cron, zone } = GivenSchedule.properties;
const Timetable = Type.Object({
  cron,
  zone,
  lasting: Type.Optional(Type.String({ pattern: LASTING_OR_NONE, description: LASTING })),
  about: Type.Optional(
    Type.Integer({
      minimum: TIME_MIN_MS,
      maximum: TIME_MAX_MS,
      description: 'UTC ms: five runs by then and five after it; the next ten if not given',
    }),
  ),
  schedule: Type.Optional(
    Type.String({
      pattern: SCHEDULE_ID,
      description: 'whose timetable it becomes: the next ten go on behind its windows',
    }),
  ),
});
type Timetable = { cron: string; zone?: string; lasting?: string; about?: number; schedule?: string };

/** A window to come: when it ends, on the clock of the zone and in UTC. */
export const Next = Type.Object({ from: Time, until: Time, local: Type.String(), utc: Type.String(), due: Time });
const Run = Type.Object({
  ...Next.properties,
  skipped: Type.Array(Type.String(), { description: 'times that the timetable says and clocks skip: it runs instead' }),
  doubled: Type.Boolean({ description: 'clocks show its time twice: it runs the first time' }),
  shift: Type.Integer({ description: 'by how much clocks are changed within the window, ms' }),
});
const Clock = Type.Object({
  time: Time,
  by: Type.Integer({ description: 'ms; above 0 clocks go forward' }),
  before: Type.String(),
  after: Type.String(),
});

/** `/v1/schedules/runs`, `/v1/schedules/clocks`: what a timetable means before it is kept, at changes of the clocks too. */
export function timetables(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/schedules/runs',
    {
      schema: { summary: 'Ten runs of a timetable, before it is kept', querystring: Timetable, response: errors },
      config: { docs: { rows: Run } },
    },
    async (request, reply) => {
      const { cron, zone = deps.zone(), lasting, about, schedule: id } = request.query as Timetable;
      const timed = { cron, zone, lasting: lasting || null, since: Number.NEGATIVE_INFINITY };
      refuseTimetable(timed);
      const schedule = id === undefined ? null : await readSchedule(deps.ledger(), id);
      const rows = (await windowsFor(deps.ledger(), timed, about, schedule)).map((window) => runOf(window, timed));
      return sendListed(request, reply, deps, { dataset: 'runs', columns: RUN_COLUMNS, rows });
    },
  );
  app.get(
    '/v1/schedules/clocks',
    {
      schema: {
        summary: 'When the clocks of a zone go forward next, and when back',
        querystring: Type.Object({ zone }),
        response: errors,
      },
      config: { docs: { rows: Clock } },
    },
    async (request, reply) => {
      const { zone = deps.zone() } = request.query as { zone?: string };
      const changes = refusing({ cron: '', zone }, () => clockChanges(zone, Date.now()));
      const rows = changes.map(({ time, by }) => ({
        ...{ time, by },
        ...{ before: stampOf(time - 60_000, zone), after: stampOf(time, zone) },
      }));
      return sendListed(request, reply, deps, { dataset: 'clocks', columns: CLOCK_COLUMNS, rows });
    },
  );
}

async function windowsFor(ledger: Ledger, timed: Timed, about: number | undefined, schedule: Schedule | null) {
  if (about !== undefined) return windowsAbout(timed, about, NEXT / 2);
  return schedule
    ? coming(ledger, { ...schedule, ...timed, since: schedule.since })
    : windowsAfter(timed, Date.now(), NEXT);
}

/** The next windows of a schedule. */
export const nextOf = async (ledger: Ledger, schedule: Schedule) =>
  (await coming(ledger, schedule)).map((window) => stamped(window, schedule.zone));

async function coming(ledger: Ledger, schedule: Schedule): Promise<Window[]> {
  const now = Date.now();
  const [first] = windowsAfter({ ...schedule, since: Number.NEGATIVE_INFINITY }, now, 1);
  // What ended before matters to none to come.
  const entries = await readWindows(ledger, schedule.id, first?.from);
  return comingWindows(schedule, new Map(entries.map((entry) => [entry.key, entry])), now, NEXT);
}

const stamped = (window: Window, zone: string) => ({
  ...window,
  local: stampOf(window.until, zone),
  utc: new Date(window.until).toISOString(),
});

function runOf(window: Window, { cron, zone }: Timed) {
  const { skipped, isDoubled } = writtenAt(cron, zone, window.until);
  return { ...stamped(window, zone), skipped, doubled: isDoubled, shift: shiftOf(window, zone) };
}

/** Throws a problem where a timetable cannot be read, or its windows are too long. */
export function refuseTimetable(timed: Timed): void {
  const [window] = refusing(timed, () => windowsAfter({ ...timed, since: Number.NEGATIVE_INFINITY }, Date.now(), 1));
  const days = window ? Math.round((window.until - window.from) / DAY_MS) : 0;
  if (days <= DAYS_MAX) return;
  const pointer = timed.lasting === null ? '/cron' : '/lasting';
  const faults = [{ pointer, expected: `windows of ${DAYS_MAX} days at most`, found: `${days} days` }];
  throw new ProblemError(422, 'the schedule has faults', faults);
}

/** Works something out of a timetable. Throws a problem that says where what cannot be read is. */
function refusing<T>({ cron }: Pick<Timed, 'cron' | 'zone'>, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof NoCron)) throw error;
    const { message } = error;
    const [, expected, found] = /^expected (.*), found (.*)$/s.exec(message) ?? [null, message, cron];
    const pointer = message.includes('time zone') ? '/zone' : '/cron';
    throw new ProblemError(400, 'the schedule has faults', [{ pointer, expected: expected!, found: found! }]);
  }
}
