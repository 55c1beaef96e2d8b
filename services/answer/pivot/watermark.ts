import { namedIn } from './statement.ts';
import type { Work } from './work.ts';

/**
 * Up to when a question's span is known, UTC ms: of what is derived as far as it was made, of what is stored its newest
 * record; null: there is none.
 */
export async function watermarkOf({ query, source, connection, plan, opened }: Work): Promise<number | null> {
  if (query.dataset !== 'observations') return opened.span.from < opened.span.until ? opened.span.until : null;
  const text = `SELECT max(${source.time}) FROM ${source.from} WHERE ${source.within}`;
  const found = await connection.runAndReadAll(text, namedIn(text, plan.values));
  const [newest] = found.getRows()[0] ?? [];
  return newest == null ? null : Number(newest);
}
