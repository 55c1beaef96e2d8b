import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { syntaxFault } from '../../services/validate/syntax.ts';

const words = (text: string) => {
  const fault = syntaxFault(text);
  return fault && `expected ${fault.expected}, found ${fault.found}`;
};

describe('syntaxFault(text)', () => {
  it('says where text stops being JSON', () => {
    assert.equal(words('{"a":1}'), undefined);
    assert.equal(words('{"a":}'), 'expected JSON: a value at character 6, found "}"');
    assert.equal(words('{"a" 1}'), 'expected JSON: : at character 6, found a word or number');
    assert.equal(words('{"a":1,}'), 'expected JSON: a name in quotes at character 8, found "}"');
    assert.equal(words('[1 2]'), 'expected JSON: , or ] at character 4, found a word or number');
    assert.equal(
      words('{"a":"x'),
      'expected JSON: a value at character 6, found a text whose quotes or escapes do not close',
    );
    assert.equal(words('{"a":1'), 'expected JSON: , or } at character 7, found the end');
    assert.equal(words('{} x'), 'expected JSON: the end at character 4, found a word or number');
  });

  it('finds a fault where JSON.parse does, and only there', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.constantFrom(...'"{}[],:\\ux0-+.eE \n\ttrue\u0001é') });
    fc.assert(
      fc.property(fc.json(), fc.array(change, { maxLength: 3 }), (json, changes) => {
        const characters = [...json];
        for (const { at, byte } of changes) characters[at % characters.length] = byte;
        const text = characters.join('');
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        assert.equal(syntaxFault(text) === undefined, isJson, text);
      }),
      { numRuns: 5000 },
    );
  });
});
