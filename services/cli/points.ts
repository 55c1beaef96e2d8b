import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { Temporal } from 'temporal-polyfill';
import type { Point } from '../../jobs/detect.ts';
import { parseInstant } from '../model/instant.ts';
import { Failed, hint } from './command.ts';

/** Rows of a series at most: they are judged in memory. */
const ROWS_MAX = 2_000_000;
/** A number below it is in seconds, as in the house's observations. */
const SECONDS_BELOW = 1e11;
const TIMES = ['timestamp', 'time'];
/** Wall time without a zone. */
const WALL = /^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

type Places = { time: number; value: number; names: [string, string] };

/**
 * Reads a CSV with a column `timestamp` or `time` and one of values. A time is RFC 3339, wall time of `zone`, or UTC epoch ms
 * or s; an empty value is none. Throws `Failed` with the row and what was expected there, the header being row 1.
 */
export async function readPoints(bytes: Readable, column: string, zone: string): Promise<Point[]> {
  const rows = bytes.pipe(parse({ bom: true, skip_empty_lines: true, trim: true }));
  bytes.on('error', (error) => rows.destroy(error));
  const points: Point[] = [];
  let places: Places | null = null;
  let row = 0;
  try {
    for await (const cells of rows as AsyncIterable<string[]>) {
      row += 1;
      if (!places) places = placesOf(cells, column);
      else if (points.length < ROWS_MAX) points.push(pointOf(cells, places, row, zone));
      else throw new Failed(`expected ${ROWS_MAX} rows at most, found more`);
    }
  } catch (error) {
    if (error instanceof CsvError) throw new Failed(`row ${row + 1}: expected CSV, found: ${error.message}`);
    throw error;
  }
  if (!places) throw new Failed('row 1: expected a header with timestamp (or time) and value, found nothing');
  return points;
}

function placesOf(header: string[], column: string): Places {
  const names = header.map((name) => name.toLowerCase());
  const time = names.findIndex((name) => TIMES.includes(name));
  const value = header.indexOf(column) >= 0 ? header.indexOf(column) : names.indexOf(column.toLowerCase());
  const found = header.join(', ').slice(0, 200);
  if (time < 0) throw new Failed(`row 1: expected a column timestamp or time, found ${found}`);
  if (value < 0) throw new Failed(`row 1: expected a column ${column}, found ${found}${hint(column, header)}`);
  return { time, value, names: [header[time]!, header[value]!] };
}

function pointOf(cells: string[], { time, value, names }: Places, row: number, zone: string): Point {
  const ms = timeOf(cells[time]!, zone);
  if (ms === null)
    throw new Failed(
      `row ${row}: ${names[0]}: expected RFC 3339, 2014-07-01 00:30:00 or UTC epoch ms, found "${cells[time]!.slice(0, 60)}"`,
    );
  const text = cells[value]!;
  const number = text === '' ? null : Number(text);
  if (number !== null && !(NUMBER.test(text) && Number.isFinite(number)))
    throw new Failed(`row ${row}: ${names[1]}: expected a number or nothing, found "${text.slice(0, 60)}"`);
  return { time: ms, value: number };
}

function timeOf(text: string, zone: string): number | null {
  const ms = parseInstant(text);
  if (ms !== null) return /^\d+$/.test(text) && ms < SECONDS_BELOW ? ms * 1000 : ms;
  if (!WALL.test(text)) return null;
  try {
    const wall = Temporal.PlainDateTime.from(text.replace(' ', 'T'), { overflow: 'reject' });
    return zone === 'UTC' ? Date.parse(`${wall}Z`) : wall.toZonedDateTime(zone).epochMilliseconds;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
