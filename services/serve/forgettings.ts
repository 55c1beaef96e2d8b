import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { audit } from '../ledger/audit.ts';
import type { Entry } from '../ledger/ledger.ts';
import { ID_PATTERN } from '../model/fields.ts';
import { Receipt } from '../model/forgetting.ts';
import type { Columns } from '../model/query.ts';
import { bodyOf, SMALL_MAX } from './body.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem } from './problem.ts';
import { whoOf } from './viewer.ts';

/** What no badge can be called is a slip, and not to be told that it is forgotten. */
const ID = new RegExp(ID_PATTERN);
const badgeField = {
  expected: `the id that the badge sends (c0:ff:ee:00:00:01) or its pseudonym: 1 to 64 of A–Z a–z 0–9 . _ : -`,
  read: (value: unknown): string | undefined =>
    typeof value === 'string' && ID.test(value.trim()) ? value.trim() : undefined,
};
const Given = Type.Object({ badge: Type.String({ description: badgeField.expected }) });
const COLUMNS: Columns = {
  id: 'text',
  time: 'instant',
  who: 'text',
  pseudonyms: 'integer',
  sightings: 'integer',
  days: 'json',
  shown: 'json',
  files: 'json',
  windows: 'json',
  sent: 'json',
  lists: 'integer',
  texts: 'integer',
  unlisted: 'integer',
  left: 'json',
};

/** `/v1/forgettings`: a badge that asks to be forgotten is forgotten everywhere; what was done is a receipt that names nobody. */
export function forgettings(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/forgettings',
    {
      schema: { summary: 'Receipts of badges that were forgotten, the newest first', response: { '4xx': Problem } },
      config: { docs: { rows: Receipt } },
    },
    async (request, reply) => {
      const entries = (await deps.ledger().list('forgetting/')) as Entry<Receipt>[];
      const rows = entries.map(({ value }) => value).sort((a, b) => b.time - a.time);
      return sendListed(request, reply, deps, { dataset: 'forgettings', columns: COLUMNS, rows });
    },
  );
  app.post(
    '/v1/forgettings',
    {
      bodyLimit: SMALL_MAX,
      schema: {
        summary: 'Forgets a badge in the store, the record, what jobs made and exports; nothing more of it is let in',
        description: 'It cannot be undone. The live picture goes on as after a restart.',
        response: { '4xx': Problem, 503: Problem },
      },
      config: { docs: { one: Receipt, body: Given, bodyTypes: ['application/json'] } },
    },
    async (request) => {
      const { badge } = bodyOf<{ badge: string }>(request, { badge: badgeField });
      const who = whoOf(request);
      const receipt = await deps.forget(badge, who);
      // Not before: what cannot be done now was not done. After a kill the receipt says who it was.
      await audit(deps.ledger(), { who, did: 'forgot a badge', schedule: null, what: '' });
      return receipt;
    },
  );
}
