import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Sighting } from '../../services/model/observation.ts';
import type { Context } from '../../services/validate/context.ts';
import { readLong, readNumber, readTime } from '../../services/validate/fast/digits.ts';
import { learnLine } from '../../services/validate/fast/learn.ts';
import { Scanner } from '../../services/validate/fast/scanner.ts';
import { check } from '../../services/validate/observation.ts';
import { parseKeys, pseudonymiser } from '../../services/validate/pseudonym.ts';
import { context, json, RECEIVED, read } from './reading.ts';

const KNOWN = ['kind', 'time', 'received', 'gateway', 'badge', 'rssi', 'temperature', 'claps', 'battery', 'simulated'];
/** Lines that show a scanner the patterns it is to know before it meets odd ones. */
const LESSONS = [
  json(),
  json({ kind: 'sighting', temperature: 21.5, claps: 3, battery: 2.9 }),
  json({ temperature: null, simulated: true }),
  JSON.stringify({ rssi: -1, badge: 'b', gateway: 'g', time: 1541412000.5, received: RECEIVED }),
  json({ claps: 0 }).replaceAll(':', ': ').replaceAll(',', ', '),
];

/** Bytes as a window has them: a NUL behind them, and room. */
const windowOf = (line: string | Buffer) => Buffer.concat([Buffer.from(line), Buffer.alloc(100)]);

function taught(): Scanner {
  const scanner = new Scanner(learnLine);
  for (const line of LESSONS) scan(scanner, line);
  return scanner;
}

function scan(scanner: Scanner, line: string | Buffer, how: Partial<Context> = {}): Sighting | undefined {
  return scanner.scan(windowOf(line), 0, Buffer.byteLength(line), context(how));
}

/** What JSON.parse and the slow check make of the bytes that the scanner read. */
function slow(line: string | Buffer, end: number, how: Partial<Context> = {}): unknown {
  const text = Buffer.from(line).subarray(0, end).toString();
  const item = JSON.parse(text) as Record<string, unknown>;
  assert.ok(
    Object.keys(item).every((name) => KNOWN.includes(name)),
    `it read over an unknown field: ${text}`,
  );
  return check({ fields: item }, context(how)).observation;
}

/** Either it declines, or what it gives is what the slow way gives; says which. */
function agrees(scanner: Scanner, line: string | Buffer, how: Partial<Context> = {}): boolean {
  const found = scan(scanner, line, how);
  if (!found) return false;
  assert.deepEqual(found, slow(line, scanner.end, how), String(line));
  assert.deepEqual(Object.keys(found), KNOWN);
  return true;
}

const number = fc.oneof(
  fc.integer({ min: -200, max: 100 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -200, max: 300 }).map(String),
  fc.tuple(fc.integer({ min: -99, max: 99 }), fc.nat(99_999)).map(([whole, part]) => `${whole}.${part}`),
  fc.constantFrom(
    '-0',
    '0',
    '-0.0',
    '00',
    '01',
    '-01',
    '1.',
    '.5',
    '-',
    '--1',
    '+1',
    '1e2',
    '1E+2',
    '1e400',
    '0.1e1',
    '12345678901234567',
    '0.1234567890123456',
    '20.499999999999999',
    'null',
    'true',
    '"1"',
    'NaN',
    '1.2.3',
    '- 1',
  ),
);
const time = fc.oneof(
  fc.integer({ min: 0, max: 4_200_000_000_000 }).map(String),
  fc.integer({ min: RECEIVED - 1e6, max: RECEIVED + 1e6 }).map(String),
  fc.tuple(fc.integer({ min: 0, max: 4_200_000_000 }), fc.nat(999_999)).map(([s, part]) => `${s}.${part}`),
  number,
);
const id = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9._:-]{0,66}$/).map((text) => JSON.stringify(text)),
  fc.stringMatching(/^[0-9a-fA-F]{2}([:.-]?[0-9a-fA-F]{2}){5}$/).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '"a\\u0062"',
    '"a\nb"',
    '101',
    'null',
    '"unclosed',
    '""',
    `"${'x'.repeat(64)}"`,
    `"${'x'.repeat(65)}"`,
    '"g',
  ),
);
/** Mostly what is ordinary, now and then what is not. */
const mostly = (ordinary: fc.Arbitrary<string>, odd: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 30, arbitrary: ordinary }, { weight: 1, arbitrary: odd });
const small = fc.integer({ min: 0, max: 20 }).map(String);
const instant = fc.integer({ min: RECEIVED - 1e9, max: RECEIVED + 1e9 }).map(String);
const name = fc.stringMatching(/^[A-Za-z0-9._:-]{1,64}$/).map((text) => JSON.stringify(text));
const fieldsOf = fc.record(
  {
    kind: mostly(fc.constant('"sighting"'), fc.constantFrom('"heartbeat"', 'null', '"Sighting"')),
    time: mostly(instant, time),
    received: mostly(instant, time),
    gateway: mostly(name, id),
    badge: mostly(name, id),
    rssi: mostly(small, number),
    temperature: mostly(fc.oneof(small, fc.constant('null')), number),
    claps: mostly(small, number),
    battery: mostly(
      fc.integer({ min: 0, max: 9999 }).map((mV) => String(mV / 1000)),
      number,
    ),
    simulated: mostly(fc.constantFrom('true', 'false'), fc.constantFrom('null', '1')),
  },
  { requiredKeys: ['time', 'gateway', 'badge', 'rssi'] },
);
const blank = mostly(fc.constantFrom('', '', ' '), fc.constant('\t'));
const line = fc
  .tuple(fieldsOf, fc.infiniteStream(blank), fc.integer({ min: 0, max: 9 }))
  .map(([fields, blanks, turn]) => {
    const pairs = Object.entries(fields).map(([name, value]) => `"${name}"${next(blanks)}:${next(blanks)}${value}`);
    const turned = [...pairs.slice(turn), ...pairs.slice(0, turn)];
    return `{${next(blanks)}${turned.join(`${next(blanks)},${next(blanks)}`)}${next(blanks)}}`;
  });
