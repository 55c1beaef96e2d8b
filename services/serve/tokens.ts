import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { audit } from '../ledger/audit.ts';
import { makeToken, readTokens, revokeToken, rotateToken, TOKENS_MAX } from '../ledger/tokens.ts';
import { ID_PATTERN } from '../model/fields.ts';
import type { Columns } from '../model/query.ts';
import { TOKEN_SCOPES, type TokenScope } from '../model/scope.ts';
import { TOKEN_ID, TOKEN_NAME_MAX, Token } from '../model/token.ts';
import { SMALL_MAX } from './body.ts';
import { checkedBy, instantAt, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem, ProblemError } from './problem.ts';
import { whoOf } from './viewer.ts';

/** How long the secret before a rotation opens, if nobody says, and at most: hours. */
const [GRACE_HOURS, GRACE_MAX_HOURS] = [24, 720];

/** Not blank, in one line. */
const ONE_LINE = '^(?=.*\\S)[^\\u0000-\\u001f]+$';

const Given = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: TOKEN_NAME_MAX,
      pattern: ONE_LINE,
      description: 'a name of one line',
    }),
    scope: Type.Unsafe<TokenScope>({ type: 'string', enum: [...TOKEN_SCOPES] }),
    gateway: Type.Optional(
      Type.String({ pattern: ID_PATTERN, description: 'of the scope gateway: whom it speaks for' }),
    ),
    expires: Type.Optional(
      Type.Union([Type.Integer(), Type.String(), Type.Null()], { description: 'RFC 3339, UTC epoch ms; null: never' }),
    ),
  },
  { additionalProperties: false },
);
const given = Compile(Given);
const Rotation = Type.Object(
  { hours: Type.Optional(Type.Integer({ minimum: 0, maximum: GRACE_MAX_HOURS, default: GRACE_HOURS })) },
  { additionalProperties: false },
);
const rotation = Compile(Rotation);
const Told = Type.Object({ token: Type.String({ description: 'told this once' }), row: Token });
const COLUMNS: Columns = {
  id: 'text',
  name: 'text',
  scope: 'text',
  gateway: 'text',
  issuer: 'text',
  made: 'instant',
  by: 'text',
  expires: 'instant',
  rotated: 'instant',
  before: 'instant',
  revoked: 'instant',
  used: 'instant',
  state: 'text',
};
const params = Type.Object({ id: Type.String({ pattern: TOKEN_ID }) });
const errors = { '4xx': Problem, 503: Problem };
const NONE = 'no such token that is good';

/** `/v1/tokens`: who may ask what. A secret is told once, when it is made; what is kept is its SHA-256. */
export function tokens(app: FastifyInstance, deps: Deps): void {
  const { ledger, door } = deps;
  const note: Note = (request, did, what) => audit(ledger(), { who: whoOf(request), did, schedule: null, what });
  app.get(
    '/v1/tokens',
    {
      schema: { summary: 'Tokens, the newest first; none tells its secret', response: errors },
      config: { docs: { rows: Token } },
    },
    async (request, reply) => {
      const rows = await readTokens(ledger());
      return sendListed(request, reply, deps, { dataset: 'tokens', columns: COLUMNS, rows });
    },
  );
  app.post(
    '/v1/tokens',
    {
      bodyLimit: SMALL_MAX,
      schema: { summary: 'Makes a token. The answer is the only place that tells its secret', response: errors },
      config: { docs: { one: Told, body: Given, bodyTypes: ['application/json'] } },
    },
    async (request, reply) => {
      const order = orderOf(checkedBy<Static<typeof Given>>(given, jsonOf(request.body, 'a token')));
      if ((await readTokens(ledger())).length >= TOKENS_MAX)
        throw new ProblemError(409, `expected fewer than ${TOKENS_MAX} tokens`);
      await note(request, 'made a token', `${order.name}: ${order.scope}`);
      const made = await makeToken(ledger(), order, whoOf(request));
      door.changed();
      reply.header('cache-control', 'no-store');
      return made;
    },
  );
  change(app, deps, note);
}

type Note = (request: FastifyRequest, did: string, what: string) => Promise<void>;

/** What becomes of a token that was made. */
function change(app: FastifyInstance, { ledger, door }: Deps, note: Note): void {
  app.post(
    '/v1/tokens/:id/rotations',
    {
      bodyLimit: SMALL_MAX,
      schema: {
        summary: 'Gives a token another secret; the one before opens for some hours more',
        params,
        response: errors,
      },
      config: { docs: { one: Told, body: Rotation, bodyTypes: ['application/json'] } },
    },
    async (request, reply) => {
      const { id } = request.params as { id: string };
      const { hours = GRACE_HOURS } = checkedBy<Static<typeof Rotation>>(rotation, jsonOf(request.body, 'a rotation'));
      await note(request, 'rotated a token', id);
      const made = await rotateToken(ledger(), id, hours * 3_600_000);
      if (!made) throw new ProblemError(404, NONE);
      reply.header('cache-control', 'no-store');
      return made;
    },
  );
  app.delete(
    '/v1/tokens/:id',
    {
      schema: {
        summary: 'Takes a token back for good, with every session that was got for it',
        params,
        response: errors,
      },
      config: { docs: { one: Token } },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      await note(request, 'took a token back', id);
      const row = await revokeToken(ledger(), id);
      if (!row) throw new ProblemError(404, NONE);
      door.changed();
      return row;
    },
  );
}

/** Throws a problem that names each fault. */
function orderOf({ name, scope, gateway, expires = null }: Static<typeof Given>) {
  const ends = expires === null ? null : instantAt('/expires', expires, 'the token has faults');
  const faults = [
    ...(ends !== null && ends <= Date.now()
      ? [{ pointer: '/expires', expected: 'an instant to come', found: new Date(ends).toISOString() }]
      : []),
    ...((scope === 'gateway') !== (gateway !== undefined)
      ? [
          {
            pointer: '/gateway',
            expected: scope === 'gateway' ? 'the gateway that it speaks for' : `no gateway for the scope ${scope}`,
            found: gateway ?? 'nothing',
          },
        ]
      : []),
  ];
  if (faults.length > 0) throw new ProblemError(400, 'the token has faults', faults);
  return { name: name.trim(), scope, gateway: gateway ?? null, expires: ends };
}
