import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Venue } from '../../services/model/venue.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { sharedFile } from './reading.ts';

const example = sharedFile('venue.example.json');
const house = {
  zone: 'Europe/Dublin',
  floors: [{ id: 'ground' }],
  rooms: [
    {
      id: 'a',
      floor: 'ground',
      polygon: [
        [0, 0],
        [4, 0],
        [4, 4],
      ],
    },
    { id: 'b' },
    { id: 'ab' },
  ],
  doors: [{ between: ['a', 'b'], at: [1, 1] }],
  merges: [{ room: 'ab', of: ['a', 'b'], from: '2018-11-05T08:00:00Z', until: '2018-11-05T13:00:00Z' }],
  gateways: [
    { id: 'AA:BB:CC:DD:EE:FF', room: 'a', x: 1, y: 2, until: '2018-11-05T19:00:00+01:00' },
    { id: 'aabbccddeeff', room: 'b', from: 1541440800, offset: -2 },
  ],
  sensors: [{ id: 'TH-1', room: 'a' }],
  events: [{ id: 'e', from: 1541408400000, until: 1541500000000 }],
  sessions: [
    { id: 's', event: 'e', title: 'Opening', room: 'a', from: '2018-11-05T09:00:00Z', until: '2018-11-05T09:30:00Z' },
  ],
  excluded: [{ from: '2018-11-05T07:30:00Z', until: '2018-11-05T08:00:00Z', rooms: ['a'] }],
};

const parse = (file: unknown): Venue => {
  const parsed = parseVenue(JSON.stringify(file));
  return 'venue' in parsed ? parsed.venue : assert.fail(JSON.stringify(parsed.faults));
};
const faults = (file: unknown): Record<string, string> => {
  const parsed = parseVenue(typeof file === 'string' ? file : JSON.stringify(file));
  if ('venue' in parsed) return {};
  return Object.fromEntries(parsed.faults.map((f) => [f.pointer, `expected ${f.expected}, found ${f.found}`]));
};
/** The house with one value put elsewhere. */
const changed = (change: (file: typeof house) => void): unknown => {
  const copy = structuredClone(house);
  change(copy);
  return copy;
};

