import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { DELIMITERS, splitCells } from '../../services/validate/formats/cells.ts';

/** What csv-parse, which is strict, makes of one record. */
function oracle(text: string, delimiter: string): string[] | undefined {
  try {
    const [cells, ...others] = parse(text, { delimiter, relax_column_count: true });
    return others.length > 0 ? undefined : cells;
  } catch {
    return undefined;
  }
}

describe('splitCells(text, delimiter)', () => {
  it('undoes RFC 4180', () => {
    assert.deepEqual(splitCells('a,"b","c ""d"", e",,""', ','), ['a', 'b', 'c "d", e', '', '']);
    assert.deepEqual(splitCells(' a ; b;" c "', ';'), ['a', 'b', ' c ']);
    assert.deepEqual(splitCells('"two\nlines"\t', '\t'), ['two\nlines', '']);
    for (const text of ['"a', 'a"', '"a"b', 'a"b"', '"a" ,b', '"a""', ',"'])
      assert.equal(splitCells(text, ','), undefined, text);
  });

  it('gives what csv-parse gives, for quotes in any places', () => {
    const character = fc.constantFrom('"', '"', '""', 'a', ',', ';', '\t', 'é', '"\n"', '","');
    fc.assert(
      fc.property(
        fc.array(character, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...DELIMITERS),
        (characters, delimiter) => {
          const text = characters.join('');
          // a line break out of quotes ends a record: nobody splits more than one
          if (!text.includes('"') || /\n/.test(text.replace(/"[^"]*"/g, ''))) return;
          const bare = (cells: string[] | undefined) => cells?.map((cell) => cell.trim());
          assert.deepEqual(bare(splitCells(text, delimiter)), bare(oracle(text, delimiter)), JSON.stringify(text));
        },
      ),
      { numRuns: 3000 },
    );
  });
});
