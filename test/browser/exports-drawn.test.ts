import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it } from 'node:test';
import type { Differences } from '../../services/model/differences.ts';
import type { Published } from '../../services/model/schedule.ts';
import { askBackfill } from '../../web/draw/exports/backfill.ts';
import { drawChanged } from '../../web/draw/exports/differences.ts';
import { drawFiles } from '../../web/draw/exports/files.ts';
import type { WindowShown } from '../../web/read/schedules.ts';

// It has no types.
const { JSDOM } = createRequire(import.meta.url)('jsdom') as { JSDOM: new () => { window: { document: Document } } };
const { document } = new JSDOM().window;
const { Event, HTMLDialogElement } = document.defaultView!;
const PUBLISHED: Published = {
  ...{ revision: 2, folder: 'x/r2', rows: 0, read: [], asSeen: false, time: 0, changed: 'rows: 24 changed' },
  files: [{ name: 'x.csv', format: 'csv', bytes: 10, sha256: 'a'.repeat(64) }],
};
const ROW = { schedule: 'x', until: 0 } as WindowShown;
const texts = (node: HTMLElement, selector: string) =>
  [...node.querySelectorAll(selector)].map(({ textContent }) => textContent);

it('drawFiles() says of a day that nobody has looked at so, not that it has 0 rows', () => {
  const rows = (published: Published) =>
    texts(drawFiles(document, ROW, published, 'Europe/Dublin', true), 'tbody td:nth-child(2)');
  assert.deepEqual(rows(PUBLISHED), ['0']);
  assert.deepEqual(rows({ ...PUBLISHED, unlooked: ['2026-11-03'] }), ['not looked at yet']);
  assert.deepEqual(rows({ ...PUBLISHED, rows: 3, unlooked: ['2026-11-03'] }), ['3']);
});

it('drawChanged() says of the first rows that changed what they were and are, and how many more there are', () => {
  const at = { room: 'hall', 'step:1h': '2026-11-03T09:00:00.000Z', level: '' };
  const differences: Differences = {
    ...{ added: 1, removed: 1, changed: 22 },
    rows: [
      { fields: at, before: { count: 12, 'average(rssi)': -60.25 }, after: { count: 14, 'average(rssi)': null } },
      { fields: { ...at, room: 'yard' }, before: null, after: { count: 3, 'average(rssi)': -50 } },
      { fields: { ...at, room: null }, before: { count: 1, 'average(rssi)': -50 }, after: null },
      { fields: { room: 'hall', 'step:1h': null, level: 'step:1h' }, before: { count: 2 }, after: { count: 3 } },
      { fields: { room: null, 'step:1h': null, level: 'room,step:1h' }, before: { count: 2 }, after: { count: 3 } },
    ],
  };
  const drawn = drawChanged(document, PUBLISHED, differences, 'Europe/Dublin');
  assert.deepEqual(texts(drawn, 'li'), [
    'hall, 3 Nov 2026 09:00: Records 12 → 14, average(rssi) −60.3 → —',
    'yard, 3 Nov 2026 09:00: new, Records 3, average(rssi) −50',
    '—, 3 Nov 2026 09:00: gone, was Records 1, average(rssi) −50',
    'hall, total: Records 2 → 3',
    'total: Records 2 → 3',
  ]);
  assert.deepEqual(texts(drawn, 'p'), ['What revision 2 changed', 'Rows: 24 changed.', '… and 19 rows more']);
  assert.deepEqual(texts(drawChanged(document, PUBLISHED, null, 'UTC'), 'li'), []);
});

it('askBackfill() offers and fills days on the clock of the schedule, whatever day it is in UTC, over a clock change too', () => {
  // jsdom opens none.
  HTMLDialogElement.prototype.showModal = () => undefined;
  const offered = (zone: string, now: string) => {
    let filled: string[] = [];
    const fill = (...span: number[]) => {
      filled = span.map((at) => new Date(at).toISOString());
    };
    askBackfill(document, { name: 'x', zone }, fill, Date.parse(now));
    const dialog = document.querySelector('dialog')!;
    const days = [...dialog.querySelectorAll('input')].map(({ value }) => value);
    dialog.querySelector('form')!.dispatchEvent(new Event('submit'));
    dialog.remove();
    return [...days, ...filled];
  };
  assert.deepEqual(offered('Pacific/Auckland', '2026-11-23T20:00:00Z'), [
    ...['2026-11-17', '2026-11-24', '2026-11-16T11:00:00.000Z', '2026-11-24T11:00:00.000Z'],
  ]);
  assert.deepEqual(offered('America/Vancouver', '2026-11-02T04:00:00Z'), [
    ...['2026-10-25', '2026-11-01', '2026-10-25T07:00:00.000Z', '2026-11-02T08:00:00.000Z'],
  ]);
});
