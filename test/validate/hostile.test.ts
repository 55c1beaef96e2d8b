import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BATCH_MAX } from '../../services/model/batch.ts';
import { CUT_MAX, LINE_MAX, NESTING_MAX } from '../../services/validate/bounds.ts';
import { readBatches } from '../../services/validate/reader.ts';
import { context, faultsOf, json, RECEIVED, read, stored } from './reading.ts';

const count = (batch: { observations: object[]; rejects: object[] }) => [
  batch.observations.length,
  batch.rejects.length,
];
const padded = (bytes: number) => json({ x: '' }).replace('""', `"${'x'.repeat(bytes - json({ x: '' }).length)}"`);
/** How long reading may take where it is linear in its bytes, on a machine that does other things too. */
const PATIENCE_MS = 8000;

describe('bounds', () => {
  it(`a line, an element, an object over lines or a row of ${LINE_MAX} bytes is read, one byte more is one reject`, () => {
    const bodies: [string, (line: string) => string][] = [
      ['line', (line) => `${json()}\n${line}\n${json()}`],
      ['element', (line) => `[${json()},${line},${json()}]`],
      ['object', (line) => `${json()}\n${line.replace('x"}', '"\n}')}\n${json()}`],
    ];
    for (const [what, body] of bodies) {
      assert.deepEqual(count(read(body(padded(LINE_MAX)))), [3, 0], what);
      const long = read(body(padded(LINE_MAX + 2)));
      assert.deepEqual(count(long), [2, 1], what);
      assert.match(faultsOf(long)['']!, new RegExp(`expected an? ${what} of at most ${LINE_MAX} bytes, found more`));
      assert.ok(long.rejects[0]!.text.length <= CUT_MAX);
      assert.equal(long.rejects[0]!.line, 2);
    }
    assert.deepEqual(count(read(`${json()}${' '.repeat(LINE_MAX)}\n${json()}`)), [1, 1]);
    const row = `time,gateway,badge,rssi,x\n${RECEIVED},g,b,-1,`;
    const cell = (bytes: number) => `${row}${'x'.repeat(bytes - `${RECEIVED},g,b,-1,`.length)}\n${RECEIVED},g,b,-2,`;
    assert.deepEqual(count(read(cell(LINE_MAX))), [2, 0]);
    assert.deepEqual(count(read(cell(LINE_MAX + 1))), [1, 1]);
  });

  it('what is longer than a line by far is passed over in flat memory, and is one reject', () => {
    const long = 'x'.repeat(5_000_000);
    assert.deepEqual(count(read(`{"x":"${long}"}\n${json()}`)), [1, 1]);
    assert.deepEqual(count(read(`[{"x":"${long}"},${json()}]`)), [1, 1]);
    assert.deepEqual(count(read(`{\n"x":[\n${'1,\n'.repeat(100_000)}1]\n}\n${json()}`)), [1, 1]);
    assert.deepEqual(count(read(`time,gateway,badge,rssi\n${long}\n${RECEIVED},g,b,-1`)), [1, 1]);
  });

  it(`objects and arrays nested ${NESTING_MAX} deep are read, one more is one reject that quotes the bound`, () => {
    const deep = (levels: number) => json({ x: JSON.parse('['.repeat(levels) + ']'.repeat(levels)) });
    assert.deepEqual(count(read(deep(NESTING_MAX - 1))), [1, 0]);
    for (const body of [deep(NESTING_MAX), JSON.stringify(JSON.parse(deep(NESTING_MAX)), null, 1)]) {
      const batch = read(`${body}\n${json()}`);
      assert.deepEqual(count(batch), [1, 1]);
      assert.match(faultsOf(batch)['']!, /nested at most 8 deep, found 9/);
    }
    assert.deepEqual(count(read(`[${json()},${deep(NESTING_MAX)},${json()}]`)), [2, 1]);
  });

  it('brackets without end overflow no stack', () => {
    for (const open of ['[', '{"a":', '{"a":[', '[[[[{"a":[[', '{"', '"', '{', '[{', '{}[', ',', '{"a":{"b":['])
      for (const body of [open.repeat(20_000), `[${open.repeat(20_000)}`, `${`${open}\n`.repeat(4000)}${json()}`]) {
        if (body.startsWith('"') || body.startsWith(',')) continue;
        assert.ok(read(body).rejects.length > 0, body.slice(0, 20));
      }
  });

  it('bodies made to be read again and again are read in linear time', () => {
    const MANY = 50_000;
    const bodies = [
      '{\n',
      '{"a":[\n',
      '{"a":[1,\n',
      '{"a":1},\n',
      '{"a":"\n',
      '[{"a",',
      '[{"a"},{',
      '{"a":[{},\n',
      '{"x":\n{"y":1},\n',
      '[{"a":"},',
      '{{},',
      '[{"a":1,{"a":1},',
      '[{"a,',
      '[1,{"a":[1,2',
      '{"x":{"x":{"x":{"x":{"x":{"x":{"x":{"x":1},\n',
    ];
    for (const piece of bodies) {
      // Of the processor, that others may be at.
      const began = process.cpuUsage();
      const body = piece.repeat(Math.ceil(150_000 / piece.length));
      read(body);
      if (body.startsWith('{')) read(`[${body}`);
      const ms = process.cpuUsage(began).user / 1000;
      assert.ok(ms < PATIENCE_MS, `${JSON.stringify(piece)}: ${ms} ms`);
    }
    const quotes = `time,gateway,badge,rssi\n${`"${'x\n'.repeat(100)}`.repeat(MANY / 100)}`;
    assert.equal(read(quotes).observations.length, 0);
  });

  it('readBatches(bytes) yields no more than BATCH_MAX at once, of rejects too', () => {
    const body = Buffer.from(`${`${json()}\n`.repeat(25_000)}${'{}\n'.repeat(30_000)}`);
    const sizes = [...readBatches(body, context())].map(count);
    const sum = (index: number) => sizes.reduce((all, size) => all + size[index]!, 0);
    assert.deepEqual([sum(0), sum(1)], [25_000, 30_000]);
    assert.ok(sizes.flat().every((size) => size <= BATCH_MAX));
    assert.ok(sizes.length <= 8, `${sizes.length} batches`);
  });

  it('one item of many bad receivers does not become many long texts', () => {
    const receivers = Array.from({ length: 1500 }, (_, i) => ({ receiverId: `r${i}`, rssi: 300 }));
    const batch = read(
      JSON.stringify({
        transmitterId: 'b',
        rssiSignature: receivers,
        timestamp: RECEIVED,
        packets: ['f'.repeat(9000)],
      }),
    );
    assert.equal(batch.rejects.length, 1500);
    assert.ok(batch.rejects.every(({ text }) => text.length < 200));
  });
});

