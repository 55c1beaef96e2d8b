import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { fromUrl } from '../../services/model/pivot-url.ts';
import { createDrawer } from '../../web/draw/explore/drawer.ts';
import { placesNamed } from '../../web/draw/explore/frame.ts';
import { createWords } from '../../web/draw/explore/words.ts';
import { whenWords } from '../../web/explore-menus.ts';
import { catalogueOf } from '../../web/read/catalogue.ts';
import type { Client } from '../../web/read/client.ts';
import { createPivot, type PivotAnswer } from '../../web/read/pivot.ts';
import { fromSearch } from '../../web/read/pivot-url.ts';
import { explorationOf } from '../../web/view/explore/address.ts';
import { cubeOf } from '../../web/view/explore/cube.ts';
import { peaksOf } from '../../web/view/explore/opening.ts';
import { createRecords, type OpenRecords } from '../../web/view/explore/records.ts';
import { greatestOf } from '../../web/view/explore/series.ts';
import { createState } from '../../web/view/state.ts';
import { LISTED, VENUE } from './explore-world.ts';

const { JSDOM } = createRequire(import.meta.url)('jsdom') as { JSDOM: new (html: string) => { window: Window } };
const MEASURES = [
  ...['sum(rssi)', 'sumAsFractionOfTotal(rssi)', 'countAsFractionOfRows', 'average(rssi)'],
  ...['median(rssi)', 'minimum(rssi)', 'maximum(rssi)', 'countUnique(rssi)'],
];
const said = (level: string, room: string | null, value: number | null) => ({
  ...{ room, level },
  ...Object.fromEntries(
    MEASURES.map((name) => [name, /Fraction/.test(name) ? 0.25 : name === 'median(rssi)' ? null : value]),
  ),
});

/** A service that has 7 records behind any cell, whose measures are −40. */
function serviceOf(addresses: string[]): Client {
  const GET = async (path: string, { querySerializer }: { querySerializer: () => string }) => {
    const address = querySerializer();
    addresses.push(address);
    const { measures } = fromSearch(new URLSearchParams(address)).query;
    const row = Object.fromEntries(measures.map((name) => [name, /Fraction/.test(name) ? 1 : -40]));
    const meta = { readFrom: 'observations', read: 7, ms: 3, asSeen: false };
    const rows = path.endsWith('records') ? [{ time: 1_793_700_000_000, rssi: -40 }] : [row];
    return { data: { rows, meta, next: null }, response: new Response() };
  };
  return { GET } as unknown as Client;
}

describe('the records of a cell', () => {
  it('are counted again by what they say alone: a share is of others, and what is unknown is none', async () => {
    const addresses: string[] = [];
    const state = createState<{ records: OpenRecords | null }>({ records: null });
    const query = { dataset: 'observations' as const, rows: ['room'], measures: MEASURES };
    const cube = cubeOf(['room'], [], [said('', 'hall', -40), said('room', null, -41)]);
    const meta: PivotAnswer['meta'] = { readFrom: 'observations', read: 9, ms: 1, asSeen: false };
    const held = { key: 'k', query, rowFields: ['room'], columnFields: [], measures: MEASURES, meta, cube, at: 0 };
    const come = new Promise<void>((resolve) => state.watch(({ records }) => records?.again && resolve()));
    createRecords(state, createPivot(serviceOf(addresses))).show(held, { row: '["hall"]', column: '' });
    await come;
    const again = addresses.find((address) => !/cell=/.test(address))!;
    assert.deepEqual(fromUrl(again), {
      query: {
        dataset: 'observations',
        measures: MEASURES.filter((name) => !/Fraction|median/.test(name)),
        filters: [{ field: 'room', in: ['hall'] }],
      },
    });
    const { records } = state.get();
    const { window } = new JSDOM('');
    const drawer = createDrawer(window.document, { close: () => undefined, more: () => undefined });
    const words = createWords(catalogueOf(LISTED), 'observations', VENUE);
    const [row, column] = [cube.rows.children[0]!, cube.columns];
    const cell = cube.cell(row, column);
    // What the service said of a share is of the cell alone; the drawer is given it as it came.
    drawer.update({ crumb: 'Hall', measures: MEASURES, cell, ...records!, words, isMore: false });
    assert.match(drawer.node.querySelector('.proof')!.textContent!, /^7 records, they add up/);
    assert.equal(drawer.node.querySelector('thead th')!.textContent, 'Time');
    assert.equal(drawer.node.querySelector('.proof .warn'), null);
    const other = { ...cell!, 'sum(rssi)': -41 };
    drawer.update({ crumb: 'Hall', measures: MEASURES, cell: other, ...records!, words, isMore: false });
    assert.match(drawer.node.querySelector('.proof .warn ~ b')!.textContent!, /^7 records, and something came since/);
  });
});

