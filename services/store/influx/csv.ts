/**
 * Records of a CSV as InfluxDB writes it (RFC 4180, LF), in the chunks in which it comes: each header and empty line is
 * left out. Only what holds a quote is read letter by letter.
 */
export async function* recordsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[][]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of chunks) {
    const text = rest + decoder.decode(bytes, { stream: true });
    const end = endOf(text);
    rest = text.slice(end);
    const records = parse(text.slice(0, end));
    if (records.length > 0) yield records;
  }
  const records = parse(rest);
  if (records.length > 0) yield records;
}

/** Where the last whole record ends: after a line's end that is not within quotes. */
function endOf(text: string): number {
  let end = text.lastIndexOf('\n') + 1;
  if (!text.includes('"')) return end;
  while (end > 0 && isOpen(text, end)) end = text.lastIndexOf('\n', end - 2) + 1;
  return end;
}

/** Text up to `end` ends within quotes if it holds an odd number of them. */
function isOpen(text: string, end: number): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0 && at < end; at = text.indexOf('"', at + 1)) quotes++;
  return quotes % 2 === 1;
}

function parse(text: string): string[][] {
  const records = text.includes('"') ? quoted(text) : text.split('\n').map((line) => line.split(','));
  return records.filter(([name, tags]) => tags !== undefined && !(name === 'name' && tags === 'tags'));
}

/** One cell and what ends it: a comma, a line's end, or the text's. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/y;

function quoted(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  CELL.lastIndex = 0;
  while (CELL.lastIndex < text.length) {
    const found = CELL.exec(text);
    if (!found) throw new Error(`expected CSV, found ${text.slice(0, 100)}`);
    record.push(found[1]?.replaceAll('""', '"') ?? found[2]!);
    if (found[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}
