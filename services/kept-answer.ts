import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Ask } from './answer/answer.ts';
import { parquet } from './formats/parquet.ts';
import type { PivotQuery } from './model/pivot.ts';
import type { Meta } from './model/query.ts';

/** Asks a question for the house itself and keeps the rows in a Parquet file. Resolves to what the answer says of itself. */
export async function keepAnswer(ask: Ask, query: PivotQuery, file: string, signal: AbortSignal): Promise<Meta> {
  const answer = await ask({ dataset: 'pivot', pivot: query }, { scope: 'system' }, signal);
  await pipeline(parquet.write(answer), createWriteStream(file, { mode: 0o600 }), { signal });
  return answer.meta;
}
