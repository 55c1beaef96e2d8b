import { type Derived, fileOf, readParts } from '../../services/ledger/manifest.ts';
import type { Anomaly } from '../../services/model/anomaly.ts';
import { openMemory } from '../../services/store/database.ts';
import { type Row, rowsOf } from '../../services/store/rows.ts';

/** All rows of the newest revisions of a dataset, in order. */
export async function derivedIn(house: string, dataset: Derived): Promise<Row[]> {
  const newest = new Map(readParts(house, dataset).map((part) => [part.day, part]));
  const memory = await openMemory(house);
  const rows: Row[] = [];
  for (const part of newest.values()) {
    const file = fileOf(house, dataset, part);
    const result = await memory.connection.stream('SELECT * FROM read_parquet($file)', { file });
    for await (const chunk of rowsOf(result)) rows.push(...chunk);
  }
  memory.close();
  return rows;
}

export const anomaliesIn = async (house: string): Promise<Anomaly[]> =>
  (await derivedIn(house, 'anomalies')) as unknown as Anomaly[];
