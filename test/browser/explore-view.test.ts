import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { PivotQuery } from '../../services/model/pivot.ts';
import { canonicalPivot } from '../../services/model/pivot-url.ts';
import { fromSearch, toSearch } from '../../web/read/pivot-url.ts';
import { explorationOf, readExploration, writeExploration } from '../../web/view/explore/address.ts';
import { cubeOf, type leavesOf, numberAt } from '../../web/view/explore/cube.ts';
import { shareOf } from '../../web/view/explore/extent.ts';
import { gridOf, nextSorting } from '../../web/view/explore/grid.ts';
import { csvOf, tsvOf } from '../../web/view/explore/matrix.ts';
import { gapsOf } from '../../web/view/explore/series.ts';
import { move, put, type Shelves, take, withFilter } from '../../web/view/explore/shelves.ts';
import { spanIn, writtenOf } from '../../web/view/explore/span.ts';
import { runOf, scrollFor } from '../../web/view/explore/window.ts';
import { instantAt, localAt } from '../../web/view/local-time.ts';
import { pivotOf } from './explore-world.ts';

const field = fc.constantFrom('room', 'day', 'hour', 'time:15m', 'rssi:5', 'badge');
const value = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.integer(),
  fc.constant(null),
  fc.constantFrom('5', '~', 'a..b', 'null', '100%', 'x,y:z'),
);
const filter = fc.oneof(
  fc.record({ field, in: fc.array(value, { maxLength: 4 }) }),
  fc.record({ field, not: fc.array(value, { maxLength: 4 }) }),
  fc.record({ field, from: fc.integer(), until: fc.integer() }),
  fc.record({ field, from: fc.integer() }),
);
const query: fc.Arbitrary<PivotQuery> = fc.record(
  {
    dataset: fc.constantFrom('frames' as const, 'observations' as const),
    rows: fc.uniqueArray(field, { minLength: 1, maxLength: 3 }),
    columns: fc.uniqueArray(field, { minLength: 1, maxLength: 2 }),
    measures: fc.uniqueArray(fc.constantFrom('count', 'sum(rssi)', 'sumOverSum(claps,rssi)', 'peak'), { minLength: 1 }),
    filters: fc.array(filter, { minLength: 1, maxLength: 3 }),
    span: fc.oneof(
      fc.record({ last: fc.constantFrom('24h', '7d') }),
      fc.record({ event: fc.constant('conf') }),
      fc.record({ from: fc.integer({ min: 0, max: 4e12 }) }),
    ),
  },
  { requiredKeys: ['dataset', 'measures'] },
);

describe('the address of a pivot', () => {
  it('fromSearch(search) leaves other names alone, and what cannot be read out, with the reason', () => {
    fc.assert(
      fc.property(query, (asked) => {
        const search = toSearch(asked);
        search.set('view', 'line');
        const { query: read, faults } = fromSearch(search);
        assert.deepEqual(canonicalPivot(read), canonicalPivot(asked));
        assert.deepEqual(faults, []);
      }),
    );
    const read = fromSearch(new URLSearchParams('dataset=frames&measures=peak&limit=many&from=never'));
    assert.deepEqual(read.query, { dataset: 'frames', measures: ['peak'] });
    assert.equal(read.faults.length, 2);
    assert.match(read.faults[0]!, /^limit: expected a whole number, found many/);
  });

  it('writeExploration(exploration) is read again as it was, whatever is sorted, shut and open', () => {
    const look = fc.record({
      view: fc.constantFrom('table' as const, 'heat' as const, 'tree' as const),
      by: fc.constantFrom('table' as const, 'row' as const),
      hue: fc.constantFrom(null, 'peak', 'sumOverSum(claps,rssi)'),
      sort: fc.constantFrom(
        null,
        { key: '["a;b",1]', measure: 'sum(rssi)', isDown: true },
        { key: '', measure: 'peak', isDown: false },
      ),
      shut: fc.uniqueArray(fc.constantFrom('["x"]', '|["y & z"]')),
      cell: fc.constantFrom(null, { row: '["a;b"]', column: '' }, { row: '', column: '["c","d;"]' }),
    });
    fc.assert(
      fc.property(query, look, (asked, looked) => {
        const of = explorationOf(canonicalPivot(asked), looked);
        assert.deepEqual(readExploration(writeExploration('?theme=dark&dataset=old', of)), of);
      }),
    );
    assert.match(
      writeExploration('?theme=dark&rows=old', explorationOf({ dataset: 'frames', measures: ['peak'] })),
      /^\?dataset=frames&measures=peak&theme=dark$/,
    );
  });
});

