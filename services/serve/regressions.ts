import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { REGRESSION_COLUMNS, RESIDUAL_COLUMNS } from '../answer/regression.ts';
import { ID_PATTERN } from '../model/fields.ts';
import { type Columns, columnsSchema, type Dataset } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { Problem } from './problem.ts';
import { formatFor, leaving, sendAnswer } from './reply.ts';
import { type SpanParameters, spanOf, spanParameters } from './span.ts';
import { viewerOf } from './viewer.ts';

const Question = Type.Object(
  { ...spanParameters, room: Type.Optional(Type.String({ pattern: ID_PATTERN })) },
  { additionalProperties: false },
);

/** `GET /v1/regressions`: what warms each room. `GET /v1/regressions/residuals`: what that leaves, hour by hour. */
export function regressions(app: FastifyInstance, deps: Deps): void {
  const route = (path: string, dataset: Dataset, columns: Columns, summary: string) =>
    app.get(
      path,
      {
        schema: { summary, querystring: Question, response: { '4xx': Problem } },
        config: { docs: { rows: columnsSchema(columns) } },
      },
      async (request, reply) => {
        const asked = request.query as SpanParameters & { room?: string };
        const format = formatFor(request);
        const filters = asked.room === undefined ? {} : { room: asked.room };
        const query = { dataset, span: spanOf(asked), filters };
        return sendAnswer(request, reply, format, await deps.ask(query, viewerOf(request), leaving(reply)));
      },
    );
  route(
    '/v1/regressions',
    'regressions',
    REGRESSION_COLUMNS,
    'Temperature of each room by how many are in it, the hour and the day (the last four weeks): least squares, in words too',
  );
  route(
    '/v1/regressions/residuals',
    'residuals',
    RESIDUAL_COLUMNS,
    'Each hour of such a regression: what it was, what the line says, and what is left',
  );
}
