import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { dropView, putView, readView, readViews, VIEWS_MAX } from '../ledger/views.ts';
import { ID_PATTERN } from '../model/fields.ts';
import { canonicalPivot } from '../model/pivot-url.ts';
import type { Columns } from '../model/query.ts';
import { GivenView, View } from '../model/view.ts';
import { checkedBy, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem, ProblemError } from './problem.ts';

/** Bytes of a view at most: an entry of the ledger holds it with its name. */
const VIEW_MAX = 48 * 1024;
const COLUMNS: Columns = { id: 'text', name: 'text', query: 'json', look: 'text', time: 'instant' };
const given = Compile(GivenView);
const Named = Type.Object({ id: Type.String({ pattern: ID_PATTERN }) });
const errors = { '4xx': Problem };

/** `/v1/views`: questions that people keep under a name. `PUT` keeps or overwrites one, `DELETE` takes it away. */
export function views(app: FastifyInstance, { ask, ledger }: Deps): void {
  app.get(
    '/v1/views',
    { schema: { summary: 'Saved views, by name', response: errors }, config: { docs: { rows: View } } },
    async (request, reply) =>
      sendListed(request, reply, { ask }, { dataset: 'views', columns: COLUMNS, rows: await readViews(ledger()) }),
  );
  app.put(
    '/v1/views/:id',
    {
      bodyLimit: VIEW_MAX,
      schema: {
        summary: 'Keeps a view under an id, or overwrites it',
        params: Named,
        response: errors,
      },
      config: { docs: { one: View, body: GivenView, bodyTypes: ['application/json'] } },
    },
    async (request) => {
      const id = idIn(request);
      const {
        name,
        query,
        look = '',
      } = checkedBy<GivenView>(given, jsonOf(request.body, 'a view'), 'the view has faults');
      await refuseMany(id);
      await putView(ledger(), id, { name: name.trim(), query: canonicalPivot(query), look });
      return (await readView(ledger(), id)) ?? refuse();
    },
  );
  app.delete(
    '/v1/views/:id',
    {
      schema: {
        summary: 'Takes a view away; the answer is what it was',
        params: Named,
        response: errors,
      },
      config: { docs: { one: View } },
    },
    async (request) => (await dropView(ledger(), idIn(request))) ?? refuse(),
  );

  async function refuseMany(id: string): Promise<void> {
    const held = await readViews(ledger());
    if (held.length >= VIEWS_MAX && !held.some((view) => view.id === id))
      throw new ProblemError(409, `expected ${VIEWS_MAX} views at most; delete one that nobody needs`);
  }
}

const idIn = ({ params }: FastifyRequest): string => (params as { id: string }).id;

function refuse(): never {
  throw new ProblemError(404, 'expected the id of a view, as GET /v1/views lists them');
}
