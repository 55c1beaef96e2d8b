import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { TIME_MAX_MS, TIME_MIN_MS } from '../model/fields.ts';
import { formatInstant, parseInstant } from '../model/instant.ts';
import { layout } from '../simulate/calendar.ts';
import { TRUTH_HEADER, truthCsv } from '../simulate/csv.ts';
import { demoVenue } from '../simulate/venue.ts';
import { createWorld, type World, type WorldOptions } from '../simulate/world.ts';
import { type Command, type Given, Misused } from './command.ts';
import { pseudonymOf, TARGETS, type Target, targetOf } from './simulate/target.ts';

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
const PEOPLE_MAX = 100_000;

/** `hallway simulate`: a conference that never was, as its gateways would have told it. */
export const simulate: Command = {
  summary:
    'Tell of a simulated conference, or of ordinary weeks of the same house: NDJSON on stdout, or sent over HTTP, MQTT, Kafka',
  usage: '[--people=300] [--seed=1] [--from=TIME] [--until=TIME]',
  options: {
    people: { type: 'string', help: `1 to ${PEOPLE_MAX} (300)` },
    seed: { type: 'string', help: 'a whole number; the same one tells the same (1)' },
    start: {
      type: 'string',
      help: 'local midnight of conference day 1, or of the first Monday (so that now is day 3)',
    },
    zone: { type: 'string', help: 'time zone of that midnight, for --venue (UTC with --start)' },
    story: { type: 'string', help: 'conference, or weeks (40 people, seven weeks)' },
    from: { type: 'string', help: 'first instant that is told, RFC 3339 or UTC epoch ms (noon of day 0)' },
    until: { type: 'string', help: 'the instant that is no longer told (now)' },
    every: { type: 'string', help: 'seconds between two times that a badge speaks, 1 to 60 (60)' },
    sparse: { type: 'boolean', help: 'every other gateway only' },
    plain: { type: 'boolean', help: 'nothing planted: no faults, no overfull room, no stuck badge' },
    speed: { type: 'string', help: 'seconds told in a second (as fast as they are taken)' },
    to: { type: 'string', help: `send to this address instead: ${TARGETS}` },
    truth: { type: 'string', help: 'write what was really so to this file: CSV, badges by their pseudonyms' },
    venue: { type: 'string', help: 'write the venue to this file' },
  },
  example: 'npx hallway simulate --seed=7 --truth=truth.csv --venue=venue.json > conference.ndjson',
  run,
};

type Plan = { options: WorldOptions & { from: number }; until: number; speed: number; zone: string };

async function run({ values, files }: Given): Promise<number> {
  if (files.length > 0) throw new Misused(`expected options alone, found ${files[0]}`);
  const plan = planOf(values, Date.now());
  for (const name of ['truth', 'venue'])
    if (values[name] === '') throw new Misused(`--${name}: expected the name of a file, found nothing`);
  if (values.truth && values.truth === values.venue) throw new Misused('expected --truth and --venue to be two files');
  if (values.venue) {
    writeFileSync(String(values.venue), `${JSON.stringify(demoVenue(plan.options.start, plan.zone), null, 2)}\n`);
  }
  const target = targetOf(values.to === undefined ? undefined : String(values.to));
  const world = createWorld(plan.options);
  const truth = values.truth ? createWriteStream(String(values.truth)) : null;
  // Nothing is told before it is known that the truth can be written.
  if (truth) await once(truth, 'open');
  const { sent, where } = await tellTo(target, (send) =>
    tell(world, plan, send, truth ? writeTruth(world, truth) : async () => {}),
  );
  if (truth) {
    truth.end();
    await once(truth, 'close');
  }
  if (!values.quiet)
    process.stderr.write(
      `hallway: ${sent} observations received ${formatInstant(plan.options.from)} to ${formatInstant(plan.until)}${where}\n`,
    );
  return 0;
}

