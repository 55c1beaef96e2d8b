import { fieldsListed } from '../../services/answer/pivot/listing.ts';
import { type Digest, type Links, type Parcel, Undelivered } from '../../services/deliver/parcel.ts';
import { exportsIn, faultsOf, rowsFileOf } from '../../services/ledger/exported.ts';
import type { Ledger } from '../../services/ledger/ledger.ts';
import { within } from '../../services/ledger/within.ts';
import { LEVEL } from '../../services/model/pivot.ts';
import { createWords, type Words } from '../../services/model/pivot-words.ts';
import { type Columns, isNumeric } from '../../services/model/query.ts';
import type { Published, Schedule } from '../../services/model/schedule.ts';
import type { Venue } from '../../services/model/venue.ts';
import { wordsOf } from '../../services/model/windows.ts';
import { openMemory } from '../../services/store/database.ts';
import { rowsOf } from '../../services/store/rows.ts';
import { sql } from '../../services/store/sql.ts';

/** Where deliveries are made from. */
export type Depot = {
  ledger: Ledger;
  house: string;
  now(): number;
  /** where people open the pages; null: nobody said */
  publicUrl: string | null;
  /** the newest version */
  venue(): Venue;
};

/** Rows of a file that are looked at for its largest, and how many of those are shown. */
const LOOKED_AT = 100_000;
const BARS = 12;

/** A published revision, ready to be sent: every file is as its manifest says. Throws what is not. */
export async function packed(
  id: string,
  published: Published,
  schedule: Schedule,
  until: number,
  { house, publicUrl, venue }: Depot,
): Promise<Parcel> {
  const folder = folderOf(house, published.folder);
  const { manifest, faults } = await faultsOf(folder, published);
  if (!manifest || faults.length > 0) throw new Undelivered(`the files are not as their manifest says: ${faults[0]}`);
  const { query, zone, types } = manifest;
  const words = createWords(fieldsListed(), query.dataset, venue().file, query.zone ?? zone);
  return {
    id,
    folder,
    words,
    path: published.folder,
    manifest,
    links: linksOf(publicUrl, schedule.id, until, published.revision),
    digest: () => digestOf(house, within(folder, rowsFileOf(manifest.files)), types, words),
  };
}

function folderOf(house: string, folder: string): string {
  try {
    return within(exportsIn(house), folder);
  } catch (error) {
    throw new Undelivered(`the files are not there: ${(error as Error).message.replaceAll(house, '')}`);
  }
}

function linksOf(publicUrl: string | null, id: string, until: number, revision: number): Links {
  if (!publicUrl) return null;
  const at = `${publicUrl}/v1/schedules/${id}/windows/${new Date(until).toISOString()}/${revision}`;
  return {
    page: `${publicUrl}/exports.html?id=${id}&w=${until}`,
    file: (name) => `${at}/${encodeURIComponent(name)}`,
  };
}

/** The largest rows of a file by its first measure; null: it has none, or no row. */
async function digestOf(house: string, file: string, columns: Columns, words: Words): Promise<Digest> {
  const { measure, names } = shownOf(columns);
  if (measure === undefined) return null;
  const memory = await openMemory(house);
  try {
    let of = 0;
    let bars: NonNullable<Digest>['bars'] = [];
    const result = await memory.connection.stream(sql(import.meta.url, 'first_rows'), { file, limit: LOOKED_AT });
    for await (const all of rowsOf(result)) {
      // Totals are none of the rows that they are of.
      const rows = all.filter((row) => !row[LEVEL]);
      of += rows.length;
      const found = rows.filter((row) => typeof row[measure] === 'number');
      const more = found.map((row) => ({
        label: names.map((name) => labelOf(name, row[name], columns[name]!, words)).join(', '),
        value: row[measure] as number,
        words: words.whole(measure, row[measure]),
      }));
      bars = [...bars, ...more].sort((a, b) => b.value - a.value).slice(0, BARS);
    }
    return bars.length > 0 ? { measure: words.measure(measure), by: names.map(words.field), bars, of } : null;
  } finally {
    memory.close();
  }
}

/** By what rows are told apart, and the first measure: of cells the level lies between the two. */
function shownOf(columns: Columns): { measure: string | undefined; names: string[] } {
  const all = Object.keys(columns);
  const level = all.indexOf(LEVEL);
  const measure = all.slice(level + 1).find((name) => isNumeric(columns[name]));
  return { measure, names: level < 0 ? all.filter((name) => !isNumeric(columns[name])) : all.slice(0, level) };
}

/** Records have instants under names that are parts of time elsewhere. */
const labelOf = (name: string, value: unknown, type: Columns[string], { value: said, zone }: Words): string =>
  type === 'instant' && value !== null ? wordsOf(value as number, zone) : said(name, value as string | number | null);
