import { randomUUID } from 'node:crypto';
import { constants, setPriority } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refused } from '../services/answer/refused.ts';
import { endWithParent } from '../services/child.ts';
import { copiesIn } from '../services/house/copies.ts';
import { readingOf, resultsFrom, venueOf } from '../services/house/house.ts';
import { fileLedger } from '../services/ledger/file.ts';
import type { Copied } from '../services/model/copied.ts';
import type { Meta } from '../services/model/query.ts';
import type { Reason } from '../services/model/reject.ts';
import type { Span } from '../services/model/venue.ts';
import { sentenceOf } from '../services/sentence.ts';
import { type Config, readConfig } from '../services/settings/config.ts';
import { sendingBy } from '../services/settings/destinations.ts';
import { findService } from '../services/settings/service-file.ts';
import { readRecord } from '../services/store/record.ts';
import type { Place } from './bench.ts';
import { keepDelivering } from './deliver/keep.ts';
import { workOf } from './jobs.ts';
import { type Keeping, keepJobs, LEASE_MS } from './keep.ts';

/** The jobs of a service, as a child of it: it gives way to the live picture, and ends with its parent. */
async function main(): Promise<void> {
  setPriority(constants.priority.PRIORITY_LOW);
  endWithParent();
  const stopping = new AbortController();
  process.on('SIGTERM', () => stopping.abort());
  await keepFor(readConfig(process.env), stopping.signal);
  if (process.connected) process.disconnect();
}

/** Runs the jobs of a data folder whose service is running, until `signal` aborts. */
export async function keepFor(
  config: Config,
  signal: AbortSignal,
  more: Partial<Pick<Keeping, 'jobs' | 'chores' | 'leaseMs'>> = {},
): Promise<void> {
  const house = join(config.dataDir, 'main');
  const { pseudonym } = readingOf(config);
  const venue = () => venueOf(config, pseudonym).venue;
  const { zone } = venue();
  const ledger = await fileLedger(join(house, 'ledger'));
  const service = askService(config.dataDir);
  const owner = `${process.pid}/${randomUUID()}`;
  const failed = (error: unknown, words: string) =>
    void complain(`${words}: ${sentenceOf(error) ?? (error as Error).message}`);
  const times = { ledger, house, venue, owner, signal, failed, now: Date.now, leaseMs: LEASE_MS };
  const delivering = keepDelivering({ ...sendingBy(config), ...times, ...more });
  try {
    const working = keepJobs({
      ...workOf(config.store),
      ...more,
      ledger,
      owner,
      zone,
      place: {
        house,
        ledger,
        now: Date.now,
        keepFrom: () => resultsFrom(config, Date.now()),
        venue,
        record: () => readRecord(join(house, 'as-seen'), zone),
        async copy({ from, until }, aborted, what) {
          const { file } = await service(aborted, { from, until, what });
          return join(copiesIn(house), file);
        },
        ask: askFor(config.dataDir),
      },
      quarters: async () => (await service(signal)).quarters,
      signal,
      failed,
    });
    await Promise.all([working, delivering]);
  } finally {
    ledger.close();
  }
}

/** What the service says: the name of a copy, or in which quarters of an hour something was observed. */
type Said = { file: string; quarters: number[] };
type Wanted = Span & { what: Copied };

/** Asks the service of this folder, with its own token: for a copy of a span, or for what there is. */
function askService(dataDir: string): (signal: AbortSignal, wanted?: Wanted) => Promise<Said> {
  return async (signal, wanted) => {
    const service = await serviceOf(dataDir);
    const headers = { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' };
    const asked = wanted ? { method: 'POST', body: JSON.stringify(wanted) } : {};
    const reply = await fetch(new URL('/v1/copies', service.address), { ...asked, headers, signal });
    if (!reply.ok) throw new Error(`the service answered ${reply.status}: ${await reply.text()}`);
    return reply.json() as Promise<Said>;
  };
}

/** Asks the service of this folder for an answer, which it writes into a file below its copies. */
function askFor(dataDir: string): Place['ask'] {
  return async (asked, file, signal) => {
    const { address, token } = await serviceOf(dataDir);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const named = relative(copiesIn(join(dataDir, 'main')), file);
    const body = JSON.stringify({ ...asked, file: named });
    const reply = await fetch(new URL('/v1/answers', address), { method: 'POST', headers, body, signal });
    if (!reply.ok) throw refusalOf(reply.status, await reply.text());
    return reply.json() as Promise<Meta>;
  };
}

/** A problem of the service in a sentence; a question that it refuses it refuses each time. */
function refusalOf(status: number, text: string): Error {
  const isRefused = [400, 403, 422].includes(status);
  try {
    const { detail, errors = [] } = JSON.parse(text) as { detail?: string; errors?: Reason[] };
    const words = detail ?? `the service answered ${status}`;
    const whole = { pointer: '/query', expected: 'a question that is answered', found: words };
    return isRefused ? new Refused(errors.length > 0 ? errors : [whole]) : new Error(words);
  } catch {
    return new Error(`the service answered ${status}: ${text}`);
  }
}

async function serviceOf(dataDir: string) {
  const service = await findService(dataDir);
  if (!service) throw new Error(`expected the service of ${dataDir} to run, found none that answers`);
  return service;
}

const complain = (words: string): boolean => process.stderr.write(`hallway jobs: ${words}\n`);

if (process.argv[1] === fileURLToPath(import.meta.url))
  await main().catch((error) => {
    complain(sentenceOf(error) ?? (error as Error).stack ?? String(error));
    process.exit(1);
  });
