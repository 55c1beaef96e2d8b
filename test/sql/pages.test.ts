import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { ROOT } from '../service.ts';

/**
 * A page is questions and answers about SQL, in blocks parted by empty lines:
 *   file NAME            runs services/NAME.sql
 *   run                  runs the statements below it
 *   ask [$name=1 …]      runs a query (or `file NAME`, which may stand in brackets in one), and after `----` come its rows, cells parted by blanks
 * Lines that begin with # say why.
 */
type Block = { line: number; head: string[]; body: string; answer: string[] | null };

const FOLDER = join(ROOT, 'test/sql/');
const SERVICES = join(ROOT, 'services/');

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let line = 1;
  for (const part of text.split(/\n{2,}/)) {
    const kept = part.split('\n').filter((row) => !row.startsWith('#') && row.trim() !== '');
    if (kept.length > 0) {
      const [head, ...rest] = kept as [string, ...string[]];
      const at = rest.indexOf('----');
      const body = (at < 0 ? rest : rest.slice(0, at)).join('\n');
      blocks.push({ line, head: head.split(' '), body, answer: at < 0 ? null : rest.slice(at + 1) });
    }
    line += part.split('\n').length + 1;
  }
  return blocks;
}

const fileOf = (name: string) => readFileSync(`${SERVICES}${name}.sql`, 'utf8');

async function check(connection: DuckDBConnection, block: Block): Promise<void> {
  const [verb, ...words] = block.head;
  if (verb === 'file') return void (await connection.run(fileOf(words[0]!)));
  if (verb === 'run') return void (await connection.run(block.body));
  assert.equal(verb, 'ask', `line ${block.line}: expected file, run or ask`);
  const values = Object.fromEntries(
    words.map((word) => /^\$(\w+)=(-?\w+)$/.exec(word)!.slice(1)).map(([name, text]) => [name!, readValue(text!)]),
  );
  const whole = block.body.startsWith('file ') ? fileOf(block.body.slice(5)) : block.body;
  const query = whole.replace(/\(file (\S+)\)/, (_, name: string) => `(${fileOf(name)})`);
  const rows = (await connection.runAndReadAll(query, values)).getRows();
  const cell = (value: unknown) => (value === null ? 'NULL' : String(value).replaceAll(' ', '_'));
  assert.deepEqual(
    rows.map((row) => row.map(cell).join(' ')),
    block.answer!.map((row) => row.trim().replace(/ +/g, ' ')),
    `line ${block.line}`,
  );
}

/** A whole number, true or false, or text. */
const readValue = (text: string): bigint | boolean | string =>
  /^-?\d+$/.test(text) ? BigInt(text) : text === 'true' || text === 'false' ? text === 'true' : text;

for (const page of readdirSync(FOLDER).filter((name) => name.endsWith('.test')))
  describe(`sql ${page}`, () => {
    it('answers as the page says', async () => {
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      const blocks = blocksOf(readFileSync(FOLDER + page, 'utf8'));
      assert.ok(
        blocks.some((block) => block.answer),
        'a page that asks nothing',
      );
      for (const block of blocks) await check(connection, block);
      instance.closeSync();
    });
  });
