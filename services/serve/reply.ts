import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../answer/answer.ts';
import type { Format, Row } from '../formats/format.ts';
import { FORMATS, MAPPED } from '../formats/formats.ts';
import { hasAlready } from './kept.ts';
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

/** Sends an answer. Where the format has no room for them, its meta and cursor are headers; who has it already is told so. */
export async function sendAnswer(request: FastifyRequest, reply: FastifyReply, format: Format, answer: Answer) {
  reply.header('vary', 'accept');
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-cache');
  const tagged = reply.hasHeader('etag') ? null : await tag(format, answer);
  if (tagged) {
    reply.header('etag', `W/${tagged.etag}`);
    if (hasAlready(request, tagged.etag)) return reply.code(304).send();
  }
  reply.headers(headersOf(format, answer));
  if (!format.whole && answer.next) reply.header('link', `<${nextPage(request, answer.next)}>; rel="next"`);
  return reply.send(Readable.from(format.write(tagged?.answer ?? answer)));
}

/** Rows of an answer that are looked at for its ETag at most. */
const TAGGED_MAX = 100_000;

/**
 * An answer whose rows are held, with an ETag of its content: so it says no more than the answer does. How long it took is none
 * of it, which makes the tag a weak one. Null for a stream, and for what is sent as the engine has it.
 */
async function tag(format: Format, answer: Answer): Promise<{ etag: string; answer: Answer } | null> {
  const { ms: _ms, ...meta } = answer.meta;
  if (answer.typed || meta.rows === null || meta.rows > TAGGED_MAX) return null;
  const hash = createHash('sha256').update(JSON.stringify([format.type, meta, answer.next]));
  const held: Row[][] = [];
  for await (const rows of answer.rows) {
    held.push(rows);
    hash.update(JSON.stringify(rows));
  }
  return { etag: `"${hash.digest('base64url').slice(0, 24)}"`, answer: { ...answer, rows: Readable.from(held) } };
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
