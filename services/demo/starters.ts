import type { Ledger } from '../ledger/ledger.ts';
import { putSchedule, readSchedules } from '../ledger/schedules.ts';
import type { PivotQuery } from '../model/pivot.ts';
import { type Schedule, USUAL } from '../model/schedule.ts';

type Starter = Pick<Schedule, 'name' | 'cron' | 'formats'> & { id: string; query: PivotQuery; lasting?: string };

/** What a venue asks for first. A day is due at midnight, so a schedule of days runs then. */
const STARTERS: readonly Starter[] = [
  {
    id: 'occupancy-by-quarter',
    name: 'Daily occupancy by room and quarter hour',
    query: { dataset: 'frames', rows: ['room', 'step:15m'], measures: ['occupancy', 'peak', 'visitors'] },
    cron: '0 0 * * *',
    formats: ['csv', 'parquet'],
  },
  {
    id: 'claps-by-session',
    name: 'Claps by session',
    query: { dataset: 'frames', rows: ['session'], measures: ['claps', 'peak', 'visitors'] },
    cron: '0 0 * * *',
    formats: ['csv'],
  },
  {
    id: 'temperature-by-hour',
    name: 'Temperature by hour',
    query: { dataset: 'frames', rows: ['thermometer', 'room', 'step:1h'], measures: ['temperature'] },
    cron: '0 0 * * *',
    formats: ['csv', 'parquet'],
  },
  {
    id: 'last-nights-anomalies',
    name: 'Last night’s anomalies',
    query: { dataset: 'anomalies', rows: ['room', 'severity'], measures: ['count', 'listUnique(sentence)'] },
    cron: '0 7 * * *',
    lasting: '12h',
    formats: ['csv', 'json'],
  },
];

/** Gives a house that has no schedule those that most begin with; windows from `since` (UTC ms) on are filled. */
export async function giveStarters(ledger: Ledger, zone: string, since: number): Promise<void> {
  if ((await readSchedules(ledger)).length > 0) return;
  const rest = { ...USUAL, zone, since };
  for (const { id, query, ...starter } of STARTERS)
    await putSchedule(ledger, id, { ...rest, ...starter, query: { columns: [], ...query, totals: false } });
}
