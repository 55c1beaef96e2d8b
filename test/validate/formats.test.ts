import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Unreadable } from '../../services/validate/reader.ts';
import { faultsOf, json, RECEIVED, read, sent, stored } from './reading.ts';

const rssi = (batch: { observations: object[] }) => batch.observations.map((o) => (o as { rssi: number }).rssi);
const lines = (batch: { rejects: { line: number }[] }) => batch.rejects.map((reject) => reject.line);

describe('read(JSON)', () => {
  it('one object, with fields in any order, is one observation in the model order', () => {
    const batch = read(JSON.stringify({ rssi: -60, badge: 'badge-1', gateway: 'pi-1', time: RECEIVED }));
    assert.deepEqual(batch.observations, [stored]);
    assert.deepEqual(Object.keys(batch.observations[0]!), Object.keys(stored));
  });

  it('NDJSON: a broken line is one reject with its number, the others count, blank lines do not', () => {
    const batch = read(`${json({ rssi: -1 })}\n\n{"time":\n${json({ rssi: -2 })}\r\n  \n${json({ rssi: -3 })}`);
    assert.deepEqual(rssi(batch), [-1, -2, -3]);
    assert.deepEqual(lines(batch), [3]);
    assert.equal(batch.lines, 6);
  });

  it('a line that breaks off within a text, an object or an array is refused alone', () => {
    for (const broken of [
      '{"badge":"x',
      '{"time":1541412000,',
      '{"time":',
      '{"a":[',
      '{"a":{',
      '{"badge"',
      '{',
      '{"a":[1,',
    ]) {
      const batch = read(`${broken}\n${json({ rssi: -1 })}\n${json({ rssi: -2 })}\n`);
      assert.deepEqual(rssi(batch), [-1, -2], broken);
      assert.deepEqual(lines(batch), [1], broken);
    }
  });

  it('a line that breaks off is refused alone, even where a later line closes what it opened', () => {
    const batch = read(`{"a":[\n${json({ rssi: -1 })}\n${json({ rssi: -2 })}\n]}\n${json({ rssi: -3 })}`);
    assert.deepEqual(rssi(batch), [-1, -2, -3]);
    assert.deepEqual(lines(batch), [1, 4]);
  });

  it('objects over several lines are read whole, with the line where they begin', () => {
    const pretty = (fields: object) => JSON.stringify({ ...sent, ...fields }, null, 2);
    const batch = read(`${pretty({ rssi: -1 })}\n${pretty({ rssi: 300 })}\n\n${pretty({ rssi: -3 })}\n`);
    assert.deepEqual(rssi(batch), [-1, -3]);
    assert.deepEqual(lines(batch), [7]);
  });

  it('an object over several lines that is no JSON is one reject', () => {
    const batch = read(`{\n"time": 1,\n"gateway": pi-1\n}\n${json()}\n`);
    assert.deepEqual([batch.observations.length, lines(batch)], [1, [1]]);
  });

  it('an array: a broken element is one reject with its place, the others count', () => {
    const broken = ['{bad}', '{"time":}', '17', '"text"', 'null', '[]', '{"a":1}}', '{"a":{"a":bad}}', '{"badge":"x}'];
    for (const element of broken) {
      const batch = read(`[${json({ rssi: -1 })},${element},${json({ rssi: -3 })}]`);
      assert.deepEqual(rssi(batch), [-1, -3], element);
      assert.deepEqual(lines(batch), [2], element);
    }
  });

  it('an array: an element without its last brace or quote ends where the next one begins as it did', () => {
    const whole = json();
    for (const broken of [
      whole.slice(0, -1),
      whole.replace('"pi-1"', '"pi-1'),
      whole.replace('"badge-1"', 'badge-1"'),
    ]) {
      const batch = read(`[${broken},${json({ rssi: -2 })},${json({ rssi: -3 })}]`);
      assert.deepEqual(rssi(batch), [-2, -3], broken);
      assert.deepEqual(lines(batch), [1], broken);
    }
  });

  it('an array may be pretty-printed, empty, or cut off; what came before the cut counts', () => {
    assert.deepEqual(rssi(read(JSON.stringify([sent, sent], null, 2))), [-60, -60]);
    assert.deepEqual(read('[]'), { observations: [], rejects: [], dropped: {}, lines: 1 });
    const cut = read(`[${json()},${json().slice(0, 30)}`);
    assert.deepEqual([cut.observations.length, lines(cut)], [1, [2]]);
    assert.equal(read(`[${json()}`).observations.length, 1);
    assert.match(faultsOf(read(`[${json()}`))['']!, /expected JSON: ] at the end of the array, found the end/);
  });

  it('objects, arrays, raddecs and hub lines may be mixed', () => {
    const raddec = { transmitterId: 'badge-1', rssiSignature: [{ receiverId: 'pi-1', rssi: -5 }], timestamp: RECEIVED };
    const hub = {
      type: 'proximity received',
      log_timestamp: RECEIVED / 1000,
      data: {
        member: 'badge-1',
        timestamp: RECEIVED / 1000,
        voltage: 3,
        rssi_distances: { 22100: { rssi: -6, count: 2 } },
      },
    };
    const all = [
      json({ rssi: -1 }),
      `[${json({ rssi: -2 })},\n${json({ rssi: -3 })}]`,
      JSON.stringify(raddec),
      JSON.stringify(hub),
    ];
    assert.deepEqual(rssi(read(all.join('\n'))), [-1, -2, -3, -5, -6]);
    assert.deepEqual(rssi(read(all.reverse().join('\n'))), [-6, -5, -2, -3, -1]);
  });

  it('a byte order mark, CRLF and CR alone are line ends like any', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const batch = read(`\ufeff${json({ rssi: -1 })}${end}{"bad${end}${json({ rssi: -3 })}${end}`);
      assert.deepEqual([rssi(batch), lines(batch)], [[-1, -3], [2]], JSON.stringify(end));
    }
  });
});