const next = (stream: Iterator<string>): string => stream.next().value ?? '';

describe('scan(line)', () => {
  it('reads the ordinary shapes in any order, with spaces, nulls, MACs, seconds', () => {
    const scanner = new Scanner(learnLine);
    const ordinary = [
      ...LESSONS,
      ...LESSONS.map((text) => text.replace('"g"', '"AA:BB:CC:DD:EE:FF"').replace('1541412000000', '1541412001')),
      json({ rssi: -127 }),
      json({ rssi: 20 }),
      json({ temperature: -39.99 }),
      json({ battery: 3 }),
      json({ simulated: false }),
    ];
    for (const text of ordinary) assert.equal(agrees(scanner, text), true, text);
  });

  it('declines what is out of bounds, odd or unknown', () => {
    const odd = [
      json({ rssi: 21 }),
      json({ time: 5 }),
      json({ x: 1 }),
      json({ badge: 'é' }),
      json({ gateway: '' }),
      json({ rssi: '-60' }),
      json({ rssi: null }),
      json({ kind: 'heartbeat' }),
      json().slice(0, -1),
      `${json().slice(0, -1)},}`,
      `${json().slice(0, -1)},"rssi":-60}`,
      json().replace('pi-1', 'pi\\u002d1'),
      json().replace('-60', '-6e1'),
      json().replace('-60', '-060'),
      '{}',
      '',
      '[]',
      ` ${json()}`,
    ];
    for (const text of odd)
      for (const scanner of [taught(), new Scanner(learnLine)]) assert.equal(scan(scanner, text), undefined, text);
  });

  it('gives what JSON.parse and the slow check give, or declines: lines of all forms', () => {
    let read = 0;
    const old = taught();
    const how = { received: 'recorded' } as const;
    fc.assert(
      fc.property(line, (text) => {
        agrees(old, text);
        if (agrees(new Scanner(learnLine), text)) read++;
        if (agrees(new Scanner(learnLine), text, how)) read++;
      }),
      { numRuns: 2000 },
    );
    assert.ok(read > 1000, `it read ${read} of 4000`);
  });

  it('gives what JSON.parse and the slow check give, or declines: ordinary lines with bytes changed', () => {
    const change = fc.record({
      at: fc.nat(),
      kind: fc.constantFrom('set', 'insert', 'remove', 'double'),
      byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('"{}[],:.-+eE0189 \\nulltrue'))),
    });
    const scanner = taught();
    let read = 0;
    fc.assert(
      fc.property(fc.constantFrom(...LESSONS), fc.array(change, { minLength: 1, maxLength: 3 }), (text, changes) => {
        const bytes = [...Buffer.from(text)];
        for (const { at, kind, byte } of changes) {
          const place = at % bytes.length;
          if (kind === 'set') bytes[place] = byte;
          else if (kind === 'insert') bytes.splice(place, 0, byte);
          else if (kind === 'remove') bytes.splice(place, 1);
          else bytes.splice(place, 0, ...bytes.slice(place, place + 12));
        }
        if (agrees(scanner, Buffer.from(bytes))) read++;
      }),
      { numRuns: 6000 },
    );
    assert.ok(read > 100, `it read ${read} of 6000`);
  });

  it('gives what JSON.parse and the slow check give, or declines: bytes at random', () => {
    const scanner = taught();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void agrees(scanner, Buffer.from(bytes))),
      { numRuns: 500 },
    );
  });

  it('numbers come out as JSON.parse has them, to the last bit', () => {
    const scanner = taught();
    const decimal = fc.tuple(fc.integer({ min: -39, max: 84 }), fc.nat(9_999_999), fc.nat(7)).map(
      ([whole, part, digits]) =>
        `${whole}.${String(part)
          .padStart(7, '0')
          .slice(0, digits + 1)}`,
    );
    fc.assert(
      fc.property(decimal, fc.integer({ min: 1e11, max: 4e12 }), (temperature, ms) => {
        assert.ok(
          agrees(
            scanner,
            `{"time":${Math.max(ms, 946_684_800_000)},"gateway":"pi-1","badge":"b","rssi":-1,"temperature":${temperature},"battery":3.3}`,
          ),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('readNumber(bytes) gives what JSON.parse gives, or −1', () => {
    const into = new Float64Array(1);
    let read = 0;
    const digits = fc
      .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.nat(9))
      .map(([whole, part]) => `${whole}.${part}`);
    fc.assert(
      fc.property(
        fc.oneof(
          number,
          digits,
          fc.double({ noNaN: true }).map(String),
          fc.stringMatching(/^-?[0-9:;<=>?]{0,5}([.][0-9:/,}]{0,5})?$/),
        ),
        (text) => {
          const bytes = windowOf(text);
          const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
          const ends = [
            readNumber(bytes, view, 0, into, 0),
            readLong(bytes, 0, into, 0),
            readTime(bytes, view, 0, into, 0),
          ];
          assert.ok(
            ends.every((end) => end === ends[0]),
            `${text}: ${ends}`,
          );
          if (ends[0] === -1) return;
          read++;
          for (const way of [0, 1, 2]) {
            if (way === 0) readNumber(bytes, view, 0, into, 0);
            else if (way === 1) readLong(bytes, 0, into, 0);
            else readTime(bytes, view, 0, into, 0);
            assert.ok(Object.is(into[0], JSON.parse(text.slice(0, ends[0]))), `${text}: ${into[0]} (${way})`);
          }
        },
      ),
      { numRuns: 5000 },
    );
    assert.ok(read > 500, String(read));
  });

  it('never mixes up ids, even more of them than it can remember', () => {
    const scanner = taught();
    for (let i = 0; i < 50_000; i++) {
      const badge = `badge-${(i * 7919) % 40_000}`;
      const found = scan(scanner, json({ badge, gateway: `${i % 45_000}` }));
      assert.equal(found?.gateway, `${i % 45_000}`);
      if (i % 50 === 0) assert.equal(found.badge, context().pseudonym(badge, RECEIVED));
    }
  });

  it('a badge has the pseudonym of the key that had begun, in any order of times', () => {
    const pseudonym = pseudonymiser(parseKeys('1:secret-number-one,2@2018-11-05:secret-number-two'));
    const scanner = new Scanner(learnLine);
    for (const time of [RECEIVED, RECEIVED - 86_400_000, RECEIVED, RECEIVED - 86_400_000])
      assert.equal(scan(scanner, json({ time }), { pseudonym })?.badge, pseudonym('badge-1', time));
    assert.notEqual(pseudonym('badge-1', RECEIVED), pseudonym('badge-1', RECEIVED - 86_400_000));
  });
});

describe('the fast way and the slow way through a reader', () => {
  const value = fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: number });
  const ordinary = fc.record({
    rssi: fc.oneof(fc.integer({ min: -130, max: 25 }).map(String), number),
    temperature: value,
    battery: value,
    time,
    gateway: fc.constantFrom('g', 'h', 'AA:BB:CC:DD:EE:FF', ''),
  });
  const rows = fc.array(ordinary, { minLength: 1, maxLength: 20 });

  it('NDJSON: a tab in each line, which the scanner does not know, changes nothing', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const lines = all.map(({ gateway, ...numbers }) => {
          const pairs = Object.entries(numbers).filter(([, v]) => v !== undefined);
          return `{"gateway":"${gateway}","badge":"b",${pairs.map(([name, v]) => `"${name}":${v}`).join()}}`;
        });
        const fast = read(lines.join('\n'));
        const slow = read(lines.map((text) => text.replace('{', '{\t')).join('\n'));
        assert.deepEqual(fast.observations, slow.observations);
        assert.equal(fast.rejects.length, slow.rejects.length);
      }),
      { numRuns: 250 },
    );
  });

  it('CSV: quotes around the first cell of each row, which the scanner does not know, change nothing', () => {
    const cell = fc.oneof(fc.constantFrom('', 'x', ' ', ' y', 'a"b', 'z ', 'two words', 'é', '7'), number);
    const table = fc.array(fc.tuple(ordinary, cell, fc.constantFrom('', 'sighting', 'heartbeat')), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), (all, end) => {
        const lines = all.map(([{ time, gateway, rssi, temperature = '', battery = '' }, x, kind]) =>
          [
            time.replaceAll('"', ''),
            gateway,
            'b',
            rssi.replaceAll('"', ''),
            temperature.replaceAll('"', ''),
            x,
            battery.replaceAll('"', ''),
            kind,
          ].join(),
        );
        const header = 'time,gateway,badge,rssi,temperature,x,battery,kind';
        const fast = read([header, ...lines].join(end));
        const slow = read([header, ...lines.map((text) => text.replace(/^[^,]*/, '"$&"'))].join(end));
        // a row that is no CSV is kept as it came, quotes and all
        const told = ({ rejects, ...others }: typeof fast) => [rejects.map(({ text, ...reject }) => reject), others];
        assert.deepEqual(told(fast), told(slow));
      }),
      { numRuns: 250 },
    );
  });
});
