import { once } from 'node:events';
import type { Format, Row } from '../formats/format.ts';
import { BY_NAME } from '../formats/formats.ts';
import type { Columns, Meta } from '../model/query.ts';
import { hint, Misused } from './command.ts';
import { table } from './table.ts';

const NAMED: Record<string, Format> = { ...BY_NAME, table };

/** For the help of a command. */
export const FORMAT_NAMES = Object.keys(NAMED).join(', ');

/** The format that was named; without a name a table on a terminal, CSV where it is piped. */
export function formatOf(name: string | boolean | undefined): Format {
  if (name === undefined) return process.stdout.isTTY ? table : NAMED.csv!;
  const format = NAMED[String(name)];
  if (!format)
    throw new Misused(`--format: expected ${FORMAT_NAMES}, found ${name}${hint(String(name), Object.keys(NAMED))}`);
  return format;
}

/** Writes rows to stdout, no faster than they are read. */
export async function print(format: Format, columns: Columns, rows: AsyncIterable<Row[]>, meta: Meta): Promise<void> {
  for await (const text of format.write({ columns, rows, meta, next: null }))
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
