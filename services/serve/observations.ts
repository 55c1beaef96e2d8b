import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { ID_PATTERN, PSEUDONYM_PATTERN } from '../model/fields.ts';
import { Observation } from '../model/observation.ts';
import { Reject } from '../model/reject.ts';
import { ownOf } from '../validate/own.ts';
import { BODY_MAX } from './bounds.ts';
import type { Deps } from './deps.ts';
import { type PageParameters, pageOf, pageParameters } from './page.ts';
import { Problem } from './problem.ts';
import { formatFor, leaving, sendAnswer } from './reply.ts';
import { Sent } from './sent.ts';
import { type SpanParameters, spanOf, spanParameters } from './span.ts';
import { viewerOf } from './viewer.ts';

/** Rejects that a 200 shows; the others are at /v1/rejects. */
const REJECTS_SHOWN = 20;

const filters = {
  kind: Type.Optional(Type.String({ enum: ['sighting', 'measurement', 'heartbeat'] })),
  gateway: Type.Optional(Type.String({ pattern: ID_PATTERN })),
  badge: Type.Optional(Type.String({ pattern: PSEUDONYM_PATTERN })),
  sensor: Type.Optional(Type.String({ pattern: ID_PATTERN })),
  quantity: Type.Optional(Type.String({ maxLength: 32 })),
  simulated: Type.Optional(Type.Boolean()),
};

const Question = Type.Object(
  {
    ...spanParameters,
    ...filters,
    sort: Type.Optional(
      Type.String({ enum: ['-time', 'time', '-received', 'received', '-position', 'position'], default: '-time' }),
    ),
    ...pageParameters,
  },
  { additionalProperties: false },
);

const Stored = Type.Object({
  stored: Type.Integer(),
  duplicate: Type.Integer(),
  rejected: Type.Integer(),
  rejects: Type.Array(Reject, { description: `the first ${REJECTS_SHOWN}` }),
});

type Asked = SpanParameters & PageParameters & { sort?: string } & Record<keyof typeof filters, string | undefined>;

/** `GET /v1/observations`: what was stored. `POST`: what is to be stored; answered when it is safe. */
export function observations(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/observations',
    {
      schema: {
        summary: 'What gateways and sensors reported, newest first',
        querystring: Question,
        response: { '4xx': Problem },
      },
      config: { docs: { rows: Observation } },
    },
    async (request: FastifyRequest, reply) => {
      const asked = request.query as Asked;
      const format = formatFor(request);
      const wanted = Object.keys(filters)
        .map((name) => [name, asked[name as keyof Asked]] as const)
        .filter(([, value]) => value !== undefined);
      const answer = await deps.ask(
        {
          dataset: 'observations',
          span: spanOf(asked),
          filters: Object.fromEntries(wanted) as Record<string, string>,
          ...(asked.sort && { sort: asked.sort }),
          ...pageOf(asked, format),
        },
        viewerOf(request),
        leaving(reply),
      );
      return sendAnswer(request, reply, format, answer);
    },
  );
  app.post(
    '/v1/observations',
    {
      bodyLimit: BODY_MAX,
      schema: {
        summary: 'Stores observations: JSON, an array, NDJSON, CSV, raddec or open-badge hub lines; gzip is recognised',
        description: 'The 200 comes when all that is good is safe. Sending it again stores nothing twice.',
        response: { 200: Stored, '4xx': Problem, 503: Problem },
      },
      config: { docs: { body: Sent }, ingest: true },
    },
    async (request) => {
      const { gateway } = viewerOf(request);
      const told = { stored: 0, duplicate: 0, rejected: 0, rejects: [] as Reject[] };
      const { socket } = request.raw;
      const { timeout = 0 } = socket;
      // All of it is here: however long the store takes, it is not the sender who is silent.
      socket.setTimeout(0);
      try {
        // The next batch is read when the last one is safe: of a long body there is never more in memory.
        for await (const read of deps.read((request.body as Buffer | undefined) ?? Buffer.alloc(0))) {
          const batch =
            gateway === undefined ? read : ownOf(read, { gateway, why: 'as its token says', source: 'inbox' });
          const { stored, duplicate, rejected } = await deps.inbox.send(batch);
          told.stored += stored;
          told.duplicate += duplicate;
          told.rejected += rejected;
          const shown = batch.rejects.slice(0, REJECTS_SHOWN - told.rejects.length);
          // By the text a gateway would learn the pseudonym of any badge that it names.
          told.rejects.push(...(gateway === undefined ? shown : shown.map((one) => ({ ...one, text: '' }))));
        }
        return told;
      } finally {
        socket.setTimeout(timeout);
      }
    },
  );
}
