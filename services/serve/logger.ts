import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { scrub } from '../validate/scrub.ts';
import { scrubAddress } from './address.ts';

/** The header that carries the id of a request, which stands in each line of the log about it and in each problem. */
export const REQUEST_ID = 'x-request-id';
/** What an id may be that a proxy gives: nothing that could end a line, a header or a cell. */
const GIVEN = /^[A-Za-z0-9._-]{8,64}$/;
/** Ids as proxies draw them: 128 bits in hex, or a UUID of version 4 or 7. (One of version 1 ends with a MAC.) */
const DRAWN = /^([0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})$/;
const PSEUDONYM = /\bk\d{1,6}\.[\w-]{16}/g;

/** The id that a proxy gave if it is well-formed and nothing like a badge, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[REQUEST_ID];
  if (typeof given !== 'string') return randomUUID();
  return DRAWN.test(given) || (GIVEN.test(given) && unbadged(given) === given) ? given : randomUUID();
}

/** Text without anything that names a badge. */
const unbadged = (text: string): string => scrub(text).replace(PSEUDONYM, '[badge]');

/** How the log is written: a JSON object a line, without questions, secrets or badges. */
export const loggerOf = (level: string) => ({
  level,
  serializers: {
    req: ({ method, url }: FastifyRequest) => ({ method, path: unbadged(scrubAddress(url.split('?')[0]!)) }),
    // What a library says of what went wrong may quote what it was given.
    err: ({ name, message, stack }: Error) => ({
      type: name,
      message: unbadged(message),
      stack: unbadged(stack ?? ''),
    }),
  },
});

/** A request is one line, when it is answered or its client has left: what was asked, the status, and how long it took, ms. */
export class OneLine extends LogController {
  override incomingRequest(): void {}
  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const said = { req: request, res: reply, responseTime: Math.round(reply.elapsedTime * 10) / 10 };
    if (error) reply.log.error({ ...said, err: error }, 'request errored');
    else reply.log.info(said, 'request completed');
  }
}

/** Tells each client the id of its request. */
export function useRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => void reply.header(REQUEST_ID, request.id));
}
