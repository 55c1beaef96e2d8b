import type { DuckDBConnection } from '@duckdb/node-api';
import { type Memory, openMemory } from '../store/database.ts';

/** How long a DuckDB that nobody asks anything stays open, ms. */
const IDLE_MS = 60_000;

type Kept = { opening: Promise<Memory>; asked: number; timer?: NodeJS.Timeout };

/** By the folder that is read; '' for none. */
const kept = new Map<string, Kept>();

/**
 * A connection for one question, whose TEMP tables nobody else sees, to the one DuckDB of this process that reads below a
 * folder: its memory is bounded for all questions together. To open one for each question took longer than most answers.
 */
export async function openReading(house: string | null): Promise<{ connection: DuckDBConnection; close(): void }> {
  const key = house ?? '';
  const one: Kept = kept.get(key) ?? { opening: openMemory(house), asked: 0 };
  kept.set(key, one);
  clearTimeout(one.timer);
  one.asked += 1;
  const leave = () => {
    one.asked -= 1;
    if (one.asked === 0) one.timer = setTimeout(() => drop(key, one), IDLE_MS).unref();
  };
  try {
    const connection = await (await one.opening).connect();
    return {
      connection,
      close() {
        connection.closeSync();
        leave();
      },
    };
  } catch (error) {
    kept.delete(key);
    throw error;
  }
}

function drop(key: string, { opening }: Kept): void {
  kept.delete(key);
  void opening.then((memory) => memory.close());
}
