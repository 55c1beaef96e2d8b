import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  exportsIn,
  faultsOf,
  MANIFEST,
  type Manifest,
  manifestOf,
  ownRevisions,
  RESERVED,
  ROWS_FILE,
  rowsFileOf,
  sealOf,
} from '../../services/ledger/exported.ts';
import { KEYS, type Touched, valueAt } from '../../services/ledger/runs.ts';
import { folderOf } from '../../services/ledger/schedules.ts';
import { changesIn } from '../../services/model/changes.ts';
import { daysIn } from '../../services/model/day.ts';
import { type DayRead, packReads } from '../../services/model/day-reads.ts';
import { type Differences, differenceWords } from '../../services/model/differences.ts';
import { namesOf } from '../../services/model/file-name.ts';
import type { Columns, Meta } from '../../services/model/query.ts';
import { NEWER, type Published, type Schedule, type Sealed, type WindowRow } from '../../services/model/schedule.ts';
import type { Bench } from '../job.ts';
import { differencesOf } from './differences.ts';
import { columnsIn, writeExport } from './files.ts';
import { dropAside, makeAside, makePlace, pathOf } from './place.ts';
import { lookedAt } from './wait.ts';

/** What a window has become: files that are sealed aside; none: it is as it was published before, or is at its place. */
export type Filled = { published: Published; sealed: Sealed | null };

/** Asks, compares with what is published, and writes a revision if that is not the same. `fence`: the version of its row. */
export async function fill(today: Schedule, row: WindowRow, fence: number, bench: Bench): Promise<Filled> {
  // Parts of time are on the clock on which windows are, unless the question names another.
  const own = { ...today, query: { zone: today.zone, ...today.query } };
  const schedule = NEWER.some((why) => why === row.why) ? asPublished(own, row, bench.house) : own;
  makePlace(bench.house, folderOf(schedule, row, 1));
  const aside = makeAside(bench.house, row, fence);
  try {
    const filled = await fillAside(schedule, row, aside, bench);
    if (!filled.sealed) dropAside(bench.house, aside);
    return filled;
  } catch (error) {
    dropAside(bench.house, aside);
    throw error;
  }
}

/** A schedule with what the manifest of a window's files says that was asked: what is newer is asked what was asked then. */
function asPublished(schedule: Schedule, { published }: WindowRow, house: string): Schedule {
  const manifest = published && manifestOf(join(exportsIn(house), published.folder), published.manifest);
  if (!manifest) return schedule;
  const { query, holds, name, zone, profile, template, files } = manifest;
  const formats = files.map(({ format }) => format);
  return { ...schedule, query, holds, name, zone, profile, formats, template: template ?? schedule.template };
}

async function fillAside(schedule: Schedule, row: WindowRow, aside: string, bench: Bench): Promise<Filled> {
  const { house, ask } = bench;
  const { published: before } = row;
  const folder = pathOf(house, aside);
  const answer = join(folder, ROWS_FILE);
  const { query, holds, scope } = schedule;
  const span = { from: row.from, until: row.until };
  // Before the question: what is stored while it is asked is newer than its answer.
  const written = query.dataset === 'observations' ? await writtenTo(row, bench) : null;
  const unlooked = (await lookedAt(query.dataset, bench)).unlooked(span);
  const meta = await ask({ query: { ...query, span }, holds, scope }, answer);
  const { connection } = await bench.database();
  const read = written ?? readBy(schedule, row, meta.revision, bench);
  const columns = await columnsIn(connection, answer);
  const change = await changeOf(connection, schedule, row, { answer, columns, unlooked }, house);
  if (before && change?.words === null)
    return {
      published: {
        ...before,
        read: packReads(read),
        asSeen: asSeenIn(schedule, meta),
        to: sentTo(schedule, row, before),
      },
      sealed: null,
    };
  const revision = (before?.revision ?? 0) + 1;
  const { files, rows } = await writeExport(
    connection,
    folder,
    {
      schedule,
      names: namesOf(schedule, row, revision, RESERVED),
      columns,
      meta,
      said: {
        ...saidOf(schedule, row, meta),
        revision,
        read,
        covered: await coveredIn(row, folder, bench),
        ...(unlooked.length > 0 && { unlooked }),
        changes: changesIn(bench.venue.file, row),
        changed: change?.words ?? null,
        ...(change?.differences && { differences: change.differences }),
      },
    },
    (done, name, count) =>
      bench.progress(
        (done + count / Math.max(1, meta.rows ?? 1)) / schedule.formats.length,
        `${name}, ${count > 0 ? `${count} of ` : ''}${meta.rows} rows`,
      ),
    bench.signal,
  );
  const published = {
    revision,
    folder: folderOf(schedule, row, revision),
    files,
    manifest: await sealOf(join(folder, MANIFEST)),
    rows,
    read: packReads(read),
    asSeen: asSeenIn(schedule, meta),
    changed: change?.words ?? null,
    ...(unlooked.length > 0 && { unlooked }),
    time: bench.now(),
    to: schedule.destinations,
  };
  return { published, sealed: { aside, published } };
}

