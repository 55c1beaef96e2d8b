import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from './problem.ts';

/** A check that lets those alone pass who have the service's own token, which lies in `service.json` for its owner: commands and jobs of this machine. */
export function ownOnly(own: string): (request: FastifyRequest) => void {
  const known = digest(own);
  return ({ headers }) => {
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
    if (!timingSafeEqual(known, digest(token))) throw new ProblemError(403, "expected the service's own token");
  };
}

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();
