import { InfluxDB } from '@influxdata/influxdb-client';
import { sql } from '../sql.ts';
import { recordsOf } from './csv.ts';
import type { Influx } from './refused.ts';

/** What a query may be told: numbers (positions, ns as whole numbers in text), texts, durations, and regular expressions. */
export type Values = Record<string, number | string | Nanoseconds | { duration: string } | { regex: string }>;
/** An instant in ns since 1970, in digits. */
export type Nanoseconds = { ns: string };

/** Rows of a statement, each by its columns; the first two are the measurement's name and its tags. */
export type Query = {
  /** the whole answer, which is small; an error of the statement is thrown */
  ask(name: string, values: Values): Promise<Record<string, number | string | null>[]>;
  /** the answer as it comes, cells as text, unknown ones empty */
  stream(name: string, values: Values): AsyncGenerator<string[][]>;
};

/** Rows in a chunk of an answer: the server sends each as soon as it has it, so that memory is flat on both sides. */
const CHUNK_ROWS = 10_000;
/** Silence after which a query is given up, ms. */
const SILENCE_MS = 300_000;

type Result = { error?: string; series?: { columns: string[]; values: (number | string | null)[][] }[] };

/**
 * Asks InfluxQL: whole rows of 6,000 series came at 98 k/s on a busy machine, by Flux a row a field at 50, pivoted at 28
 * (`test/servers/influx-speed.ts`, 200,000 rows); and memory stays flat.
 */
export function querier({ url, token, bucket }: Influx): Query {
  const { transport } = new InfluxDB({ url, token, timeout: SILENCE_MS });
  const path = (more: string) => `/query?${new URLSearchParams({ db: bucket, epoch: 'ns' })}${more}`;
  const bodyOf = (name: string, values: Values) =>
    `${new URLSearchParams({ q: sql(import.meta.url, name), params: inJson(values) })}`;
  const send = (accept: string) => ({
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: accept },
  });
  return {
    async ask(name, values) {
      const answer = await transport.request(path(''), bodyOf(name, values), send('application/json'));
      const [result] = (answer as { results: Result[] }).results;
      if (result?.error) throw new Error(result.error);
      return (result?.series ?? []).flatMap(({ columns, values: rows }) =>
        rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null]))),
      );
    },
    stream: (name, values) => {
      const more = `&chunked=true&chunk_size=${CHUNK_ROWS}`;
      return recordsOf(transport.iterate(path(more), bodyOf(name, values), send('application/csv')));
    },
  };
}

/** Nanoseconds do not fit into a number, so their digits go into the JSON as they are. */
function inJson(values: Values): string {
  const parts = Object.entries(values).map(([name, value]) => {
    const json = typeof value === 'object' && 'ns' in value ? value.ns : JSON.stringify(value);
    return `${JSON.stringify(name)}:${json}`;
  });
  return `{${parts.join(',')}}`;
}
