import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bodyOf, instantField, SMALL_MAX } from './body.ts';
import type { Deps } from './deps.ts';
import { ProblemError } from './problem.ts';
import { leaving } from './reply.ts';

/**
 * For the jobs of this service, since a DuckDB file has one owner: `POST /v1/copies` writes a span into a Parquet file below
 * `copies` of the house, `GET` says in which quarters of an hour something was observed. Nobody else has the token.
 */
export function copies(app: FastifyInstance, { jobs }: Pick<Deps, 'jobs'>): void {
  if (!jobs) return;
  const own = digest(jobs.token);
  const check = ({ headers }: FastifyRequest) => {
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
    if (!timingSafeEqual(own, digest(token))) throw new ProblemError(403, "expected the service's own token");
  };
  const schema = { hide: true };
  app.get('/v1/copies', { schema }, async (request) => {
    check(request);
    return { quarters: await jobs.quarters() };
  });
  app.post('/v1/copies', { schema, bodyLimit: SMALL_MAX }, async (request, reply) => {
    check(request);
    const span = bodyOf(request, { from: instantField, until: instantField });
    return { file: await jobs.copy(span, leaving(reply)) };
  });
}

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();