const stamp = (time: number): string => new Date(time).toISOString();

/** Whether something is as seen; of observations nothing is, nor corrected. */
const asSeenIn = ({ query }: Schedule, { asSeen }: Meta): boolean | null =>
  query.dataset === 'observations' ? null : asSeen;

type Said = Omit<Manifest, 'files' | 'types' | 'rows' | 'unlooked' | 'differences'>;

/** What the manifest says of the schedule, the window and the answer. */
function saidOf(
  schedule: Schedule,
  row: WindowRow,
  meta: Meta,
): Omit<Said, 'revision' | 'read' | 'covered' | 'changed' | 'changes'> {
  return {
    schedule: schedule.id,
    name: schedule.name,
    from: stamp(row.from),
    until: stamp(row.until),
    zone: schedule.zone,
    query: { ...schedule.query, span: { from: row.from, until: row.until } },
    holds: schedule.holds,
    profile: schedule.profile,
    template: schedule.template,
    venue: meta.venue,
    asSeen: asSeenIn(schedule, meta),
    watermark: meta.watermark == null ? null : stamp(meta.watermark),
    totals: schedule.holds === 'records' ? { count: meta.rows ?? 0 } : (meta.total ?? {}),
  };
}

/** Whom a revision goes to that stays as it was: those it went to, and whom the schedule names where somebody asked for it. */
const sentTo = ({ destinations }: Schedule, { why }: WindowRow, { to = [] }: Published): string[] =>
  why === 'asked' || why === 'backfill' ? [...new Set([...to, ...destinations])] : to;

/** The days of a window, in the venue's zone. */
const daysOf = ({ from, until }: WindowRow, { venue }: Bench): string[] =>
  daysIn({ from, until }, venue.zone).map(({ day }) => day);

/** What makes a window of observations due again: a day of it that was written to later than this. */
const writtenTo = (row: WindowRow, bench: Bench): Promise<DayRead[]> =>
  Promise.all(
    daysOf(row, bench).map(async (day) => {
      const touched = await valueAt<Touched>(bench.ledger, KEYS.touched(day));
      return { dataset: 'observations', day, revision: touched?.since ?? 0 };
    }),
  );

/** What makes a window due again: newer revisions of what its answer read, of each of its days. */
function readBy(schedule: Schedule, row: WindowRow, revisions: DayRead[], bench: Bench): DayRead[] {
  const { dataset } = schedule.query;
  const read = ownRevisions(revisions, schedule);
  const unread = daysOf(row, bench).filter((day) => !read.some((one) => one.dataset === dataset && one.day === day));
  return [...read, ...unread.map((day) => ({ dataset, day, revision: 0 }))];
}

/** What changed since the files that are published: in words, null if nothing did, and of rows, where they can be compared. */
type Change = { words: string | null; differences?: Differences };

