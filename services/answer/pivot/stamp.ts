import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { type Derived, manifestOf, readParts } from '../../ledger/manifest.ts';
import type { PivotQuery } from '../../model/pivot.ts';
import { canonicalPivot } from '../../model/pivot-url.ts';
import type { Span } from '../../model/venue.ts';
import { rowsOf } from '../../store/rows.ts';
import { sql } from '../../store/sql.ts';
import type { FrameTables } from '../frames.ts';
import { derivedParts } from './derived.ts';
import { planOf } from './plan.ts';
import { resolveWhen } from './when.ts';
import { type Asked, revisionOf, sourceOf } from './work.ts';

const MINUTE_MS = 60_000;

/**
 * What an answer would be made of, hashed: equal stamps have equal answers. `isFixed`: nothing but a revision that the question
 * names is read, of a span that is over, so the answer is the same for ever.
 */
export type Stamp = { stamp: string; isFixed: boolean };

/** What tells, at once, that nothing has been added anywhere; null: others write where this process does not see it. */
export type Written = (() => number) | null;

/** Stamps of questions. The same question object is looked at again only when something was added since. */
export function createStamps(from: FrameTables, written: Written) {
  const known = new WeakMap<PivotQuery, Stamp & { token: string }>();
  return async (query: PivotQuery, asked: Asked): Promise<Stamp | null> => {
    const isRelative = query.span?.last !== undefined;
    const token = tokenOf(query, from, written, asked.isNamed === true);
    const held = known.get(query);
    if (held && held.token === token && !isRelative) return held;
    const span = resolveWhen(query.span, asked.venue, asked.now);
    const parts = await partsOf(query, span, asked, from, written);
    if (parts === null) return null;
    const said = [canonicalPivot({ ...query, span }), asked.venue.version, parts];
    const stamp = createHash('sha256').update(JSON.stringify(said)).digest('base64url').slice(0, 24);
    const isFixed = isFixedIn(query, span, asked);
    known.set(query, { stamp, isFixed, token });
    return { stamp, isFixed };
  };
}

/** What an answer about a dataset is made of, where it is read from files. */
const READ: Record<PivotQuery['dataset'], Derived[]> = {
  observations: [],
  presences: ['presences', 'frames', 'baselines'],
  frames: ['presences', 'frames', 'baselines'],
  anomalies: ['anomalies'],
};

/** Changes whenever an answer may: a manifest was written, a minute was shown, something was stored, the venue is another one. */
function tokenOf(
  { dataset }: PivotQuery,
  { house, record, venue }: FrameTables,
  written: Written,
  isNamed: boolean,
): string {
  const manifests = house === null ? [] : READ[dataset].map((derived) => mtimeOf(house, derived));
  return [
    written?.() ?? Number.NaN,
    Math.floor(record.last / MINUTE_MS),
    venue().version,
    dataset === 'anomalies' && isNamed,
    ...manifests,
  ].join();
}

/** A file is looked at no more often, ms: who asks in between might as well have asked before it was written. */
const LOOK_MS = 20;
const looked = new Map<string, { at: number; mtime: number }>();

/** When a manifest was written last; its path is made only where it is looked at, which took a thirtieth of a 304. */
function mtimeOf(house: string, derived: Derived): number {
  const now = performance.now();
  const key = derived + house;
  const last = looked.get(key);
  if (last && now - last.at < LOOK_MS) return last.mtime;
  const mtime = statSync(manifestOf(house, derived), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  looked.set(key, { at: now, mtime });
  return mtime;
}

/** What of a span would be read; null where that cannot be told without reading it. */
async function partsOf(query: PivotQuery, span: Span, asked: Asked, from: FrameTables, written: Written) {
  if (query.dataset === 'observations') return written === null ? null : storedIn(span, asked);
  if (query.dataset !== 'anomalies') return derivedParts(span, revisionOf(query), from).key;
  const parts = from.house === null ? [] : readParts(from.house, 'anomalies');
  const files = parts.flatMap(({ span: own, file }) => (own.from < span.until && own.until > span.from ? [file] : []));
  return [asked.isNamed === true, ...files];
}

async function storedIn(span: Span, { tables, signal }: Asked): Promise<unknown> {
  const opened = await tables(span);
  const connection = await opened.connect();
  const stop = () => connection.interrupt();
  signal?.addEventListener('abort', stop);
  try {
    const values = { from: BigInt(span.from) * 1000n, until: BigInt(span.until) * 1000n };
    for await (const rows of rowsOf(await connection.stream(sql(import.meta.url, 'stamp'), values))) return rows[0];
    return null;
  } finally {
    signal?.removeEventListener('abort', stop);
    connection.closeSync();
    opened.close();
  }
}

/** Parts of time that the venue does not decide. */
const CLOCK = new Set(['day', 'weekday', 'hour', 'time', 'step']);

/** What is the venue's of a room, or the baseline's: it may change. */
const CHANGING = new Set(['floor', 'thermometer', 'expected']);

/** Minute rows of a numbered revision never change; groups, floors, sessions and baselines may. */
function isFixedIn(query: PivotQuery, span: Span, { venue, now }: Asked): boolean {
  const { dataset, revision, zone } = query;
  const isNamed = query.span?.from !== undefined && query.span.until !== undefined && /^[1-9]/.test(revision ?? '');
  if (dataset !== 'frames' || !isNamed || zone === undefined || span.until > now) return false;
  const source = sourceOf(query);
  const plan = planOf(query, source, venue);
  const fields = [...plan.rows, ...plan.columns].map(({ name }) => name);
  for (const { field } of query.filters ?? []) fields.push(field);
  const isOwn = (name: string) => name in source.fields && !CHANGING.has(name);
  return (
    fields.map((name) => name.split(':')[0]!).every((name) => CLOCK.has(name) || isOwn(name)) &&
    plan.measures.every(
      ({ name, parts }) => parts.every((part) => part === 'ground') && !/expected|deviation|floor/.test(name),
    )
  );
}
