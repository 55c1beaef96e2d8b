import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { readSchedules } from '../ledger/schedules.ts';
import { Id, Maybe } from '../model/fields.ts';
import type { Columns } from '../model/query.ts';
import type { Schedule, WindowRow } from '../model/schedule.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem } from './problem.ts';
import { pageOfWindows, ShownWindow } from './windows.ts';

/** The newest windows that are told one by one, and those that are counted. */
const NEWEST = 14;
const COUNTED = 300;

const COLUMNS: Columns = { id: 'text', last: 'json', newest: 'json', counts: 'json', isMore: 'boolean' };
const STATES = ['planned', 'running', 'done', 'failed'] as const satisfies WindowRow['state'][];
const Counts = Type.Object({
  ...{ planned: Type.Integer(), running: Type.Integer(), done: Type.Integer(), failed: Type.Integer() },
});
const Outcome = Type.Object({
  id: Id,
  last: Maybe(Type.Object(ShownWindow.properties, { description: 'the newest window that does not wait' })),
  newest: Type.Array(ShownWindow, { description: `the newest ${NEWEST} windows, newest first` }),
  counts: Type.Object(Counts.properties, {
    description: `of the newest ${COUNTED} windows: how many are in each state`,
  }),
  isMore: Type.Boolean({ description: 'there are older ones' }),
});

/** `/v1/schedules/outcomes`: how each schedule stands, in one answer. */
export function outcomes(app: FastifyInstance, deps: Deps): void {
  const { ledger } = deps;
  app.get(
    '/v1/schedules/outcomes',
    {
      schema: {
        summary: 'How each schedule stands: its last window, the newest ones, and how many are done, failed or waiting',
        response: { '4xx': Problem },
      },
      config: { docs: { rows: Outcome } },
    },
    async (request, reply) => {
      const rows = await Promise.all((await readSchedules(ledger())).map(outcomeOf));
      return sendListed(request, reply, deps, { dataset: 'outcomes', columns: COLUMNS, rows });
    },
  );

  async function outcomeOf(schedule: Schedule) {
    const { rows, next } = await pageOfWindows(ledger(), schedule, COUNTED);
    const count = (state: WindowRow['state']) => rows.filter((row) => row.state === state).length;
    return {
      id: schedule.id,
      last: rows.find(({ state }) => state !== 'planned') ?? null,
      newest: rows.slice(0, NEWEST),
      counts: Object.fromEntries(STATES.map((state) => [state, count(state)])),
      isMore: next !== null,
    };
  }
}
