import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { tile } from '../../services/formats/tile.ts';
import { ROOT } from '../service.ts';
import { noPages } from './fixture.ts';

const PAGES = join(ROOT, 'dist/web');
/** What a page may weigh on the wire, and the tiles of the first layers of an event of three and a half days and 20 rooms, bytes. */
const [PAGE_MAX, TILES_MAX] = [200_000, 400_000];

it('the replay page is at most 200 kB on the wire, all its scripts and sheets together', { skip: noPages }, () => {
  const html = readFileSync(join(PAGES, 'replay.html'), 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file!);
  assert.ok(files.length > 2, files.join());
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(PAGES, file))).length, 0);
  assert.ok(bytes <= PAGE_MAX, `${bytes} bytes`);
});

it('every page asks for its sheets before its scripts: nothing is painted without them', { skip: noPages }, () => {
  const pages = readdirSync(PAGES).filter((name) => name.endsWith('.html'));
  assert.ok(pages.length >= 6, pages.join());
  for (const name of pages) {
    const html = readFileSync(join(PAGES, name), 'utf8');
    const [last, first] = [html.lastIndexOf('rel="stylesheet"'), html.search(/<script|rel="modulepreload"/)];
    assert.ok(last > 0 && last < first, `${name}: the last sheet at ${last}, the first script at ${first}`);
  }
});

it('tiles of an event are at most 0.4 MB on the wire, with rooms that never rest', async () => {
  let seed = 7;
  const chance = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  let bytes = 0;
  for (const minutes of [1440, 1440, 1440, 720]) {
    const rows = Array.from({ length: 20 }, (_, room) => {
      let [people, warm] = [30 * chance(), 2100];
      return Array.from({ length: minutes }, (_, i) => {
        people = Math.max(0, Math.min(90, people + 4 * (chance() - 0.5)));
        warm += Math.round(6 * (chance() - 0.5));
        const applause = chance() < 0.05 ? 3000 * chance() : 0;
        return {
          ...{
            room: `room-${room}`,
            time: 1_793_664_000_000 + i * 60_000,
            frames: 60,
            present: Math.round(people * 60),
          },
          ...{ claps: Math.round(applause), temperature: warm, coverage: chance() < 0.02 ? 4 : 5, gateways: 2 },
          ...{ low: 10 * Math.floor(i / 30), high: 10 * Math.floor(i / 30) + 90 },
        };
      });
    }).flat();
    const chunks = (async function* () {
      yield rows;
    })();
    for await (const part of tile.write({ columns: {}, rows: chunks, meta: {} as never, next: null }))
      bytes += brotliCompressSync(part as Uint8Array, { params: { 1: 4 } }).length;
  }
  assert.ok(bytes <= TILES_MAX, `${bytes} bytes`);
});