describe('read(CSV)', () => {
  const HEADER = 'time,gateway,badge,rssi,temperature,x';
  const row = (fields = '-60,,') => `${RECEIVED},pi-1,badge-1,${fields}`;

  it('a row is an observation, an empty cell is absent, unknown columns are counted', () => {
    const batch = read(`${HEADER}\n${row()}\n${row('-61,21.456,7')}\r\n\r\n${row('-62,,8')}`);
    assert.deepEqual(batch.observations, [
      stored,
      { ...stored, rssi: -61, temperature: 21.46 },
      { ...stored, rssi: -62 },
    ]);
    assert.deepEqual(batch.dropped, { x: 2 });
    assert.deepEqual(batch.rejects, []);
  });

  it('the delimiter may be a semicolon or a tab; blanks around cells and quotes do not matter', () => {
    for (const delimiter of [',', ';', '\t']) {
      const body = `time;"gateway";badge;rssi\n${RECEIVED};"pi-1";badge-1;-60\n${RECEIVED}; pi-1;badge-1;-60 `;
      assert.deepEqual(read(body.replaceAll(';', delimiter)).observations, [stored, stored]);
    }
  });

  it('a table may mix kinds: the fields tell', () => {
    const header = 'time,gateway,badge,rssi,sensor,quantity,value,status,info';
    const rows = ['pi-1,badge-1,-60,,,,,', ',,,th-1,co2,612.5,,', 'pi-1,,,,,,online,up 3 days'];
    const batch = read([header, ...rows.map((row) => `${RECEIVED},${row}`)].join('\n'));
    assert.deepEqual(
      batch.observations.map(({ kind }) => kind),
      ['sighting', 'measurement', 'heartbeat'],
    );
    assert.deepEqual([batch.rejects, batch.dropped], [[], {}]);
  });

  it('a ragged row is refused with its line, those after it count', () => {
    const batch = read(`${HEADER}\n${row()}\n${row('-60')}\n${row('-60,,,,')}\n${row()}`);
    assert.deepEqual([batch.observations.length, lines(batch)], [2, [3, 4]]);
    assert.deepEqual(batch.rejects[0]!.reasons, [{ pointer: '', expected: '6 cells', found: '4' }]);
  });

  it('a line break within quotes belongs to the cell', () => {
    const batch = read(
      `time,gateway,status,info\n${RECEIVED},pi-1,online,"two\nlines, ""quoted"""\n${RECEIVED},pi-2,offline,\n`,
    );
    assert.deepEqual(
      batch.observations.map((o) => 'info' in o && o.info),
      ['two\nlines, "quoted"', null],
    );
  });

  it('a quote that stays open is a reject of its row alone, however many rows follow, and whether one closes it', () => {
    const good = Array.from({ length: 2000 }, () => row()).join('\n');
    for (const after of ['', `\n${row('"-60,,')}\n${row()}`]) {
      const batch = read(`${HEADER}\n${row('"-60,,')}\n${good}${after}`);
      assert.equal(batch.observations.length, after ? 2001 : 2000);
      assert.deepEqual(lines(batch), after ? [2, 2003] : [2]);
    }
  });

  it('a quote that stays open and meets another, so that both look like one cell, is a reject of its row', () => {
    const batch = read(`${HEADER}\n${row('-60,,"')}\n${row('-61,,')}\n",${row('-62,,')}\n${row('-63,,')}`);
    assert.deepEqual(rssi(batch), [-61, -63]);
    assert.deepEqual(lines(batch), [2, 4]);
  });

  it('quotes that RFC 4180 does not have are a reject', () => {
    const batch = read(
      `${HEADER}\n${row('"-6"0,,')}\n${row('-"6"0,,')}\n${row('-60,,x')}\n${row('-60,,x"y"')}\n${row('-60,,z')}`,
    );
    assert.deepEqual([batch.observations.length, lines(batch)], [2, [2, 3, 5]]);
  });

  it('numbers are matched as text: what only looks like one is a fault', () => {
    for (const cell of ['0x10', 'NaN', '-60dBm', '--60', '1e', 'Infinity', '٣', '-6 0']) {
      const batch = read(`${HEADER}\n${row(`${cell},,`)}`);
      assert.match(faultsOf(batch)['/rssi']!, /expected a whole number of dBm/, cell);
    }
    assert.deepEqual(rssi(read(`${HEADER}\n${row('-6e1,,')}\n${row('-60.4,,')}\n${row('-060,,')}`)), [-60, -60, -60]);
  });
});

