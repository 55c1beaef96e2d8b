import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../../jobs/job.ts';
import { createAnswer } from '../../services/answer/answer.ts';
import { answerOut } from '../../services/house/copies.ts';
import { fileLedger } from '../../services/ledger/file.ts';
import { memoryLedger } from '../../services/ledger/memory.ts';
import type { Observation } from '../../services/model/observation.ts';
import type { Venue } from '../../services/model/venue.ts';
import type { Database } from '../../services/store/database.ts';
import { type Memory, openDatabase, openMemory } from '../../services/store/database.ts';
import { type DuckdbStore, duckdbStore } from '../../services/store/duckdb.ts';
import { openRecord } from '../../services/store/record.ts';
import { newFolder, remove } from '../service.ts';

/** A bench over a store in a folder of its own. */
export type Workshop = { bench: Bench; database: Database; store: DuckdbStore; end(): Promise<void> };

const BATCH = 10_000;

/**
 * @param now the clock of what is made, UTC ms; it goes on by one each time it is asked
 * @param kept a folder that stays, where somebody may have been at work before; its ledger is a file
 */
export async function workshop(
  venue: Venue,
  observations: Observation[],
  now = Date.UTC(2030, 0, 1),
  kept: string | null = null,
): Promise<Workshop> {
  const house = kept ?? newFolder();
  const ledger = kept === null ? memoryLedger() : await fileLedger(join(kept, 'ledger'));
  const database = await openDatabase(house);
  const store = await duckdbStore(database);
  for (let i = 0; i < observations.length; i += BATCH)
    await store.append({ observations: observations.slice(i, i + BATCH), rejects: [] });
  mkdirSync(join(house, 'copies'), { recursive: true });
  const opened = new Set<Memory>();
  let copies = 0;
  let clock = now;
  const record = openRecord(join(house, 'as-seen'), venue.zone);
  const tables = async () => ({ connect: database.connect, close: () => undefined });
  const ask = createAnswer({ tables, record, house, venue: () => venue, now: () => clock });
  const bench: Bench = {
    house,
    venue,
    record,
    ledger,
    async copy(span, what) {
      const file = join(house, 'copies', `${copies++}.parquet`);
      await store.copy(span, file, undefined, what);
      return file;
    },
    ask: (asked, file, signal = new AbortController().signal) => answerOut(ask, asked, file, signal),
    async database() {
      const memory = await openMemory(house);
      const close = () => {
        if (opened.delete(memory)) memory.close();
      };
      opened.add(memory);
      return { ...memory, close };
    },
    now: () => clock++,
    progress: () => {},
    signal: new AbortController().signal,
  };
  const end = async () => {
    for (const memory of opened) memory.close();
    await store.close();
    database.close();
    ledger.close();
    if (kept === null) remove(house);
  };
  return { bench, database, store, end };
}
