import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { mayAs } from '../model/scope.ts';
import type { Deps } from './deps.ts';
import { ProblemError } from './problem.ts';
import { viewerOf } from './viewer.ts';

const Shown = Type.Object({
  demo: Type.Union([
    Type.Null(),
    Type.Object({
      state: Type.String({
        enum: ['laying', 'told', 'over'],
        description: 'its past is being laid; it goes on; it is over',
      }),
      share: Type.Number({ minimum: 0, maximum: 1, description: 'of its past that is laid' }),
      people: Type.Integer({ unit: 'badges' }),
      from: Type.Integer({ description: 'UTC ms' }),
      until: Type.Integer({ description: 'UTC ms' }),
      hasHistory: Type.Boolean({ description: "last year's event and ordinary weeks are stored too" }),
      problem: Type.Union([Type.String(), Type.Null()], { description: 'why its past is not there' }),
    }),
  ]),
  own: Type.Union([Type.Integer(), Type.Null()], {
    description: 'observations and rejects that nobody simulated; null: not for the public',
  }),
  simulated: Type.Boolean({ description: 'a simulated event is being told, here or by somebody who sends it' }),
});

/** `GET /v1/demo`: what of this is simulated. `DELETE`: ends the demo; what was not simulated stays. */
export function demo(app: FastifyInstance, { demo, endDemo, status }: Deps): void {
  const shown = (request: FastifyRequest) => ({
    demo: demo(),
    own: mayAs(viewerOf(request).scope, 'viewer') ? status().own : null,
    simulated: status().simulated,
  });
  const schema = { response: { 200: Shown } };
  app.get('/v1/demo', { schema: { summary: 'What of this is simulated', ...schema } }, async (request, reply) =>
    reply.header('cache-control', 'no-store').send(shown(request)),
  );
  app.delete(
    '/v1/demo',
    { schema: { summary: 'Ends the demo: what was simulated is forgotten, what was not stays', ...schema } },
    async (request) => {
      if (!demo()) throw new ProblemError(409, 'expected a demo that is being told, found none');
      await endDemo();
      return shown(request);
    },
  );
}
