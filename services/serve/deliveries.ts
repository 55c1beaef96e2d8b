import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { audit } from '../ledger/audit.ts';
import { deliveriesOf, deliveryKey, readDeliveries } from '../ledger/deliveries.ts';
import { readSchedule, readWindows } from '../ledger/schedules.ts';
import { readTroubles } from '../ledger/troubles.ts';
import { Delivery, Trouble } from '../model/delivery.ts';
import { DESTINATION_NAME } from '../model/destination.ts';
import { Time } from '../model/fields.ts';
import type { Columns } from '../model/query.ts';
import { SCHEDULE_ID } from '../model/schedule.ts';
import { checkedBy, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem, ProblemError } from './problem.ts';
import { whoOf } from './viewer.ts';

/** Bytes of what is asked to be sent again, as JSON at most. */
const AGAIN_MAX = 1024;
const Again = Type.Object(
  { until: Time, destination: Type.Optional(Type.String({ pattern: DESTINATION_NAME })) },
  { additionalProperties: false },
);
const again = Compile(Again);
const errors = { '4xx': Problem };
const Named = Type.Object({ id: Type.String({ pattern: SCHEDULE_ID }) });
const COLUMNS: Columns = {
  ...{ schedule: 'text', until: 'instant', revision: 'integer', destination: 'text', id: 'text', state: 'text' },
  ...{ attempt: 'integer', time: 'instant', error: 'text', retry: 'instant', done: 'json', parts: 'integer' },
  broken: 'boolean',
};
const TROUBLE_COLUMNS: Columns = {
  ...{ key: 'text', schedule: 'text', name: 'text', until: 'instant', destination: 'text' },
  ...{ what: 'text', reason: 'text', retry: 'instant', rests: 'boolean' },
};

/** `/v1/schedules/:id/deliveries`: how each revision stands with each destination; `POST` tries again what has failed. */
export function deliveries(app: FastifyInstance, deps: Deps): void {
  const { ledger } = deps;
  const standing = async (id: string) => {
    const schedule = (await readSchedule(ledger(), id)) ?? refuse();
    const windows = (await readWindows(ledger(), id)).map(({ value }) => value);
    return { schedule, rows: deliveriesOf(schedule, windows, await readDeliveries(ledger(), id)) };
  };
  app.get(
    '/v1/schedules/troubles',
    {
      schema: { summary: 'Windows, deliveries and alerts of rules that have failed, oldest first', response: errors },
      config: { docs: { rows: Trouble } },
    },
    async (request, reply) => {
      const { open } = await readTroubles(ledger());
      return sendListed(request, reply, deps, { dataset: 'troubles', columns: TROUBLE_COLUMNS, rows: open });
    },
  );
  app.get(
    '/v1/schedules/:id/deliveries',
    {
      schema: { summary: 'Deliveries of a schedule, newest window first', params: Named, response: errors },
      config: { docs: { rows: Delivery } },
    },
    async (request, reply) => {
      const { rows } = await standing(idIn(request));
      return sendListed(request, reply, deps, { dataset: 'deliveries', columns: COLUMNS, rows: rows.reverse() });
    },
  );
  app.post(
    '/v1/schedules/:id/deliveries',
    {
      bodyLimit: AGAIN_MAX,
      schema: {
        summary: 'Sends again what has failed of a window; what was sent stays sent',
        params: Named,
        response: errors,
      },
      config: { docs: { one: Type.Object({ again: Type.Integer() }), body: Again, bodyTypes: ['application/json'] } },
    },
    async (request, reply) => {
      const asked = checkedBy<Static<typeof Again>>(again, jsonOf(request.body, 'a window'), 'the window has faults');
      const { schedule, rows } = await standing(idIn(request));
      const failed = rows.filter(
        ({ until, state, destination }) =>
          until === asked.until && state === 'failed' && destination === (asked.destination ?? destination),
      );
      if (failed.length === 0)
        throw new ProblemError(409, 'expected a window of which a delivery has failed, found none that has');
      const what = `${new Date(asked.until).toISOString()} to ${failed.map(({ destination }) => destination).join(', ')}`;
      await audit(ledger(), { who: whoOf(request), did: 'sent again', schedule: schedule.id, what });
      for (const row of failed) await tryAgain(row);
      return reply.code(202).send({ again: failed.length });
    },
  );

  /** Who is faster has tried it already. */
  async function tryAgain(row: Delivery): Promise<void> {
    const version = ((await ledger().get(deliveryKey(row)))?.version ?? 0) + 1;
    await ledger().put(deliveryKey(row), version, { ...row, retry: Date.now(), attempt: 0 } satisfies Delivery);
  }
}

const idIn = ({ params }: FastifyRequest): string => (params as { id: string }).id;

function refuse(): never {
  throw new ProblemError(404, 'expected the id of a schedule, as GET /v1/schedules lists them');
}
