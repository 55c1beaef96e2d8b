import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Deps } from './deps.ts';
import { asLines } from './lines.ts';
import { leaving } from './reply.ts';
import { Sent } from './sent.ts';

/** How long a client that sends on may take to read why its load broke off, ms. */
const LINGER_MS = 2000;

const Question = Type.Object(
  { name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'named as the source in rejects' })) },
  { additionalProperties: false },
);

const Line = Type.Object({
  bytes: Type.Integer({ description: 'read' }),
  stored: Type.Integer(),
  duplicate: Type.Integer(),
  rejected: Type.Integer(),
  done: Type.Optional(Type.Boolean()),
  error: Type.Optional(Type.String({ description: 'why it broke off' })),
});

/**
 * `POST /v1/loads`: a file of any length as the body. The answer is NDJSON, a line of progress at a time; the last
 * one has `done`, or an `error` if the load broke off: what is counted by then is safe, sending it again is harmless.
 */
export async function loads(app: FastifyInstance, deps: Deps): Promise<void> {
  // In a scope of its own: here a body is a stream, and its length has no bound.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.post(
      '/v1/loads',
      {
        bodyLimit: Number.MAX_SAFE_INTEGER,
        schema: {
          summary: 'Stores a file of any length; answers with its progress as NDJSON',
          description: 'The last line has `done`, or an `error`: what is counted by then is safe.',
          querystring: Question,
        },
        config: { docs: { body: Sent, lines: Line }, unhurried: true },
      },
      async (request, reply) => {
        const { name = 'load' } = request.query as { name?: string };
        const lines = deps.load(uploadOf(request, reply), name, leaving(reply));
        return reply.type('application/x-ndjson').send(Readable.from(asLines(lines)));
      },
    );
  });
}

/**
 * The body as a stream that may be let go while the connection stays: the last line has to reach a client that is still
 * sending. What is sent after it is read and dropped for a while, then the connection ends.
 */
function uploadOf(request: FastifyRequest, reply: FastifyReply): Readable {
  const body = request.body as Readable | null | undefined;
  if (!body) return Readable.from([]);
  reply.raw.once('finish', () => {
    if (request.raw.complete) return;
    request.raw.resume();
    setTimeout(() => request.raw.destroy(), LINGER_MS).unref();
  });
  return Readable.from(body.iterator({ destroyOnReturn: false }));
}
