import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { bodyOf, SMALL_MAX } from './body.ts';
import type { Deps } from './deps.ts';
import { asLines } from './lines.ts';
import { ownOnly } from './own.ts';
import { leaving } from './reply.ts';

/** A folder as the machine names it. */
const folder = {
  expected: 'the whole path of a folder',
  read: (value: unknown): string | undefined =>
    typeof value === 'string' && value.startsWith('/') && !value.includes('\0') ? value : undefined,
};

/**
 * `POST /v1/backups`, for `hallway backup` on this machine alone: backs up into a folder, and answers with its progress as NDJSON. The
 * last line has `done` or an `error`.
 */
export function backups(app: FastifyInstance, { jobs }: Pick<Deps, 'jobs'>): void {
  if (!jobs) return;
  const check = ownOnly(jobs.token);
  app.post('/v1/backups', { schema: { hide: true }, bodyLimit: SMALL_MAX }, async (request, reply) => {
    check(request);
    const given = bodyOf(request, { folder });
    const lines = jobs.backUp(given.folder, leaving(reply));
    return reply.type('application/x-ndjson').send(Readable.from(asLines(lines)));
  });
}
