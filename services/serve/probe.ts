import Fastify, { type FastifyInstance } from 'fastify';
import type { Deps } from './deps.ts';
import { createDoor } from './door.ts';
import { useProblems } from './errors.ts';
import { useGuard } from './guard.ts';
import { health } from './health.ts';

/** For a role that nobody asks anything but how it is: the probes alone. Never listens. */
export async function buildProbe(
  deps: Pick<Deps, 'status' | 'metrics' | 'tokens' | 'logLevel'>,
): Promise<FastifyInstance> {
  const app = Fastify({ logger: { level: deps.logLevel } });
  useProblems(app);
  await useGuard(app, deps.tokens.length > 0 ? createDoor(deps.tokens) : null);
  health(app, deps);
  return app;
}