describe('read(a body that cannot be read)', () => {
  const unreadable = (body: string | Uint8Array) => {
    try {
      read(body);
    } catch (error) {
      assert.ok(error instanceof Unreadable, String(error));
      return `expected ${error.reason.expected}, found ${error.reason.found}`;
    }
    return assert.fail(`${body} was read`);
  };

  it('throws Unreadable and says what was expected and what was found', () => {
    assert.equal(unreadable(''), 'expected observations, found an empty body');
    assert.equal(unreadable(' \r\n \t'), 'expected observations, found an empty body');
    assert.match(unreadable('hello'), /expected JSON, or CSV whose header names any of kind, time,.*found "hello"/);
    assert.match(unreadable('time,gateway,badge,rssi,time\n'), /each column once, found time twice/);
    assert.match(unreadable(Buffer.from('\ufefftime,rssi\n', 'utf16le')), /expected UTF-8, found UTF-16/);
    assert.match(unreadable(Buffer.from('{"time":1}', 'utf16le')), /expected UTF-8, found UTF-16/);
    assert.match(unreadable(Uint8Array.of(0xff, 0xfe, 0xfd)), /UTF-8/);
    assert.match(unreadable(Uint8Array.of(0xe9, 0x74, 0xe9, 0x0a)), /UTF-8/);
    assert.match(unreadable(`time,${'x'.repeat(70_000)}`), /header of at most 65536 bytes/);
  });
});

