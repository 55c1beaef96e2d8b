import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Row } from '../formats/format.ts';
import type { Columns } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { formatFor, sendAnswer } from './reply.ts';
import { viewerOf } from './viewer.ts';

/** How many of a list are shown that grows for ever: the newest, and whatever holds now. */
export const NEWEST = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 1000, default: 200, description: 'the newest; what holds now is shown besides' }),
);

/** The first `limit` of rows that are newest first, and those after them that hold now. */
export const newest = <T>(rows: readonly T[], limit: number, holds: (row: T) => boolean): T[] =>
  rows.filter((row, i) => i < limit || holds(row));

/** Rows of what the ledger holds (or what `readFrom` says), in the format that `Accept` asks for. `dataset`: what the answer says it is of; `next`: the cursor of the next page. */
export async function sendListed(
  request: FastifyRequest,
  reply: FastifyReply,
  { ask }: Pick<Deps, 'ask'>,
  {
    dataset,
    columns,
    rows,
    readFrom = 'ledger',
    next = null,
  }: { dataset: string; columns: Columns; rows: Row[]; readFrom?: string; next?: string | null },
) {
  const format = formatFor(request);
  const { meta } = await ask({ dataset: 'venue' }, viewerOf(request));
  const said = { ...meta, dataset, rows: rows.length, readFrom };
  return sendAnswer(request, reply, format, { columns, rows: once(rows), meta: said, next });
}

async function* once(rows: Row[]): AsyncGenerator<Row[]> {
  yield rows;
}
