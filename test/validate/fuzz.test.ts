import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { demoVenue } from '../../services/simulate/venue.ts';
import { Unreadable } from '../../services/validate/reader.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { read } from './reading.ts';

/** How many, and from which seed: FUZZ_SEED=… FUZZ_OBSERVATIONS=… npm test. */
const OBSERVATIONS = Number(process.env.FUZZ_OBSERVATIONS ?? 100_000);
const VENUES = Number(process.env.FUZZ_VENUES ?? 3000);
const seed = Number(process.env.FUZZ_SEED ?? 20_261_103);
const BODY = 500;

const T0 = Date.UTC(2018, 10, 5, 9);
/** What a field may hold that somebody means well with, nearly. */
const nearly = (well: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 12, arbitrary: well },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        null,
        '',
        ' ',
        true,
        -0,
        1e308,
        -1e-308,
        [],
        {},
        'NaN',
        '0x10',
        '１２',
        '\u0000',
        '=1+1',
      ),
    },
    { weight: 1, arbitrary: fc.anything({ maxDepth: 2, withNullPrototype: false }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  );
const id = fc.oneof(fc.constantFrom('pi-1', '00:00:00:00:01:01'), fc.string({ maxLength: 70 }));
/** Only a badge has this MAC: gateways and sensors keep theirs. */
const badge = fc.oneof(
  fc.constantFrom('e0:b2:01:e3:09:8c', 'E0-B2-01-E3-09-8C', 'e0b2.01e3.098c'),
  fc.string({ maxLength: 70 }),
);
const observation = fc.record(
  {
    kind: nearly(fc.constantFrom('sighting', 'measurement', 'heartbeat')),
    time: nearly(fc.oneof(fc.integer({ min: T0, max: T0 + 3_600_000 }), fc.constant('2018-11-05T09:00:00+01:00'))),
    gateway: nearly(id),
    badge: nearly(badge),
    rssi: nearly(fc.double({ min: -140, max: 30 })),
    temperature: nearly(fc.double({ min: -50, max: 100 })),
    claps: nearly(fc.integer({ min: -1, max: 256 })),
    sensor: nearly(id),
    quantity: nearly(fc.constantFrom('temperature', 'co2')),
    value: nearly(fc.double()),
    status: nearly(fc.constantFrom('online', 'offline')),
    __proto__: fc.constant(1),
  },
  { requiredKeys: ['gateway'] },
);
/** A line of JSON without a line end; what JSON cannot hold is `null` in it, as everybody's serialiser has it. */
const line = observation.map((value) =>
  JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)),
);

it(`of ${OBSERVATIONS} fuzzed observations each is stored or rejected with reasons, and nothing is thrown (seed ${seed})`, () => {
  let [stored, rejected] = [0, 0];
  const lines = fc.sample(line, { numRuns: OBSERVATIONS, seed });
  for (let from = 0; from < lines.length; from += BODY) {
    const part = lines.slice(from, from + BODY);
    const { observations, rejects } = read(part.join('\n'));
    stored += observations.length;
    rejected += rejects.length;
    assert.equal(observations.length + rejects.length, part.length);
    for (const { badge, gateway } of observations as { badge?: string; gateway?: string }[]) {
      if (badge !== undefined) assert.match(badge, /^k\d+\.[\w-]{16}$/);
      if (gateway !== undefined) assert.match(gateway, /^[A-Za-z0-9._:-]{1,64}$/);
    }
    for (const { reasons, text } of rejects) {
      assert.ok(reasons.length > 0);
      for (const { expected, found, pointer } of reasons) assert.ok(expected && found && typeof pointer === 'string');
      assert.doesNotMatch(text, /e0[:.-]?b2[:.-]?01[:.-]?e3[:.-]?09[:.-]?8c/i);
    }
  }
  // Neither of the two is what the test is about alone.
  assert.ok(stored > OBSERVATIONS / 50 && rejected > OBSERVATIONS / 10, `${stored} stored, ${rejected} rejected`);
});

it('bodies with bytes changed, cut out and put in are read or refused with a sentence', () => {
  const body = fc.array(line, { minLength: 1, maxLength: 20 }).map((lines) => Buffer.from(lines.join('\n')));
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(3),
    put: fc.uint8Array({ maxLength: 3 }),
  });
  fc.assert(
    fc.property(body, fc.array(edit, { minLength: 1, maxLength: 5 }), (whole, edits) => {
      let bytes = whole;
      for (const { at, cut, put } of edits) {
        const place = Math.floor(at * bytes.length);
        bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + cut)]);
      }
      try {
        for (const { reasons } of read(bytes).rejects) assert.ok(reasons.length > 0);
      } catch (error) {
        assert.ok(error instanceof Unreadable, (error as Error).stack);
      }
    }),
    { numRuns: 2000, seed },
  );
});

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
const VENUE = JSON.parse(JSON.stringify(demoVenue(T0, 'Europe/Dublin'))) as Json;

/** What may be done to one place of a venue. */
const change = fc.oneof(
  fc.record({ does: fc.constant('put'), value: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json> }),
  fc.record({ does: fc.constantFrom('drop', 'twice', 'negate'), value: fc.constant<Json>(null) }),
);

/** A copy of a value with one place of it changed, which numbers choose step by step. */
function changed(value: Json, way: readonly number[], { does, value: put }: { does: string; value: Json }): Json {
  const [step, ...rest] = way;
  if (step === undefined || value === null || typeof value !== 'object')
    return does === 'negate' && typeof value === 'number' ? -value : put;
  if (Array.isArray(value)) {
    if (value.length === 0) return [put];
    const place = step % value.length;
    if (rest.length === 0 && does === 'drop') return value.toSpliced(place, 1);
    if (rest.length === 0 && does === 'twice') return [...value, value[place]!];
    return value.with(place, changed(value[place]!, rest, { does, value: put }));
  }
  const names = Object.keys(value);
  const name = names[step % Math.max(1, names.length)] ?? 'x';
  if (rest.length === 0 && does === 'drop')
    return Object.fromEntries(Object.entries(value).filter(([one]) => one !== name));
  return { ...value, [name]: changed(value[name] ?? null, rest, { does, value: put }) };
}

it(`of ${VENUES} venue files with places changed each is a venue or a list of faults with their places`, () => {
  const way = fc.array(fc.nat(1000), { minLength: 1, maxLength: 5 });
  let [well, ill] = [0, 0];
  fc.assert(
    fc.property(fc.array(fc.tuple(way, change), { minLength: 1, maxLength: 3 }), (changes) => {
      const file = changes.reduce((one, [steps, what]) => changed(one, steps, what), VENUE);
      const found = parseVenue(JSON.stringify(file));
      if ('venue' in found) {
        well += 1;
        const again = parseVenue(found.canonical);
        assert.ok('venue' in again && again.venue.version === found.venue.version);
      } else {
        ill += 1;
        assert.ok(found.faults.length > 0);
        for (const { pointer, expected, found: what } of found.faults)
          assert.ok(/^(\/|$)/.test(pointer) && expected !== '' && what !== '', JSON.stringify(found.faults));
      }
    }),
    { numRuns: VENUES, seed },
  );
  assert.ok(well > VENUES / 50 && ill > VENUES / 10, `${well} venues, ${ill} with faults`);
});
