import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publish } from '../../../services/ledger/manifest.ts';
import { daysIn } from '../../../services/model/day.ts';
import type { Venue } from '../../../services/model/venue.ts';
import { openDatabase, openMemory } from '../../../services/store/database.ts';
import { sql } from '../../../services/store/sql.ts';
import { parseVenue } from '../../../services/validate/venue.ts';
import { newFolder } from '../../service.ts';

export const SIGHTINGS = 1_240_000;
const FROM = Date.UTC(2026, 10, 3, 8);
/** Three and a half days. */
const UNTIL = FROM + 84 * 3_600_000;
const FILE = {
  zone: 'Europe/Dublin',
  rooms: Array.from({ length: 10 }, (_, i) => ({ id: `room-${i}` })),
  gateways: Array.from({ length: 20 }, (_, i) => ({ id: `pi-${i}`, room: `room-${i >> 1}` })),
};

/** As many sightings as the conference had, with presences and minute frames beside them: a folder for a service, and the same database once more for whoever measures. */
export type World = { venue: Venue; dataDir: string; house: string };

export async function makeWorld(): Promise<World> {
  const read = parseVenue(JSON.stringify(FILE));
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  const { venue } = read;
  const [dataDir, house] = [newFolder(), newFolder()];
  const main = join(dataDir, 'main');
  mkdirSync(main, { recursive: true, mode: 0o700 });
  writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(FILE));
  const database = await openDatabase(main);
  const connection = await database.connect();
  await connection.run(sql(import.meta.url, 'sightings'), { from: BigInt(FROM) * 1000n, first: 0, count: SIGHTINGS });
  await connection.run('CHECKPOINT');
  connection.closeSync();
  database.close();
  await publishDays(main, venue);
  cpSync(main, house, { recursive: true });
  return { venue, dataDir, house };
}

/** Who was where, in turns of twenty minutes, and what the minutes of rooms were like: a part a day, as jobs leave them. */
async function publishDays(house: string, venue: Venue): Promise<void> {
  const memory = await openMemory(house);
  for (const { day, from, until } of daysIn({ from: FROM, until: UNTIL }, venue.zone)) {
    const part = { day, span: { from, until }, positions: [1], venue: venue.version, rule: '1', made: 1, note: null };
    const span = { from: BigInt(Math.max(from, FROM)) * 1000n, until: BigInt(Math.min(until, UNTIL)) * 1000n };
    for (const dataset of ['presences', 'frames'] as const)
      await publish(house, dataset, { ...part, asSeen: false }, async (file) => {
        const written = await memory.connection.runAndReadAll(sql(import.meta.url, dataset), { ...span, file });
        return Number(written.getRows()[0]![0]);
      });
  }
  memory.close();
}
