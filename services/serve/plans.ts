import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Id } from '../model/fields.ts';
import { METRES_MAX, METRES_MIN, Plan } from '../model/plan.ts';
import type { Columns } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem, ProblemError } from './problem.ts';

/** Bytes of an SVG at most. */
const BODY_MAX = 4 * 1024 * 1024;
const COLUMNS: Columns = {
  floor: 'text',
  source: 'text',
  sha256: 'text',
  metres: 'number',
  box: 'json',
  rooms: 'json',
  lines: 'json',
  report: 'json',
};
const errors = { '4xx': Problem };
const params = Type.Object({ floor: Id });
const Question = Type.Object(
  {
    metres: Type.Optional(
      Type.Number({ minimum: METRES_MIN, maximum: METRES_MAX, description: 'how wide the drawing is' }),
    ),
  },
  { additionalProperties: false },
);
const docs = { one: Plan, body: Type.String({ description: 'an SVG' }), bodyTypes: ['image/svg+xml'] };

/**
 * `/v1/plans`: floors as SVGs draw them, each with a report of what does not match. Nothing of a file is served but the numbers of its
 * outlines.
 */
export function plans(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/plans',
    {
      schema: { summary: 'Floors as SVGs draw them: outlines in metres, and what does not match', response: errors },
      config: { docs: { rows: Plan } },
    },
    (request, reply) =>
      sendListed(request, reply, deps, { dataset: 'plans', columns: COLUMNS, rows: deps.plans.list() }),
  );
  app.put(
    '/v1/plans/:floor',
    {
      bodyLimit: BODY_MAX,
      schema: {
        summary: 'Keeps an SVG as the drawing of a floor: shapes named after rooms (by id) are the rooms',
        params,
        querystring: Question,
        response: errors,
      },
      config: { docs },
    },
    async (request) => {
      const plan = await drawnFrom(request, deps);
      deps.plans.keep(plan);
      deps.fanout.anew();
      return plan;
    },
  );
  app.post(
    '/v1/plans/:floor',
    {
      bodyLimit: BODY_MAX,
      schema: {
        summary: 'What an SVG would be as the drawing of a floor; nothing is kept',
        params,
        querystring: Question,
        response: errors,
      },
      config: { docs },
    },
    (request) => drawnFrom(request, deps),
  );
  app.delete(
    '/v1/plans/:floor',
    {
      schema: { summary: 'Forgets the drawing of a floor: it is drawn from the venue again', params, response: errors },
      config: { docs: { isEmpty: true } },
    },
    async (request, reply) => {
      if (!deps.plans.drop((request.params as { floor: string }).floor))
        throw new ProblemError(404, 'expected a floor with a drawing, as GET /v1/plans lists them');
      deps.fanout.anew();
      return reply.code(204).send();
    },
  );
}

/** Throws a problem where there is no such floor, or no drawing in what was sent. */
async function drawnFrom({ params, query, body }: FastifyRequest, { plans }: Deps): Promise<Plan> {
  const { floor } = params as { floor: string };
  const { metres = null } = query as { metres?: number | null };
  const drawn = await plans.draw(floor, String(body ?? ''), metres);
  if (!drawn) throw new ProblemError(404, 'expected the id of a floor of the venue');
  if ('refused' in drawn) throw new ProblemError(422, drawn.refused);
  return drawn.plan;
}
