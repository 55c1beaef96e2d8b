import { createReadStream, statSync } from 'node:fs';
import { detect as judge, type Point } from '../../jobs/detect.ts';
import { SENSITIVITIES, SENSITIVITY } from '../../jobs/detector.ts';
import type { Row } from '../formats/format.ts';
import type { Columns } from '../model/query.ts';
import { type Command, type Given, Misused } from './command.ts';
import { FORMAT_NAMES, formatOf, print } from './output.ts';
import { readPoints } from './points.ts';

const COLUMNS: Columns = {
  time: 'instant',
  value: 'number',
  expected: 'number',
  low: 'number',
  high: 'number',
  score: 'number',
  severity: 'text',
  rung: 'text',
};
/** Digits that a person can use; doubles have some more that say nothing. */
const DIGITS = 9;

/** `hallway detect`: the detector of the house on any series. */
export const detect: Command = {
  summary: 'Judge a series of values: what was expected, between what, and how far off; one row for each row, in order',
  usage: 'FILE.csv [--zone=ZONE] [--sensitivity=1..4] [--column=NAME]',
  options: {
    column: { type: 'string', help: 'the column that holds the values (value)' },
    zone: { type: 'string', help: 'IANA zone of the hours of the week, and of times that name none (UTC)' },
    sensitivity: { type: 'string', help: sensitivities() },
    format: { type: 'string', help: `${FORMAT_NAMES} (csv when piped)` },
  },
  example: 'npx hallway detect demand.csv --zone=America/New_York > judged.csv',
  run,
};

function sensitivities(): string {
  const limits = Object.entries(SENSITIVITIES).map(([step, { limit }]) => `${step}: ${limit}`);
  return `from 1, rarest, to 4; the score from which a row is major: ${limits.join(', ')} (${SENSITIVITY})`;
}

async function run({ values, files }: Given): Promise<number> {
  const [file] = files;
  if (file === undefined || files.length > 1) throw new Misused(`expected one FILE.csv, found ${files.length}`);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new Misused(`expected a file, found none at ${file}`);
  const format = formatOf(values.format);
  const sensitivity = sensitivityOf(values);
  const zone = zoneOf(values);
  const points: Point[] = await readPoints(createReadStream(file), String(values.column ?? 'value'), zone);
  const rows = await judge(points, zone, sensitivity);
  await print(format, COLUMNS, shown(rows), {
    dataset: 'anomalies',
    revision: [],
    asSeen: false,
    settled: true,
    venue: '',
    rows: rows.length,
    ms: 0,
    readFrom: 'file',
  });
  if (!values.quiet) process.stderr.write(summary(rows));
  return 0;
}

async function* shown(rows: Row[]): AsyncGenerator<Row[]> {
  yield rows.map((row) => Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, short(row[name])])));
}

const short = (value: unknown) =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;

function summary(rows: Row[]): string {
  const count = (severity: string) => rows.filter((row) => row.severity === severity).length;
  const unjudged = rows.filter(({ rung }) => rung === 'none').length;
  return `hallway: ${rows.length} rows, ${count('major')} major, ${count('minor')} minor, ${unjudged} without anything to judge them by\n`;
}

function sensitivityOf({ sensitivity }: Given['values']): number {
  if (sensitivity === undefined) return SENSITIVITY;
  if (String(sensitivity) in SENSITIVITIES) return Number(sensitivity);
  throw new Misused(`--sensitivity: expected ${Object.keys(SENSITIVITIES).join(', ')}, found "${sensitivity}"`);
}

function zoneOf({ zone = 'UTC' }: Given['values']): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: String(zone) });
    return String(zone);
  } catch (error) {
    if (error instanceof RangeError) throw new Misused(`--zone: expected an IANA time zone, found "${zone}"`);
    throw error;
  }
}
