import { fileOf, type Part, readParts } from '../ledger/manifest.ts';
import type { Meta, Query } from '../model/query.ts';
import { type Memory, openMemory } from '../store/database.ts';
import { sql } from '../store/sql.ts';

/**
 * The anomalies of a span as a table to be asked, from the newest revision of each day it touches: a corrected one, else as
 * seen. Whoever asks closes it. Without a folder, or before any job has run, there are none. `isNamed`: sentences name the badge
 * that they are about; else they say "A badge".
 */
export async function anomalyTable(
  house: string | null,
  { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY }: NonNullable<Query['span']>,
  isNamed: boolean,
): Promise<{ memory: Memory; parts: Meta['revision'] }> {
  const newest = new Map<string, Part>();
  for (const part of house === null ? [] : readParts(house, 'anomalies'))
    if (part.span.from < until && part.span.until > from) newest.set(part.day, part);
  const memory = await openMemory(house);
  try {
    await openAnomalies(memory.connection);
    for (const part of newest.values())
      await memory.connection.run(sql(import.meta.url, 'anomaly_read'), {
        file: fileOf(house!, 'anomalies', part),
        isNamed,
      });
    const parts = [...newest.values()].map(({ day, revision }) => ({ dataset: 'anomalies', day, revision }));
    return { memory, parts };
  } catch (error) {
    memory.close();
    throw error;
  }
}

/** Makes the table `anomaly`. */
export const openAnomalies = async (connection: Memory['connection']): Promise<void> => {
  await connection.run(sql(import.meta.url, 'anomaly_table'));
};
