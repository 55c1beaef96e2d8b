import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Compile } from 'typebox/compile';
import { parquet } from '../formats/parquet.ts';
import { PivotQuery } from '../model/pivot.ts';
import { bodyOf, instantField, SMALL_MAX } from './body.ts';
import { checkedBy, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { ProblemError } from './problem.ts';
import { leaving, sendAnswer } from './reply.ts';

/**
 * For the jobs of this service, since a DuckDB file has one owner: `POST /v1/copies` writes a span into a Parquet file below
 * `copies` of the house, `GET` says in which quarters of an hour something was observed; `POST /v1/answers` answers a pivot as
 * Parquet, however long it takes. Nobody else has the token.
 */
export function copies(app: FastifyInstance, { ask, jobs }: Pick<Deps, 'ask' | 'jobs'>): void {
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
  app.post('/v1/answers', { schema, bodyLimit: QUESTION_MAX }, async (request, reply) => {
    check(request);
    const pivot = checkedBy<PivotQuery>(question, jsonOf(request.body, 'a pivot'));
    const answer = await ask({ dataset: 'pivot', pivot }, { scope: 'system' }, leaving(reply));
    return sendAnswer(request, reply, parquet, answer);
  });
}

/** Bytes of a question at most. */
const QUESTION_MAX = 256 * 1024;
const question = Compile(PivotQuery);
const digest = (token: string): Buffer => createHash('sha256').update(token).digest();
