import type { JobSaid } from '../services/ledger/runs.ts';
import type { Chore, Job } from './job.ts';
import { sweep } from './sweep.ts';

/** What waits its time, by day of the venue. */
export const JOBS: readonly Job[] = [];

/** What tidies up. */
export const CHORES: readonly Chore[] = [sweep];

/** What each says of itself in a zone. */
export const saidOf = (jobs: readonly Job[], chores: readonly Chore[], zone: string): JobSaid[] => [
  ...jobs.map(({ name, summary, cron, after }) => ({ name, summary, cron, after, zone, daily: true })),
  ...chores.map(({ name, summary, cron }) => ({ name, summary, cron, after: [], zone, daily: false })),
];
