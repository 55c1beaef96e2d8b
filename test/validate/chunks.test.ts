import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LINE_MAX } from '../../services/validate/bounds.ts';
import { createReader } from '../../services/validate/reader.ts';
import { context, json, RECEIVED, read, sent } from './reading.ts';

const pretty = JSON.stringify({ ...sent, x: [1, { y: 2 }] }, null, 2);
const raddec = JSON.stringify({
  transmitterId: 'b',
  rssiSignature: [{ receiverId: 'g', rssi: -1 }, { receiverId: 'h' }],
});
const long = json({ x: 'x'.repeat(LINE_MAX) });

/** What bodies are made of: good, bad and ugly. */
const PIECES = [
  json(),
  json({ rssi: 300 }),
  json({ temperature: 21.5, claps: 3 }),
  pretty,
  raddec,
  `[${json()},${json()}]`,
  `[\n${json()} ,\n{bad},\n${pretty}\n]`,
  '[]',
  '{"bad',
  '{"time":',
  '{',
  '}',
  ']',
  '[',
  ',',
  '"',
  '{"a":[',
  'hello',
  '17',
  '',
  '{"é":"\u{1f600}"}',
  '{"a":"\\',
  '{"x":[[[[[[[[[1]]]]]]]]]}',
];
const jsonLines = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 });
const ROWS = [
  `${RECEIVED},g,b,-1,`,
  `${RECEIVED},g,b,-1,x`,
  `${RECEIVED},g,b,300,`,
  '"',
  '',
  `${RECEIVED},"g",b,-1,"two\nlines"`,
  ',,,,',
  `${RECEIVED},g,b,"-1`,
  'é,é',
  `${RECEIVED},g,"b"b,-1,`,
];
const csv = fc.array(fc.constantFrom(...ROWS), { maxLength: 12 }).map((rows) => ['time,gateway,badge,rssi,x', ...rows]);

const body = fc
  .tuple(fc.oneof(jsonLines, csv), fc.constantFrom('\n', '\r\n', '\r', '\n\n'), fc.boolean())
  .map(([lines, end, isEnded]) => Buffer.from(lines.join(end) + (isEnded ? end : '')));

function cut(bytes: Buffer, places: number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
}

const outcome = (body: Uint8Array | Uint8Array[]) => {
  try {
    return read(body);
  } catch (error) {
    return String(error);
  }
};

describe('push(chunk)', () => {
  it('gives the same, however the bytes are cut', () => {
    fc.assert(
      fc.property(body, fc.array(fc.nat(), { maxLength: 6 }), (bytes, places) => {
        assert.deepEqual(outcome(cut(bytes, places)), outcome(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the same byte by byte', () => {
    fc.assert(
      fc.property(body, (bytes) => {
        assert.deepEqual(outcome([...bytes].map((byte) => Uint8Array.of(byte))), outcome(bytes));
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same where lines, elements and objects are too long', () => {
    const bodies = [
      [json(), long, json()].join('\n'),
      `[${json()},${long},${json()}]`,
      [pretty, JSON.stringify({ x: Array.from({ length: 20_000 }, (_, i) => i) }, null, 1), json()].join('\n'),
      `[${json().slice(0, -1)},${Array.from({ length: 1000 }, () => json()).join()}]`,
      `{"a":[\n${`${json()},\n`.repeat(900)}${json()}\n${json()}`,
      `[{"a":1,"x":"${'x'.repeat(LINE_MAX + 30_000)}",{"a":2},{"a":3}]`,
      `{\n"a":"${'x'.repeat(LINE_MAX)}",\n"b":"\n${json()}\n`,
    ].map((text) => Buffer.from(text));
    fc.assert(
      fc.property(fc.constantFrom(...bodies), fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), (bytes, places) => {
        assert.deepEqual(outcome(cut(bytes, places)), outcome(bytes));
      }),
      { numRuns: 40 },
    );
  });

  it('does not keep the memory of a chunk', () => {
    const reader = createReader(context());
    const chunk = Buffer.alloc(1);
    for (const byte of Buffer.from(`${json()}\n${json()}`)) reader.push(chunk.fill(byte));
    reader.end();
    assert.equal(reader.observations.length, 2);
  });
});
