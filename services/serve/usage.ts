import { existsSync, readdirSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Row } from '../formats/format.ts';
import type { Columns } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem } from './problem.ts';

const Used = Type.Object({
  day: Type.String({ description: 'of the venue’s zone, 2026-11-03' }),
  kind: Type.Unsafe<'page' | 'query'>({ type: 'string', enum: ['page', 'query'] }),
  name: Type.String({ description: 'of a page its file, of a query its dataset' }),
  count: Type.Integer({ minimum: 0 }),
});
const COLUMNS: Columns = { day: 'text', kind: 'text', name: 'text', count: 'integer' };
const Question = Type.Object(
  {
    since: Type.Optional(Type.String({ format: 'date', description: 'the first day that is shown' })),
  },
  { additionalProperties: false },
);

/** `/v1/usage`: how often pages were opened and datasets asked for, by day. Nobody else is told, and no address is kept. */
export function usage(app: FastifyInstance, deps: Deps): void {
  countViews(app, deps);
  app.get(
    '/v1/usage',
    {
      schema: {
        summary: 'How often each page was opened and each dataset was asked for, newest day first',
        querystring: Question,
        response: { '4xx': Problem },
      },
      config: { docs: { rows: Used } },
    },
    async (request, reply) => {
      const { since } = request.query as { since?: string };
      const rows: Row[] = await deps.usage.read(since);
      return sendListed(request, reply, deps, { dataset: 'usage', columns: COLUMNS, rows });
    },
  );
}

/** Only files of ours are names: an address may be written in many ways. */
function countViews(app: FastifyInstance, { pages, usage }: Pick<Deps, 'pages' | 'usage'>): void {
  const files = existsSync(pages) ? readdirSync(pages, { recursive: true, encoding: 'utf8' }) : [];
  const known = new Set(files.filter((file) => file.endsWith('.html')));
  app.addHook('onResponse', async (request, { statusCode }) => {
    if (request.method !== 'GET' || (statusCode !== 200 && statusCode !== 304)) return;
    const path = request.url.split('?')[0]!.slice(1);
    const page = path === '' || path.endsWith('/') ? `${path}index.html` : path;
    if (known.has(page)) usage.viewed(page);
  });
}
