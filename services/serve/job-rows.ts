import { Temporal } from 'temporal-polyfill';
import type { Row } from '../formats/format.ts';
import type { Entry, Ledger } from '../ledger/ledger.ts';
import { type Due, entriesIn, type JobSaid, KEYS, type Pause, type Progress, type Run } from '../ledger/runs.ts';
import { nextRuns } from '../model/cron.ts';
import type { Columns } from '../model/query.ts';

/** Coming runs that are shown of each job. */
const NEXT = 3;

export const JOB_COLUMNS: Columns = {
  job: 'text',
  summary: 'text',
  cron: 'text',
  zone: 'text',
  after: 'json',
  paused: 'boolean',
  due: 'integer',
  state: 'text',
  day: 'text',
  share: 'number',
  words: 'text',
  last: 'json',
  next: 'json',
};

export const RUN_COLUMNS: Columns = {
  job: 'text',
  day: 'text',
  state: 'text',
  attempt: 'integer',
  began: 'instant',
  ended: 'instant',
  seconds: 'number',
  rows: 'integer',
  revision: 'integer',
  isNew: 'boolean',
  error: 'text',
  retry: 'instant',
  request: 'text',
};

/** Jobs as the process that runs them has said them, by name, and how each stands. */
export async function jobRows(ledger: Ledger, now: number): Promise<Row[]> {
  const [pauses, dues, progress] = [
    await entriesIn<Pause>(ledger, 'pause/'),
    await entriesIn<Due>(ledger, 'due/'),
    await entriesIn<Progress>(ledger, 'progress/'),
  ];
  const rows: Row[] = [];
  for (const { value: job } of (await entriesIn<JobSaid | null>(ledger, 'job/')).values()) {
    if (!job) continue;
    const runs = [...(await entriesIn<Run>(ledger, `run/${job.name}/`)).values()];
    const running = runs.find(({ value }) => value.state === 'running');
    const last = newest(runs.filter(({ value }) => value.state !== 'running'));
    const shown = progress.get(KEYS.progress(job.name));
    const how = running && shown && shown.time >= running.time ? shown.value : null;
    rows.push({
      job: job.name,
      summary: job.summary,
      cron: job.cron,
      zone: job.zone,
      after: job.after,
      paused: pauses.get(KEYS.pause(job.name))?.value.paused ?? false,
      due: dues.get(KEYS.due(job.name))?.value.days ?? null,
      state: running ? 'running' : (last?.value.state ?? 'never'),
      day: running?.value.day ?? null,
      share: how?.share ?? null,
      words: how?.words ?? null,
      last: last ? rowOf(last.value) : null,
      next: nextRuns(job.cron, job.zone, now, NEXT).map((time) => ({ time, local: localOf(time, job.zone) })),
    });
  }
  return rows;
}

/** Every run of a job, the one that began last first; of one that goes on how it stands. */
export async function runRows(ledger: Ledger, name: string): Promise<Row[]> {
  const entries = (await ledger.list(`run/${name}/`, { history: true })) as Entry<Run>[];
  const isOver = ({ key, value }: Entry<Run>, i: number) => value.state !== 'running' || entries[i + 1]?.key !== key;
  return entries
    .filter(isOver)
    .map(({ value }) => rowOf(value))
    .sort((a, b) => (b.began as number) - (a.began as number) || (String(a.day) < String(b.day) ? 1 : -1));
}

const newest = (runs: Entry<Run>[]): Entry<Run> | undefined => runs.sort((a, b) => a.time - b.time).at(-1);

function rowOf({ job, day, state, attempt, began, ended, error, retry, request, good }: Run): Row {
  const made = state === 'done' ? good : null;
  return {
    job,
    day,
    state,
    attempt,
    began,
    ended,
    seconds: made?.seconds ?? null,
    rows: made?.rows ?? null,
    revision: made?.revisions.at(-1)?.revision ?? null,
    isNew: made ? made.revisions.some(({ isNew }) => isNew) : null,
    error,
    retry,
    request: request?.split('/').at(-1) ?? null,
  };
}

/** An instant as the clocks of a zone show it, with their offset. */
const localOf = (time: number, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(time)
    .toZonedDateTimeISO(zone)
    .toString({ timeZoneName: 'never', smallestUnit: 'minute' });
