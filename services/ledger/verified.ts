import { basename, dirname } from 'node:path';
import type { DayRead } from '../model/day-reads.ts';
import { LEVEL } from '../model/pivot.ts';
import type { Added } from '../model/schedule.ts';
import type { Compared } from '../model/window-told.ts';
import { nameOf } from '../model/windows.ts';
import type { Manifest } from './exported.ts';

/** What the pivot says now of what a manifest is about. */
export type Now = { totals: Record<string, number | null>; read: DayRead[] };

/** Sums of doubles in another order differ in their last digits. */
const CLOSE = 1e-9;

/**
 * Compares the grand totals that a manifest has with those that the pivot has now. Where something newer is read now than was read
 * then, another total is no fault: it is said which revision has taken the place of which.
 */
export function compareTotals(manifest: Pick<Manifest, 'totals' | 'read' | 'revision'>, now: Now): Compared {
  const totals = Object.entries(manifest.totals).map(([name, file]) => {
    const value = now.totals[name] ?? null;
    return { name, file, now: value, equal: isClose(file, value) };
  });
  const off = totals
    .filter(({ equal }) => !equal)
    .map(({ name, file, now }) => `${name}: expected ${now ?? 'nothing'}, found ${file ?? 'nothing'}`);
  const revision = `revision ${manifest.revision}`;
  if (off.length === 0) return { state: 'equal', words: `${revision}: totals equal the pivot's`, totals };
  const moved = newer(manifest.read, now.read);
  if (moved.length === 0) return { state: 'different', words: `${revision}: ${off.join('; ')}`, totals };
  const words = `${revision} was right when it was made, but data moved on since (${moved.join('; ')}): ${off.join('; ')}`;
  return { state: 'moved', words, totals };
}

/** What folders are called that a revision of a window lies in. */
const WINDOW = /^\d{4}-\d\d-\d\dT\d{4}[+-]\d{4}_\d{4}-\d\d-\d\dT\d{4}[+-]\d{4}$/;
const REVISION = /^r([1-9]\d*)$/;

/**
 * Where a manifest contradicts itself, or the folder that it lies in, in sentences: of what it says nothing else can be told
 * without the ledger, which knows what it was.
 */
export function manifestFaults({ schedule, from, until, zone, revision, ...said }: Manifest, folder: string): string[] {
  const window = basename(dirname(folder));
  const [, number] = REVISION.exec(basename(folder)) ?? [];
  if (number === undefined || !WINDOW.test(window)) return [];
  const span = { from: Date.parse(from), until: Date.parse(until) };
  const { query, holds, types, totals, rows } = said;
  const columns = [...(query.rows ?? []), ...(query.columns ?? []), LEVEL, ...query.measures];
  const pairs: [what: string, expected: string | number, found: string | number][] = [
    ['the schedule', basename(dirname(dirname(folder))), schedule],
    ['the window and zone', window, named(span, zone)],
    ['the revision', Number(number), revision],
    ['the span of the question', `${span.from} to ${span.until}`, `${query.span?.from} to ${query.span?.until}`],
    holds === 'cells'
      ? ['the columns', columns.join(', '), Object.keys(types).join(', ')]
      : ['the count of its totals', rows, totals.count ?? 'none'],
  ];
  return pairs.flatMap(([what, expected, found]) =>
    expected === found ? [] : [`manifest.json: expected ${what} to be ${expected}, found ${found}`],
  );
}

/** A zone that somebody made up has no clock. */
function named(span: { from: number; until: number }, zone: string): string {
  try {
    return nameOf(span, zone);
  } catch (error) {
    return `none: ${(error as Error).message}`;
  }
}

/** Measures that cells add up to, and of what: there each record is in one cell. */
const ADDITIVE = /^(count|claps|sum\(.*\))$/;
const ADDITIVE_OF = ['observations', 'anomalies', 'frames'];

/**
 * What of the rows of files is not as their manifest says, in sentences; none: all is. Each file has as many; columns of numbers
 * add up to the same in each, and cells to the totals where a record is in one cell alone.
 */
export function rowFaults(
  { rows, totals, holds, query, types }: Pick<Manifest, 'rows' | 'totals' | 'holds' | 'query' | 'types'>,
  found: ReadonlyMap<string, Added | Error>,
): string[] {
  const isAdditive = (name: string) => holds === 'cells' && ADDITIVE_OF.includes(query.dataset) && ADDITIVE.test(name);
  const wanted = new Map<string, number>();
  for (const [name, total] of Object.entries(totals))
    if (isAdditive(name) && name in types && total !== null) wanted.set(name, total);
  return [...found].flatMap(([file, added]) => {
    if (added instanceof Error) return [`${file}: could not be read: ${added.message}`];
    if (added.rows !== rows) return [`${file}: expected ${rows} rows, found ${added.rows}`];
    return Object.entries(added.sums ?? {}).flatMap(([name, { sum, size }]) => {
      const expected = wanted.get(name) ?? sum;
      wanted.set(name, expected);
      if (Math.abs(expected - sum) <= CLOSE * Math.max(1, size)) return [];
      return [`${file}: expected ${name} to add up to ${expected}, found ${sum}`];
    });
  });
}

function newer(then: DayRead[], now: DayRead[]): string[] {
  return now.flatMap(({ dataset, day, revision }) => {
    const known = then.find((one) => one.dataset === dataset && one.day === day)?.revision ?? 0;
    return revision > known ? [`${dataset} of ${day}: ${known} then, ${revision} now`] : [];
  });
}

const isClose = (a: number | null, b: number | null): boolean =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= CLOSE * Math.max(Math.abs(a), Math.abs(b)));