describe('read(raddec)', () => {
  const raddec = (fields: object = {}) =>
    JSON.stringify({
      transmitterId: 'badge-1',
      transmitterIdType: 2,
      rssiSignature: [
        { receiverId: 'AA:BB:CC:DD:EE:FF', receiverIdType: 2, rssi: -5, numberOfDecodings: 1 },
        { receiverId: '001bc50940810000', rssi: -6 },
      ],
      timestamp: RECEIVED,
      ...fields,
    });

  it('is a sighting for each receiver', () => {
    const { observations, dropped } = read(raddec());
    assert.deepEqual(observations, [
      { ...stored, gateway: 'aabbccddeeff', rssi: -5 },
      { ...stored, gateway: '001bc50940810000', rssi: -6 },
    ]);
    assert.deepEqual(dropped, {});
  });

  it('without timestamp takes creationTime, without either when it was received', () => {
    const at = (fields: object) => read(raddec(fields)).observations[0]!.time;
    assert.equal(at({ timestamp: undefined, creationTime: RECEIVED - 5 }), RECEIVED - 5);
    assert.equal(at({ timestamp: '2018-11-05T09:00:00Z', creationTime: 1 }), RECEIVED - 3_600_000);
    assert.equal(at({ timestamp: undefined }), RECEIVED);
  });

  it('a bad receiver is one reject with its place, the others count', () => {
    const rssiSignature = [
      { receiverId: 'a', rssi: -5 },
      { receiverId: 'b', rssi: 300 },
      7,
      { receiverId: 'd', rssi: -8 },
    ];
    const batch = read(raddec({ rssiSignature }));
    assert.deepEqual(rssi(batch), [-5, -8]);
    assert.deepEqual(
      batch.rejects.map(({ reasons }) => reasons.map(({ pointer }) => pointer)),
      [['/rssiSignature/1/rssi'], ['/rssiSignature/2/receiverId', '/rssiSignature/2/rssi']],
    );
    assert.equal(batch.rejects[0]!.text.includes('"receiverId":"b"'), true);
  });

  it('what is wrong with all of it is one reject with all faults', () => {
    const batch = read(
      raddec({
        timestamp: 'now',
        transmitterId: 5,
        rssiSignature: [
          { receiverId: 'a', rssi: 300 },
          { receiverId: 'b', rssi: 1 },
        ],
      }),
    );
    assert.deepEqual(Object.keys(faultsOf(batch)), ['/timestamp', '/transmitterId', '/rssiSignature/0/rssi']);
    assert.deepEqual(Object.keys(faultsOf(read(raddec({ rssiSignature: [] })))), ['/rssiSignature']);
    assert.deepEqual(Object.keys(faultsOf(read('{"transmitterId":"a","timestamp":"x"}'))), [
      '/rssiSignature',
      '/timestamp',
    ]);
  });
});

describe('read(hub line)', () => {
  const hub = (data: object = {}, fields: object = {}) =>
    JSON.stringify({
      type: 'proximity received',
      log_timestamp: 1541412005.5,
      log_index: -1,
      data: {
        member: 'badge-1',
        timestamp: 1541412000.25,
        voltage: 2.8,
        rssi_distances: { 22100: { rssi: -64, count: 8 }, 37312: { rssi: -57, count: 8 } },
        badge_address: 'E0:B2:01:E3:09:8C',
        ...data,
      },
      ...fields,
    });

  it('is a sighting for each peer, received when the hub logged it', () => {
    const expected = { ...stored, time: RECEIVED + 250, received: RECEIVED + 5500, battery: 2.8 };
    assert.deepEqual(read(hub(), { received: 'recorded' }).observations, [
      { ...expected, gateway: '22100', rssi: -64 },
      { ...expected, gateway: '37312', rssi: -57 },
    ]);
    assert.equal(read(hub()).observations[0]!.received, RECEIVED);
    assert.deepEqual(read(hub({ rssi_distances: {} })).rejects, []);
  });

  it('a bad peer is one reject with its pointer, the badge address is nowhere', () => {
    const batch = read(hub({ rssi_distances: { 'a/b': { rssi: -1 }, 2: { rssi: 99 }, 3: { rssi: -3 } } }));
    assert.deepEqual(rssi(batch), [-3]);
    assert.deepEqual(
      batch.rejects.map(({ reasons }) => reasons[0]!.pointer),
      ['/data/rssi_distances/2/rssi', '/data/rssi_distances/a~1b'],
    );
    assert.doesNotMatch(JSON.stringify(batch), /E0:B2|e0b2/i);
    assert.doesNotMatch(JSON.stringify(read(hub({ badge_address: 'tag-7', member: null }))), /tag-7/);
  });

  it('other hub lines are refused by name, a broken one with all its faults', () => {
    const other = read(hub({}, { type: 'audio received' }));
    assert.match(faultsOf(other)['/type']!, /expected "proximity received".*found "audio received"/);
    assert.doesNotMatch(JSON.stringify(other), /E0:B2|e0b2/i);
    const broken = read(hub({ member: null, timestamp: 'x', rssi_distances: 5 }));
    assert.deepEqual(Object.keys(faultsOf(broken)), ['/data/rssi_distances', '/data/timestamp', '/data/member']);
  });

  it('a plain observation with a type of its own is none', () => {
    assert.deepEqual(read(json({ type: 'ble' })).dropped, { type: 1 });
  });
});
