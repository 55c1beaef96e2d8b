import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { audit } from '../ledger/audit.ts';
import { call } from '../ledger/runs.ts';
import { pauseSchedule } from '../ledger/schedules.ts';
import { SCHEDULE_ID } from '../model/schedule.ts';
import type { Deps } from './deps.ts';
import { etagOf } from './precondition.ts';
import { Problem } from './problem.ts';
import { noSchedule, OneSchedule, shown } from './schedules.ts';
import { whoOf } from './viewer.ts';

/** Nothing is said beside the address. */
const BODY_MAX = 1024;
const Named = Type.Object({ id: Type.String({ pattern: SCHEDULE_ID }) });
const ACTS = [
  { verb: 'pause', paused: true, did: 'paused', summary: 'Windows of a schedule wait until it is resumed' },
  { verb: 'resume', paused: false, did: 'resumed', summary: 'Goes on: windows that waited are filled in order' },
] as const;

/** `POST /v1/schedules/:id/pause` and `/resume`: nothing else of a schedule changes, whoever writes it meanwhile. */
export function pauses(app: FastifyInstance, { ledger }: Deps): void {
  for (const { verb, paused, did, summary } of ACTS)
    app.post(
      `/v1/schedules/:id/${verb}`,
      {
        bodyLimit: BODY_MAX,
        schema: { summary, params: Named, response: { '4xx': Problem } },
        config: { docs: { one: OneSchedule } },
      },
      async (request, reply) => {
        const { kept, isNew } = (await pauseSchedule(ledger(), idIn(request), paused)) ?? noSchedule();
        const { id, name } = kept;
        if (isNew) await audit(ledger(), { who: whoOf(request), did, schedule: id, what: name });
        await call(ledger(), 'exports');
        return reply.header('etag', etagOf(kept)).send(await shown(ledger(), kept));
      },
    );
}

const idIn = ({ params }: FastifyRequest): string => (params as { id: string }).id;
