import type { FastifyInstance } from 'fastify';
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';
import Type from 'typebox';
import { Maybe } from '../model/fields.ts';
import type { Columns } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem } from './problem.ts';

const Row = Type.Object({
  process: Type.String({ description: 'as in the list of screens' }),
  role: Type.String(),
  host: Type.String({ description: 'the machine’s name' }),
  screen: Maybe(
    Type.Number({
      unit: 's',
      description:
        '95 % of the batches since the start took no longer from received to the frame that screens were sent',
    }),
  ),
  requests: Maybe(Type.Number({ unit: 's', description: '95 % of the requests since the start took no longer' })),
  queries: Maybe(Type.Number({ unit: 's', description: 'the same of questions, to their last row' })),
  memory: Maybe(Type.Integer({ unit: 'bytes', description: 'of the process (resident)' })),
  lost: Type.Integer({
    description:
      'received since the start, and neither stored, known already nor a reject; with InfluxDB these are among the dead letters',
  }),
});
const COLUMNS: Columns = {
  process: 'text',
  role: 'text',
  host: 'text',
  screen: 'number',
  requests: 'number',
  queries: 'number',
  memory: 'integer',
  lost: 'integer',
};

/** `GET /v1/application`: how each process does, this one first, by the numbers that its `/metrics` has. */
export function application(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/application',
    {
      schema: {
        summary: 'How each process does, this one first: times of 95 %, memory, what was lost',
        response: { '4xx': Problem },
      },
      config: { docs: { rows: Row } },
    },
    async (request, reply) => {
      const rows = (await deps.processes()).map(({ application }) => application);
      return sendListed(request, reply, deps, { dataset: 'application', columns: COLUMNS, rows, readFrom: 'metrics' });
    },
  );
}

/** What a registry says; null where it does not count something, or has not yet. */
export async function applicationOf(metrics: Registry) {
  const read = async (name: string): Promise<MetricValue<string>[]> => {
    const found = await metrics.getSingleMetric(name)?.get();
    return (found as MetricObjectWithValues<MetricValue<string>> | undefined)?.values ?? [];
  };
  const sum = async (name: string) =>
    (await read(`hallway_observations_${name}_total`)).reduce((all, { value }) => all + value, 0);
  const kept = (await sum('stored')) + (await sum('duplicate')) + (await sum('rejected'));
  return {
    screen: quantile(0.95, await read('hallway_screen_seconds')),
    requests: quantile(0.95, await read('hallway_http_seconds')),
    queries: quantile(0.95, await read('hallway_query_seconds')),
    memory: (await read('process_resident_memory_bytes'))[0]?.value ?? null,
    lost: (await sum('received')) - kept,
  };
}

/**
 * A quantile of a histogram over all its labels, within its bucket as Prometheus's `histogram_quantile` has it: in a straight
 * line; past the last bound that bound. Null while nothing was counted.
 */
function quantile(share: number, values: readonly MetricValue<string>[]): number | null {
  const counts = new Map<number, number>();
  for (const { labels, value } of values) {
    if (labels.le === undefined) continue;
    const bound = Number(String(labels.le).replace('+Inf', 'Infinity'));
    counts.set(bound, (counts.get(bound) ?? 0) + value);
  }
  const bounds = [...counts].sort(([a], [b]) => a - b);
  const wanted = share * (bounds.at(-1)?.[1] ?? 0);
  if (wanted === 0) return null;
  const at = bounds.findIndex(([, count]) => count >= wanted);
  const [[until, count], [from, before]] = [bounds[at]!, bounds[at - 1] ?? [0, 0]];
  return until === Number.POSITIVE_INFINITY ? from : from + ((until - from) * (wanted - before)) / (count - before);
}
