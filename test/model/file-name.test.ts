import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FILE_NAME, NoName, namesOf } from '../../services/model/file-name.ts';

const WINDOW = { from: Date.parse('2026-10-24T23:30:00Z'), until: Date.parse('2026-10-25T01:30:00Z') };
const KEPT = ['manifest.json'];
const names = (template: string, formats: ('csv' | 'json')[] = ['csv'], window = WINDOW, zone = 'Europe/Dublin') => [
  ...namesOf({ id: 'rooms', zone, template, formats }, window, 2, KEPT).values(),
];

describe('namesOf(schedule, window, revision)', () => {
  it('fills in the window on the clock of the zone, the revision, the schedule and the format', () => {
    assert.deepEqual(names('{schedule}.{format}', ['csv', 'json']), ['rooms.csv', 'rooms.json']);
    assert.deepEqual(names('{schedule}-{date}-{hour}{minute}-r{revision}.{format}'), ['rooms-2026-10-25-0030-r2.csv']);
    assert.deepEqual(names('{year}{month}{day}.{format}'), ['20261025.csv']);
    assert.deepEqual(names('{from}_{until}.{format}'), ['2026-10-25T0030+0100_2026-10-25T0130+0000.csv']);
    assert.deepEqual(names('{date}.{format}', ['csv'], WINDOW, 'America/New_York'), ['2026-10-24.csv']);
  });

  it('the doubled hour of a night has two names', () => {
    const [once, again] = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map((from) =>
      names('{from}.{format}', ['csv'], { from: Date.parse(from), until: Date.parse(from) + 1 }),
    );
    assert.deepEqual([once, again], [['2026-10-25T0130+0100.csv'], ['2026-10-25T0130+0000.csv']]);
  });

  it('refuses what names no file, or two files alike, in words', () => {
    const cases: [string, RegExp][] = [
      ['{schedule}', /expected a name of its own for each file.*found rooms twice/],
      ['manifest.{format}', /found manifest\.json twice/],
      ['Manifest.{format}', /found Manifest\.json twice/],
      ['{room}.{format}', /expected places \{schedule\} .*found \{room\}/],
      ['{constructor}.{format}', /found \{constructor\}/],
      ['../{schedule}.{format}', /found \.\.\/rooms\.csv/],
      ['/etc/{format}', /found \/etc\/csv/],
      ['.{format}', /found \.csv/],
      ['a..b.{format}', /found a\.\.b\.csv/],
      ['con.{format}', /found con\.csv/],
      ['a b.{format}', /found a b\.csv/],
      ['{schedule}\n.{format}', /expected a name of 120 letters/],
      [`${'x'.repeat(120)}.{format}`, /expected a name of 120 letters/],
    ];
    for (const [template, words] of cases)
      assert.throws(
        () => names(template, ['csv', 'json']),
        (error) => error instanceof NoName && words.test(error.message),
        template,
      );
  });

  it('whatever a template says, a name stays in its folder', () => {
    const part = fc.oneof(
      fc.constantFrom('{schedule}', '{date}', '{format}', '{from}', '..', '/', '\\', '%2e', '\0'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        try {
          for (const name of names(parts.join(''))) assert.match(name, new RegExp(FILE_NAME));
        } catch (error) {
          assert.ok(error instanceof NoName);
        }
      }),
      { numRuns: 500 },
    );
  });
});
