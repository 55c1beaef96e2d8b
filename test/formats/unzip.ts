import { crc32, inflateRawSync } from 'node:zlib';

/** The files of an archive, by name, from its central directory (APPNOTE 6.3, without ZIP64); each one's CRC is checked. */
export function unzip(bytes: Buffer): Map<string, Buffer> {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('expected an archive, found no end of a central directory');
  const files = new Map<string, Buffer>();
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < bytes.readUInt16LE(end + 10); i++) {
    const [method, crc, packed] = [10, 16, 20].map((offset) =>
      offset === 10 ? bytes.readUInt16LE(at + offset) : bytes.readUInt32LE(at + offset),
    ) as [number, number, number];
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const raw = bytes.subarray(start, start + packed);
    const file = method === 0 ? raw : inflateRawSync(raw);
    if (checksum(file) !== crc) throw new Error(`${name}: expected CRC ${crc}`);
    files.set(name, file);
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

/** `crc32` of node:zlib is younger than Node 20.15. */
const checksum = crc32 as (bytes: Buffer) => number;

/** What a cell of a sheet says: its type, its style and its value, a text as it was before it was escaped. */
export type Cell = { type: string; style: number; value: string };

const UNESCAPED: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
const plain = (text: string): string =>
  text
    .replace(/&(amp|lt|gt);/g, (one) => UNESCAPED[one]!)
    .replace(/_x([0-9A-F]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** Rows of a sheet, each its cells by the letters of their columns. */
function cellsIn(xml: string): Map<string, Cell>[] {
  return [...xml.matchAll(/<row r="(\d+)">(.*?)<\/row>/gs)].map(([, line, inner]) => {
    const cells = inner!.matchAll(
      /<c r="([A-Z]+)(\d+)"(?: s="(\d+)")?(?: t="(\w+)")?>(?:<v>(.*?)<\/v>|<is><t xml:space="preserve">(.*?)<\/t><\/is>)<\/c>/gs,
    );
    return new Map(
      [...cells].map(([, column, at, style, type, value, text]) => {
        if (at !== line) throw new Error(`expected a cell of row ${line}, found one of row ${at}`);
        return [column!, { type: type ?? 'n', style: Number(style ?? 0), value: value ?? plain(text ?? '') }];
      }),
    );
  });
}

/** The sheets of a workbook, in order. */
export const sheetsIn = (bytes: Buffer): Map<string, Cell>[][] =>
  [...unzip(bytes)]
    .filter(([name]) => name.startsWith('xl/worksheets/'))
    .map(([, xml]) => cellsIn(xml.toString('utf8')));
