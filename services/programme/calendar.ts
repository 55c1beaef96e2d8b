import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Temporal } from 'temporal-polyfill';
import { fileOf } from '../child.ts';
import { abortAfter } from '../model/abort.ts';
import { CALENDAR_MAX } from '../model/programme.ts';
import type { Span } from '../model/venue.ts';
import type { CalendarAsked, CalendarSaid } from './calendar-child.ts';

/** How long a calendar may take to be read, and how much memory, MB; how long to arrive; how often it may be elsewhere. */
const [READ_MS, MEMORY_MB] = [30_000, 512];
const FETCH_MS = 20_000;
const REDIRECTS_MAX = 3;
const TOO_MUCH = `expected a calendar that can be read in ${READ_MS / 1000} s and ${MEMORY_MB} MB, found more`;

/** A calendar that cannot be had, and why. */
export class NotFetched extends Error {}

/** Reads a calendar in a process of its own, which lives in UTC: last year, this one and the next in the venue's zone. */
export async function readApart(text: string, zone: string, now: number): Promise<CalendarSaid> {
  const child = fork(fileOf('programme/calendar-child'), {
    execArgv: [...process.execArgv, `--max-old-space-size=${MEMORY_MB}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { TZ: 'UTC' },
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), READ_MS);
  let said: CalendarSaid = { refused: TOO_MUCH };
  child.once('message', (message: CalendarSaid) => {
    said = message;
  });
  child.send({ text, zone, span: yearsAbout(now, zone) } satisfies CalendarAsked);
  await once(child, 'exit');
  clearTimeout(timer);
  return said;
}

/** Whole years, so that reading again on another day takes the same sessions. */
export function yearsAbout(now: number, zone: string): Span {
  const { year } = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
  const begin = (of: number) =>
    Temporal.PlainDate.from({ year: of, month: 1, day: 1 }).toZonedDateTime(zone).epochMilliseconds;
  return { from: begin(year - 1), until: begin(year + 2) };
}

/**
 * Fetches a calendar by http or https, which an admin named: addresses of his own network are allowed for that reason. It is
 * bounded in time and size, and never leads to another kind of address. Throws `NotFetched`; nothing of an answer is quoted.
 */
export async function fetchCalendar(url: string, signal: AbortSignal, get: typeof fetch = fetch): Promise<string> {
  let at = new URL(url);
  for (let hops = 0; hops <= REDIRECTS_MAX; hops += 1) {
    const reply = await asked(at, signal, get);
    const next = reply.status >= 300 && reply.status < 400 ? reply.headers.get('location') : null;
    if (next === null) return textOf(reply, at);
    await reply.body?.cancel();
    at = leadTo(next, at);
  }
  throw new NotFetched(`expected ${REDIRECTS_MAX} redirects at most, found more`);
}

async function asked(at: URL, signal: AbortSignal, get: typeof fetch): Promise<Response> {
  try {
    const patience = abortAfter(FETCH_MS, signal);
    return await get(at, { redirect: 'manual', signal: patience, headers: { accept: 'text/calendar, text/plain' } });
  } catch (error) {
    const { message, cause } = error as Error;
    throw new NotFetched(
      `expected an answer of ${at.host}, found none (${(cause as Error | undefined)?.message ?? message})`,
    );
  }
}

/** Where a redirect leads: to http or https, and from https to https alone. */
function leadTo(next: string, from: URL): URL {
  const at = URL.canParse(next, from.href) ? new URL(next, from) : null;
  const isAllowed = at !== null && (at.protocol === 'https:' || (at.protocol === 'http:' && from.protocol === 'http:'));
  if (isAllowed) return at;
  throw new NotFetched(`expected a redirect to https, found one to ${at?.protocol ?? 'no address'}`);
}

async function textOf(reply: Response, { host }: URL): Promise<string> {
  if (!reply.ok) {
    await reply.body?.cancel();
    throw new NotFetched(`expected a calendar of ${host}, found an answer ${reply.status}`);
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of reply.body ?? []) {
      size += part.length;
      if (size > CALENDAR_MAX) throw new NotFetched(`expected ${CALENDAR_MAX} bytes at most of ${host}, found more`);
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof NotFetched) throw error;
    throw new NotFetched(
      `expected a whole calendar of ${host}, found one that breaks off (${(error as Error).message})`,
    );
  }
  return Buffer.concat(parts).toString('utf8');
}
