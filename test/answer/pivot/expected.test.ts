import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, it } from 'node:test';
import fc from 'fast-check';
import { openDerived } from '../../../services/answer/pivot/derived.ts';
import { pivot } from '../../../services/answer/pivot/pivot.ts';
import { Refused } from '../../../services/answer/refused.ts';
import { publish } from '../../../services/ledger/manifest.ts';
import type { RoomFrame } from '../../../services/model/frame.ts';
import { lineOf } from '../../../services/model/line.ts';
import { LEVEL, type PivotQuery } from '../../../services/model/pivot.ts';
import { openMemory } from '../../../services/store/database.ts';
import { memoryRecord } from '../../../services/store/record.ts';
import type { Row } from '../../../services/store/rows.ts';
import { parseVenue } from '../../../services/validate/venue.ts';
import { newFolder, remove } from '../../service.ts';

const T0 = Date.UTC(2026, 10, 3, 9, 58);
const MINUTES = 5;
const ROOMS = ['a', 'b', 'c'];
const read = parseVenue(JSON.stringify({ zone: 'Europe/Dublin', rooms: ROOMS.map((id) => ({ id })), gateways: [] }));
if ('faults' in read) throw new Error(JSON.stringify(read.faults));
const { venue } = read;
/** What is usual, by half hour; nothing is known of c, and of b only from ten on. */
const USUAL: [string, number, number][] = [
  ['a', Date.UTC(2026, 10, 3, 9, 30), 1.254],
  ['a', Date.UTC(2026, 10, 3, 10), 2.5],
  ['b', Date.UTC(2026, 10, 3, 10), 7],
];
const part = {
  day: '2026-11-03',
  span: { from: Date.UTC(2026, 10, 3), until: Date.UTC(2026, 10, 4) },
  ...{ positions: [], venue: venue.version, rule: 'test', made: 1, note: null, asSeen: false },
};
const house = newFolder();

before(async () => {
  mkdirSync(house, { recursive: true });
  const memory = await openMemory(house);
  const { connection } = memory;
  await connection.run(
    'CREATE TABLE b (room VARCHAR, measure VARCHAR, "from" TIMESTAMP, until TIMESTAMP, median DOUBLE, low DOUBLE, high DOUBLE)',
  );
  for (const [room, from, median] of USUAL)
    await connection.run(
      "INSERT INTO b VALUES ($room, 'occupancy', make_timestamp($from::BIGINT), make_timestamp($until::BIGINT), $median, 0, 9)",
      { room, from: BigInt(from) * 1000n, until: BigInt(from + 1_800_000) * 1000n, median },
    );
  await publish(house, 'baselines', part, async (file) => {
    await connection.run('COPY b TO $file (FORMAT parquet)', { file });
    return USUAL.length;
  });
  await connection.run(
    `CREATE TABLE a AS SELECT 'a' AS room, 'occupancy' AS measure, TIMESTAMP '2026-11-03 10:00:00' AS time,
     TIMESTAMP '2026-11-03 10:30:00' AS until, 9.0 AS value, 2.5 AS expected, 1.0 AS low, 4.0 AS high, 2.0 AS score,
     'major' AS severity, 'slot' AS rung, 5::INTEGER AS n, 'a: 9 people' AS sentence, NULL::VARCHAR AS session
     UNION ALL SELECT 'b', 'temperature', TIMESTAMP '2026-11-03 11:00:00', TIMESTAMP '2026-11-03 11:10:00', 30, 22, 20, 24, 1.5,
     'minor', 'all', 3, 'b: 30 °C', NULL`.replaceAll('\n', ' '),
  );
  await publish(house, 'anomalies', part, async (file) => {
    await connection.run('COPY a TO $file (FORMAT parquet)', { file });
    return 2;
  });
  memory.close();
});
after(() => remove(house));

