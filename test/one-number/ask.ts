import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import { openMemory } from '../../services/store/database.ts';
import type { Row } from '../../services/store/rows.ts';
import { rowsOf } from '../../services/store/rows.ts';

export const TYPES = {
  json: 'application/json',
  csv: 'text/csv',
  arrow: 'application/vnd.apache.arrow.stream',
  parquet: 'application/vnd.apache.parquet',
} as const;
export type Format = keyof typeof TYPES;
export const FORMATS = Object.keys(TYPES) as Format[];

/** The bytes of a GET, or of a POST of a question. Throws where it is refused. */
export async function bytesOf(address: string, type: string, question?: object): Promise<Buffer> {
  const posted = question && { method: 'POST', body: JSON.stringify(question) };
  const headers = { accept: type, ...(question && { 'content-type': 'application/json' }) };
  const reply = await fetch(address, { headers, ...posted });
  const bytes = Buffer.from(await reply.arrayBuffer());
  if (!reply.ok) throw new Error(`${address}: ${reply.status} ${bytes.toString().slice(0, 500)}`);
  return bytes;
}

/** Rows of a body or a file, as they are told apart: texts of CSV stay texts. `folder`: where one may be put down. */
export async function readRows(bytes: Buffer, format: Format, folder: string): Promise<Row[]> {
  if (format === 'json') {
    const body = JSON.parse(bytes.toString()) as Row[] | { rows: Row[] };
    return Array.isArray(body) ? body : body.rows;
  }
  if (format === 'csv') return parse(bytes, { columns: true, bom: true }) as Row[];
  if (format === 'arrow')
    return tableFromIPC(bytes)
      .toArray()
      .map((row) => plain(row!.toJSON()));
  const file = join(folder, 'asked.parquet');
  writeFileSync(file, bytes);
  const memory = await openMemory(folder);
  try {
    const rows: Row[] = [];
    const values = { file };
    for await (const some of rowsOf(await memory.connection.stream('SELECT * FROM read_parquet($file)', values)))
      rows.push(...some);
    return rows;
  } finally {
    memory.close();
  }
}

const plain = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  );

/** A value as CSV writes it. */
export function textOf(name: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' && /^(time|from|until|step:.+)$/.test(name)) return new Date(value).toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
