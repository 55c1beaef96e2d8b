import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { readCursor, writeCursor } from '../answer/cursor.ts';
import { audit } from '../ledger/audit.ts';
import { readConfigured } from '../ledger/deliveries.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { dropRule, firingId, openAndLast, pageOf, putRule, readFirings, readRules } from '../ledger/rules.ts';
import { valueAt } from '../ledger/runs.ts';
import { type Telling, tellingKey, tidingsOf } from '../ledger/tellings.ts';
import { anomalyChanges, placeOf } from '../live/anomalies.ts';
import { readingsIn } from '../live/readings.ts';
import { type Change, type Standings, stepRule } from '../live/rules.ts';
import { sentenceAfter, sentenceFor } from '../live/sentence.ts';
import type { Anomaly } from '../model/anomaly.ts';
import { Maybe, Time } from '../model/fields.ts';
import type { Columns } from '../model/query.ts';
import { Firing, GivenRule, RULE_ID, Rule, ruleFaultsOf, settledRule } from '../model/rule.ts';
import { checkedBy, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { NEWEST, sendListed } from './listed.ts';
import { pageParameters } from './page.ts';
import { Problem, ProblemError } from './problem.ts';
import { leaving } from './reply.ts';
import { whoOf } from './viewer.ts';

/** Bytes of a rule, and rules of the page, at most. */
const BODY_MAX = 16_384;
const RULES_MAX = 500;
/** A rule is tried with so much of the past, ms. */
const TRIED_MS = 86_400_000;
const FAULTS = 'the rule has faults';
const given = Compile(GivenRule);
const errors = { '4xx': Problem };
const Named = Type.Object({ id: Type.String({ pattern: RULE_ID }) });
const Shown = Type.Object({
  ...Rule.properties,
  /** places where it holds now */
  holds: Type.Array(Type.String()),
  fired: Type.Union([Type.Integer(), Type.Null()], { description: 'when it fired last, UTC ms' }),
});
const COLUMNS: Columns = {
  ...{ id: 'text', name: 'text', measure: 'text', where: 'text', above: 'number', below: 'number', unit: 'text' },
  ...{ clear: 'number', for: 'integer', coolDown: 'integer', severity: 'text', paused: 'boolean', notice: 'json' },
  ...{ to: 'json', origin: 'text', holds: 'json', fired: 'instant' },
};
/** How an episode stands with whoever is told of it. */
const FiringShown = Type.Object({
  ...Firing.properties,
  told: Type.Array(
    Type.Object({
      destination: Type.String(),
      is: Type.String(),
      state: Type.String(),
      attempt: Type.Integer(),
      error: Maybe(Type.String()),
      retry: Maybe(Time),
    }),
  ),
});
const FIRING_COLUMNS: Columns = {
  ...{ id: 'text', rule: 'text', name: 'text', place: 'text', measure: 'text', about: 'text', since: 'instant' },
  ...{ fired: 'instant', cleared: 'instant', value: 'number', clearedValue: 'number', sentence: 'text' },
  ...{ clearedSentence: 'text', notice: 'json', to: 'json', told: 'json' },
};

/** `/v1/rules`: what is looked for in each frame, and what is done then; `/v1/firings`: when it was found. */
export function rules(app: FastifyInstance, deps: Deps): void {
  reading(app, deps);
  writing(app, deps);
}

/** Every rule, by id, with where it holds. */
async function rowsOf({ ledger, venue }: Pick<Deps, 'ledger' | 'venue'>) {
  const firings = await readFirings(ledger(), undefined, openAndLast);
  return (await readRules(ledger(), venue().file)).map((rule) => {
    const own = firings.filter((firing) => firing.rule === rule.id);
    const holds = own.filter(({ cleared }) => cleared === null).map(({ place }) => place);
    return { ...rule, holds, fired: own[0]?.fired ?? null };
  });
}

function reading(app: FastifyInstance, deps: Deps): void {
  const { ledger } = deps;
  app.get(
    '/v1/rules',
    { schema: { summary: 'Rules, by id', response: errors }, config: { docs: { rows: Shown } } },
    async (request, reply) =>
      sendListed(request, reply, deps, { dataset: 'rules', columns: COLUMNS, rows: await rowsOf(deps) }),
  );
  app.get(
    '/v1/firings',
    {
      schema: {
        summary: 'Episodes in which rules held, newest first; those that hold come with the first page',
        querystring: Type.Object(
          { rule: Type.Optional(Type.String({ pattern: RULE_ID })), limit: NEWEST, cursor: pageParameters.cursor },
          { additionalProperties: false },
        ),
        response: errors,
      },
      config: { docs: { rows: FiringShown } },
    },
    async (request, reply) => {
      const { rule, limit, cursor } = request.query as { rule?: string; limit: number; cursor?: string };
      const { firings, next } = await firingsOn(ledger(), rule, limit, cursor);
      const rows = await toldOf(ledger(), firings);
      return sendListed(request, reply, deps, { dataset: 'firings', columns: FIRING_COLUMNS, rows, next });
    },
  );
  app.post(
    '/v1/rules/try',
    {
      bodyLimit: BODY_MAX,
      schema: {
        summary: 'When a rule would have held in the last 24 hours; nothing is kept and nobody told',
        response: errors,
      },
      config: { docs: { rows: Firing, body: GivenRule, bodyTypes: ['application/json'] } },
    },
    async (request, reply) => {
      const { rule } = ruleIn('try', request.body, deps);
      const found = await tried(deps, rule, reply);
      return sendListed(request, reply, deps, { dataset: 'firings', columns: FIRING_COLUMNS, rows: found });
    },
  );
}

function writing(app: FastifyInstance, deps: Deps): void {
  const { ledger, venue } = deps;
  const one = async (id: string) => (await rowsOf(deps)).find((rule) => rule.id === id) ?? refuse();
  app.put(
    '/v1/rules/:id',
    {
      bodyLimit: BODY_MAX,
      schema: { summary: 'Keeps a rule under an id, or overwrites it', params: Named, response: errors },
      config: { docs: { one: Shown, body: GivenRule, bodyTypes: ['application/json'] } },
    },
    async (request) => {
      const id = idIn(request);
      const { rule, body } = ruleIn(id, request.body, deps);
      await refuseUnknown(deps, rule);
      const known = (await readRules(ledger(), venue().file)).find((other) => other.id === id);
      if (!known && (await ledger().list('rule/')).length >= RULES_MAX)
        throw new ProblemError(409, `expected ${RULES_MAX} rules at most: delete one that nobody needs`);
      await audit(ledger(), {
        who: whoOf(request),
        did: deedOf(known, rule),
        schedule: null,
        what: `rule ${rule.name}`,
      });
      await putRule(ledger(), id, body);
      return one(id);
    },
  );
  app.delete(
    '/v1/rules/:id',
    {
      schema: { summary: 'Takes a rule away; what it found stays', params: Named, response: errors },
      config: { docs: { one: Shown } },
    },
    async (request) => {
      const known = await one(idIn(request));
      if (known.origin === 'venue')
        throw new ProblemError(
          409,
          'expected a rule of the page, found one of venue.json: pause it, or take it out there',
        );
      await audit(ledger(), { who: whoOf(request), did: 'deleted', schedule: null, what: `rule ${known.name}` });
      await dropRule(ledger(), known.id);
      return known;
    },
  );
}

/** A page of episodes, and where the next begins. */
async function firingsOn(ledger: Ledger, rule: string | undefined, limit: number, cursor: string | undefined) {
  const [sort, key, types] = ['-first', ['first', 'key'], { first: 'instant', key: 'text' }] as const;
  const after = cursor === undefined ? null : readCursor(cursor, sort, [...key], types);
  let next: string | null = null;
  const firings = await readFirings(ledger, rule, (known) => {
    const { found, last } = pageOf(known, limit, after as [number, string] | null);
    next = last && writeCursor(sort, [...key], last);
    return found;
  });
  return { firings, next };
}

/** Episodes with how they stand at each destination. */
const toldOf = (ledger: Ledger, firings: readonly Firing[]) =>
  Promise.all(
    firings.map(async (firing) => {
      const told = tidingsOf([firing]).map(async (tiding) => {
        const { state, attempt, error, retry } = (await valueAt<Telling>(ledger, tellingKey(tiding))) ?? UNTOLD;
        return { destination: tiding.destination, is: tiding.is, state, attempt, error, retry };
      });
      return { ...firing, told: await Promise.all(told) };
    }),
  );
const UNTOLD = { state: 'waiting', attempt: 0, error: null, retry: null };

/** What somebody wrote as a rule. Throws a problem with every fault. */
function ruleIn(id: string, body: unknown, { venue }: Pick<Deps, 'venue'>): { rule: Rule; body: GivenRule } {
  const found = checkedBy<GivenRule>(given, jsonOf(body, 'a rule'), FAULTS);
  const rule = settledRule(id, found, 'page');
  const faults = ruleFaultsOf(rule, venue().file);
  if (faults.length > 0) throw new ProblemError(422, FAULTS, faults);
  return { rule, body: found };
}

function deedOf(known: Rule | undefined, rule: Rule): string {
  if (!known) return 'made';
  return known.paused === rule.paused ? 'edited' : rule.paused ? 'paused' : 'resumed';
}

/** Throws a problem where a rule tells what is no destination. */
async function refuseUnknown({ ledger }: Pick<Deps, 'ledger'>, { to }: Rule): Promise<void> {
  const there = (await readConfigured(ledger())).flatMap(({ name, kind }) => (kind === 's3' ? [] : [name]));
  const expected = `one that DESTINATIONS names, and no storage: ${there.join(', ') || 'none yet'}`;
  const faults = to.flatMap((found, i) => (there.includes(found) ? [] : [{ pointer: `/to/${i}`, expected, found }]));
  if (faults.length > 0) throw new ProblemError(422, FAULTS, faults);
}

/** The episodes of a rule in the last day, newest first: from the frames that were shown, by the fold that looks at live ones. */
async function tried(deps: Deps, rule: Rule, reply: FastifyReply): Promise<Firing[]> {
  const now = deps.clock();
  const span = { from: now - TRIED_MS, until: now };
  const signal = leaving(reply);
  if (rule.measure === 'silence')
    throw new ProblemError(409, 'expected a rule about rooms: the record of what was shown holds no gateways');
  const found: (Firing & { told: [] })[] = [];
  const fired = ({ place, since, time, value }: Omit<Change, 'is'>, sentence: string, about: string | null = null) => {
    const episode = { rule: rule.id, place, since, about };
    const words = { name: rule.name, measure: rule.measure, notice: rule.notice, to: rule.to };
    const open = { cleared: null, clearedValue: null, clearedSentence: null };
    found.push({ id: firingId(episode), ...episode, ...words, ...open, fired: time, value, sentence, told: [] });
  };
  if (rule.measure === 'anomaly') {
    const anomalies: Anomaly[] = [];
    const { rows } = await deps.ask({ dataset: 'anomalies', span, limit: null }, { scope: 'viewer' }, signal);
    for await (const some of rows) anomalies.push(...(some as Anomaly[]));
    for (const one of anomalyChanges(rule, anomalies, [], { since: span.from, now }).fire)
      fired({ place: placeOf(one), since: one.time, time: one.time, value: one.value }, one.sentence, one.measure);
    return found.reverse();
  }
  const standings: Standings = new Map();
  const { file } = deps.venue();
  const each = (time: number, rooms: Parameters<Parameters<Deps['shown']>[1]>[1]) => {
    for (const change of stepRule(rule, standings, time, readingsIn(rule, { file }, [...rooms.values()])))
      if (change.is === 'fired') fired(change, sentenceFor(rule, change.place, change.value, file));
      else
        Object.assign(found.findLast(({ place, since }) => place === change.place && since === change.since)!, {
          ...{ cleared: change.time, clearedValue: change.value },
          clearedSentence: sentenceAfter(rule, change.place, change.value, file),
        });
  };
  await deps.shown(span, each, signal);
  return found.reverse();
}

const idIn = ({ params }: FastifyRequest): string => (params as { id: string }).id;

function refuse(): never {
  throw new ProblemError(404, 'expected the id of a rule, as GET /v1/rules lists them');
}