/** null: nothing is published. */
async function changeOf(
  connection: DuckDBConnection,
  schedule: Schedule,
  row: WindowRow,
  { answer, columns, unlooked }: { answer: string; columns: Columns; unlooked: readonly string[] },
  house: string,
): Promise<Change | null> {
  const { published: before } = row;
  if (!before) return null;
  const folder = join(exportsIn(house), before.folder);
  if (!existsSync(join(folder, MANIFEST))) return { words: `revision ${before.revision} is not there any more` };
  const { manifest, faults } = await faultsOf(folder, before);
  if (!manifest || faults.length > 0) return { words: damagedWords(before.revision, faults) };
  const asked = reshaped(schedule, row, manifest);
  if (asked) return { words: asked };
  if (!isDeepStrictEqual(numbersAlike(manifest.types), numbersAlike(columns)))
    return { words: 'its columns are others' };
  const file = join(folder, rowsFileOf(before.files));
  if (!existsSync(file)) return { words: `the rows of revision ${before.revision} are not there any more` };
  const differences = await differencesOf(connection, { before: file, after: answer }, columns, schedule);
  const looked = manifest.unlooked?.filter((day) => !unlooked.includes(day)) ?? [];
  const words = [
    looked.length > 0 ? `${looked.join(', ')} had not been looked at` : null,
    differenceWords(differences),
  ].filter((one) => one !== null);
  return words.length > 0 ? { words: words.join('; '), differences } : { words: null };
}

/** Which files somebody has changed or removed; their hashes are what verify says. */
function damagedWords(revision: number, faults: readonly string[]): string {
  const names = [...new Set(faults.map((fault) => fault.split(': ')[0]!))];
  return `revision ${revision} was damaged: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not as published`;
}

/** Earlier files have whole numbers as numbers: they are the same columns. */
const numbersAlike = (columns: Columns): Columns =>
  Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, type === 'integer' ? 'number' : type]));

/** What of a schedule was changed since a manifest was written, in words; null: nothing that its files show. */
function reshaped(schedule: Schedule, row: WindowRow, { query, files, ...was }: Manifest): string | null {
  const { span: _, ...before } = query;
  const namesIn = (names: Iterable<string>) => [...names].sort();
  const names = namesIn(namesOf(schedule, row, was.revision, RESERVED).values());
  const changed = {
    question: !isDeepStrictEqual(before, plain(schedule.query)) || was.holds !== schedule.holds,
    name: was.name !== schedule.name,
    zone: was.zone !== schedule.zone,
    window: stamp(row.from) !== was.from,
    profile: was.profile !== schedule.profile,
    files: !isDeepStrictEqual(names, namesIn(files.map(({ name }) => name))),
  };
  const said = Object.entries(changed).flatMap(([what, isChanged]) =>
    isChanged ? [what === 'window' ? `window (it began at ${was.from})` : what] : [],
  );
  return said.length > 0 ? `the schedule was changed: ${said.join(', ')}` : null;
}

/** As it is read back from a file. */
const plain = ({ span: _, ...query }: Schedule['query']): unknown => JSON.parse(JSON.stringify(query));

/** Share of room-seconds of a window in which gateways heard well enough; null where no frame says so. */
async function coveredIn(row: WindowRow, folder: string, { ask, database }: Bench): Promise<number | null> {
  const file = join(folder, '.covered.parquet');
  const span = { from: row.from, until: row.until };
  try {
    // No room is named in it, so it is told whoever asks.
    await ask({ query: { dataset: 'frames', measures: ['covered'], span }, holds: 'cells', scope: 'system' }, file);
    const { connection } = await database();
    const found = await connection.runAndReadAll('SELECT covered FROM read_parquet($file)', { file });
    const value = found.getRows()[0]?.[0];
    return typeof value === 'number' ? value : null;
  } finally {
    rmSync(file, { force: true });
  }
}
