import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Row } from '../formats/format.ts';
import type { Columns } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { formatFor, sendAnswer } from './reply.ts';
import { viewerOf } from './viewer.ts';

/** Rows of what the ledger holds (or what `readFrom` says), in the format that `Accept` asks for. `dataset`: what the answer says it is of. */
export async function sendListed(
  request: FastifyRequest,
  reply: FastifyReply,
  { ask }: Pick<Deps, 'ask'>,
  {
    dataset,
    columns,
    rows,
    readFrom = 'ledger',
  }: { dataset: string; columns: Columns; rows: Row[]; readFrom?: string },
) {
  const format = formatFor(request);
  const { meta } = await ask({ dataset: 'venue' }, viewerOf(request));
  const said = { ...meta, dataset, rows: rows.length, readFrom };
  return sendAnswer(request, reply, format, { columns, rows: once(rows), meta: said, next: null });
}

async function* once(rows: Row[]): AsyncGenerator<Row[]> {
  yield rows;
}
