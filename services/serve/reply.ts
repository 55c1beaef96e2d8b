import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../answer/answer.ts';
import type { Format } from '../formats/format.ts';
import { FORMATS, MAPPED } from '../formats/formats.ts';
import { ProblemError } from './problem.ts';

/** The format that `Accept` asks for; 406 lists what there is. */
export function formatFor(request: FastifyRequest, formats: Record<string, Format> = FORMATS): Format {
  const types = Object.keys(formats);
  const wanted = request.accepts().type(types);
  const format = typeof wanted === 'string' ? formats[wanted] : undefined;
  if (!format) throw new ProblemError(406, `expected an Accept of ${types.join(', ')}`);
  return format;
}

/** The format of a map. */
export const mapFormatFor = (request: FastifyRequest): Format => formatFor(request, MAPPED);

/** Sends an answer. Where the format has no room for them, its meta and cursor are headers. */
export function sendAnswer(request: FastifyRequest, reply: FastifyReply, format: Format, answer: Answer) {
  reply.headers(headersOf(format, answer)).header('vary', 'accept');
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-cache');
  if (!format.whole && answer.next) reply.header('link', `<${nextPage(request, answer.next)}>; rel="next"`);
  return reply.send(Readable.from(format.write(answer)));
}

/** What says what an answer is: its type, and its meta where the format has no room for it. */
export const headersOf = (format: Format, { meta }: Answer): Record<string, string> => ({
  'content-type': format.type,
  ...(!format.whole && { 'hallway-meta': JSON.stringify(meta) }),
});

function nextPage(request: FastifyRequest, cursor: string): string {
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.set('cursor', cursor);
  return url.pathname + url.search;
}

/** Aborts when the client leaves before the answer is whole. */
export function leaving(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) controller.abort();
  });
  return controller.signal;
}
