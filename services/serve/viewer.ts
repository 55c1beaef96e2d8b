import type { FastifyRequest } from 'fastify';
import type { Viewer } from '../model/query.ts';
import { THIS_MACHINE } from './door.ts';

/** Who asks. Throws where a route is open, since nobody has said who they are there. */
export function viewerOf({ viewer }: FastifyRequest): Viewer {
  if (viewer) return viewer;
  throw new RangeError('expected a route that is not open');
}

/** Who asks, in words that are kept. */
export function whoOf(request: FastifyRequest): string {
  const { token } = viewerOf(request);
  if (!token || token.id === THIS_MACHINE) return 'this machine';
  return `${request.headers.authorization ? '' : 'a session of '}${nameOf(viewerOf(request), request.ip)}`;
}

/** Whose token it is, and where they ask from. */
export function nameOf({ token }: Viewer, ip: string): string {
  const { id, name } = token!;
  return `${name === id ? id : `${name} (${id})`}, from ${ip}`;
}
