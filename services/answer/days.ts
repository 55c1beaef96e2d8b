import { createHash } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { type Part, readParts } from '../ledger/manifest.ts';
import type { Columns } from '../model/query.ts';
import type { Span } from '../model/venue.ts';
import type { AsSeen } from '../store/record.ts';
import type { Row } from '../store/rows.ts';

/** A day that can be replayed, in one of its revisions: bounds, whether more can come, and what tells its content from another's. */
export const DAY_COLUMNS: Columns = {
  day: 'text',
  from: 'instant',
  until: 'instant',
  /** the end of the newest frame; of a day that has ended its end */
  known: 'instant',
  /** 0: as seen; 1, 2 …: corrected */
  revision: 'integer',
  whole: 'boolean',
  /** changes with whatever the day's tiles hold */
  tag: 'text',
};

const SECOND_MS = 1000;
/** Characters of a hash that tell one day from another. */
const TAG = 12;

/** The days that were shown or that jobs have made frames of, in order, a row for each of their revisions. */
export async function dayRows(record: AsSeen, zone: string, house: string | null = null): Promise<Row[]> {
  const parts = house === null ? [] : readParts(house, 'frames');
  const baselines = new Map((house === null ? [] : readParts(house, 'baselines')).map((part) => [part.day, part]));
  const shown = new Set(record.days());
  const days = [...new Set([...shown, ...parts.map(({ day }) => day)])].sort();
  const rows: Row[] = [];
  for (const name of days) {
    const day = { day: name, ...boundsOf(name, zone) };
    const own = parts.filter((part) => part.day === name);
    const usual = baselines.get(name)?.sha256 ?? '';
    if (shown.has(name)) rows.push(await shownRow(record, day, usual));
    for (const part of own) if (part.revision > 0 || !shown.has(name)) rows.push(madeRow(day, part, usual));
  }
  return rows;
}

type Day = Span & { day: string };

function boundsOf(day: string, zone: string): Span {
  const start = Temporal.PlainDate.from(day).toZonedDateTime(zone);
  return { from: start.epochMilliseconds, until: start.add({ days: 1 }).epochMilliseconds };
}

/** What was shown is the same whether it is read from the record or from what a job has made of it. */
async function shownRow(record: AsSeen, { day, from, until }: Day, usual: string): Promise<Row> {
  const known = Math.min(until, record.last + SECOND_MS);
  const tag = tagOf(await firstLine(record, day), String(known), usual);
  return { day, from, until, known, revision: 0, whole: known === until, tag };
}

const madeRow = ({ day, from, until }: Day, { revision, sha256 }: Part, usual: string): Row => ({
  ...{ day, from, until, known: until, revision, whole: true },
  tag: tagOf(sha256, usual),
});

const tagOf = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, TAG);

/** The record is never changed: only a house that was emptied can have the same day anew. */
async function firstLine(record: AsSeen, day: string): Promise<string> {
  for await (const line of record.texts(day)) return line;
  return '';
}
