import { loadavg } from 'node:os';
import { pivot } from '../../services/answer/pivot/pivot.ts';
import type { PivotQuery } from '../../services/model/pivot.ts';
import { openDatabase } from '../../services/store/database.ts';
import { rowsOf } from '../../services/store/rows.ts';
import { sql } from '../../services/store/sql.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { loadPivotTable } from '../answer/pivot/pivottable.ts';

const SIGHTINGS = 1_240_000;
const RUNS = 5;
const FROM = Date.UTC(2026, 10, 3, 8);

/** Questions, and what PivotTable.js is asked for the same; the same in DuckDB's own SQL, cells alone. */
const QUESTIONS: {
  query: PivotQuery;
  rows: string[];
  cols: string[];
  aggregator: string;
  args: string[];
  bare: string;
}[] = [
  {
    query: { dataset: 'observations', rows: ['gateway'], columns: ['hour'], measures: ['count'] },
    rows: ['gateway'],
    cols: ['hour'],
    aggregator: 'Count',
    args: [],
    bare: 'count(*)',
  },
  {
    query: { dataset: 'observations', rows: ['gateway'], columns: ['hour'], measures: ['average(rssi)'] },
    rows: ['gateway'],
    cols: ['hour'],
    aggregator: 'Average',
    args: ['rssi'],
    bare: 'avg(rssi)',
  },
];

/** The engine beside PivotTable.js with ready records and beside bare DuckDB, over as many sightings as the conference had. */
export async function benchPivot(): Promise<void> {
  const database = await openDatabase(null);
  const connection = await database.connect();
  await connection.run(sql(import.meta.url, 'pivot'), { from: BigInt(FROM) * 1000n, count: SIGHTINGS });
  const gateways = Array.from({ length: 20 }, (_, i) => ({ id: `pi-${i}`, room: `room-${i >> 1}` }));
  const rooms = Array.from({ length: 10 }, (_, i) => ({ id: `room-${i}` }));
  const read = parseVenue(JSON.stringify({ zone: 'Europe/Dublin', rooms, gateways }));
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  const asked = {
    tables: async () => ({ connect: database.connect, close: () => undefined }),
    derived: () => Promise.reject(new Error('expected no question about frames')),
    house: null,
    venue: read.venue,
    now: FROM,
  };
  const records: Record<string, unknown>[] = [];
  for await (const rows of rowsOf(await connection.stream(sql(import.meta.url, 'pivot_records'))))
    records.push(...rows);
  const utilities = loadPivotTable();
  for (const { query, rows, cols, aggregator, args, bare } of QUESTIONS) {
    const engine = await best(async () => {
      for await (const _ of (await pivot(query, asked)).rows);
    });
    const text = `SELECT gateway, hour(time) AS hour, ${bare} FROM sighting GROUP BY CUBE (gateway, hour)`;
    const duckdb = await best(async () => void (await connection.runAndReadAll(text)));
    const table = await best(async () => {
      new utilities.PivotData(records, {
        rows,
        cols,
        aggregator: utilities.aggregators[aggregator]!(args),
      }).getRowKeys();
    }, 2);
    console.log(
      `${aggregator} by gateway × hour, ${SIGHTINGS} sightings: engine ${engine.toFixed(0)} ms, ` +
        `PivotTable.js with ready records × ${(table / engine).toFixed(1)}, bare DuckDB × ${(duckdb / engine).toFixed(2)}`,
    );
  }
  console.log(`load of the machine ${loadavg()[0]!.toFixed(1)}`);
  connection.closeSync();
  database.close();
}

/** The shortest of some runs, ms. */
async function best(run: () => Promise<void>, runs = RUNS): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) {
    const began = performance.now();
    await run();
    shortest = Math.min(shortest, performance.now() - began);
  }
  return shortest;
}
