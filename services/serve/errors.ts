import type { FastifyError, FastifyInstance, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { Forbidden } from '../answer/permit.ts';
import { TooMany } from '../answer/pivot/preflight.ts';
import { Refused } from '../answer/refused.ts';
import { ROWS_MAX } from '../model/query.ts';
import type { Reason } from '../model/reject.ts';
import { LASTING, LASTING_OR_NONE } from '../model/schedule.ts';
import { NotStored } from '../source/inbox.ts';
import { Unreadable } from '../validate/reader.ts';
import { meaningOf } from '../validate/schema-words.ts';
import { scrub } from '../validate/scrub.ts';
import { scrubAddress } from './address.ts';
import { LIMIT } from './page.ts';
import { type Problem, ProblemError, problemOf } from './problem.ts';
import { INSTANT } from './span.ts';

const MIB = 2 ** 20;
/** Characters of a client's own text that a problem quotes. */
const FOUND_MAX = 80;

/** Every error leaves as a problem; what a client sent is quoted without anything that looks like a MAC. */
export function useProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const { problem, headers } = answerTo(error, request);
    if (error instanceof NotStored) request.log.warn(error.message);
    else if (reply.raw.destroyed && isCancelled(error)) request.log.info('the client left before its answer');
    else if (problem.status >= 500) request.log.error({ err: error }, 'request failed');
    return reply
      .code(problem.status)
      .headers(headers)
      .type('application/problem+json')
      .send({ ...problem, requestId: request.id });
  });
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type('application/problem+json')
      .send({
        ...problemOf(
          404,
          `no ${request.method} ${scrubAddress(request.url.split('?')[0]!)} here; /docs lists what there is`,
        ),
        requestId: request.id,
      }),
  );
}

/** What was asked for was broken off: by a signal, or in the database, which says so by these words. */
const isCancelled = ({ name, message }: Error): boolean => name === 'AbortError' || /^INTERRUPT Error/.test(message);

/** What a pattern of a query means. */
const WORDS: Record<string, string> = {
  [INSTANT]: 'an instant: RFC 3339 (2018-11-05T09:00:00Z) or UTC epoch ms',
  [LASTING_OR_NONE]: `${LASTING}, or nothing`,
  [LIMIT]: `1 to ${ROWS_MAX}, or all`,
};

function answerTo(error: FastifyError, request: FastifyRequest): { problem: Problem; headers: Record<string, string> } {
  const headers = {};
  if (error instanceof ProblemError) return { problem: error.problem, headers: error.headers };
  if (error instanceof Forbidden) return { problem: problemOf(403, error.message), headers };
  if (error instanceof TooMany) return { problem: tooLarge(error), headers };
  if (error instanceof Refused)
    return { problem: problemOf(400, 'the question has faults', error.reasons.map(clean)), headers };
  if (error instanceof Unreadable)
    return { problem: problemOf(400, 'the body cannot be read', [error.reason]), headers };
  if (error instanceof NotStored)
    return { problem: problemOf(503, error.message), headers: { 'retry-after': String(error.afterS) } };
  if (error.validation) {
    const reasons = error.validation.map((fault) =>
      reasonOf(
        fault,
        (error.validationContext === 'params' ? request.params : request.query) as Record<string, unknown>,
      ),
    );
    return { problem: problemOf(400, 'the question has faults', reasons), headers };
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return { problem: problemOf(413, tooLong(request)), headers };
  if (error.code === 'ENOSPC' || /No space left on device/.test(error.message))
    return { problem: problemOf(507, 'no space left on the disk: what was to be written was not'), headers };
  const status = error.statusCode ?? 500;
  // What went wrong inside is for the log, not for the client.
  return {
    problem: problemOf(status, status < 500 ? scrub(error.message) : 'something failed here; the log says what'),
    headers,
  };
}

/** What a route takes at most; the one for observations names a way around it. */
function tooLong({ routeOptions: { bodyLimit, url } }: FastifyRequest): string {
  const most = bodyLimit >= MIB ? `${bodyLimit / MIB} MiB` : `${bodyLimit / 1024} KiB`;
  const around = url === '/v1/observations' ? '; POST /v1/loads takes files of any length' : '';
  return `expected a body of at most ${most}${around}`;
}

/** Limits are answers: how many cells it would be, and what would fit. */
const tooLarge = ({ size, coarser }: TooMany): Problem => ({
  ...problemOf(422, `about ${size.cells} cells and totals, ${size.limit} at most`),
  ...size,
  coarser,
});

const clean = ({ pointer, expected, found }: Reason): Reason => ({
  pointer: scrubAddress(pointer),
  expected,
  found: scrubAddress(found).slice(0, FOUND_MAX),
});

/** One of Ajv's faults in our words. */
function reasonOf(fault: FastifySchemaValidationError, asked: Record<string, unknown>): Reason {
  const params = fault.params as Record<string, unknown>;
  if (fault.keyword === 'additionalProperties')
    return clean({
      pointer: `/${params.additionalProperty}`,
      expected: 'no such parameter',
      found: String(params.additionalProperty),
    });
  const name = fault.instancePath.slice(1).split('/')[0] ?? '';
  return clean({ pointer: fault.instancePath, expected: expectedBy(fault), found: String(asked[name] ?? 'nothing') });
}

function expectedBy({ keyword, params, message }: FastifySchemaValidationError): string {
  if (keyword === 'enum') return (params.allowedValues as string[]).join(' or ');
  if (keyword === 'format' && params.format === 'date') return 'a day, like 2026-11-03';
  if (keyword === 'pattern') {
    const pattern = params.pattern as string;
    return WORDS[pattern] ?? meaningOf(pattern) ?? `text like ${pattern}`;
  }
  return (message ?? keyword).replace(/^must (be |match )?/, '');
}
