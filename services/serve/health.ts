import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Deps } from './deps.ts';
import { Problem } from './problem.ts';

const Ready = Type.Object({ ready: Type.Boolean(), instance: Type.String() });
const Status = Type.Object({
  ...Ready.properties,
  observations: Type.Integer({ description: 'stored in all' }),
  duplicates: Type.Integer({ description: 'received again since the start' }),
  rejects: Type.Integer({ description: 'kept in all' }),
  own: Type.Integer({ description: 'observations and rejects that nobody simulated' }),
  waiting: Type.Integer({ description: 'received, not yet safe' }),
  simulated: Type.Boolean({ description: 'a simulated event is being told, here or by somebody who sends it' }),
  replayed: Type.Union([Type.Number(), Type.Null()], {
    description: 'of the recording, 0 to 1; null: nothing is replayed',
  }),
  frame: Type.Union([Type.Integer(), Type.Null()], { description: 'the second of the newest live frame, UTC ms' }),
  received: Type.Union([Type.Integer(), Type.Null()], { description: 'of the newest stored observation, UTC ms' }),
});

/**
 * Probes: `/healthz` (the process lives), `/readyz` (the store takes observations), `/metrics` (Prometheus); `/v1/status`, what
 * it counts. Where tokens are needed a stranger learns from the probes that it is ready and nothing else: counts tell who comes.
 */
export function health(app: FastifyInstance, deps: Pick<Deps, 'status' | 'metrics' | 'door'>): void {
  const config = { open: true };
  app.get('/healthz', { config, schema: { response: { 200: Type.Object({ ok: Type.Boolean() }) } } }, async () => ({
    ok: true,
  }));
  const either = Type.Union([Status, Ready]);
  app.get('/readyz', { config, schema: { response: { 200: either, 503: either } } }, async (_request, reply) => {
    const { ready, instance, ...counts } = deps.status();
    const isShut = await deps.door.isClosed();
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ready, instance, ...(!isShut && counts) });
  });
  const schema = { summary: 'What the service counts, and how far it is', response: { 200: Status, '4xx': Problem } };
  app.get('/v1/status', { schema }, async (_request, reply) =>
    reply.header('cache-control', 'no-store').send(deps.status()),
  );
  app.get('/metrics', { config: { docs: { text: 'text/plain' } } }, async (_request, reply) =>
    reply.type(deps.metrics.contentType).send(await deps.metrics.metrics()),
  );
}
