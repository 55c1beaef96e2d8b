import { existsSync } from 'node:fs';
import { DUE_MS } from '../answer/answer.ts';
import { stepMs } from '../answer/bins.ts';
import { correctedIn } from '../answer/corrected-in.ts';
import { SHAPES } from '../answer/datasets.ts';
import { occupancyOf } from '../answer/frames.ts';
import { Refused } from '../answer/refused.ts';
import type { Row } from '../formats/format.ts';
import { readVenue } from '../house/house.ts';
import { presencesOf } from '../locate/run.ts';
import { formatInstant, parseInstant } from '../model/instant.ts';
import type { Presence } from '../model/presence.ts';
import type { Columns } from '../model/query.ts';
import type { Span, Venue } from '../model/venue.ts';
import { readConfig } from '../settings/config.ts';
import { type Command, type Given, Misused } from './command.ts';
import { type Heard, heardIn } from './heard.ts';
import { FORMAT_NAMES, formatOf, print } from './output.ts';

/** Here there is one measure of how many were there, so it has the plain name. */
const FRAME_COLUMNS: Columns = {
  room: 'text',
  time: 'instant',
  occupancy: 'number',
  peak: 'integer',
  visitors: 'integer',
  badgeMinutes: 'number',
};

/** `hallway locate`: who was where, from a file or from what is stored. */
export const locate: Command = {
  summary: 'Print who was where (presences), or occupancy by room and step, from a file or from a span of the store',
  usage: 'FILE | --from=TIME --until=TIME  [--corrected] [--frames=STEP]',
  options: {
    from: { type: 'string', help: 'first instant, RFC 3339 or UTC epoch ms' },
    until: { type: 'string', help: 'the instant that is no longer in' },
    venue: { type: 'string', help: 'venue file (that of the data folder)' },
    corrected: {
      type: 'boolean',
      help: 'look ahead: late data in its place, clock skew off, begin and end with the facts',
    },
    frames: { type: 'string', help: 'occupancy by room and step instead: 1s … 1h, day, all' },
    format: { type: 'string', help: `${FORMAT_NAMES} (csv when piped)` },
  },
  example: 'npx hallway locate recording.csv --venue=venue.json --frames=15m',
  run,
};

async function run({ values, files }: Given): Promise<number> {
  const config = readConfig({ ...process.env, ...(values.venue ? { VENUE: String(values.venue) } : {}) });
  const asked = { from: instant(values, 'from'), until: instant(values, 'until') };
  if (files.length > 1) throw new Misused(`expected one file, found ${files.length}`);
  if (files.length === 0 && asked.from === undefined)
    throw new Misused('expected a FILE, or --from (and --until) for what is stored');
  if (asked.from !== undefined && asked.until !== undefined && asked.from >= asked.until)
    throw new Misused('expected --from to be before --until');
  const format = formatOf(values.format);
  if (values.venue && !existsSync(config.venueFile))
    throw new Misused(`--venue: expected a file, found none at ${config.venueFile}`);
  const { venue } = readVenue(config.venueFile);
  if (venue.gateways.length === 0)
    process.stderr.write(`hallway: ${config.venueFile} has no gateways, so nobody is anywhere\n`);
  if (values.frames !== undefined) checkStep(String(values.frames));
  const heard = heardIn(config, files[0], asked);
  const located = values.corrected ? correctedIn : presencesOf;
  const presences = located(heard.observations, venue, defined(asked));
  const rows =
    values.frames === undefined ? asRows(presences) : frames(presences, venue, asked, heard, String(values.frames));
  const [dataset, columns] =
    values.frames === undefined
      ? (['presences', SHAPES.presences.columns] as const)
      : (['frames', FRAME_COLUMNS] as const);
  await print(format, columns, rows, {
    dataset,
    revision: [],
    asSeen: !values.corrected,
    settled: (asked.until ?? Number.POSITIVE_INFINITY) + DUE_MS <= Date.now(),
    venue: venue.version,
    rows: null,
    ms: 0,
    readFrom: files[0] ? 'recording' : 'observations',
  });
  if (!values.quiet) process.stderr.write(summary(heard));
  return 0;
}

function checkStep(step: string): void {
  try {
    stepMs(step);
  } catch (error) {
    throw error instanceof Refused
      ? new Misused(`--frames: expected ${error.reasons[0]!.expected}, found ${step}`)
      : error;
  }
}

const defined = (span: { from: number | undefined; until: number | undefined }) =>
  Object.fromEntries(Object.entries(span).filter(([, value]) => value !== undefined)) as {
    from?: number;
    until?: number;
  };

function instant(values: Given['values'], name: string): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const ms = parseInstant(String(text));
  if (ms === null)
    throw new Misused(`--${name}: expected RFC 3339 (2018-11-05T09:00:00Z) or UTC epoch ms, found "${text}"`);
  return Math.floor(ms / 1000) * 1000;
}

async function* asRows(presences: AsyncIterable<Presence>): AsyncGenerator<Row[]> {
  for await (const presence of presences) yield [presence];
}

/** The span is what was asked for; an end that was not given is where the observations end. */
async function* frames(
  presences: AsyncGenerator<Presence>,
  venue: Venue,
  asked: { from: number | undefined; until: number | undefined },
  heard: Heard,
  step: string,
): AsyncGenerator<Row[]> {
  const kept: Presence[] = [];
  for await (const presence of presences) kept.push(presence);
  if (heard.span === null) return;
  const span: Span = { from: asked.from ?? heard.span.from, until: asked.until ?? heard.span.until };
  const rows = await occupancyOf(each(kept), venue, span, step);
  yield rows.map(({ average, ...row }) => ({ ...row, occupancy: average }));
}

async function* each<T>(items: T[]): AsyncGenerator<T> {
  yield* items;
}

const summary = ({ span, count, rejected }: Heard): string =>
  span === null
    ? 'hallway: nothing was heard in that span\n'
    : `hallway: ${count} observations received ${formatInstant(span.from)} to ${formatInstant(span.until)}${rejected ? `, ${rejected} rejected` : ''}\n`;
