import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { AUDIT_DAYS } from '../ledger/tidy.ts';
import { Maybe } from '../model/fields.ts';
import type { Columns } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem } from './problem.ts';

const Kept = Type.Object({
  kind: Type.String(),
  holds: Type.String({ description: 'what it says, in words' }),
  badges: Type.Boolean({ description: 'it names badges, by their pseudonyms' }),
  days: Maybe(Type.Integer({ unit: 'd', description: 'null: for ever, or as `until` says' })),
  until: Type.String({ description: 'in words' }),
});
const COLUMNS: Columns = { kind: 'text', holds: 'text', badges: 'boolean', days: 'integer', until: 'text' };

/** What there is of each kind: what it says, whether it names badges, and which setting says how long it is kept. */
const KINDS = [
  ['Observations', 'which gateway heard which badge when, how loud; claps, temperature, battery', true, 'days'],
  ['Rejects', 'what did not pass, with its reasons, without anything that looks like an address', false, 'days'],
  ['What was shown', 'what rooms were like each second, and which presences began and ended', true, 'resultsDays'],
  ['Presences', 'which badge was in which room from when to when', true, 'resultsDays'],
  ['Frames and baselines', 'counts, claps, temperature and coverage of rooms, and what is usual', false, 'resultsDays'],
  ['Anomalies', 'what was unusual in a room, or with one badge that was stuck', true, 'resultsDays'],
  ['Exports', 'what each schedule asks', true, 'as long as each schedule says'],
  ['Decisions', 'runs, schedules, tokens, who signs in, notices, notes, receipts', false, 'for ever'],
  ['Rules', 'when they held, who was told, and which gateway acknowledged', false, 'rulesDays'],
  ['Deeds', 'who did what, and from which address', false, AUDIT_DAYS],
  ['Groups', 'which badge is in which group, until it is taken out', true, 'for ever'],
  ['Use', 'how often pages were opened and questions asked, by day; no addresses', false, AUDIT_DAYS],
] as const;

/** `GET /v1/retention`: what is kept of whom, and how long. */
export function retention(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/retention',
    {
      schema: { summary: 'What is kept, by kind: whether it names badges, and how long', response: { '4xx': Problem } },
      config: { docs: { rows: Kept } },
    },
    async (request, reply) => {
      const { days, resultsDays } = deps.keeps;
      const daysBy: Record<string, number> = { days, resultsDays, rulesDays: resultsDays || AUDIT_DAYS };
      const rows = KINDS.map(([kind, holds, badges, by]) => {
        const kept = typeof by === 'number' ? by : daysBy[by] || null;
        const until = kept === null ? (by in daysBy ? 'for ever' : by) : `${kept} days`;
        return { kind, holds, badges, days: kept, until };
      });
      return sendListed(request, reply, deps, { dataset: 'retention', columns: COLUMNS, rows });
    },
  );
}
