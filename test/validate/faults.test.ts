import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultsOf, json, pseudonym, RECEIVED, read, sent, stored } from './reading.ts';

const one = (fields: object, how = {}) => read(json(fields), how).observations[0] as unknown as Record<string, unknown>;
const fault = (fields: object, pointer: string, how = {}) => faultsOf(read(json(fields), how))[pointer];

describe('stored form', () => {
  it('time: a number below 10¹¹ is in seconds, RFC 3339 text has an offset, all is rounded to 1 ms', () => {
    for (const time of [
      1541412000,
      1541412000.0004,
      1541412000000,
      1541412000000.4,
      '2018-11-05T10:00:00Z',
      '2018-11-05t11:00:00.0004+01:00',
      '2018-11-05 04:30:00-05:30',
    ])
      assert.equal(one({ time }).time, RECEIVED, String(time));
    assert.equal(one({ time: 1541412000.4096 }).time, RECEIVED + 410);
    assert.equal(one({ time: '2018-11-05T10:00:00.4096Z' }).time, RECEIVED + 410);
    assert.equal(one({ time: '2016-12-31T23:59:60Z' }).time, Date.UTC(2017, 0, 1));
  });

  it('rssi, temperature and battery are rounded to 1 dBm, 0.01 °C, 0.001 V, never to −0', () => {
    const kept = one({ rssi: -0.4, temperature: -0.004, battery: -0 });
    for (const name of ['rssi', 'temperature', 'battery']) assert.ok(Object.is(kept[name], 0), name);
    assert.deepEqual(
      ['rssi', 'temperature', 'battery'].map(
        (name) => one({ rssi: -60.6, temperature: 21.456, battery: 2.7994 })[name],
      ),
      [-61, 21.46, 2.799],
    );
  });

  it('bounds hold for the stored form', () => {
    for (const rssi of [-127, 20, -127.4, 20.4]) assert.ok(one({ rssi }), String(rssi));
    for (const rssi of [-127.6, 20.5, -128, 21])
      assert.match(fault({ rssi }, '/rssi')!, /from −127 to 20/, String(rssi));
  });

  it('a MAC in any notation is the same gateway, sensor and badge', () => {
    const macs = ['e0b20be3098c', 'E0:B2:0B:E3:09:8C', 'e0-b2-0b-e3-09-8c', 'E0B2.0BE3.098C'];
    for (const mac of macs) {
      const { gateway, badge } = one({ gateway: mac, badge: mac });
      assert.deepEqual([gateway, badge], ['e0b20be3098c', pseudonym('e0b20be3098c', RECEIVED)], mac);
      const measured = read(JSON.stringify({ sensor: mac, quantity: 'co2', value: 600.123, time: RECEIVED }));
      assert.equal((measured.observations[0] as { sensor: string }).sensor, 'e0b20be3098c');
    }
    assert.equal(one({ gateway: '000000000101' }).gateway, '000000000101');
    assert.equal(one({ gateway: 'Pi-ABCDEF' }).gateway, 'Pi-ABCDEF');
  });

  it('kind may be left out, time too: it is then received', () => {
    const heartbeat = { gateway: 'pi-1', status: 'online', time: RECEIVED };
    assert.equal(read(JSON.stringify(heartbeat)).observations[0]!.kind, 'heartbeat');
    assert.equal(one({ time: undefined }).time, RECEIVED);
    const recorded = { received: 'recorded' };
    assert.deepEqual(
      [one({ time: undefined, received: RECEIVED + 5 }, recorded).time, one({}, recorded).received],
      [RECEIVED + 5, RECEIVED],
    );
    assert.equal(one({ received: 1541412005 }, recorded).received, RECEIVED + 5000);
    assert.match(fault({ time: undefined }, '/time', recorded)!, /expected a time, or received, found nothing/);
  });

  it('received is never the sender’s, and no unknown field', () => {
    const batch = read(`${json({ received: 5 })}\n${json({ received: 'x' })}\n${json({ received: RECEIVED })}`);
    assert.deepEqual(batch.observations, [stored, stored, stored]);
    assert.deepEqual(batch.dropped, {});
  });

  it('what is not required may be null or absent; simulated is kept', () => {
    const nulls = { kind: null, temperature: null, claps: null, battery: null, simulated: null };
    assert.deepEqual(one(nulls), stored);
    assert.equal(one({ simulated: true }).simulated, true);
    assert.equal(one({ simulated: false }).simulated, false);
  });

  it('a heartbeat’s info is text, or an object that becomes its JSON, without other MACs', () => {
    const info = (value: unknown) => {
      const line = JSON.stringify({ gateway: 'E0:B2:0B:E3:09:8C', status: 'online', time: RECEIVED, info: value });
      return (read(line).observations[0] as { info: string | null } | undefined)?.info;
    };
    assert.equal(info({ up: 3, of: ['a', null] }), '{"up":3,"of":["a",null]}');
    assert.equal(info('e0b20be3098c hears AA:BB:CC:DD:EE:FF'), 'e0b20be3098c hears [scrubbed]');
    assert.equal(info({ AABBCCDDEEFF: { mac: 'aa-bb-cc-dd-ee-ff' } }), '{"[scrubbed]":{"mac":"[scrubbed]"}}');
    assert.equal(info('x'.repeat(1024))?.length, 1024);
    assert.equal(info('\ud800\u0000'), '\ufffd\ufffd');
    for (const bad of ['x'.repeat(1025), 5, true, [], { x: 'x'.repeat(1024) }]) assert.equal(info(bad), undefined);
  });

  it('fields that nothing is known about are dropped and counted, at most 100 by name', () => {
    assert.deepEqual(read(`${json({ x: 1, status: 'online' })}\n${json({ x: null })}`).dropped, { x: 2, status: 1 });
    const many = read(json(Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`f${i}`, i]))));
    assert.equal(Object.keys(many.dropped).length, 101);
    assert.equal(many.dropped['(others)'], 50);
    assert.deepEqual(read(json({ 'AA:BB:CC:DD:EE:FF': 1 })).dropped, { '[scrubbed]': 1 });
  });
});

