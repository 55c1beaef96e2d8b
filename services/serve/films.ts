import { createReadStream } from 'node:fs';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { Id } from '../model/fields.ts';
import { FilmOrder, FilmRow, GIF_FPS_MAX, picturesOf, SIDE_MAX, SIDE_MIN, sizeIn } from '../model/film-order.ts';
import type { Columns } from '../model/query.ts';
import type { Venue } from '../model/venue.ts';
import { checkedBy, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem, ProblemError } from './problem.ts';

/** Bytes of an order at most, and pictures of a film: an hour and a half at twelve a second. */
const [BODY_MAX, PICTURES_MAX] = [4096, 65_000];
const COLUMNS: Columns = {
  id: 'text',
  state: 'text',
  order: 'json',
  made: 'integer',
  of: 'integer',
  bytes: 'integer',
  error: 'text',
  asked: 'instant',
};
const order = Compile(FilmOrder);
const errors = { '4xx': Problem };
const params = Type.Object({ id: Id });
const TYPES: Record<string, string> = { mp4: 'video/mp4', webm: 'video/webm', gif: 'image/gif', png: 'image/png' };

/** `/v1/films`: films of the replay, made one after another beside the service. */
export function films(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/films',
    {
      schema: { summary: 'Films that are made or wait, the newest first', response: errors },
      config: { docs: { rows: FilmRow } },
    },
    (request, reply) =>
      sendListed(request, reply, deps, { dataset: 'films', columns: COLUMNS, rows: deps.films.list() }),
  );
  app.post(
    '/v1/films',
    {
      bodyLimit: BODY_MAX,
      schema: { summary: 'Orders a film of a span; it is made in the background', response: errors },
      config: { docs: { one: FilmRow, body: FilmOrder, bodyTypes: ['application/json'] } },
    },
    async (request, reply) => {
      const row = deps.films.order(orderIn(request, deps.venue()));
      if (!row)
        throw new ProblemError(429, 'expected fewer films that wait: delete one, or come again', undefined, {
          'retry-after': '60',
        });
      return reply.code(202).send(row);
    },
  );
  app.get(
    '/v1/films/:id/file',
    { schema: { summary: 'The file of a film that is made', params, response: errors } },
    async (request, reply) => {
      const row = deps.films.list().find(({ id }) => id === idIn(request));
      const file = deps.films.file(idIn(request));
      if (!row || !file)
        throw new ProblemError(404, 'expected the id of a film that is done, as GET /v1/films lists them');
      return reply
        .type(TYPES[row.order.format]!)
        .header('content-disposition', `attachment; filename="hallway-${row.id}.${row.order.format}"`)
        .send(createReadStream(file));
    },
  );
  app.delete(
    '/v1/films/:id',
    {
      schema: { summary: 'Ends the making of a film, and deletes it', params, response: errors },
      config: { docs: { one: FilmRow } },
    },
    async (request) => {
      const row = deps.films.drop(idIn(request));
      if (!row) throw new ProblemError(404, 'expected the id of a film, as GET /v1/films lists them');
      return row;
    },
  );
}

const idIn = ({ params }: FastifyRequest): string => (params as { id: string }).id;

function orderIn({ body }: FastifyRequest, { file }: Venue): FilmOrder {
  const asked = checkedBy<FilmOrder>(order, jsonOf(body, 'an order of a film'), 'the order has faults');
  const fault = (pointer: string, expected: string, found: string) =>
    new ProblemError(400, 'the order has faults', [{ pointer, expected, found }]);
  if (asked.from >= asked.until) throw fault('/until', `an instant after from, ${asked.from}`, String(asked.until));
  if (asked.size !== undefined && !sizeIn(asked.size))
    throw fault('/size', `WIDTHxHEIGHT, even, ${SIDE_MIN} to ${SIDE_MAX} each`, asked.size);
  if (asked.format === 'gif' && (asked.fps ?? 0) > GIF_FPS_MAX)
    throw fault('/fps', `${GIF_FPS_MAX} at most in a GIF`, `${asked.fps}`);
  const floors = (file.floors ?? []).map(({ id }) => id);
  if (asked.floor !== undefined && !floors.includes(asked.floor))
    throw fault('/floor', floors.length > 0 ? floors.join(' or ') : 'no floor: the venue names none', asked.floor);
  const pictures = picturesOf(asked);
  if (pictures > PICTURES_MAX)
    throw fault(
      '/speed',
      `${PICTURES_MAX} pictures at most: a greater speed, fewer fps or a shorter span`,
      `${pictures}`,
    );
  return asked;
}
