import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { COPIED } from '../model/copied.ts';
import { ASIDE_FILE, Asked } from '../model/schedule.ts';
import { bodyOf, instantField, SMALL_MAX } from './body.ts';
import { checkedBy, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { ownOnly } from './own.ts';
import { leaving } from './reply.ts';

/**
 * For the jobs of this service, since a DuckDB file has one owner: `POST /v1/copies` writes a span into a Parquet file below
 * `copies` of the house, `GET` says in which quarters of an hour something was observed; `POST /v1/answers` writes
 * what a schedule asks into a Parquet file there, however long it takes and however many rows. Nobody else has the token.
 */
export function copies(app: FastifyInstance, { jobs }: Pick<Deps, 'jobs'>): void {
  if (!jobs) return;
  const check = ownOnly(jobs.token);
  const schema = { hide: true };
  app.get('/v1/copies', { schema }, async (request) => {
    check(request);
    return { quarters: await jobs.quarters() };
  });
  app.post('/v1/copies', { schema, bodyLimit: SMALL_MAX }, async (request, reply) => {
    check(request);
    const { what, ...span } = bodyOf(request, { from: instantField, until: instantField, what: copiedField });
    return { file: await jobs.copy(span, leaving(reply), what) };
  });
  app.post('/v1/answers', { schema, bodyLimit: QUESTION_MAX }, async (request, reply) => {
    check(request);
    const { file, ...asked } = checkedBy<Asked & { file: string }>(question, jsonOf(request.body, 'what is asked'));
    return jobs.answer(asked, file, leaving(reply));
  });
}

const copiedField = {
  expected: COPIED.join(', '),
  read: (value: unknown) => (value === undefined ? 'river' : COPIED.find((one) => one === value)),
};

/** Bytes of a question at most. */
const QUESTION_MAX = 256 * 1024;
const question = Compile(Type.Object({ ...Asked.properties, file: Type.String({ pattern: ASIDE_FILE }) }));
