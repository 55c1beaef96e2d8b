import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openHouse } from '../../services/house/house.ts';
import { readConfig } from '../../services/settings/config.ts';
import { fileSource } from '../../services/source/file.ts';
import { flow } from '../../services/work/river.ts';
import { k, median, tell } from './figure.ts';

const ROWS = 1_000_000;
const RUNS = 5;

/** NDJSON → durable DuckDB through the whole river, beside DuckDB's own `read_json` of the same bytes, in turns. */
export async function benchLoad(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hallway-bench-'));
  const file = join(folder, 'sightings.ndjson');
  await makeFile(file);
  console.log(`${ROWS} sightings, ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB of NDJSON; ${RUNS} runs, in turns`);
  const river: number[] = [];
  const limit: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    limit.push(await timed(() => readJson(file, join(folder, `limit-${run}.duckdb`))));
    river.push(await timed(() => load(file, join(folder, `data-${run}`))));
  }
  const again = await timed(() => load(file, join(folder, 'data-0')));
  const rate = (seconds: number) => k(ROWS / seconds);
  tell({
    measure: 'NDJSON → durable DuckDB, of read_json',
    run: rate(median(river)),
    beside: `${rate(median(limit))} read_json into a file`,
    found: median(limit) / median(river),
    goal: '≥ 0.5',
  });
  tell({ measure: 'the same file again: all repeats', run: rate(again) });
  rmSync(folder, { recursive: true, force: true });
}

async function timed(task: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await task();
  return (performance.now() - began) / 1000;
}

/** 300 badges heard by 20 gateways, in the order of time. */
async function makeFile(file: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT 1793664000000 + i // 4 AS time, 'pi-' || ((hash(i // 4) % 5) + 5 * (i % 4)) AS gateway, printf('e0b201%06x', hash(i // 4) % 300) AS badge, (-60 - hash(i, 1) % 30)::INTEGER AS rssi, 20 + (i % 500) / 100.0 AS temperature, i % 7 AS claps FROM range(${ROWS}) t(i)) TO '${file}' (FORMAT json)`,
  );
  connection.closeSync();
  instance.closeSync();
}

async function readJson(file: string, database: string): Promise<void> {
  const instance = await DuckDBInstance.create(database, { threads: '2' });
  const connection = await instance.connect();
  await connection.run(
    `CREATE TABLE sighting AS SELECT * FROM read_json('${file}', format = 'newline_delimited', columns = {time: 'BIGINT', gateway: 'VARCHAR', badge: 'VARCHAR', rssi: 'SMALLINT', temperature: 'DOUBLE', claps: 'SMALLINT'})`,
  );
  connection.closeSync();
  instance.closeSync();
}

async function load(file: string, dataDir: string): Promise<void> {
  const house = await openHouse(readConfig({ DATA_DIR: dataDir }));
  const source = fileSource(
    createReadStream(file, { highWaterMark: 2 ** 20 }),
    house.context('bench', 'recorded'),
    () => {},
  );
  await flow(source, house.store, new AbortController().signal);
  await house.close();
}
