import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { putMark, readMarks, undoMark } from '../ledger/marks.ts';
import { Mark } from '../model/anomaly.ts';
import { checkedBy, instantAt, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { Problem, ProblemError } from './problem.ts';

/** Bytes of a body, and characters of its words, at most. */
const BODY_MAX = 16_384;
const WORDS_MAX = 2000;

const Instant = Type.Union([Type.Integer(), Type.String()], { description: 'RFC 3339 or UTC epoch ms' });
const Given = Type.Object(
  {
    span: Type.Object({ from: Instant, until: Instant }, { additionalProperties: false }),
    room: Type.Optional(Mark.properties.room),
    measure: Type.Optional(Mark.properties.measure),
    kind: Mark.properties.kind,
    words: Type.Optional(Type.String({ maxLength: WORDS_MAX })),
  },
  { additionalProperties: false },
);
const given = Compile(Given);
const FAULTS = 'the mark has faults';

/**
 * `/v1/marks`: what people say of a span: that it was no anomaly, or that it shall neither alarm nor teach. The days that it
 * concerns are judged again; `DELETE` takes it back.
 */
export function marks(app: FastifyInstance, { ledger, venue, zone }: Deps): void {
  app.get(
    '/v1/marks',
    {
      schema: { summary: 'What people said of spans' },
      config: { docs: { one: Type.Object({ rows: Type.Array(Mark) }) } },
    },
    async () => ({
      rows: await readMarks(ledger()),
    }),
  );
  app.post(
    '/v1/marks',
    {
      bodyLimit: BODY_MAX,
      schema: {
        summary: 'Says of a span that it was no anomaly, or leaves it out; the past is judged again',
        response: { '4xx': Problem },
      },
      config: { docs: { made: Mark, body: Given, types: ['application/json'] } },
    },
    async (request, reply) => {
      const mark = markOf(request.body, venue().rooms);
      await putMark(ledger(), mark, zone(), Date.now());
      return reply.code(201).header('location', `/v1/marks/${mark.id}`).send(mark);
    },
  );
  app.delete(
    '/v1/marks/:id',
    { schema: { summary: 'Takes a mark back' }, config: { docs: { one: Mark } } },
    async (request) => {
      const { id } = request.params as { id: string };
      const mark = await undoMark(ledger(), id, zone(), Date.now());
      if (!mark) throw new ProblemError(404, 'expected the id of a mark, as GET /v1/marks lists them');
      return mark;
    },
  );
}

function markOf(body: unknown, rooms: readonly string[]): Mark {
  const found = checkedBy<Static<typeof Given>>(
    given,
    jsonOf(body, '{"span":{"from":…,"until":…},"kind":"exclude"}'),
    FAULTS,
  );
  const from = instantAt('/span/from', found.span.from, FAULTS);
  const until = instantAt('/span/until', found.span.until, FAULTS);
  if (from >= until)
    throw new ProblemError(400, FAULTS, [
      { pointer: '/span/until', expected: 'an instant after from', found: String(found.span.until) },
    ]);
  const { room = null, measure = null, kind, words = '' } = found;
  if (room !== null && !rooms.includes(room))
    throw new ProblemError(400, FAULTS, [{ pointer: '/room', expected: `one of ${rooms.join(', ')}`, found: room }]);
  return { id: randomUUID(), span: { from, until }, room, measure, kind, words };
}