const shelves = (rows: string[], columns: string[] = [], measures: string[] = ['count']): Shelves => ({
  rows,
  columns,
  measures,
  filters: [],
});

describe('shelves', () => {
  it('move() brings a field to its place, and never doubles or loses one', () => {
    const places = fc.record({ shelf: fc.constantFrom('rows' as const, 'columns' as const), at: fc.nat(3) });
    fc.assert(
      fc.property(fc.uniqueArray(field, { maxLength: 6 }), fc.nat(6), places, places, (names, cut, from, to) => {
        const before = shelves(names.slice(0, cut), names.slice(cut));
        const after = move(before, from, to);
        assert.deepEqual([...after.rows, ...after.columns].sort(), [...names].sort());
        const moved = before[from.shelf][from.at];
        if (moved !== undefined) assert.equal(after[to.shelf][Math.min(to.at, after[to.shelf].length - 1)], moved);
      }),
    );
  });

  it('move() to measures counts a field, from measures gives it back, and leaves what has none', () => {
    const counted = move(shelves(['room']), { shelf: 'rows', at: 0 }, { shelf: 'measures', at: 1 });
    assert.deepEqual(counted, shelves([], [], ['count', 'countUnique(room)']));
    assert.deepEqual(move(counted, { shelf: 'measures', at: 1 }, { shelf: 'columns', at: 0 }), shelves([], ['room']));
    const same = shelves(['room']);
    assert.equal(move(same, { shelf: 'measures', at: 0 }, { shelf: 'rows', at: 0 }), same);
  });

  it('put() of a field that stands elsewhere moves it; a filter stands beside it; take() takes only that', () => {
    assert.deepEqual(put(shelves(['room', 'day']), 'room', { shelf: 'columns', at: 0 }), shelves(['day'], ['room']));
    const filtered = withFilter(shelves(['room']), { field: 'room', in: ['a'] });
    assert.deepEqual([filtered.rows, filtered.filters], [['room'], [{ field: 'room', in: ['a'] }]]);
    assert.deepEqual(withFilter(filtered, { field: 'room', not: ['b'] }).filters, [{ field: 'room', not: ['b'] }]);
    assert.deepEqual(take(filtered, { shelf: 'filters', at: 0 }), shelves(['room']));
  });
});

const asked: PivotQuery = {
  dataset: 'frames',
  rows: ['floor', 'room'],
  columns: ['day', 'hour'],
  measures: ['peak', 'occupancy'],
};
const ANSWER = pivotOf(asked);
const cube = () => cubeOf(asked.rows!, asked.columns!, ANSWER);

describe('a cube', () => {
  it('cubeOf(answer) has every row of the answer where its fields cross, totals at the nodes they are of', () => {
    const made = cube();
    let found = 0;
    const walk = (node: ReturnType<typeof leavesOf>[number]): (typeof node)[] => [node, ...node.children.flatMap(walk)];
    for (const row of walk(made.rows))
      for (const column of walk(made.columns)) {
        const cell = made.cell(row, column);
        if (!cell) continue;
        found++;
        const open = asked.rows!.slice(row.path.length).concat(asked.columns!.slice(column.path.length));
        assert.equal(cell.level, open.join());
        assert.deepEqual(
          asked.rows!.slice(0, row.path.length).map((name) => cell[name]),
          row.path,
        );
      }
    assert.equal(found, ANSWER.length);
  });

  it('a total that is missing from the answer is unknown, never a sum of cells', () => {
    const made = cubeOf(
      ['room'],
      [],
      pivotOf({ ...asked, rows: ['room'], columns: [] }).filter(({ level }) => level === ''),
    );
    assert.equal(numberAt(made, made.rows, made.columns, 'peak'), null);
    assert.equal(made.rows.children.length, 8);
  });
});

