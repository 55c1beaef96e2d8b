import { DuckDBTimestampValue } from '@duckdb/node-api';
import { aheadIn } from '../model/ahead.ts';
import type { Columns, Meta, Query } from '../model/query.ts';
import type { Span, Venue } from '../model/venue.ts';
import { type Memory, openMemory } from '../store/database.ts';
import type { Row } from '../store/rows.ts';
import { sql } from '../store/sql.ts';
import type { Tables } from './answer.ts';
import { type Fit, leastSquares, type Sums, tQuantile } from './least-squares.ts';
import { openMinutes, readMinutes } from './minutes.ts';
import { Refused } from './refused.ts';
import { all, run } from './run.ts';

/** Hours beyond the columns that a line must have before anything is said. */
const HOURS_MIN = 12;
const SHARE = 0.975;
const DAY_MS = 86_400_000;
/** What is asked about if nobody says: four weeks; and at most a year. */
const SPAN_MS = 28 * DAY_MS;
const SPAN_MAX_MS = 366 * DAY_MS;

export const REGRESSION_COLUMNS: Columns = {
  room: 'text',
  term: 'text',
  coefficient: 'number',
  error: 'number',
  low: 'number',
  high: 'number',
  n: 'integer',
  r2: 'number',
  sentence: 'text',
};

export const RESIDUAL_COLUMNS: Columns = {
  room: 'text',
  time: 'instant',
  people: 'number',
  temperature: 'number',
  fitted: 'number',
  residual: 'number',
};

type Found = { rows: Row[]; parts: Meta['revision'] };
type Sum = { room: string; a: string; b: string; total: number };
type Line = { room: string; terms: string[]; fit: Fit; n: number };

/**
 * How warm a room is by how many are in it, the hour and the day: ordinary least squares over hours, one line a room. A row a
 * term: `people` in °C for each person, `hour 10` against the first hour, `day 2026-11-03` against the first day, `one` the
 * rest; 95 % between low and high. Hours follow each other, so the intervals are somewhat too narrow.
 */
export async function regressions(query: Query, tables: Tables, signal?: AbortSignal): Promise<Found> {
  return withHours(query, tables, async (memory, venue, parts) => {
    const lines = linesOf(await sums(memory, signal));
    const asked = query.filters?.room;
    const rooms = venue.rooms.filter((room) => asked === undefined || room === asked);
    const rows = rooms.flatMap((room) => rowsOf(lines.find((line) => line.room === room) ?? null, room, venue));
    return { rows, parts };
  });
}

/** What each hour was, what its line says, and what is left. */
export async function residuals(query: Query, tables: Tables, signal?: AbortSignal): Promise<Found> {
  return withHours(query, tables, async (memory, _venue, parts) => {
    const lines = new Map(linesOf(await sums(memory, signal)).map((line) => [line.room, line]));
    const hours = await all(run(memory, { text: sql(import.meta.url, 'regression_hours'), values: {} }, signal));
    const rows = hours.flatMap((hour): Row[] => {
      const line = lines.get(hour.room as string);
      return line && isEnough(line) ? [residual(hour, line)] : [];
    });
    return { rows, parts };
  });
}

function residual({ room, time, people, warmth, hour, day }: Row, { terms, fit }: Line): Row {
  const of = (term: string) => (term === 'people' ? (people as number) : Number([hour, day, 'one'].includes(term)));
  const fitted = terms.reduce((sum, term, i) => sum + (fit.coefficients[i] || 0) * of(term), 0);
  return {
    room,
    time,
    people: (people as number) / 1000,
    temperature: celsius((warmth as number) + 20_000),
    fitted: celsius(fitted + 20_000),
    residual: celsius((warmth as number) - fitted),
  };
}

const celsius = (thousandths: number): number => Math.round(thousandths) / 1000;

/** Fills the table `hours` for as long as a question takes. */
async function withHours(
  { span, filters }: Query,
  { house = null, venue: venueNow, now = Date.now }: Tables,
  ask: (memory: Memory, venue: Venue, parts: Meta['revision']) => Promise<Found>,
): Promise<Found> {
  const venue = venueNow();
  const until = Math.min(span?.until ?? now(), now());
  const asked: Span = { from: span?.from ?? until - SPAN_MS, until };
  refuseLong(asked);
  const memory = await openMemory(house);
  try {
    const { connection } = memory;
    await openMinutes(connection);
    const parts = house === null ? [] : await readMinutes(connection, house, asked);
    await fillZone(memory, asked, venue.zone);
    const [from, to] = [BigInt(Math.floor(asked.from)) * 1000n, BigInt(Math.floor(asked.until)) * 1000n];
    const room = String(filters?.room ?? '');
    await connection.run(sql(import.meta.url, 'regression_rows'), { room, from, until: to });
    const revision = parts.map(({ day, revision }) => ({ dataset: 'frames', day, revision }));
    return await ask(memory, venue, revision);
  } finally {
    memory.close();
  }
}