it('peaksOf() says each day of an event, the first too', () => {
  const days = ['2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05'];
  const rows = days.flatMap((day, i) => [
    { day, 'time:5m': '10:40', level: '', peak: 90 - i },
    { day, 'time:5m': null, level: 'time:5m', peak: 90 - i },
  ]);
  const across = { day: null, 'time:5m': '10:40', level: 'day', peak: 90 };
  assert.deepEqual(
    peaksOf([...rows, across], { span: { event: 'conference' } }).map(({ of, at, value }) => [of, at, value]),
    days.map((day, i) => [day, '10:40', 90 - i]),
  );
});

it('whenWords() names a span by its days or instants, in the zone that is asked', () => {
  const words = (from: number | undefined, until: number | undefined, zone?: string) =>
    whenWords({
      exploration: explorationOf({
        ...{ dataset: 'frames', measures: ['peak'] },
        span: { ...(from !== undefined && { from }), ...(until !== undefined && { until }) },
        ...(zone !== undefined && { zone }),
      }),
      venue: VENUE,
    });
  const [day, next] = [Date.UTC(2026, 10, 2), Date.UTC(2026, 10, 3)];
  assert.equal(words(day, next), 'Mon 2 Nov 2026');
  assert.equal(words(day, next + 86_400_000), 'Mon 2 Nov 2026 – Tue 3 Nov 2026');
  assert.equal(words(day, next, 'Asia/Tokyo'), 'Mon 2 Nov 2026 09:00 – Tue 3 Nov 2026 09:00');
  assert.equal(words(day, day + 60_000), 'Mon 2 Nov 2026 00:00 – 00:01');
  assert.equal(words(day + 60_000, undefined), 'From Mon 2 Nov 2026 00:01');
  assert.equal(words(undefined, next), 'Until Mon 2 Nov 2026');
  assert.equal(words(undefined, undefined), 'The whole past');
});

it('placesNamed(times, step) are round ones that are far enough apart, else each so many', () => {
  const times = Array.from(
    { length: 96 },
    (_, i) => `${String(Math.floor(i / 4)).padStart(2, '0')}:${['00', '15', '30', '45'][i % 4]}`,
  );
  const named = (step: number) => placesNamed(times, step).map((at) => times[at]);
  assert.equal(named(1).length, 96);
  assert.deepEqual(named(5).slice(0, 3), ['00:00', '03:00', '06:00']);
  assert.deepEqual(named(13), ['00:00', '06:00', '12:00', '18:00']);
  assert.deepEqual(named(60), ['00:00', '15:00']);
  assert.deepEqual(placesNamed(['a', 'b', 'c'], 2), [0, 2]);
});

it('greatestOf(series, count) leaves out the least and keeps their order', () => {
  const node = cubeOf([], [], []).rows;
  const series = [3, null, 9, 5].map((value) => ({ node, values: [value, 1] }));
  assert.deepEqual(
    greatestOf(series, 3).map(({ values: [value] }) => value),
    [3, 9, 5],
  );
});