describe('faults', () => {
  it('every fault of an observation is told, each in words that a person understands', () => {
    const wrong = {
      time: '2018-11-05T10:00:00',
      gateway: 101,
      badge: 'a b',
      rssi: 300,
      temperature: '',
      claps: true,
      battery: 99,
    };
    assert.deepEqual(faultsOf(read(JSON.stringify(wrong))), {
      '/time': 'expected a time with its zone (Z or +hh:mm), found "2018-11-05T10:00:00"',
      '/gateway':
        'expected an id of 1 to 64 of A–Z a–z 0–9 . _ : - as text, since a number would lose leading zeros, found 101',
      '/badge': 'expected an id of 1 to 64 of A–Z a–z 0–9 . _ : -, found text of 3 characters',
      '/rssi': 'expected a whole number of dBm from −127 to 20, found 300',
      '/temperature': 'expected a number of °C from −40 to 85, found ""',
      '/claps': 'expected a whole number of claps in the last 10 s from 0 to 255, found true',
      '/battery': 'expected a number of V from 0 to 10, found 99',
    });
  });

  it('a required null is a fault and never 0', () => {
    const nulls = { time: null, gateway: null, badge: null, rssi: null };
    const faults = faultsOf(read(json(nulls)));
    assert.deepEqual(Object.keys(faults), ['/time', '/gateway', '/badge', '/rssi']);
    for (const words of Object.values(faults)) assert.match(words, /found null$/);
    assert.match(fault({ rssi: undefined }, '/rssi')!, /found nothing$/);
  });

  it('text, true and empty text are no numbers in JSON', () => {
    for (const value of ['-70', '', true, [], {}, [-70]])
      for (const name of ['rssi', 'temperature', 'claps', 'battery'])
        assert.match(fault({ [name]: value }, `/${name}`)!, /expected a (whole )?number/, `${name} ${value}`);
    assert.match(
      fault({ time: '1541412000' }, '/time')!,
      /expected a time: a number of s or ms since 1970, or RFC 3339/,
    );
    assert.match(fault({ simulated: 1 }, '/simulated')!, /expected true or false, found 1/);
  });

  it('a kind that is none, or cannot be told, does not hide the other faults', () => {
    assert.deepEqual(Object.keys(faultsOf(read(json({ kind: 'sigthing', rssi: 300 })))), ['/kind', '/rssi']);
    const untold = faultsOf(read('{"time":"x","rssi":300,"gateway":"?"}'));
    assert.deepEqual(Object.keys(untold), ['/kind', '/time', '/gateway', '/rssi']);
    for (const kind of ['constructor', '__proto__', 'toString', 5]) assert.ok(fault({ kind }, '/kind'), String(kind));
  });

  it('clocks: before 2000, from 2100 on and older than is kept are faults that quote the bound; late and ahead are kept', () => {
    assert.match(fault({ time: 5 }, '/time')!, /from 2000-01-01T00:00:00.000Z on, found 1970-01-01T00:00:05.000Z/);
    assert.match(fault({ time: 1541412000000000 }, '/time')!, /before 2100-01-01T00:00:00.000Z, found \+050815-/);
    assert.match(fault({ time: 1e300 }, '/time')!, /before 2100-01-01.*found 1.00000e\+300/);
    const keepFrom = RECEIVED - 1000;
    assert.match(
      fault({ time: keepFrom - 1 }, '/time', { keepFrom })!,
      /still kept, from 2018-11-05T09:59:59.000Z on \(KEEP_DAYS\)/,
    );
    assert.ok(one({ time: keepFrom }, { keepFrom }));
    for (const time of [Date.UTC(2000, 0, 1), Date.UTC(2100, 0, 1) - 1, RECEIVED + 1e9])
      assert.equal(one({ time }).time, time);
    assert.match(fault({ received: 5 }, '/received', { received: 'recorded' })!, /from 2000-01-01/);
  });

  it('days that do not exist and other forms of text are no times', () => {
    for (const time of [
      '2018-02-30T10:00:00Z',
      '2018-13-01T10:00:00Z',
      '2018-11-05T24:00:00Z',
      '2018-11-05T10:60:00Z',
      '2018-11-05',
      'now',
      '',
      '2018-11-05T10:00Z',
      '2018-11-05T10:00:00+1',
      ' 2018-11-05T10:00:00Z',
    ])
      assert.ok(fault({ time }, '/time'), time);
  });

  it('an unknown gateway is kept', () => {
    assert.equal(one({ gateway: 'never-heard-of' }).gateway, 'never-heard-of');
  });

  it('ids: 1 to 64 of their characters', () => {
    for (const gateway of ['', 'x'.repeat(65), 'a b', 'é', 'a/b', 'a\n'])
      assert.ok(fault({ gateway }, '/gateway'), gateway);
    assert.ok(one({ gateway: 'x'.repeat(64), badge: 'A.z_0:-' }));
  });

  it('a measurement and a heartbeat have faults of their own', () => {
    const measured = { sensor: 'th-1', quantity: 'CO2!', value: null, time: RECEIVED };
    assert.deepEqual(Object.keys(faultsOf(read(JSON.stringify(measured)))), ['/quantity', '/value']);
    for (const quantity of ['e0b201e3098c', 'mac_e0_b2_01_e3_09_8c'])
      assert.deepEqual(Object.keys(faultsOf(read(JSON.stringify({ ...measured, quantity, value: 1 })))), ['/quantity']);
    const beat = { kind: 'heartbeat', gateway: 'g', status: 'up' };
    assert.match(faultsOf(read(JSON.stringify(beat)))['/status']!, /expected online or offline, found "up"/);
    assert.equal(read('{"sensor":"s","quantity":"co2","value":-0}').observations.length, 1);
  });

  it('a reject names its source, its line and when it was received', () => {
    const [reject] = read(`${json()}\n${json({ rssi: 300 })}`, { source: 'walk.ndjson' }).rejects;
    assert.deepEqual([reject!.source, reject!.line, reject!.received], ['walk.ndjson', 2, RECEIVED]);
    const recorded = read(`${json({ received: RECEIVED + 7 })}\n{"x"\n${json({ rssi: 300 })}`, {
      received: 'recorded',
    });
    assert.deepEqual(
      recorded.rejects.map(({ received }) => received),
      [RECEIVED + 7, RECEIVED],
    );
  });

  it('the text of a reject is the item with its badge hidden, and can be sent again when it is put right', () => {
    const [reject] = read(json({ badge: 'E0:B2:0B:E3:09:8C', rssi: 300 })).rejects;
    assert.deepEqual(JSON.parse(reject!.text), {
      time: new Date(sent.time).toISOString(),
      gateway: 'pi-1',
      badge: pseudonym('e0b20be3098c', RECEIVED),
      rssi: 300,
    });
    const again = JSON.parse(reject!.text);
    assert.deepEqual(read(JSON.stringify({ ...again, rssi: -60 })).observations, [
      { ...stored, badge: pseudonym('e0b20be3098c', RECEIVED) },
    ]);
  });
});
