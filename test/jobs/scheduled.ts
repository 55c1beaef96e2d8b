import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportsIn, type Manifest } from '../../services/ledger/exported.ts';
import { putSchedule, readSchedule, readWindows } from '../../services/ledger/schedules.ts';
import type { PivotQuery } from '../../services/model/pivot.ts';
import { type FileFormat, type Schedule, USUAL, type WindowRow } from '../../services/model/schedule.ts';
import { randomWorld } from '../locate/world.ts';
import { workshop } from './bench.ts';

export const HOUR = 3_600_000;
export const DUE_MS = 15 * 60_000;

export const HOURLY: Omit<Schedule, 'id' | 'time'> = {
  ...USUAL,
  name: 'Rooms by hour',
  query: { dataset: 'observations', rows: ['room'], columns: [], measures: ['count', 'average(rssi)'] } as PivotQuery,
  cron: '0 * * * *',
  zone: 'Europe/Dublin',
  formats: ['csv', 'parquet', 'arrow', 'json', 'ndjson', 'tsv', 'xlsx'] as FileFormat[],
  profile: 'data',
  since: 0,
};

/** Twenty minutes of the world that schedules are about. */
export const WORLD = randomWorld(7, 1200, 5);

/** A world of twenty minutes in a house with a schedule, at so many ms after the hour that it lies in has ended. */
export async function scheduled(after: number, rest: Partial<Schedule> = {}, kept: string | null = null) {
  const world = WORLD;
  const begun = world.start - (world.start % HOUR);
  let now = begun + HOUR + after;
  const isLaid = kept !== null && existsSync(join(kept, 'hallway.duckdb'));
  const one = await workshop(world.venue, isLaid ? [] : world.sightings, undefined, kept);
  one.bench.now = () => now;
  const { ledger } = one.bench;
  if (!(await readSchedule(ledger, 'hourly')))
    await putSchedule(ledger, 'hourly', { ...HOURLY, since: begun, ...rest });
  const rows = async () => (await readWindows(ledger, 'hourly')).map(({ value }) => value);
  return { ...one, world, begun, rows, at: (ms: number) => (now = begun + HOUR + ms) };
}

export const folderIn = (house: string, row: WindowRow): string => join(exportsIn(house), row.published!.folder);

export const manifestIn = (house: string, row: WindowRow): Manifest =>
  JSON.parse(readFileSync(join(folderIn(house, row), 'manifest.json'), 'utf8'));
