import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

/** Bytes at the end of an archive in which its directory is looked for, and of a local head but its name. */
const TAIL_MAX = 66_000;
const HEAD = 30;
const ROW = '<row ';
const END = Buffer.from('PK\x05\x06', 'latin1');
/** A value that stands in the part for large archives (ZIP64); bytes of what says where its end is, and of that; which extra field it is. */
const LARGE = 0xffffffff;
const LOCATOR = 20;
const LARGE_END = 56;
const LARGE_FIELD = 1;

type Part = { name: string; method: number; packed: number; at: number };

/** Rows of a workbook of ours, all its sheets together, without their headings. Throws where it is no archive. */
export async function sheetRows(file: string): Promise<number> {
  const handle = await open(file);
  try {
    let rows = 0;
    for (const part of (await partsOf(handle)).filter(({ name }) => name.startsWith('xl/worksheets/')))
      rows += (await countIn(await textOf(file, handle, part))) - 1;
    return rows;
  } finally {
    await handle.close();
  }
}

/** What an archive holds, by its central directory (APPNOTE 6.3). */
async function partsOf(handle: FileHandle): Promise<Part[]> {
  const { size } = await handle.stat();
  const tail = await bytesAt(handle, Math.max(0, size - TAIL_MAX), Math.min(size, TAIL_MAX));
  const end = tail.lastIndexOf(END);
  if (end < 0) throw new Error('expected an archive, found no end of its directory');
  const directory = await directoryOf(handle, tail, end);
  const parts: Part[] = [];
  for (let at = 0; at < directory.length; ) {
    const [name, extra, comment] = [28, 30, 32].map((place) => directory.readUInt16LE(at + place)) as [
      number,
      number,
      number,
    ];
    const large = largeIn(directory.subarray(at + 46 + name, at + 46 + name + extra));
    // Those that are too large for their place stand in the field, in this order.
    const [, packed, start] = [24, 20, 42].map((place) => {
      const value = directory.readUInt32LE(at + place);
      return value === LARGE ? (large.shift() ?? value) : value;
    });
    parts.push({
      name: directory.toString('utf8', at + 46, at + 46 + name),
      method: directory.readUInt16LE(at + 10),
      ...{ packed: packed!, at: start! },
    });
    at += 46 + name + extra + comment;
  }
  return parts;
}

async function directoryOf(handle: FileHandle, tail: Buffer, end: number): Promise<Buffer> {
  const [length, at] = [12, 16].map((place) => tail.readUInt32LE(end + place)) as [number, number];
  if (at !== LARGE && length !== LARGE) return bytesAt(handle, at, length);
  const large = await bytesAt(handle, Number(tail.readBigUInt64LE(end - LOCATOR + 8)), LARGE_END);
  return bytesAt(handle, Number(large.readBigUInt64LE(48)), Number(large.readBigUInt64LE(40)));
}

/** The numbers of the extra field for large archives. */
function largeIn(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2))
    if (extra.readUInt16LE(at) === LARGE_FIELD)
      return Array.from({ length: extra.readUInt16LE(at + 2) >> 3 }, (_, i) =>
        Number(extra.readBigUInt64LE(at + 4 + 8 * i)),
      );
  return [];
}

async function textOf(file: string, handle: FileHandle, { method, packed, at }: Part): Promise<Readable> {
  const head = await bytesAt(handle, at, HEAD);
  const start = at + HEAD + head.readUInt16LE(26) + head.readUInt16LE(28);
  const bytes = createReadStream(file, { start, end: start + packed - 1 });
  return method === 0 ? bytes : bytes.pipe(createInflateRaw());
}

/** How often a row begins; in texts a `<` is escaped. */
async function countIn(text: Readable): Promise<number> {
  let [rows, held] = [0, ''];
  for await (const chunk of text) {
    const some = held + (chunk as Buffer).toString('latin1');
    rows += some.split(ROW).length - 1;
    held = some.slice(-(ROW.length - 1));
  }
  return rows;
}

async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, at);
  return buffer;
}
