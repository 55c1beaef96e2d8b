import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldsListed } from '../../services/answer/pivot/listing.ts';
import type { Parcel } from '../../services/deliver/parcel.ts';
import { exportsIn, type Manifest } from '../../services/ledger/exported.ts';
import { createWords } from '../../services/model/pivot-words.ts';
import type { FileFormat, Published, WindowRow } from '../../services/model/schedule.ts';
import type { VenueFile } from '../../services/model/venue.ts';

export const FROM = Date.UTC(2026, 10, 3, 9);
export const HOUR = 3_600_000;
const ZONE = 'Europe/Dublin';
export const VENUE = {
  ...{ name: 'Weir House', zone: ZONE, gateways: [] },
  rooms: [
    { id: 'hall', name: 'Main hall' },
    { id: 'yard', name: 'Yard' },
  ],
} as unknown as VenueFile;

/** A revision as exports publish it: files and manifest below the folder of exports of a house. */
export function publish(
  house: string,
  contents: Record<string, string | Buffer>,
  more: Partial<Manifest> = {},
): Published {
  const revision = more.revision ?? 1;
  const until = more.until ? Date.parse(more.until) : FROM + HOUR;
  const path = `hourly/${new Date(until).toISOString().replaceAll(':', '')}/r${revision}`;
  const folder = join(exportsIn(house), path);
  mkdirSync(folder, { recursive: true });
  const files = Object.entries(contents).map(([name, content]) => {
    writeFileSync(join(folder, name), content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { name, format: name.split('.').at(-1) as FileFormat, bytes: Buffer.byteLength(content), sha256 };
  });
  const manifest: Manifest = {
    ...{ schedule: 'hourly', name: 'Rooms by hour', zone: ZONE, revision, profile: 'data', venue: 'v1', read: [] },
    from: new Date(until - HOUR).toISOString(),
    until: new Date(until).toISOString(),
    query: { dataset: 'observations', rows: ['room'], columns: [], measures: ['count'] },
    ...{ holds: 'cells', watermark: null, totals: { count: 2 } },
    ...{
      asSeen: false,
      covered: 0.98,
      changed: null,
      changes: [],
      rows: 2,
      types: { room: 'text', count: 'number' },
      files,
    },
    ...more,
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 1));
  writeFileSync(join(folder, '.rows.parquet'), 'rows');
  const { rows, asSeen, changed } = manifest;
  return { revision, folder: path, files, rows, read: [], asSeen, changed, time: until + HOUR, to: [] };
}

/** A window that was filled with what was published. */
export const windowOf = (published: Published, until = FROM + HOUR): WindowRow => ({
  ...{ schedule: 'hourly', from: until - HOUR, until, due: until, state: 'done', why: 'timetable', attempt: 1 },
  ...{ began: until, ended: until, error: null, retry: null, published },
});

/** What is sent of a revision. */
export function parcelOf(house: string, published: Published, manifest: Manifest, more: Partial<Parcel> = {}): Parcel {
  return {
    id: 'msg-1',
    folder: join(exportsIn(house), published.folder),
    path: published.folder,
    manifest,
    words: createWords(fieldsListed(), manifest.query.dataset, VENUE, manifest.zone),
    links: null,
    digest: async () => null,
    ...more,
  };
}
