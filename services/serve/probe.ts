import Fastify, { type FastifyInstance } from 'fastify';
import type { Deps } from './deps.ts';
import { useProblems } from './errors.ts';
import { useGuard } from './guard.ts';
import { health } from './health.ts';
import { useLeast } from './least.ts';
import { loggerOf, requestIdOf, useRequestIds } from './logger.ts';
import { useMeasure } from './measure.ts';

/** For a role that nobody asks anything but how it is: the probes alone. Never listens. */
export async function buildProbe(
  deps: Pick<Deps, 'status' | 'metrics' | 'door' | 'logLevel'>,
): Promise<FastifyInstance> {
  const app = Fastify({ logger: loggerOf(deps.logLevel), genReqId: requestIdOf });
  useRequestIds(app);
  useProblems(app);
  useMeasure(app, deps.metrics);
  useLeast(app);
  await useGuard(app, deps.door);
  health(app, deps);
  return app;
}
