import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { audit } from '../ledger/audit.ts';
import type { Roll } from '../ledger/roll.ts';
import { Id, Maybe, Pseudonym } from '../model/fields.ts';
import { type Columns, columnsSchema } from '../model/query.ts';
import type { Member, Span, Venue, VenueFile } from '../model/venue.ts';
import { SMALL_MAX } from './body.ts';
import { changeVenue, Version } from './changing.ts';
import { checkedBy, instantAt, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem, ProblemError } from './problem.ts';
import { whoOf } from './viewer.ts';

/** Bytes of a `badges.csv` at most: some 100,000 badges. */
const LIST_MAX = 8 * 1024 * 1024;

const COLUMNS: Columns = { group: 'text', name: 'text', counted: 'boolean', usual: 'boolean', badges: 'integer' };
const Group = Type.Object(
  { name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })), counted: Type.Boolean() },
  { additionalProperties: false },
);
const Instant = Type.Union([Type.Integer(), Type.String()], { description: 'RFC 3339 or UTC epoch ms' });
const Membership = Type.Object(
  { from: Type.Optional(Instant), until: Type.Optional(Maybe(Instant)) },
  { additionalProperties: false },
);
const Undo = Type.Object({ version: Type.Integer({ minimum: 0 }) }, { additionalProperties: false });
const [group, membership, undo] = [Compile(Group), Compile(Membership), Compile(Undo)];
/** What a change of the list answers with: `before` brings back what was. */
const Enrolled = Type.Object({ version: Type.Integer(), before: Type.Integer(), badges: Type.Integer() });
const FAULTS = 'the group has faults';
const errors = { '4xx': Problem };
const json = ['application/json'];

/**
 * `/v1/groups`: which groups of badges count. A list of badges is hashed as it is read: no id is kept, shown or told. What is
 * said here goes before `badges.csv` beside the venue; each change can be taken back.
 */
export function groups(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/groups',
    {
      schema: { summary: 'Groups of badges: counted or not, and how many are in each now', response: errors },
      config: { docs: { rows: columnsSchema(COLUMNS) } },
    },
    async (request, reply) => {
      const rows = rowsOf(deps.changes.current(), Date.now());
      return sendListed(request, reply, deps, { dataset: 'groups', columns: COLUMNS, rows, readFrom: 'venue' });
    },
  );
  app.put(
    '/v1/groups/:id',
    {
      bodyLimit: SMALL_MAX,
      schema: {
        summary: 'Makes a group, or says whether it counts',
        params: Type.Object({ id: Id }),
        response: errors,
      },
      config: { docs: { one: Version, body: Group, bodyTypes: json } },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      const said = checkedBy<Static<typeof Group>>(group, jsonOf(request.body, '{"counted":false}'), FAULTS);
      const what = `${id} is ${said.counted ? '' : 'not '}counted`;
      return changeVenue(deps, request, 'grouped', what, (file) => withGroup(file, { id, ...said }));
    },
  );
  lists(app, deps);
  member(app, deps);
}

type Enroll = (
  request: FastifyRequest,
  members: Member[],
  what: string,
  did?: 'grouped' | 'ungrouped',
) => Promise<Static<typeof Enrolled>>;

/** Keeps a list of who is in which group, and who made it. */
const enrolling =
  (deps: Deps): Enroll =>
  async (request, members, what, did = 'grouped') => {
    const venue = deps.changes;
    const before = rollIn(deps).version;
    const { version, members: kept } = await venue.enroll(members);
    await audit(deps.ledger(), { who: whoOf(request), did, schedule: null, what });
    return { version, before, badges: new Set(kept.map(({ badge }) => badge)).size };
  };

/** What changes who is in which group, many at once. */
function lists(app: FastifyInstance, deps: Deps): void {
  const enroll = enrolling(deps);
  app.post(
    '/v1/groups/badges',
    {
      bodyLimit: LIST_MAX,
      schema: { summary: 'Who is in which group, as CSV: id,group,from,until; hashed as it is read', response: errors },
      config: { docs: { one: Enrolled, body: Type.String(), bodyTypes: ['text/csv'] } },
    },
    async (request) => enroll(request, membersIn(deps, String(request.body ?? '')), 'a list of badges'),
  );
  app.post(
    '/v1/groups/undo',
    {
      bodyLimit: SMALL_MAX,
      schema: { summary: 'Brings back the list as it was in a version', response: errors },
      config: { docs: { one: Enrolled, body: Undo, types: json } },
    },
    async (request) => {
      const { version } = checkedBy<Static<typeof Undo>>(undo, jsonOf(request.body, '{"version":1}'), FAULTS);
      const roll = deps.changes.roll(version);
      if (!roll) throw new ProblemError(404, 'expected a version of the list that is kept (the last 50)');
      return enroll(request, roll.members, `the list of version ${version}`, 'ungrouped');
    },
  );
}

/** One badge in a group. */
function member(app: FastifyInstance, deps: Deps): void {
  const enroll = enrolling(deps);
  app.put(
    '/v1/groups/:id/badges/:badge',
    {
      bodyLimit: SMALL_MAX,
      schema: {
        summary: 'A badge is in a group, from now on unless a span is given',
        params: Type.Object({ id: Id, badge: Pseudonym }),
        response: errors,
      },
      config: { docs: { one: Enrolled, body: Membership, types: json } },
    },
    async (request) => {
      const { id, badge } = request.params as { id: string; badge: string };
      const { groups = [] } = deps.changes.current().file;
      const ids = groups.map((one) => one.id);
      if (!ids.includes(id)) throw new ProblemError(404, `expected a group (${ids.join(', ') || 'none'}), found ${id}`);
      const row = { badge, group: id, ...spanIn(request.body) };
      return enroll(request, [row, ...rollIn(deps).members], `${badge} in ${id}`);
    },
  );
}

/** The span of a body, UTC ms: from now on, and for ever, where it does not say. */
function spanIn(body: unknown): Span {
  const said = checkedBy<Static<typeof Membership>>(membership, jsonOf(body, '{}'), FAULTS);
  const from = said.from === undefined ? Date.now() : instantAt('/from', said.from, FAULTS);
  const until = said.until == null ? Number.POSITIVE_INFINITY : instantAt('/until', said.until, FAULTS);
  if (from < until) return { from, until };
  throw new ProblemError(400, FAULTS, [
    { pointer: '/until', expected: 'an instant after from', found: String(said.until) },
  ]);
}

const rollIn = (deps: Deps): Roll => deps.changes.roll() ?? { version: 0, members: [] };

function membersIn(deps: Deps, csv: string): Member[] {
  try {
    return deps.changes.members(csv);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError(400, `the list cannot be read: ${(error as Error).message}`);
  }
}

/** The file with a group as it is said; its place in the list stays. */
function withGroup(file: VenueFile, said: { id: string; name?: string; counted: boolean }): VenueFile {
  const { groups = [] } = file;
  const isThere = groups.some(({ id }) => id === said.id);
  const all = isThere ? groups.map((one) => (one.id === said.id ? { ...one, ...said } : one)) : [...groups, said];
  return { ...file, groups: all };
}

function rowsOf({ file: { groups = [], badges }, members = [] }: Venue, now: number) {
  const inNow = members.filter(({ from, until }) => from <= now && now < until);
  return groups.map(({ id, name = null, counted = true }) => ({
    group: id,
    name,
    counted,
    usual: badges?.default === id,
    badges: inNow.filter((one) => one.group === id).length,
  }));
}
