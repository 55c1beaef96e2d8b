import { createHash } from 'node:crypto';
import { createReadStream, existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { VenueChange } from '../model/changes.ts';
import type { DayRead } from '../model/day-reads.ts';
import type { Differences } from '../model/differences.ts';
import type { PivotQuery } from '../model/pivot.ts';
import type { Columns } from '../model/query.ts';
import { ExportFile, type Holding, type Published, type Schedule, type Seal } from '../model/schedule.ts';

/** What a revision's folder has besides its files: written last, it says what they are. */
export const MANIFEST = 'manifest.json';
/** The rows themselves, by which the next revision says what changed; where Parquet is asked for, that file has them. */
export const ROWS_FILE = '.rows.parquet';
export const rowsFileOf = (files: readonly ExportFile[]): string =>
  files.find(({ format }) => format === 'parquet')?.name ?? ROWS_FILE;

/** What no file of an export is called. */
export const RESERVED = [MANIFEST, `${MANIFEST}.tmp`] as const;

/** What a folder of files says of itself. No clock is in it: made again, it has the same bytes. */
export type Manifest = {
  schedule: string;
  name: string;
  /** of the window: RFC 3339 */
  from: string;
  until: string;
  zone: string;
  revision: number;
  query: PivotQuery;
  /** cells of the pivot, or every record behind it */
  holds: Holding;
  profile: Schedule['profile'];
  /** by which files are named; older manifests do not say it */
  template?: string;
  /** version of the venue, and the revisions that were read */
  venue: string;
  read: DayRead[];
  /** null: observations are as they are stored */
  asSeen: boolean | null;
  /** up to when the window was known: RFC 3339; null: there was nothing */
  watermark: string | null;
  /** the measures of everything, as the pivot has them; of records their count */
  totals: Record<string, number | null>;
  /** share of room-seconds in which gateways heard well enough to count; null: nothing says so */
  covered: number | null;
  changed: string | null;
  /** not given: this is the first, or rows could not be compared */
  differences?: Differences;
  /** days of which a job had made nothing: where rows are missing, nobody had looked; not given: there is none */
  unlooked?: string[];
  /** what gateways did within the window */
  changes: VenueChange[];
  rows: number;
  types: Columns;
  files: ExportFile[];
};

/** Where exports lie in a house. */
export const exportsIn = (house: string): string => join(house, 'exports');

/**
 * The revisions that an answer says it read, each of its own dataset: a pivot, or its records, names those of its question; without
 * baselines where nothing in it is of them.
 */
export const ownRevisions = (revisions: DayRead[], asked: Pick<Schedule, 'query' | 'holds'>): DayRead[] =>
  revisions
    .map((one) => (['pivot', 'records'].includes(one.dataset) ? { ...one, dataset: asked.query.dataset } : one))
    .filter(({ dataset }) => dataset !== 'baselines' || readsUsual(asked));

const OF_BASELINES = /\b(expected|deviation)\b/;
/** Whether a question is about what is usual: records of minute frames have it too. */
const readsUsual = ({ query, holds }: Pick<Schedule, 'query' | 'holds'>): boolean =>
  query.dataset === 'frames' && (holds === 'records' || OF_BASELINES.test(JSON.stringify({ ...query, span: null })));

/** What the folder of a revision is called. */
const REVISION = /^r[1-9]\d*$/;

/** Every folder below that has a manifest, by path. */
export const publishedBelow = (folder: string): string[] =>
  [...foldersIn(folder)].flatMap(([path, names]) => (names.includes(MANIFEST) ? [path] : [])).sort();

/** Every folder below that is a revision's by its name, or has our rows, and has files without a manifest, by path. */
export const bareBelow = (folder: string): string[] =>
  [...foldersIn(folder)]
    .flatMap(([path, names]) => {
      const isOurs = names.includes(ROWS_FILE) || (REVISION.test(basename(path)) && names.some(isVisible));
      return isOurs && !names.includes(MANIFEST) && isVisible(basename(path)) ? [path] : [];
    })
    .sort();

/** What begins with a dot is on its way to its place, or of the system. */
const isVisible = (name: string): boolean => !name.startsWith('.');

/** The names of files in a folder and in each below it. */
function foldersIn(folder: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  if (!existsSync(folder)) return found;
  for (const one of readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' }))
    if (!one.isDirectory()) found.set(one.parentPath, [...(found.get(one.parentPath) ?? []), one.name]);
  return found;
}

/** What whoever checks a folder relies on; other programs have a manifest.json too. */
const isManifest = Compile(
  Type.Object({
    query: Type.Object({ dataset: Type.String() }),
    holds: Type.String(),
    rows: Type.Integer(),
    types: Type.Record(Type.String(), Type.String()),
    totals: Type.Record(Type.String(), Type.Union([Type.Number(), Type.Null()])),
    files: Type.Array(ExportFile),
  }),
);

/** What a folder says of itself; null: nothing that can be read, nothing about an export, or another thing than when it was published (`kept`). */
export const manifestOf = (folder: string, kept?: Seal): Manifest | null => {
  const found = readManifest(folder, kept);
  return typeof found === 'string' ? null : found;
};

/** The same, or what is wrong with it. */
function readManifest(folder: string, kept?: Seal): Manifest | string {
  const bytes = existsSync(join(folder, MANIFEST)) ? readFileSync(join(folder, MANIFEST)) : Buffer.alloc(0);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const found = parsed(bytes);
  if (!isManifest.Check(found)) return 'expected JSON that says what an export holds, found none';
  if (kept && sha256 !== kept.sha256) return `expected SHA-256 ${kept.sha256}, as the ledger has it, found ${sha256}`;
  return found as unknown as Manifest;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

/**
 * What of a folder is not as its manifest says, in sentences; none: all is. Where it is known what was published, the manifest
 * has to be that one, and the files are looked at without it.
 */
export async function faultsOf(
  folder: string,
  published?: Pick<Published, 'files' | 'manifest'>,
): Promise<{ manifest: Manifest | null; faults: string[] }> {
  const found = readManifest(folder, published?.manifest);
  const manifest = typeof found === 'string' ? null : found;
  const faults = typeof found === 'string' ? [`${MANIFEST}: ${found}`] : [];
  for (const { name, bytes, sha256 } of manifest?.files ?? published?.files ?? []) {
    const file = join(folder, name);
    if (relative(folder, file) !== name) faults.push(`${name}: expected a name without a path`);
    else if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink())
      faults.push(`${name}: expected a file, found a link`);
    else if (!existsSync(file)) faults.push(`${name}: expected a file, found none`);
    else if (statSync(file).size !== bytes)
      faults.push(`${name}: expected ${bytes} bytes, found ${statSync(file).size}`);
    else {
      const found = await hashOf(file);
      if (found !== sha256) faults.push(`${name}: expected SHA-256 ${sha256}, found ${found}`);
    }
  }
  return { manifest, faults };
}

/** What a file is now. */
export const sealOf = async (file: string): Promise<Seal> => ({
  bytes: statSync(file).size,
  sha256: await hashOf(file),
});

/** SHA-256 of a file, in hex. */
export async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
