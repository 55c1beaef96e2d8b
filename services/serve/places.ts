import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Temporal } from 'temporal-polyfill';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Ledger } from '../ledger/ledger.ts';
import { KEYS, type Request } from '../ledger/runs.ts';
import { daysIn } from '../model/day.ts';
import { Id } from '../model/fields.ts';
import { wordsOf } from '../model/windows.ts';
import { moved } from '../validate/venue/moved.ts';
import { SMALL_MAX } from './body.ts';
import { changeVenue } from './changing.ts';
import { checkedBy, instantAt, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { Problem, ProblemError } from './problem.ts';

const DAY_MS = 86_400_000;
/** Days back that are made again at most. */
const BACK_DAYS = 366;

const Given = Type.Object(
  {
    room: Id,
    x: Type.Optional(Type.Number({ unit: 'm' })),
    y: Type.Optional(Type.Number({ unit: 'm' })),
    height: Type.Optional(Type.Number({ minimum: -100, maximum: 100, unit: 'm' })),
    from: Type.Optional(
      Type.Union([Type.Integer(), Type.String()], { description: 'RFC 3339 or UTC epoch ms; now if not given' }),
    ),
  },
  { additionalProperties: false },
);
const given = Compile(Given);
const Moved = Type.Object({ version: Type.String(), isNew: Type.Boolean(), from: Type.Integer() });
const FAULTS = 'the place has faults';

/**
 * `POST /v1/gateways/:id/places`: a gateway stands elsewhere, or higher, from an instant on. That is a new version of the venue:
 * where it stood before stays written, and ended days that it concerns are made again.
 */
export function places(app: FastifyInstance, deps: Deps): void {
  app.post(
    '/v1/gateways/:id/places',
    {
      bodyLimit: SMALL_MAX,
      schema: {
        summary: 'A gateway was moved or raised: where it stands from an instant on',
        params: Type.Object({ id: Id }),
        response: { '4xx': Problem },
      },
      config: { docs: { one: Moved, body: Given, types: ['application/json'] } },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      const now = Date.now();
      const { from: at, ...place } = checkedBy<Static<typeof Given>>(
        given,
        jsonOf(request.body, '{"room":"…","x":…,"y":…,"from":…}'),
        FAULTS,
      );
      // A whole second to come: the frames that were made stay as they are.
      const from = at === undefined ? Math.ceil(now / 1000) * 1000 + 1000 : instantAt('/from', at, FAULTS);
      if (from > now + BACK_DAYS * DAY_MS || from < now - BACK_DAYS * DAY_MS)
        throw new ProblemError(400, FAULTS, [
          { pointer: '/from', expected: `an instant within ${BACK_DAYS} days of now`, found: String(at) },
        ]);
      const what = `${id} to ${place.room} from ${wordsOf(from, deps.zone())}`;
      const changed = await changeVenue(deps, request, 'moved', what, (file) => moved(file, id, { ...place, from }));
      if (changed.isNew) await askAgain(deps.ledger(), from, now, deps.zone());
      return { ...changed, from };
    },
  );
}

/** Ended days from an instant on are made again, in the newest venue. */
async function askAgain(ledger: Ledger, from: number, now: number, zone: string): Promise<void> {
  const [first] = daysIn({ from, until: from + 1 }, zone);
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  const last = today.subtract({ days: 1 }).toString();
  if (!first || first.day > last) return;
  const asked: Request = { job: 'presences', from: first.day, until: last, again: true, state: 'asked', days: [] };
  await ledger.put(KEYS.request('presences', randomUUID()), 1, asked);
}