function refuseLong({ from, until }: Span): void {
  if (until - from <= SPAN_MAX_MS) return;
  const expected = `${SPAN_MAX_MS / DAY_MS} days at most: ${new Date(until - SPAN_MAX_MS).toISOString()} or later`;
  throw new Refused([{ pointer: '/from', expected, found: new Date(from).toISOString() }]);
}

async function fillZone({ connection }: Memory, span: Span, zone: string): Promise<void> {
  await connection.run('CREATE TABLE zone (start TIMESTAMP, ahead BIGINT)');
  const appender = await connection.createAppender('zone');
  for (const { from, aheadMs } of aheadIn(span, zone)) {
    appender.appendTimestamp(new DuckDBTimestampValue(BigInt(Math.floor(from)) * 1000n));
    appender.appendBigInt(BigInt(aheadMs));
    appender.endRow();
  }
  appender.closeSync();
}

const sums = async (memory: Memory, signal?: AbortSignal): Promise<Sum[]> =>
  (await all(run(memory, { text: sql(import.meta.url, 'regression_sums'), values: {} }, signal))) as Sum[];

function linesOf(found: readonly Sum[]): Line[] {
  const rooms = new Map<string, Map<string, number>>();
  for (const { room, a, b, total } of found) {
    const own = rooms.get(room) ?? new Map<string, number>();
    rooms.set(room, own.set(`${a}\n${b}`, total));
  }
  return [...rooms].map(([room, own]) => {
    const names = [...new Set([...own.keys()].map((key) => key.split('\n')[0]!))].filter((name) => name !== 'warmth');
    // What is asked about comes last: of two that say the same it is the one that cannot be told.
    const terms = [...names.filter((name) => name !== 'people'), ...names.filter((name) => name === 'people')];
    const at = (a: string, b: string) => own.get(`${a}\n${b}`) ?? 0;
    const n = at('one', 'one');
    const needed: Sums = {
      xx: terms.map((a) => terms.map((b) => at(a, b))),
      xy: terms.map((a) => at(a, 'warmth')),
      yy: at('warmth', 'warmth'),
      n,
      y: at('one', 'warmth'),
    };
    return { room, terms, fit: leastSquares(needed), n };
  });
}

const isEnough = ({ fit }: Line): boolean => fit.freedom >= HOURS_MIN;

function rowsOf(line: Line | null, room: string, venue: Venue): Row[] {
  const name = venue.file.rooms.find(({ id }) => id === room)?.name ?? room;
  const none = { coefficient: null, error: null, low: null, high: null, n: line?.n ?? 0, r2: null };
  if (!line || !isEnough(line)) {
    const sentence = `${name}: too few hours with a temperature to tell what warms it (${line?.n ?? 0}).`;
    return [{ room, term: 'people', ...none, sentence }];
  }
  const { terms, fit, n } = line;
  const wide = tQuantile(SHARE, fit.freedom);
  const places = [...terms.keys()].reverse();
  return places.map((i) => {
    const term = terms[i]!;
    // Warmth was summed in 0.001 °C above 20 °C, people in thousandths.
    const per = term === 'people' ? 1 : 1000;
    const coefficient = fit.coefficients[i]! / per + (term === 'one' ? 20 : 0);
    const error = fit.errors[i]! / per;
    if (Number.isNaN(coefficient))
      return {
        room,
        term,
        ...none,
        sentence:
          term === 'people'
            ? `${name}: how many were there follows from hour and day alone, so it cannot be told from them.`
            : null,
      };
    const [low, high] = [coefficient - wide * error, coefficient + wide * error];
    const sentence = term === 'people' ? inWords(name, coefficient, low, high) : null;
    const r2 = Number.isNaN(fit.r2) ? null : figure(fit.r2);
    return {
      room,
      term,
      coefficient: figure(coefficient),
      error: figure(error),
      low: figure(low),
      high: figure(high),
      n,
      r2,
      sentence,
    };
  });
}

const figure = (value: number): number => Number(value.toPrecision(6));

/** "Each 10 people warm Maginnes by 0.4 °C (95 %: 0.3–0.5)." */
function inWords(name: string, coefficient: number, low: number, high: number): string {
  const ten = (value: number) =>
    (10 * value)
      .toFixed(1)
      .replace(/^-0\.0$/, '0.0')
      .replace('-', '−');
  const range = `(95 %: ${ten(low)} to ${ten(high)})`;
  if (low <= 0 && high >= 0)
    return `Whether people warm ${name} or cool it cannot be told: ${ten(coefficient)} °C for each 10 ${range}.`;
  const verb = coefficient > 0 ? 'warm' : 'cool';
  return `Each 10 people ${verb} ${name} by ${ten(Math.abs(coefficient))} °C ${range}.`;
}
