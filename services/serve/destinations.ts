import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { audit } from '../ledger/audit.ts';
import { readConfigured, TRIAL_KEY, type Trial } from '../ledger/deliveries.ts';
import type { Entry, Ledger } from '../ledger/ledger.ts';
import { DESTINATION_NAME, DestinationShown } from '../model/destination.ts';
import { Maybe } from '../model/fields.ts';
import type { Columns } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem, ProblemError } from './problem.ts';
import { whoOf } from './viewer.ts';

const errors = { '4xx': Problem };
const Named = Type.Object({ name: Type.String({ pattern: DESTINATION_NAME }) });
/** How a destination stands, as far as somebody tried: `tried` is null, `asked`, `done` or `failed`. */
const Shown = Type.Object({
  ...DestinationShown.properties,
  tried: Maybe(Type.String()),
  error: Maybe(Type.String()),
});
const COLUMNS: Columns = {
  ...{ name: 'text', kind: 'text', where: 'text', announces: 'boolean', tried: 'text', error: 'text' },
};

/** `/v1/destinations`: where files may be sent, without anything that opens it; `POST …/test` tries one. */
export function destinations(app: FastifyInstance, deps: Deps): void {
  const { ledger } = deps;
  app.get(
    '/v1/destinations',
    {
      schema: { summary: 'Where exports may be sent, as DESTINATIONS names it', response: errors },
      config: { docs: { rows: Shown } },
    },
    async (request, reply) => {
      const rows = await Promise.all((await readConfigured(ledger())).map((one) => shown(ledger(), one)));
      return sendListed(request, reply, deps, { dataset: 'destinations', columns: COLUMNS, rows });
    },
  );
  app.post(
    '/v1/destinations/:name/test',
    {
      schema: {
        summary: 'Tries a destination: its row says a moment later whether that worked',
        params: Named,
        response: errors,
      },
      config: { docs: { one: Shown } },
    },
    async (request, reply) => {
      const { name } = request.params as { name: string };
      const one = (await readConfigured(ledger())).find((known) => known.name === name) ?? refuse();
      await audit(ledger(), { who: whoOf(request), did: 'tested', schedule: null, what: name });
      await ask(ledger(), name);
      return reply.code(202).send(await shown(ledger(), one));
    },
  );
}

async function shown(ledger: Ledger, one: DestinationShown) {
  const trial = (await ledger.get(TRIAL_KEY(one.name))) as Entry<Trial> | null;
  return { ...one, tried: trial?.value.state ?? null, error: trial?.value.error ?? null };
}

async function ask(ledger: Ledger, name: string): Promise<void> {
  const version = ((await ledger.get(TRIAL_KEY(name)))?.version ?? 0) + 1;
  await ledger.put(TRIAL_KEY(name), version, { state: 'asked', error: null } satisfies Trial);
}

function refuse(): never {
  throw new ProblemError(404, 'expected the name of a destination, as GET /v1/destinations lists them');
}
