import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { workOf } from '../../jobs/jobs.ts';
import { timetableOf } from '../../jobs/keep.ts';
import { csv } from '../formats/csv.ts';
import { answerOut, copiesIn, copyOut } from '../house/copies.ts';
import { DUE_MS, KEYS, type Progress, type Request, valueAt } from '../ledger/runs.ts';
import { daysIn } from '../model/day.ts';
import { parseInstant } from '../model/instant.ts';
import type { Columns, Meta } from '../model/query.ts';
import type { Span } from '../model/venue.ts';
import { type Config, readConfig } from '../settings/config.ts';
import { findService, type ServiceFile } from '../settings/service-file.ts';
import { type Command, Failed, type Given, hint, Misused } from './command.ts';
import { ask } from './lines.ts';
import { ownHouse } from './own-house.ts';
import { createProgress, type Show } from './progress.ts';

/** How often the service is asked how far it is, ms. */
const EVERY_MS = 300;
const COLUMNS: Columns = {
  day: 'text',
  rows: 'integer',
  seconds: 'number',
  revision: 'integer',
  isNew: 'boolean',
  error: 'text',
};

type Asked = Request & { progress: Progress | null };

/** `hallway run JOB`: has a job done for days, by the running service or, when none runs, by itself. */
export const run: Command = {
  summary: 'Run a job over whole, ended days of the venue; prints a line of CSV a day',
  usage: 'JOB --from=TIME --until=TIME [--again]',
  options: {
    from: { type: 'string', help: 'RFC 3339 or UTC epoch ms, widened to a whole day' },
    until: { type: 'string', help: 'the instant that is no longer in, widened as well' },
    again: { type: 'boolean', help: 'days that are done, too' },
  },
  example: 'npx hallway run presences --from=2026-11-03T00:00:00Z --until=2026-11-05T00:00:00Z',
  async run({ values, files }) {
    const [name, ...others] = files;
    if (name === undefined || others.length > 0)
      throw new Misused(`expected one job, found ${files.join(' ') || 'none'}`);
    const config = readConfig(process.env);
    const names = workOf(config.store).jobs.map((job) => job.name);
    if (!names.includes(name))
      throw new Misused(`expected a job of days (${names.join(', ')}), found ${name}${hint(name, names)}`);
    const span = { from: instant(values, 'from'), until: instant(values, 'until') };
    if (span.from >= span.until) throw new Misused('expected --from to be before --until');
    const show = createProgress(name, 1, values.quiet === true);
    const again = values.again === true;
    const service = await findService(config.dataDir);
    const { days } = service
      ? await through(service, name, { ...span, again }, show)
      : await alone(config, name, { ...span, again }, show);
    show.end();
    const rows = (async function* () {
      yield days;
    })();
    for await (const text of csv.write({ columns: COLUMNS, rows, meta: {} as Meta, next: null }))
      process.stdout.write(text);
    if (days.length === 0) show.say('hallway: nothing was observed on those days');
    return days.some(({ state }) => state === 'failed') ? 1 : 0;
  },
};

function instant(values: Given['values'], name: 'from' | 'until'): number {
  const ms = parseInstant(String(values[name] ?? ''));
  if (ms === null)
    throw new Misused(
      `--${name}: expected RFC 3339 (2018-11-05T09:00:00Z) or UTC epoch ms, found "${values[name] ?? ''}"`,
    );
  return ms;
}

/** Asks the running service, whose jobs do it. */
async function through(
  service: ServiceFile,
  name: string,
  body: Span & { again: boolean },
  show: Show,
): Promise<Asked> {
  const url = new URL(`/v1/jobs/${name}/`, service.address);
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const { request } = (await (await ask(service, new URL('runs', url), init)).json()) as { request: string };
  for (;;) {
    const asked = (await (await ask(service, new URL(`requests/${request}`, url))).json()) as Asked;
    if (asked.state === 'done') return asked;
    if (asked.progress) show.update(asked.progress.share, `${asked.progress.day ?? ''} ${asked.progress.words}`);
    await sleep(EVERY_MS);
  }
}

/** Opens the folder, and does it here. */
async function alone(
  config: Config,
  name: string,
  { again, ...span }: Span & { again: boolean },
  show: Show,
): Promise<Request> {
  const house = await ownHouse(config);
  const { ledger, venue, folder, record } = house;
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  try {
    const days = daysIn(span, venue.zone);
    if (days.at(-1)!.until + DUE_MS > Date.now())
      throw new Misused(`--until: expected days that ended ${DUE_MS / 60_000} minutes ago in ${venue.zone}`);
    const asked: Request = { job: name, from: days[0]!.day, until: days.at(-1)!.day, again, state: 'asked', days: [] };
    const key = KEYS.request(name, randomUUID());
    await ledger.put(key, 1, asked);
    const timetable = timetableOf({
      ...workOf(config.store),
      ledger,
      owner: `${process.pid}/${randomUUID()}`,
      zone: venue.zone,
      place: {
        house: folder!,
        ledger,
        now: Date.now,
        venue: () => venue,
        record: () => record,
        copy: async (...asked) => join(copiesIn(folder!), await copyOut(house, ...asked)),
        ask: (asked, file, signal) => answerOut(house.ask, asked, file, signal),
      },
      quarters: house.engine.quarters,
      signal: stopping.signal,
      failed: (error, words) => show.say(`${words}: ${(error as Error).message}`),
      only: key,
      told: ({ share, words, day }) => show.update(share, `${day ?? ''} ${words}`),
    });
    for (;;) {
      const next = await timetable.work();
      const found = await valueAt<Request>(ledger, key);
      if (found?.state === 'done') return found;
      if (stopping.signal.aborted) throw new Failed('stopped; what is done is kept');
      await sleep(Math.max(EVERY_MS, Math.min(1000, (next ?? 0) - Date.now())));
    }
  } finally {
    await house.close();
  }
}