describe('a grid', () => {
  const plain = { measures: ['peak'], shut: new Set<string>(), sort: null, hasSubtotals: true };

  it('gridOf() has a line for each value, those below it after it, and none below one that is shut', () => {
    const made = cube();
    assert.equal(gridOf(made, plain).lines.length, 2 + 8);
    const shut = gridOf(made, { ...plain, shut: new Set(['["ground"]', '|["2026-11-02"]']) });
    assert.deepEqual(
      shut.lines.map(({ node, isOpen }) => [node.path.at(-1), isOpen]),
      [
        ['ground', false],
        ['second', true],
        ['hotel-bar', null],
        ['restaurant', null],
      ],
    );
    assert.deepEqual(
      shut.columns.filter(({ isTotal }) => isTotal).map(({ node }) => node.path),
      [['2026-11-02'], ['2026-11-03'], ['2026-11-04']],
    );
    assert.equal(shut.columns.length, 1 + 2 * (14 + 1));
  });

  it('gridOf({ sort }) orders siblings by a column, unknown last either way', () => {
    const made = cube();
    for (const isDown of [true, false]) {
      const sorted = gridOf(made, { ...plain, sort: { key: '["2026-11-04",13]', measure: 'peak', isDown } });
      const second = sorted.lines.filter(({ node }) => node.path[0] === 'second' && node.path.length === 2);
      assert.equal(second.at(-1)!.node.path[1], 'restaurant');
      const ground = sorted.lines
        .filter(({ node }) => node.path[0] === 'ground' && node.path.length === 2)
        .map(({ node }) => numberAt(made, node, made.columns.children[2]!.children[5]!, 'peak')!);
      assert.deepEqual(
        ground,
        [...ground].sort((a, b) => (isDown ? b - a : a - b)),
      );
    }
    assert.deepEqual(
      [1, 2, 3]
        .reduce((sorts) => [...sorts, nextSorting(sorts.at(-1)!, 'k', 'm')], [null] as ReturnType<typeof nextSorting>[])
        .map((sort) => sort?.isDown ?? null),
      [null, true, false, null],
    );
  });
});

describe('colours and windows', () => {
  it('shareOf() is between 0 and 1 whatever the cells are, the middle where all are equal, 0 for nothing of a count', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
        const extent = { min: Math.min(...values), max: Math.max(...values) };
        for (const held of values)
          assert.ok(shareOf(held, extent) >= 0 && shareOf(held, extent) <= 1, `${held} of ${JSON.stringify(extent)}`);
      }),
    );
    assert.equal(shareOf(7, { min: 7, max: 7 }), 0.5);
    assert.equal(shareOf(0, { min: 0, max: 0 }), 0.5);
    assert.equal(shareOf(5, { min: 4, max: 10 }), 0.5);
    assert.equal(shareOf(-60, { min: -90, max: -60 }), 1);
  });

  it('runOf() holds all that is seen; scrollFor() brings a thing into sight and moves nothing that is', () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.integer({ min: 8, max: 200 }),
        fc.nat(),
        fc.integer({ min: 100, max: 2000 }),
        (count, size, far, length) => {
          const offset = far % Math.max(1, count * size);
          const { from, until } = runOf(count, size, offset, length);
          assert.ok(
            from <= Math.min(count, Math.floor(offset / size)) &&
              until >= Math.min(count, Math.ceil((offset + length) / size)),
          );
          assert.ok(until - from <= Math.ceil(length / size) + 22);
          const to = scrollFor(7, size, offset, Math.max(length, size));
          assert.ok(7 * size >= to && 8 * size <= to + Math.max(length, size));
          assert.equal(scrollFor(7, size, to, Math.max(length, size)), to);
        },
      ),
    );
  });

  it('csvOf() quotes what must be, tsvOf() keeps its columns', () => {
    assert.equal(
      csvOf([
        ['a', 'b,"c"'],
        ['x\ny', ''],
      ]),
      'a,"b,""c"""\r\n"x\ny",\r\n',
    );
    assert.equal(tsvOf([['a\tb', 'c']]), 'a b\tc\n');
  });
});