describe('parseVenue(text)', () => {
  it('gives ids in stored form, instants in ms, open spans without end', () => {
    const venue = parse(house);
    assert.deepEqual(venue.rooms, ['a', 'b', 'ab']);
    assert.deepEqual(venue.gateways, [
      { id: 'aabbccddeeff', room: 'a', x: 1, y: 2, offset: 0, from: -Infinity, until: Date.UTC(2018, 10, 5, 18) },
      { id: 'aabbccddeeff', room: 'b', x: null, y: null, offset: -2, from: Date.UTC(2018, 10, 5, 18), until: Infinity },
    ]);
    assert.deepEqual(venue.merges, [
      { room: 'ab', of: ['a', 'b'], from: Date.UTC(2018, 10, 5, 8), until: Date.UTC(2018, 10, 5, 13) },
    ]);
    assert.deepEqual(venue.file.sessions?.[0]?.from, Date.UTC(2018, 10, 5, 9));
    assert.deepEqual(
      [venue.zone, venue.file.gateways[0]!.id, venue.file.sensors?.[0]?.id],
      ['Europe/Dublin', 'aabbccddeeff', 'TH-1'],
    );
  });

  it('the version is the SHA-256 of the file with sorted names and without white space', () => {
    const canonical = '{"gateways":[],"rooms":[{"id":"é","name":"x"}],"zone":"UTC"}'.replace('é', 'e');
    const text = '\ufeff{ "zone": "UTC", "rooms": [ { "name": "x", "id": "e" } ],\n "gateways": [] }';
    const parsed = parseVenue(text);
    assert.ok('venue' in parsed);
    assert.equal(parsed.canonical, canonical);
    assert.equal(parsed.venue.version, createHash('sha256').update(canonical).digest('hex'));
    assert.notEqual(parse(house).version, parse(changed((file) => (file.zone = 'UTC'))).version);
    assert.equal(parse(house).version, parse(Object.fromEntries(Object.entries(house).reverse())).version);
  });

  it('reads the example of the house', { skip: example.skip }, () => {
    const text = readFileSync(example.path, 'utf8');
    const venue = parse(JSON.parse(text));
    assert.deepEqual([venue.rooms.length, venue.gateways.length, venue.merges.length], [4, 4, 1]);
  });

  it('tells ten faults at once, each with its place, what was expected and what was found', {
    skip: example.skip,
  }, () => {
    const file = JSON.parse(readFileSync(example.path, 'utf8'));
    file.zone = 'Mars/Base';
    file.rooms[1].id = 'hall-1';
    file.rooms[3].capacity = 'many';
    file.rooms[0].polygon = [
      [0, 0],
      [1, 1],
      [2, 2],
    ];
    file.gateways[0].room = 'nowhere';
    file.gateways[1].from = '2018-11-04T19:00:00Z';
    delete file.gateways[2].room;
    file.events[0].from = '2018-11-04T12:00:00';
    file.sessions[0].until = file.sessions[0].from;
    file.doors[0].between[0] = 'moon';
    const found = faults(file);
    const expected: Record<string, RegExp> = {
      '/zone': /an IANA time zone, found "Mars\/Base"/,
      '/rooms/1/id': /an id of its own, other than that of \/rooms\/0, found "hall-1"/,
      '/rooms/3/capacity': /a whole number of people from 1, found "many"/,
      '/rooms/0/polygon': /corners around an area, found corners on a line/,
      '/gateways/0/room': /the id of one of the rooms, found "nowhere"/,
      '/gateways/1': /a span of its own, apart from that of \/gateways\/0, found an overlap of "pi-01"/,
      '/gateways/2/room': /text of 1 to 64 of .*, found nothing/,
      '/events/0/from': /RFC 3339 text or a whole number, found "2018-11-04T12:00:00"/,
      '/sessions/0/until': /an end after its beginning, 2018-11-05T09:00:00.000Z, found 2018-11-05T09:00:00.000Z/,
      '/doors/0/between/0': /the id of one of the rooms, found "moon"/,
    };
    for (const [pointer, words] of Object.entries(expected))
      assert.match(found[pointer] ?? `no fault at ${pointer}`, words);
    // hall-2 is gone too, since it is called hall-1 now
    assert.deepEqual(
      Object.keys(found).sort(),
      [...Object.keys(expected), '/merges/0/of/1', '/doors/1/between/0'].sort(),
    );
  });

  it('each rule has its fault', () => {
    const rules: [string, (file: typeof house) => void][] = [
      ['/rooms/0/floor', (file) => (file.rooms[0]!.floor = 'x')],
      ['/sensors/0/room', (file) => (file.sensors[0]!.room = 'x')],
      ['/merges/0/room', (file) => (file.merges[0]!.room = 'x')],
      ['/merges/0/of/1', (file) => (file.merges[0]!.of[1] = 'x')],
      ['/merges/0/of', (file) => (file.merges[0]!.of[1] = 'ab')],
      [
        '/merges/1',
        (file) => file.merges.push({ ...file.merges[0]!, from: '2018-11-05T12:00:00Z', until: '2018-11-05T14:00:00Z' }),
      ],
      ['/sessions/0/event', (file) => (file.sessions[0]!.event = 'x')],
      ['/sessions/1/id', (file) => file.sessions.push(file.sessions[0]!)],
      ['/events/0/until', (file) => (file.events[0]!.until = 1541408400000)],
      ['/excluded/0/rooms/0', (file) => (file.excluded[0]!.rooms[0] = 'x')],
      ['/sensors/1', (file) => file.sensors.push({ id: 'TH-1', room: 'b' })],
      ['/gateways/1', (file) => (file.gateways[1]!.from = 1541440799)],
      ['/gateways/0/offset', (file) => (file.gateways[0]!.offset = 61)],
      ['/gateways/0/until', (file) => (file.gateways[0]!.until = '2018-02-30T00:00:00Z')],
      [
        '/rooms/0/polygon',
        (file) =>
          (file.rooms[0]!.polygon = [
            [0, 0],
            [4, 4],
            [4, 0],
            [0, 4.5],
          ]),
      ],
      ['/rooms/0/polygon/1/1', (file) => (file.rooms[0]!.polygon![1]![1] = 'x' as unknown as number)],
      [
        '/rooms/0/polygon',
        (file) =>
          (file.rooms[0]!.polygon = [
            [0, 0],
            [4, 4],
          ]),
      ],
      ['/rooms', (file) => Object.assign(file, { rooms: 5 })],
      ['/zone', (file) => Object.assign(file, { zone: null })],
    ];
    for (const [pointer, change] of rules) assert.ok(pointer in faults(changed(change)), pointer);
    assert.deepEqual(faults(house), {});
  });

  it('spans that touch do not overlap; sides that share a corner do not cross', () => {
    const l = [
      [0, 0],
      [4, 0],
      [4, 2],
      [2, 2],
      [2, 4],
      [0, 4],
    ];
    assert.deepEqual(faults(changed((file) => (file.rooms[0]!.polygon = l))), {});
    const w = [
      [4, 4],
      [2, 0],
      [0, 4],
      [0, 0],
      [4, 0],
    ];
    assert.deepEqual(faults(changed((file) => (file.rooms[0]!.polygon = w))), {});
    assert.deepEqual(faults(changed((file) => (file.gateways[1]!.from = 1541440800))), {});
  });

  it('rules and notices are told with everything else: one that is malformed hides no other', () => {
    const rule = { measure: 'occupancy', where: 'room:zzz', above: 1, below: 2 };
    const found = faults(
      changed((file) =>
        Object.assign(file, {
          zone: 'Mars',
          rooms: [...file.rooms, { id: 5 }],
          rules: [
            { id: 'one', ...rule },
            { id: 'two' },
            { id: 'three', measure: 'occupancy', where: 'room:b', above: 60, to: [] },
          ],
          notices: [
            { id: 'n', kind: 'nothing' },
            { id: 'm', kind: 'info', text: 'x', from: 1541440800, targets: ['room:yyy'] },
          ],
        }),
      ),
    );
    const expected = [
      '/zone',
      '/rooms/3/id',
      '/rules/0/where',
      '/rules/0/above',
      '/rules/1/measure',
      '/notices/0/kind',
      '/notices/1/targets/0',
    ];
    for (const pointer of expected) assert.ok(pointer in found, `${pointer} in ${Object.keys(found)}`);
    assert.ok(!Object.keys(found).some((pointer) => pointer.startsWith('/rules/2')), Object.keys(found).join(' '));
  });

  it('every fault is told, however many', () => {
    const many = faults(
      changed((file) => Object.assign(file, { sensors: Array.from({ length: 50 }, () => ({ id: 'a b' })) })),
    );
    // an id, a room and, but for the first, an overlap each
    assert.equal(Object.keys(many).length, 149);
  });

  it('what is no venue at all is one fault', () => {
    assert.deepEqual(faults('{"zone": }'), { '': 'expected JSON: a value at character 10, found "}"' });
    for (const text of [
      '',
      '[]',
      'null',
      '5',
      '['.repeat(100_000) + ']'.repeat(100_000),
      `{"a":${'['.repeat(50)}${']'.repeat(50)}}`,
    ])
      assert.deepEqual(Object.keys(faults(text)), [''], text.slice(0, 20));
  });

  it('keys of the prototype are names like any', () => {
    const venue = parse(JSON.parse(`{"__proto__":{"zone":"x"},"constructor":1,${JSON.stringify(house).slice(1)}`));
    assert.equal(venue.zone, 'Europe/Dublin');
  });
});