/** What is asked for, checked; by default the conference is laid so that `now` is its third day. */
function planOf(values: Given['values'], now: number): Plan {
  const laid = layout(now);
  const story = values.story === undefined ? 'conference' : String(values.story);
  if (story !== 'conference' && story !== 'weeks')
    throw new Misused(`--story: expected conference or weeks, found "${story}"`);
  const isWeeks = story === 'weeks';
  const start = instant(values, 'start') ?? (isWeeks ? laid.weeks.from : laid.start);
  const zone = zoneOf(values) ?? (values.start === undefined ? laid.zone : 'UTC');
  refuseOther(start, zone, isWeeks && values.start !== undefined);
  const from = instant(values, 'from') ?? (isWeeks ? start : start - DAY_MS / 2);
  const isOver = isWeeks ? start + 47 * DAY_MS : start + 3 * DAY_MS;
  const until = instant(values, 'until') ?? Math.min(now, isOver);
  if (from >= until) throw new Misused('expected --from to be before --until');
  if (from < start - (isWeeks ? 0 : DAY_MS)) throw new Misused(`--from: expected ${formatInstant(start)} or later`);
  const options = {
    seed: number(values, 'seed', isWeeks ? 2 : 1, 0, Number.MAX_SAFE_INTEGER),
    start,
    from,
    people: number(values, 'people', isWeeks ? 40 : 300, 1, PEOPLE_MAX),
    story,
    everySeconds: number(values, 'every', 60, 1, 60),
    isSparse: values.sparse === true,
    isPlain: values.plain === true,
  } as const;
  const speed = values.speed === undefined ? Number.POSITIVE_INFINITY : speedOf(values.speed);
  return { options, until, speed, zone };
}

/** Seconds told in a second. */
function speedOf(text: string | boolean | (string | boolean)[]): number {
  const speed = /^\d*\.?\d+$/.test(String(text)) ? Number(text) : Number.NaN;
  if (speed >= 0.001 && speed <= 1_000_000) return speed;
  throw new Misused(`--speed: expected a number from 0.001 to 1000000, found "${text}"`);
}

function number(values: Given['values'], name: string, otherwise: number, least: number, most: number): number {
  const text = values[name];
  if (text === undefined) return otherwise;
  const found = /^\d{1,16}$/.test(String(text)) ? Number(text) : Number.NaN;
  if (!(found >= least && found <= most))
    throw new Misused(`--${name}: expected a whole number from ${least} to ${most}, found "${text}"`);
  return found;
}

/** Throws Misused where an instant (UTC ms) does not begin a day of a zone, or not a Monday where it has to. */
function refuseOther(start: number, timeZone: string, isMonday: boolean): void {
  const format = (more: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...more }).format(start);
  if (format({ timeStyle: 'medium' }) !== '00:00:00')
    throw new Misused(`--start: expected a midnight of ${timeZone} (--zone), found ${formatInstant(start)}`);
  const weekday = format({ weekday: 'long' });
  if (isMonday && weekday !== 'Monday')
    throw new Misused(`--start: expected a Monday of ${timeZone}, found ${formatInstant(start)}, a ${weekday}`);
}

function zoneOf({ zone }: Given['values']): string | undefined {
  if (zone === undefined) return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: String(zone) });
    return String(zone);
  } catch (error) {
    if (error instanceof RangeError) throw new Misused(`--zone: expected an IANA time zone, found "${zone}"`);
    throw error;
  }
}

function instant(values: Given['values'], name: string): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const ms = parseInstant(String(text));
  if (ms === null || ms % SECOND_MS !== 0 || ms < TIME_MIN_MS || ms >= TIME_MAX_MS)
    throw new Misused(
      `--${name}: expected whole seconds from 2000 to 2099, RFC 3339 (2018-11-05T09:00:00Z) or UTC epoch ms, found "${text}"`,
    );
  return ms;
}

type Send = Target['send'];

/** Whatever happens, leave is taken: a connection that is open would keep the process. */
async function tellTo(target: Target, work: (send: Send) => Promise<number>): Promise<{ sent: number; where: string }> {
  try {
    return { sent: await work(target.send), where: await target.close() };
  } catch (error) {
    await target.close();
    throw error;
  }
}

/** Second by second, at its pace, the truth beside it. Returns how many observations were sent. */
async function tell(
  world: World,
  { options: { from }, until, speed }: Plan,
  send: Send,
  note: (second: number, isLast: boolean) => Promise<void>,
): Promise<number> {
  const began = Date.now();
  let sent = 0;
  for (let second = from; second < until; second += SECOND_MS) {
    const end = Math.min(until, second + SECOND_MS);
    const ahead = began + (end - from) / speed - Date.now();
    if (ahead > 0) await sleep(ahead);
    const told = [...world.advance(end)];
    await note(second, end === until);
    if (told.length > 0) await send(told);
    sent += told.length;
  }
  return sent;
}

async function write(stream: Writable, text: string): Promise<void> {
  if (text && !stream.write(text)) await once(stream, 'drain');
}

/** Badges are named as the service of this data folder names them; so are those that never speak, who are there all the same. */
function writeTruth(world: World, file: Writable): (second: number, isLast: boolean) => Promise<void> {
  const pseudonym = pseudonymOf();
  const rows = truthCsv(pseudonym);
  file.write(TRUTH_HEADER);
  return (second, isLast) => write(file, rows(world.truth(second), isLast));
}
