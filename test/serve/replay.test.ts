import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { lineOf } from '../../services/model/line.ts';
import { openRecord } from '../../services/store/record.ts';
import { newFolder } from '../service.ts';
import { type App, rows, startApp } from './app.ts';

const ZONE = 'Europe/Dublin';
const VENUE = { name: 'Test house', zone: ZONE, rooms: [{ id: 'hall' }], gateways: [{ id: 'pi-1', room: 'hall' }] };
const FIRST = Date.UTC(2026, 10, 3, 9);
const ARROW = 'application/vnd.apache.arrow.stream';

/** Two days of a minute each: ten people, then twenty; half of it the room is heard too seldom. */
function writeRecord(dataDir: string): void {
  const record = openRecord(join(dataDir, 'main', 'as-seen'), ZONE);
  for (const [day, occupancy] of [10, 20].entries())
    for (let s = 0; s < 60; s++) {
      const time = FIRST + day * 86_400_000 + s * 1000;
      const coverage = s < 30 ? ('good' as const) : ('thin' as const);
      const hall = { room: 'hall', occupancy, parked: 0, claps: 0.5, temperature: 21.5, coverage };
      const unusual = { gateways: 1, age: 1, expected: null, low: null, high: null };
      const frame = { time, positions: [s], venue: '', rule: '1', baseline: null, rooms: [{ ...hall, ...unusual }] };
      record.append(lineOf(frame, null, { anew: s === 0, ended: [], began: [] }));
    }
}

describe('the days of the record', () => {
  let app: App;
  let days: { day: string; address: string; whole: boolean }[];
  before(async () => {
    const dataDir = newFolder();
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    writeRecord(dataDir);
    app = await startApp({ DATA_DIR: dataDir });
    days = (await rows(app, '/v1/replay')) as unknown as typeof days;
  });
  after(() => app.end());

  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${app.address}/${path}`, { headers });

  it('GET /v1/replay lists them, each with the address of its tile', async () => {
    assert.deepEqual(
      days.slice(0, 2).map(({ day }) => day),
      ['2026-11-03', '2026-11-04'],
    );
    assert.equal(days[0]!.whole, true);
    for (const { address } of days) assert.equal((await get(address)).status, 200);
  });

  it('a tile is narrow Arrow, and the same rows in any other format', async () => {
    const reply = await get(days[0]!.address, { accept: ARROW });
    assert.equal(reply.headers.get('content-type'), ARROW);
    const table = tableFromIPC(new Uint8Array(await reply.arrayBuffer()));
    assert.equal(table.numRows, 1440);
    const nine = table.get(9 * 60)!.toJSON();
    const json = (await (await get(days[0]!.address)).json()) as { rows: Record<string, unknown>[] };
    assert.deepEqual({ ...nine, time: Number(nine.time) }, json.rows[9 * 60]);
    assert.deepEqual(json.rows[9 * 60], {
      room: 'hall',
      time: FIRST,
      frames: 60,
      present: 600,
      claps: 300,
      temperature: 2150,
      // Thin: the worse on a tie.
      coverage: 4,
      gateways: 1,
      low: null,
      high: null,
    });
    assert.equal(String(table.schema.fields.find(({ name }) => name === 'present')!.type), 'Uint32');
  });

  it('a day that has ended is immutable under its tag, and only then; an ETag saves the rest', async () => {
    const ended = await get(days[0]!.address, { accept: ARROW });
    assert.match(ended.headers.get('cache-control')!, /private, max-age=31536000, immutable/);
    const other = await get(days[0]!.address.replace(/tag=.*/, 'tag=another'), { accept: ARROW });
    assert.equal(other.headers.get('cache-control'), 'private, no-cache');
    const open = ((await rows(app, '/v1/replay')) as unknown as typeof days).find(({ whole }) => !whole)!;
    assert.equal((await get(open.address)).headers.get('cache-control'), 'private, no-cache');
    const again = await get(days[0]!.address, { accept: ARROW, 'if-none-match': ended.headers.get('etag')! });
    assert.equal(again.status, 304);
    const text = await get(days[0]!.address, { accept: 'text/csv', 'if-none-match': ended.headers.get('etag')! });
    assert.equal(text.status, 200);
  });

  it('a part of a day by the second; what is not of the day, or no day, is refused in words', async () => {
    const path = `v1/tiles/frames/2026-11-03?step=1&from=${FIRST + 10_000}&until=${FIRST + 13_000}`;
    const { rows: found } = (await (await get(path)).json()) as { rows: { time: number; frames: number }[] };
    assert.deepEqual(
      found.map(({ time, frames }) => [time - FIRST, frames]),
      [
        [10_000, 1],
        [11_000, 1],
        [12_000, 1],
      ],
    );
    const outside = await get(`v1/tiles/frames/2026-11-03?from=${FIRST - 86_400_000}`);
    assert.equal(outside.status, 400);
    assert.match(await outside.text(), /"pointer":"\/from","expected":"an instant of 2026-11-03/);
    assert.equal((await get('v1/tiles/frames/2026-12-24')).status, 404);
    assert.equal((await get('v1/tiles/frames/yesterday')).status, 400);
    assert.equal((await get('v1/tiles/frames/2026-11-03?step=0')).status, 400);
  });
});
