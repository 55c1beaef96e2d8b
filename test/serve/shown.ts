import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { FORMATS } from '../../services/formats/formats.ts';
import { openMemory } from '../../services/store/database.ts';
import { rowsOf } from '../../services/store/rows.ts';
import { unzip } from '../formats/unzip.ts';
import { newFolder } from '../service.ts';

const XLSX = Object.keys(FORMATS).at(-1)!;

/** What a reader would see of an answer: what is packed is unpacked. */
export async function textOf(bytes: Buffer, type: string): Promise<Buffer> {
  if (type.includes('parquet')) return Buffer.from(await parquetText(bytes));
  if (type.includes('arrow'))
    return Buffer.from(
      JSON.stringify(tableFromIPC(new Uint8Array(bytes)).toArray(), (_, value) =>
        typeof value === 'bigint' ? Number(value) : value,
      ),
    );
  if (type.includes(XLSX)) return Buffer.concat([...unzip(bytes).values()]);
  return bytes;
}

async function parquetText(bytes: Buffer): Promise<string> {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'a.parquet');
  writeFileSync(file, bytes);
  const memory = await openMemory(folder);
  try {
    let text = '';
    for await (const rows of rowsOf(await memory.connection.stream(`SELECT * FROM read_parquet('${file}')`)))
      text += JSON.stringify(rows);
    return text;
  } finally {
    memory.close();
  }
}
