import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { AGGREGATORS, PIVOTED, type PivotQuery } from '../../services/model/pivot.ts';
import { canonicalPivot, fromUrl, toUrl } from '../../services/model/pivot-url.ts';

const cell = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '~',
    '~~',
    '~null',
    '5',
    '-1e9',
    '',
    'a..b',
    '..',
    '1..2',
    'a,b',
    'a:b',
    '%2C',
    '100%',
    'café',
    '+ &=',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constant(null),
);
const field = fc.constantFrom('room', 'hour', 'rssi:5', 'time:15m', 'step:1h', 'temperature:0.5');
const ends = fc.record(
  {
    from: fc.double({ noNaN: true, noDefaultInfinity: true }),
    until: fc.double({ noNaN: true, noDefaultInfinity: true }),
  },
  { requiredKeys: [] },
);
const filter = fc.oneof(
  fc.record({ field, in: fc.array(cell, { maxLength: 4 }) }),
  fc.record({ field, not: fc.array(cell, { maxLength: 4 }) }),
  fc.tuple(field, ends).map(([name, range]) => ({ field: name, ...range })),
  fc.tuple(field, ends, fc.array(cell)).map(([name, range, list]) => ({ field: name, ...range, in: list, not: list })),
);
const span = fc.oneof(
  fc.record(
    { from: fc.integer({ min: -1e12, max: 5e12 }), until: fc.integer({ min: -1e12, max: 3e14 }) },
    { requiredKeys: [] },
  ),
  fc.record({ last: fc.constantFrom('24h', '90m', '7d') }),
  fc.record({ event: fc.string({ minLength: 1 }) }),
  fc.record({ session: fc.string({ minLength: 1 }) }),
);
const measure = fc.oneof(
  fc.constantFrom('peak', 'visitors'),
  fc.constantFrom(...(Object.keys(AGGREGATORS) as (keyof typeof AGGREGATORS)[])).map((name) => {
    const fields = ['rssi', 'claps'].slice(0, AGGREGATORS[name]);
    return fields.length > 0 ? `${name}(${fields.join()})` : name;
  }),
);
const query = fc.record(
  {
    dataset: fc.constantFrom(...PIVOTED),
    rows: fc.array(field, { maxLength: 3 }),
    columns: fc.array(field, { maxLength: 3 }),
    measures: fc.array(measure, { minLength: 1, maxLength: 4 }),
    filters: fc.array(filter, { maxLength: 4 }),
    span,
    zone: fc.constantFrom('Europe/Dublin', 'Etc/GMT+5'),
    revision: fc.constantFrom('latest', 'as-seen', '3'),
    totals: fc.boolean(),
    limit: fc.integer({ min: 1, max: 1_000_000 }),
  },
  { requiredKeys: ['dataset', 'measures'] },
);

it('fromUrl(toUrl(query)) is the canonical form of the query, whatever is asked', () =>
  fc.assert(
    fc.property(query, (asked) => {
      const wanted = canonicalPivot(asked as PivotQuery);
      assert.deepEqual(fromUrl(toUrl(asked as PivotQuery)), { query: wanted });
      assert.deepEqual(canonicalPivot(wanted), wanted);
    }),
    { numRuns: 500 },
  ));

it('toUrl(query) can be read by a person', () => {
  const asked: PivotQuery = {
    dataset: 'frames',
    rows: ['room'],
    columns: ['hour'],
    measures: ['occupancy', 'sumOverSum(claps,peak)'],
    filters: [
      { field: 'room', not: ['hall', null] },
      { field: 'rssi', from: -90, until: -60 },
    ],
    span: { from: Date.UTC(2026, 10, 3) },
    totals: false,
  };
  assert.equal(
    toUrl(asked),
    'dataset=frames&rows=room&columns=hour&measures=occupancy,sumOverSum(claps,peak)&where=!room:hall,~null&where=rssi:-90..-60&from=2026-11-03T00:00:00.000Z&totals=false',
  );
});

it('fromUrl(text) gives reasons for what it cannot read', () => {
  for (const text of [
    'foo=1',
    'where=room',
    'from=never',
    'limit=many',
    'totals=maybe',
    'rows=a&rows=b',
    'where=a:%25zz',
    'where=a:1..b',
  ])
    assert.ok('reasons' in fromUrl(text), text);
});
