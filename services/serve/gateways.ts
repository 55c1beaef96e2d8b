import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { GATEWAY_COLUMNS, POPULATION_COLUMNS } from '../answer/datasets.ts';
import type { Row } from '../formats/format.ts';
import type { Wellness } from '../live/live.ts';
import { type Columns, columnsSchema, type Viewer } from '../model/query.ts';
import { mayAs } from '../model/scope.ts';
import type { Deps } from './deps.ts';
import { Problem } from './problem.ts';
import { formatFor, leaving, sendAnswer } from './reply.ts';
import { type SpanParameters, spanOf, spanParameters } from './span.ts';
import { viewerOf } from './viewer.ts';

const DAY_MS = 86_400_000;
/** A clock that is off by so much is worth a look, ms; so is one that hears less than this share of its usual. */
const SKEW_MS = 1000;
const SLOW_SHARE = 0.5;
/** Below so many sightings a minute half of them may be missing by chance. */
const EXPECTED_LEAST = 30;
/** Without the live picture a gateway that said nothing for so long is silent (NUMBERS: Coverage), ms. */
const QUIET_MS = 300_000;

const COLUMNS: Columns = { state: 'text', ...GATEWAY_COLUMNS };

/**
 * `GET /v1/gateways`: each one that spoke or that the venue knows, and how it is now. Without `from` it is about the day before
 * the newest observation, so that what it costs does not grow with the store. `GET /v1/population`: badges, in one row.
 */
export function gateways(app: FastifyInstance, deps: Deps): void {
  const config = (columns: Columns) => ({ docs: { rows: columnsSchema(columns) } });
  app.get(
    '/v1/gateways',
    {
      schema: {
        summary: 'Every gateway: its room, state, rate beside its usual, clock, what it heard and said last',
        querystring: Type.Object(spanParameters, { additionalProperties: false }),
        response: { '4xx': Problem },
      },
      config: config(COLUMNS),
    },
    async (request, reply) => {
      const format = formatFor(request);
      const { from, until } = spanOf(request.query as SpanParameters);
      const newest = until ?? deps.status().received ?? Date.now();
      const span = { from: from ?? newest - DAY_MS, ...(until !== undefined && { until }) };
      const viewer = viewerOf(request);
      const answer = await deps.ask({ dataset: 'gateways', span }, viewer, leaving(reply));
      const rows = withState(answer.rows, deps.wellness(), Date.now(), mayNameBadges(viewer));
      return sendAnswer(request, reply, format, { ...answer, columns: COLUMNS, rows });
    },
  );
  app.get(
    '/v1/population',
    {
      schema: {
        summary: 'Badges of the last quarter of an hour: heard, by two gateways or more, with a weak battery',
        response: { '4xx': Problem },
      },
      config: config(POPULATION_COLUMNS),
    },
    async (request, reply) => {
      const format = formatFor(request);
      const answer = await deps.ask({ dataset: 'population' }, viewerOf(request), leaving(reply));
      return sendAnswer(request, reply, format, answer);
    },
  );
}

async function* withState(
  chunks: AsyncIterable<Row[]>,
  wellness: ReadonlyMap<string, Wellness> | null,
  now: number,
  isNaming: boolean,
): AsyncGenerator<Row[]> {
  for await (const rows of chunks)
    yield rows.map((row) => ({
      state: stateOf(row, wellness, now),
      ...row,
      ...(!isNaming && row.said !== null && { said: { ...(row.said as Row), badge: null } }),
    }));
}

/** Whom a gateway heard last is for those who may see badges by their pseudonyms. */
const mayNameBadges = ({ scope }: Viewer): boolean => mayAs(scope, 'analyst');

/** How a gateway is: what the live picture says of it, then what its figures say. */
export type GatewayState = 'silent' | 'deaf' | 'slow' | 'clock' | 'stranger' | 'heard';

type GatewayFigures = { gateway: string; known: boolean; status: string | null; rate: number } & Record<
  'received' | 'usual' | 'skew',
  number | null
>;

/** The state of a row of gateways; `wellness` null: whoever makes the live picture does not say, and nobody is known to be deaf. */
export function stateOf(row: Row, wellness: ReadonlyMap<string, Wellness> | null, now: number): GatewayState {
  const { gateway, known, status, received, rate, usual, skew } = row as GatewayFigures;
  const isQuiet = received === null || now - received > QUIET_MS;
  const well = wellness ? (wellness.get(gateway) ?? 'silent') : isQuiet ? 'silent' : 'good';
  if (!known) return 'stranger';
  const isOff = skew !== null && Math.abs(skew) >= SKEW_MS;
  // Live frames go by its own clock: far behind, it seems silent to them while it speaks.
  if (well === 'silent' && isOff && !isQuiet && status !== 'offline') return 'clock';
  if (well !== 'good' || status === 'offline') return well === 'deaf' ? 'deaf' : 'silent';
  if (usual !== null && usual * 60 >= EXPECTED_LEAST && rate < SLOW_SHARE * usual) return 'slow';
  return isOff ? 'clock' : 'heard';
}