describe('hostile values', () => {
  it('numbers that JSON cannot hold are faults', () => {
    for (const number of ['1e400', '-1e400', 'NaN', 'Infinity', '-', '+1', '.5', '5.', '01', '0x10', '1_000', '--1']) {
      const batch = read(json({ rssi: 0 }).replace('"rssi":0', `"rssi":${number}`));
      assert.deepEqual(count(batch), [0, 1], number);
    }
    assert.match(faultsOf(read(json({ rssi: 0 }).replace('"rssi":0', '"rssi":1e400')))['/rssi']!, /found Infinity/);
    assert.deepEqual(JSON.parse(read('{"badge":"a","rssi":-1e400}').rejects[0]!.text).rssi, -Infinity);
  });

  it('of a key that comes twice the last value counts, as for everybody', () => {
    assert.deepEqual(read(`${json().slice(0, -1)},"rssi":-61}`).observations, [{ ...stored, rssi: -61 }]);
    assert.deepEqual(count(read(`${json().slice(0, -1)},"rssi":300}`)), [0, 1]);
  });

  it('keys of the prototype are names like any', () => {
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'then']) {
      const batch = read(`${json().slice(0, -1)},"${name}":{"rssi":1,"badge":"evil"}}`);
      assert.deepEqual([batch.observations, Object.entries(batch.dropped)], [[stored], [[name, 1]]]);
      const [reject] = read(`{"${name}":{"badge":"evil"},"rssi":300}`).rejects;
      assert.ok(reject!.text.startsWith(`{"${name}":{"badge":"[badge]"}`), reject!.text);
    }
    assert.equal(read('{"__proto__":{"time":1,"gateway":"g","badge":"b","rssi":1}}').observations.length, 0);
    assert.equal(({} as Record<string, unknown>).badge, undefined);
    const peers = `{"type":"proximity received","log_timestamp":1,"data":{"member":"b","timestamp":${RECEIVED},"rssi_distances":{"__proto__":{"rssi":-5}}}}`;
    assert.equal((read(peers).observations[0] as { gateway: string }).gateway, '__proto__');
  });

  it('NUL, half characters and broken UTF-8 are rejects of their line, and stay in no text', () => {
    const broken = [
      Buffer.from(json().replace('pi-1', 'pi\0')),
      Buffer.from(json({ x: 1 }).replace('"x"', '"\\ud800"').replace('-60', '300')),
      Buffer.concat([Buffer.from('{"x":"'), Buffer.of(0xc3, 0x28, 0xff), Buffer.from('"}')]),
    ];
    for (const line of broken) {
      const batch = read(Buffer.concat([Buffer.from(`${json()}\n`), line, Buffer.from(`\n${json()}`)]));
      assert.deepEqual(count(batch), [2, 1]);
      assert.doesNotMatch(JSON.stringify(batch.rejects), /\\u0000|\\ud8/i);
    }
    const row = (cell: Uint8Array) => Buffer.concat([Buffer.from(`${RECEIVED},g,b,-1,`), cell, Buffer.from('\n')]);
    const cells = [Buffer.from('x'), Buffer.of(0xff), Buffer.from('é')];
    const csv = Buffer.concat([Buffer.from('time,gateway,badge,rssi,x\n'), ...cells.map(row)]);
    assert.deepEqual(count(read(csv)), [2, 1]);
  });

  it('found is short, whatever was found', () => {
    const long = faultsOf(read(json({ gateway: 'x'.repeat(5000), rssi: 'y'.repeat(5000), time: [[[[1]]]] })));
    for (const words of Object.values(long)) assert.ok(words.split('found ')[1]!.length <= 80, words);
  });
});
