import { createAnswer } from '../../../services/answer/answer.ts';
import { arrow } from '../../../services/formats/arrow.ts';
import type { Format } from '../../../services/formats/format.ts';
import { json } from '../../../services/formats/json.ts';
import { openDatabase } from '../../../services/store/database.ts';
import { memoryRecord } from '../../../services/store/record.ts';
import { rowsOf } from '../../../services/store/rows.ts';
import { sql } from '../../../services/store/sql.ts';
import { loadPivotTable } from '../../answer/pivot/pivottable.ts';
import { best, ms, show } from '../figure.ts';
import { CROWD, QUESTIONS } from './questions.ts';
import { SIGHTINGS, type World } from './world.ts';

const RUNS = 4;
/** The viewer of the house itself. */
const SYSTEM = { scope: 'admin' as const };

/** What each question took, ms, in the order of `QUESTIONS`. */
export type Took = { table: number[]; bare: number[] };

/** The engine beside PivotTable.js and bare DuckDB, in turns. */
export async function benchEngine({ venue, house }: World): Promise<Took> {
  const database = await openDatabase(house);
  const connection = await database.connect();
  await connection.run(sql(import.meta.url, 'place'));
  const ask = createAnswer({
    tables: async () => ({ connect: database.connect, close: () => undefined }),
    ...{ record: memoryRecord(venue.zone), house, venue: () => venue },
  });
  const records: Record<string, unknown>[] = [];
  for await (const rows of rowsOf(await connection.stream(sql(import.meta.url, 'records')))) records.push(...rows);
  const utilities = loadPivotTable();
  const took: Took & { engine: number[] } = { engine: [], table: [], bare: [] };
  const asked = async (pivot: typeof CROWD) => {
    for await (const _ of (await ask({ dataset: 'pivot', pivot }, SYSTEM)).rows);
  };
  for (const { query, rows, cols, aggregator, args, bare } of QUESTIONS) {
    const counted = () =>
      new utilities.PivotData(records, {
        rows,
        cols,
        aggregator: utilities.aggregators[aggregator]!(args),
      }).getRowKeys();
    const [engine, table, plain] = [
      await best(() => asked(query), RUNS),
      await best(counted, 2),
      await best(() => connection.runAndReadAll(bare), RUNS),
    ];
    took.engine.push(engine);
    took.table.push(table);
    took.bare.push(plain);
    console.log(
      `  ${`${aggregator} by ${rows} × ${cols}`.padEnd(40)} engine ${ms(engine)}, PivotTable.js ${ms(table)}, bare DuckDB ${ms(plain)}`,
    );
  }
  const engine = sum(took.engine);
  show(
    'engine, PivotTable.js with ready records',
    sum(took.table) / engine,
    '≥ 9',
    `${ms(engine)} for ${QUESTIONS.length} questions of ${SIGHTINGS} sightings`,
  );
  const csv = csvOf(records);
  const read = await best(() => parse(csv), 1);
  show(
    'engine, PivotTable.js from the CSV',
    (sum(took.table) + read * QUESTIONS.length) / engine,
    '≥ 15',
    `${ms(read)} to read ${Math.round(csv.length / 2 ** 20)} MB`,
  );
  const frames = await best(() => asked(CROWD), RUNS);
  show('engine from frames, PivotTable.js who was in a room when', took.table[2]! / frames, '≥ 50', ms(frames));
  await benchArrow(ask);
  connection.closeSync();
  database.close();
  return took;
}

export const sum = (list: number[]): number => list.reduce((a, b) => a + b, 0);

/** All records, as bytes. */
async function benchArrow(ask: ReturnType<typeof createAnswer>): Promise<void> {
  const written = async ({ write }: Format) => {
    const pivot = { dataset: 'observations' as const, measures: ['count'] };
    const answer = await ask({ dataset: 'records', pivot, limit: null }, SYSTEM);
    for await (const _ of write(answer));
  };
  const [asArrow, asJson] = [await best(() => written(arrow), 2), await best(() => written(json), 1)];
  show(`${SIGHTINGS} records as Arrow, as JSON`, asJson / asArrow, '≥ 8', `${ms(asArrow)}, ${ms(asJson)}`);
}

const csvOf = (records: Record<string, unknown>[]): string =>
  [Object.keys(records[0]!).join(), ...records.map((record) => Object.values(record).join())].join('\n');

/** What has no quotes is split: nobody reads it faster in a page. */
function parse(csv: string): Record<string, unknown>[] {
  const [head, ...lines] = csv.split('\n');
  const names = head!.split(',');
  return lines.map((line) => {
    const record: Record<string, unknown> = {};
    line.split(',').forEach((value, i) => {
      record[names[i]!] = value;
    });
    return record;
  });
}