/** Occupancy of each room in each minute, unmeasured where it is null. */
function askedOf(counts: (number | null)[][]) {
  const record = memoryRecord(venue.zone);
  for (let second = 0; second < MINUTES * 60; second++) {
    const time = T0 + second * 1000;
    const rooms = ROOMS.map((room, r): RoomFrame => {
      const occupancy = counts[r]![Math.floor(second / 60)]!;
      const coverage = occupancy === null ? 'unmeasured' : 'good';
      const rest = {
        parked: 0,
        claps: 0,
        temperature: null,
        gateways: 1,
        age: 0,
        expected: null,
        low: null,
        high: null,
      };
      return { room, occupancy, coverage, ...rest };
    });
    const frame = { time, positions: [second], venue: 'v', rule: '1', baseline: null, rooms };
    record.append(lineOf(frame, null, { anew: second === 0, began: [], ended: [] }));
  }
  const tables = () => assert.fail('no observations are asked for');
  return {
    tables,
    derived: openDerived({ record, house, venue: () => venue, tables }),
    ...{ house, venue, now: T0 },
  };
}

async function answered(query: PivotQuery, asked: ReturnType<typeof askedOf>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const some of (await pivot(query, asked)).rows) rows.push(...some);
  return rows;
}

const usualOf = (room: string, minute: number): number | null => {
  const time = T0 + minute * 60_000;
  const row = USUAL.find(([of, from]) => of === room && from <= time && time < from + 1_800_000);
  return row ? Math.round(row[2] * 100) / 100 : null;
};
const round = (x: number) => Math.round(x * 1e4) / 1e4;

it('expected and deviation are of the seconds that were measured and have a baseline, in cells and totals', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.option(fc.nat(20), { freq: 5 }), { minLength: MINUTES, maxLength: MINUTES }), {
        minLength: 3,
        maxLength: 3,
      }),
      fc.shuffledSubarray(['room', 'hour', 'time:1m']),
      async (counts, rows) => {
        const measures = ['expected', 'deviation'];
        const found = await answered({ dataset: 'frames', span: { from: T0 }, rows, measures }, askedOf(counts));
        assert.ok(found.length > 0);
        for (const row of found) {
          const kept = rows.filter((name) => !String(row[LEVEL]).split(',').includes(name));
          const names = (room: string, minute: number): Record<string, unknown> => ({
            room,
            hour: minute < 2 ? 9 : 10,
            'time:1m': ['09:58', '09:59', '10:00', '10:01', '10:02'][minute],
          });
          let [usual, held] = [0, 0];
          const minutes = new Set<number>();
          for (const [r, room] of ROOMS.entries())
            for (let minute = 0; minute < MINUTES; minute++) {
              const [is, expected] = [counts[r]![minute]!, usualOf(room, minute)];
              if (!kept.every((name) => names(room, minute)[name] === row[name])) continue;
              if (is === null || expected === null) continue;
              minutes.add(minute);
              usual += expected;
              held += is;
            }
          const [expected, deviation] = [usual / minutes.size, (held - usual) / minutes.size];
          assert.deepEqual(
            [row.expected, row.deviation],
            minutes.size === 0 ? [null, null] : [round(expected), round(deviation)],
            JSON.stringify(row),
          );
        }
      },
    ),
    { numRuns: 20 },
  ));

it('anomalies are counted where they begin; values of several measures are no number', async () => {
  const asked = askedOf([[], [], []].map(() => Array.from({ length: MINUTES }, () => 1)));
  const query: PivotQuery = {
    dataset: 'anomalies',
    rows: ['room'],
    columns: ['hour'],
    measures: ['count', 'maximum(score)'],
  };
  const rows = await answered(query, asked);
  assert.deepEqual(
    rows.map((row) => [row.room, row.hour, row[LEVEL], row.count, row['maximum(score)']]),
    [
      ['a', 10, '', 1, 2],
      ['a', null, 'hour', 1, 2],
      ['b', 11, '', 1, 1.5],
      ['b', null, 'hour', 1, 1.5],
      [null, 10, 'room', 1, 2],
      [null, 11, 'room', 1, 1.5],
      [null, null, 'room,hour', 2, 2],
    ],
  );
  const values: PivotQuery = { dataset: 'anomalies', measures: ['average(value)', 'sum(minutes)'] };
  await assert.rejects(answered(values, asked), (error) => {
    assert.ok(error instanceof Refused);
    assert.match(error.message, /average where a filter lets through one measure, or measure on rows or columns/);
    return true;
  });
  const [one] = await answered({ ...values, filters: [{ field: 'measure', in: ['occupancy'] }] }, asked);
  assert.deepEqual([one!['average(value)'], one!['sum(minutes)']], [9, 30]);
});
