import type { FastifyInstance } from 'fastify';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { createDoor } from '../../services/serve/door.ts';

/** What a server needs to know of who comes in, where nobody needs a token. */
export function unguarded() {
  const ledger = memoryLedger();
  const door = createDoor({ own: [], isShut: false, key: 'none', ledger: () => ledger });
  return { door, proxies: [], tls: null, keeps: { days: 0, resultsDays: 0 }, isRounded: false };
}

/** An app without a guard: whoever asks is an admin. */
export const asAdmin = (app: FastifyInstance): FastifyInstance =>
  app.decorateRequest('viewer', { getter: () => ({ scope: 'admin' as const }) });
