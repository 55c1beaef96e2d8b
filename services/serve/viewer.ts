import type { FastifyRequest } from 'fastify';
import type { Viewer } from '../model/query.ts';
import { COOKIE } from './tokens.ts';

/** Who asks. Without tokens only this machine can, and it is the admin's. */
export const viewerOf = (_request: FastifyRequest): Viewer => ({ scope: 'admin' });

/** Who asks, in words that are kept: there are no names yet, only ways in. */
export function whoOf({ headers, ip }: FastifyRequest): string {
  if (headers.authorization) return `a token, from ${ip}`;
  return headers.cookie?.includes(`${COOKIE}=`) ? `a session, from ${ip}` : 'this machine';
}