describe("a span of one's own", () => {
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Dublin',
    'Etc/GMT+4',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'America/New_York',
  );
  const minutes = fc.integer({ min: Date.UTC(2000, 0, 2) / 60_000, max: Date.UTC(2099, 11, 30) / 60_000 });

  it('instantAt(local, zone) is as the standard has it, of a doubled time the first, of one that is left out null', () => {
    fc.assert(
      fc.property(minutes, zones, (minute, zone) => {
        const local = new Date(minute * 60_000).toISOString().slice(0, 16);
        const read = Temporal.PlainDateTime.from(local);
        const instant = read.toZonedDateTime(zone, { disambiguation: 'earlier' });
        const isShown = instant.toPlainDateTime().equals(read);
        assert.equal(instantAt(local, zone), isShown ? instant.epochMilliseconds : null);
        assert.equal(localAt(instant.epochMilliseconds, zone), instant.toPlainDateTime().toString().slice(0, 16));
      }),
    );
    assert.equal(instantAt('2026-10-25T01:30', 'Europe/Dublin'), Date.UTC(2026, 9, 25, 0, 30));
    for (const local of ['2026-03-29T01:30', '2026-02-31T10:00', '', 'today'])
      assert.equal(instantAt(local, 'Europe/Dublin'), null, local);
  });

  it('spanIn(written, zone) reads ends that are there, and says what is wrong with what cannot be', () => {
    const of = (from: string, until = '') => spanIn({ from, until }, 'Europe/Dublin');
    assert.deepEqual(of('2026-07-03T10:00'), { span: { from: Date.UTC(2026, 6, 3, 9) } });
    assert.deepEqual(of('', '2026-11-03T10:00'), { span: { until: Date.UTC(2026, 10, 3, 10) } });
    for (const [from, until, words] of [
      ['', '', /^Expected a time in at least one/],
      ['2026-11-03T10:00', '2026-11-03T10:00', /^Until: expected a time after the first/],
      ['2026-03-29T01:30', '', /^From: expected a time that clocks show, found 2026-03-29 01:30/],
      ['', '1999-12-31T23:59', /^Until: expected a year from 2000 to 2099, found 1999/],
    ] as const) {
      const read = of(from, until);
      assert.match('fault' in read ? read.fault : '', words);
    }
  });

  it('writtenOf(span, venue, zone, now) is what is asked about, in local times', () => {
    const events = [{ id: 'e', from: '2026-07-03T09:00:00Z', until: '2026-07-04T09:00:00Z' }];
    const of = (span: object) => writtenOf(span, { events }, 'Europe/Dublin', Date.UTC(2026, 6, 5, 9));
    assert.deepEqual(of({ event: 'e' }), { from: '2026-07-03T10:00', until: '2026-07-04T10:00' });
    assert.deepEqual(of({ last: '24h' }), { from: '2026-07-04T10:00', until: '2026-07-05T10:00' });
    assert.deepEqual(of({ until: Date.UTC(2026, 6, 3) }), { from: '', until: '2026-07-03T01:00' });
    assert.deepEqual(of({}), { from: '', until: '' });
  });
});

it('gapsOf(picture) are the runs of places of which no line knows anything', () => {
  const series = [
    [null, null, 1, null, null, 2, null],
    [null, null, null, 3, null, 2, null],
  ];
  const picture = {
    places: series[0]!.map(() => ({}) as never),
    series: series.map((values) => ({ node: {} as never, values })),
  };
  assert.deepEqual(gapsOf(picture), [
    [0, 1],
    [4, 4],
    [6, 6],
  ]);
  assert.deepEqual(gapsOf({ places: [], series: [] }), []);
});
