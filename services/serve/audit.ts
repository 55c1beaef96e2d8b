import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { DEEDS, readAudit } from '../ledger/audit.ts';
import { Maybe, Time } from '../model/fields.ts';
import type { Columns } from '../model/query.ts';
import { SCHEDULE_ID } from '../model/schedule.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem } from './problem.ts';

const Deed = Type.Object({
  time: Time,
  who: Type.String(),
  did: Type.Unsafe<string>({ type: 'string', enum: [...DEEDS] }),
  schedule: Maybe(Type.String()),
  what: Type.String(),
});
const COLUMNS: Columns = { time: 'instant', who: 'text', did: 'text', schedule: 'text', what: 'text' };

/** `/v1/audit`: who did what, newest first. */
export function audited(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/audit',
    {
      schema: {
        summary:
          'Who did what with schedules, files, the venue, tokens, sessions, badges, notices and rules, newest first',
        querystring: Type.Object({ schedule: Type.Optional(Type.String({ pattern: SCHEDULE_ID })) }),
        response: { '4xx': Problem },
      },
      config: { docs: { rows: Deed } },
    },
    async (request, reply) => {
      const { schedule } = request.query as { schedule?: string };
      const rows = await readAudit(deps.ledger(), schedule);
      return sendListed(request, reply, deps, { dataset: 'audit', columns: COLUMNS, rows });
    },
  );
}
