import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { audit } from '../ledger/audit.ts';
import { endNotice, notice, putNotice, readHeard, readNotices } from '../ledger/notices.ts';
import { GivenNotice, isForPublic, NOTICE_ID, Notice, noticeFaults, stateOf } from '../model/notice.ts';
import { createProgramme } from '../model/now-next.ts';
import type { Columns } from '../model/query.ts';
import { mayAs } from '../model/scope.ts';
import { checkedBy, instantAt, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { NEWEST, newest, sendListed } from './listed.ts';
import { Problem, ProblemError } from './problem.ts';
import { viewerOf, whoOf } from './viewer.ts';

/** Bytes of a notice at most, and notices that were ever written. */
const BODY_MAX = 16_384;
const NOTICES_MAX = 10_000;
const FAULTS = 'the notice has faults';
const STATES = ['now', 'later', 'over'] as const;
const given = Compile(GivenNotice);
const errors = { '4xx': Problem };
const Named = Type.Object({ id: Type.String({ pattern: NOTICE_ID }) });
const Heard = Type.Array(Type.Object({ gateway: Type.String(), time: Type.Integer() }));
const Shown = Type.Object({
  ...Notice.properties,
  state: Type.Unsafe<(typeof STATES)[number]>({ type: 'string', enum: [...STATES] }),
  /** the gateways that have said that they have it */
  heard: Heard,
});
const COLUMNS: Columns = {
  ...{ id: 'text', kind: 'text', text: 'text', targets: 'json', from: 'instant', until: 'instant', every: 'integer' },
  ...{ times: 'integer', ended: 'instant', origin: 'text', state: 'text', heard: 'json' },
};
const Part = Type.Object({
  room: Type.String(),
  kind: Type.String(),
  title: Type.String(),
  from: Type.Integer(),
  until: Type.Integer(),
});
const PROGRAMME: Columns = { room: 'text', kind: 'text', title: 'text', from: 'instant', until: 'instant' };

/** `/v1/notices`: what people are told on screens, badges and by gateways; `/v1/programme/now`: what is now and next. */
export function notices(app: FastifyInstance, deps: Deps): void {
  reading(app, deps);
  writing(app, deps);
}

/** Every notice, newest first, with how it stands. */
async function rowsOf({ ledger, venue, clock }: Pick<Deps, 'ledger' | 'venue' | 'clock'>) {
  const all = await readNotices(ledger(), venue().file);
  return all.map((one) => ({ ...one, state: stateOf(one, clock(), venue().zone) })).reverse();
}

/** Notices with who has acknowledged them. */
async function heardOf<T extends Notice>({ ledger }: Pick<Deps, 'ledger'>, rows: readonly T[]) {
  const heard = await readHeard(ledger(), new Set(rows.map(({ id }) => id)));
  return rows.map((one) => ({ ...one, heard: heard.get(one.id) ?? [] }));
}

function reading(app: FastifyInstance, deps: Deps): void {
  const { venue, clock } = deps;
  app.get(
    '/v1/notices',
    {
      schema: {
        summary: 'Notices, newest first; those of the public only while they hold',
        querystring: Type.Object(
          { state: Type.Optional(Type.String({ enum: [...STATES] })), limit: NEWEST },
          { additionalProperties: false },
        ),
        response: errors,
      },
      config: { docs: { rows: Shown } },
    },
    async (request, reply) => {
      const { state, limit } = request.query as { state?: string; limit: number };
      const isGuest = !mayAs(viewerOf(request).scope, 'viewer');
      const found = (await rowsOf(deps))
        .filter((one) => !isGuest || !deps.isRounded || isForPublic(one))
        .filter(
          (one) => one.state === (isGuest ? 'now' : (state ?? one.state)) && (!isGuest || (state ?? 'now') === 'now'),
        );
      const told = newest(found, limit, (one) => one.state === 'now');
      const rows = isGuest ? told.map((one) => ({ ...one, heard: [] })) : await heardOf(deps, told);
      return sendListed(request, reply, deps, { dataset: 'notices', columns: COLUMNS, rows });
    },
  );
  app.get(
    '/v1/programme/now',
    {
      schema: {
        summary: 'What is now and next in each room, by the sessions and merges of the venue',
        response: errors,
      },
      config: { docs: { rows: Part } },
    },
    async (request, reply) => {
      const parts = createProgramme(venue().file)(clock()).flatMap(({ room, now, next }) => [
        ...(now ? [{ kind: 'now', ...now, room }] : []),
        ...(next ? [{ kind: 'next', ...next, room }] : []),
      ]);
      return sendListed(request, reply, deps, { dataset: 'programme', columns: PROGRAMME, rows: parts });
    },
  );
}

function writing(app: FastifyInstance, deps: Deps): void {
  const { ledger, clock } = deps;
  app.post(
    '/v1/notices',
    {
      bodyLimit: BODY_MAX,
      schema: {
        summary: 'Tells something; the same id again is the same notice, and changes nothing',
        response: errors,
      },
      config: { docs: { one: Notice, made: Notice, body: GivenNotice, bodyTypes: ['application/json'] } },
    },
    async (request, reply) => {
      const made = noticeIn(request.body, deps);
      if ((await ledger().list('notice/')).length >= NOTICES_MAX)
        throw new ProblemError(409, `expected ${NOTICES_MAX} notices at most: this house has told them all`);
      const { kept, isNew } = await putNotice(ledger(), made);
      if (isNew)
        await audit(ledger(), {
          who: whoOf(request),
          did: 'wrote',
          schedule: null,
          what: `notice ${made.id}: ${made.text}`,
        });
      return reply.code(isNew ? 201 : 200).send(kept);
    },
  );
  const ending = (id: string) => ({ params: Named, response: errors, summary: id });
  app.delete(
    '/v1/notices/:id',
    { schema: ending('Ends a notice now; it stays in the list'), config: { docs: { one: Shown } } },
    (request) => end(request, clock()),
  );
  app.post(
    '/v1/notices/:id/resume',
    { schema: ending('Takes back that a notice was ended'), config: { docs: { one: Shown } } },
    (request) => end(request, null),
  );

  async function end(request: FastifyRequest, time: number | null) {
    const { id } = request.params as { id: string };
    const found = (await rowsOf(deps)).find((one) => one.id === id);
    if (!found) throw new ProblemError(404, 'expected the id of a notice, as GET /v1/notices lists them');
    if (time !== null && found.state === 'over')
      throw new ProblemError(409, 'expected a notice that is not over, found one that is');
    await audit(ledger(), {
      who: whoOf(request),
      did: time === null ? 'resumed' : 'ended',
      schedule: null,
      what: `notice ${id}: ${found.text}`,
    });
    await endNotice(ledger(), id, time);
    const [ended] = await heardOf(
      deps,
      (await rowsOf(deps)).filter((one) => one.id === id),
    );
    return ended!;
  }
}

/** What somebody wrote as a notice. Throws a problem with every fault. */
function noticeIn(body: unknown, { venue, clock }: Pick<Deps, 'venue' | 'clock'>): Notice {
  const found = checkedBy<GivenNotice>(given, jsonOf(body, 'a notice: {"text":…}'), FAULTS);
  const { id = randomUUID().slice(0, 13), kind = 'info', text, targets = ['venue'], every = null, times } = found;
  const from = found.from === undefined ? clock() : instantAt('/from', found.from, FAULTS);
  const until = found.until == null ? null : instantAt('/until', found.until, FAULTS);
  const made = notice({ id, kind, text: text.trim(), targets, from, until, every, times: times ?? 1, origin: 'page' });
  const faults = noticeFaults(made, venue().file);
  if (faults.length > 0) throw new ProblemError(422, FAULTS, faults);
  return made;
}
