import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Deps } from './deps.ts';

const Ready = Type.Object({
  ready: Type.Boolean(),
  instance: Type.String(),
  observations: Type.Integer({ description: 'stored in all' }),
  duplicates: Type.Integer({ description: 'received again since the start' }),
  rejects: Type.Integer({ description: 'kept in all' }),
  own: Type.Integer({ description: 'observations and rejects that nobody simulated' }),
  waiting: Type.Integer({ description: 'received, not yet safe' }),
  simulated: Type.Boolean({ description: 'a simulated event is being told' }),
  replayed: Type.Union([Type.Number(), Type.Null()], {
    description: 'of the recording, 0 to 1; null: nothing is replayed',
  }),
  frame: Type.Union([Type.Integer(), Type.Null()], { description: 'the second of the newest live frame, UTC ms' }),
  received: Type.Union([Type.Integer(), Type.Null()], { description: 'of the newest stored observation, UTC ms' }),
});

/** Probes: `/healthz` (the process lives), `/readyz` (the store takes observations), `/metrics` (Prometheus). */
export function health(app: FastifyInstance, deps: Pick<Deps, 'status' | 'metrics'>): void {
  const config = { open: true };
  app.get('/healthz', { config, schema: { response: { 200: Type.Object({ ok: Type.Boolean() }) } } }, async () => ({
    ok: true,
  }));
  app.get('/readyz', { config, schema: { response: { 200: Ready, 503: Ready } } }, async (_request, reply) => {
    const status = deps.status();
    return reply
      .code(status.ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(status);
  });
  app.get('/metrics', { config: { docs: { text: 'text/plain' } } }, async (_request, reply) =>
    reply.type(deps.metrics.contentType).send(await deps.metrics.metrics()),
  );
}
