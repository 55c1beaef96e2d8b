import type { FastifyInstance } from 'fastify';
import { ProblemError } from './problem.ts';

/** Refuses numbers in an address that are none: `1e400` is read as Infinity, and no bound of a schema is looked at then. */
export function useFinite(app: FastifyInstance): void {
  app.addHook('preHandler', async ({ query, params }) => {
    const given = Object.entries({ ...(query as object), ...(params as object) } as Record<string, unknown>);
    const faults = given
      .filter(([, value]) => typeof value === 'number' && !Number.isFinite(value))
      .map(([name, found]) => ({ pointer: `/${name}`, expected: 'a finite number', found: String(found) }));
    if (faults.length > 0) throw new ProblemError(400, 'the question has faults', faults);
  });
}
