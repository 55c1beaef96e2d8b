import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it } from 'node:test';
import { compareTotals } from '../../services/ledger/verified.ts';
import type { Trouble } from '../../services/model/delivery.ts';
import type { Differences } from '../../services/model/differences.ts';
import type { Published } from '../../services/model/schedule.ts';
import type { Happened, WindowTold } from '../../services/model/window-told.ts';
import { drawDeliveries } from '../../web/draw/exports/deliveries.ts';
import { drawChanged } from '../../web/draw/exports/differences.ts';
import { drawFiles } from '../../web/draw/exports/files.ts';
import { drawTotals } from '../../web/draw/exports/totals.ts';
import { createTroubles } from '../../web/draw/exports/troubles.ts';
import { drawVerified } from '../../web/draw/exports/verified.ts';
import { drawWindow, type Verified } from '../../web/draw/exports/window.ts';
import type { WindowShown } from '../../web/read/schedules.ts';
import type { DestinationRow } from '../../web/read/sending.ts';
import { verifyingOf, withLine } from '../../web/view/exports/verifying.ts';
import { cronWords, failingFirst, healthOf } from '../../web/view/exports/words.ts';
import { beginOf, dateAfter, dayOf } from '../../web/view/live/midnight.ts';

// It has no types.
const { JSDOM } = createRequire(import.meta.url)('jsdom') as { JSDOM: new () => { window: { document: Document } } };
const { document } = new JSDOM().window;
const PUBLISHED: Published = {
  ...{ revision: 2, folder: 'x/r2', rows: 0, read: [], asSeen: false, time: 0, changed: 'rows: 24 changed' },
  files: [{ name: 'x.csv', format: 'csv', bytes: 10, sha256: 'a'.repeat(64) }],
};
const ROW = { schedule: 'x', until: 0 } as WindowShown;
const texts = (node: HTMLElement, selector: string) =>
  [...node.querySelectorAll(selector)].map(({ textContent }) => textContent);

it('drawFiles() says of a day that nobody has looked at so, not that it has 0 rows', () => {
  const rows = (published: Published) =>
    texts(
      drawFiles(document, ROW, published, 'Europe/Dublin', { there: true, lost: [] }),
      'tbody tr:first-child td:nth-child(2)',
    );
  assert.deepEqual(rows(PUBLISHED), ['0']);
  assert.deepEqual(rows({ ...PUBLISHED, unlooked: ['2026-11-03'] }), ['not looked at yet']);
  assert.deepEqual(rows({ ...PUBLISHED, rows: 3, unlooked: ['2026-11-03'] }), ['3']);
});

it('drawFiles() has no link to a file that somebody has removed, and says so', () => {
  const drawn = (lost: string[]) => drawFiles(document, ROW, PUBLISHED, 'UTC', { there: true, lost });
  assert.deepEqual(texts(drawn([]), 'td a'), ['x.csv', 'manifest.json']);
  assert.deepEqual(texts(drawn(['x.csv']), 'td a'), ['manifest.json']);
  const sealed = { ...PUBLISHED, manifest: { bytes: 2316, sha256: `0b6d52f1${'0'.repeat(48)}93a7c4de` } };
  const last = drawFiles(document, ROW, sealed, 'UTC', { there: true, lost: [] }).querySelector('tbody tr:last-child')!;
  assert.deepEqual(texts(last as HTMLElement, 'td'), ['manifest.json', '—', '2.3\u202fkB', '0b6d52f1…93a7c4de']);
  assert.match(
    drawn(['x.csv']).textContent!,
    /Not at their place, or not as they were written: x\.csv\. Run the window/,
  );
});

it('drawDeliveries() says of what a kill broke off that it may have come twice, but not of storage', () => {
  const row = {
    schedule: 'x',
    until: 0,
    revision: 1,
    id: 'i',
    attempt: 1,
    time: 0,
    error: null,
    retry: null,
    done: [],
    parts: 1,
  };
  const said = (kind: DestinationRow['kind'], broken: boolean) => {
    const there = { name: 'a', kind, where: 'h', announces: false, tried: null, error: null } as DestinationRow;
    const sent = { ...row, destination: 'a', state: 'sent' as const, broken };
    return drawDeliveries(document, [sent], [there], 'UTC', () => {}).textContent!.includes(
      'come twice, with the same id',
    );
  };
  assert.deepEqual(
    [said('mail', true), said('webhook', true), said('s3', true), said('mail', false)],
    [true, true, false, false],
  );
});

it('drawDeliveries() says where the files lie, and whether they are there', () => {
  const folder = { path: 'exports/x/r1', revision: 1, time: 0, there: true, gone: null };
  const said = (more: object) =>
    texts(
      drawDeliveries(document, [], [], 'UTC', () => {}, { ...folder, ...more }),
      'tbody b, tbody td:first-child small, .state',
    );
  assert.deepEqual(said({}), ['Folder', 'exports/x/r1', 'written']);
  assert.equal(said({ there: false })[2], 'not at its place');
  assert.equal(said({ there: false, gone: 1 })[2], 'removed');
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

it('drawTotals() says of totals that moved on, in a whole sentence, what was read then and is now', () => {
  const read = (revision: number) => [{ dataset: 'frames', day: '2026-11-03', revision }];
  const then = { revision: 1, totals: { count: 12 }, read: read(0) };
  const drawn = drawTotals(document, { revision: 1, ...compareTotals(then, { totals: { count: 14 }, read: read(2) }) });
  assert.deepEqual(texts(drawn, 'p'), [
    'Revision 1 was right when it was made, but data moved on since (frames of 2026-11-03: 0 then, 2 now).',
  ]);
});

it('drawWindow() says why its revision was published, not why it was looked at last, and what its manifest says', () => {
  const happened = (did: Happened['did'], why: Happened['why']) =>
    ({ time: 0, did, revision: 1, why, destination: null, words: null }) satisfies Happened;
  const published = { ...PUBLISHED, revision: 1, changed: null };
  const row = {
    schedule: 'x',
    from: 0,
    until: 3_600_000,
    due: 0,
    state: 'done',
    why: 'late data',
    published,
  } as WindowShown;
  const query = { dataset: 'frames' as const, rows: ['hour'], columns: [], measures: ['peak'] };
  const told: WindowTold = {
    revisions: [
      {
        ...{
          ...published,
          state: 'current',
          gone: null,
          there: true,
          lost: [],
          watermark: null,
          covered: null,
          differences: null,
        },
        asked: { query, zone: 'Asia/Tokyo', profile: 'data' },
      },
    ],
    happened: [happened('unchanged', 'late data'), happened('published', 'backfill')],
  };
  const drawn = (told: WindowTold | null, verified: Verified | null = null) =>
    drawWindow(
      document,
      { row: { ...row, began: null, ended: null, error: null }, told, totals: null, isWhole: false, verified },
      { zone: 'UTC', exploreOf: (asked) => `explore.html?${asked?.rows ?? 'now'}` },
      [],
      { again: () => {}, whole: () => {} },
    );
  const facts = (told: WindowTold | null) => texts(drawn(told), '.facts dd').slice(2);
  assert.match(texts(drawn(told), '.head p')[0]!, /^Published .*, by a backfill$/);
  assert.deepEqual(facts(told), [
    'nothing was known',
    '—',
    'as seen, not yet corrected'.replace('as seen, not yet ', ''),
    'byte-exact',
    'Asia/Tokyo',
  ]);
  assert.equal(drawn(told).querySelector('a.button')!.getAttribute('href'), 'explore.html?hour');
  const state = (verified: Verified | null) => texts(drawn(told, verified), '.head .state')[0];
  assert.deepEqual([null, { time: 60_000, isGood: true }, { time: 60_000, isGood: false }].map(state), [
    'done',
    'done, verified 00:01',
    'done, with faults 00:01',
  ]);
  assert.deepEqual(facts(null), ['—', '—', 'corrected', '—', '—'], 'what is not known is not nothing');
  const gone = { ...told, revisions: [{ ...told.revisions[0]!, there: false, asked: null }] };
  assert.equal(facts(gone)[0], '—');
});

it('drawVerified() says how far verify is, then what it found: every fault, and totals by how they stand', () => {
  const line = (checked: number, faults: string[], totals: 'equal' | 'moved' | 'different' | 'unknown' | null) =>
    ({
      checked,
      of: 3,
      folder: `x/${checked}`,
      found: { files: 2, faults, kept: true, totals, words: `${totals}` },
    }) as const;
  const begun = withLine(verifyingOf([{ id: 'x', name: 'X' }]), { checked: 0, of: 3, folder: null, found: null });
  const one = withLine(begun, line(1, ['a.csv: no', 'b.csv: no'], 'equal'));
  const said = (now: typeof one) =>
    texts(
      drawVerified(document, now, () => {}),
      'p, li, button',
    );
  assert.deepEqual(said(one), [
    'Verifying “X”: 1 of 3 revisions, 2 files so far, 2 faults.',
    'Stop',
    'x/1: a.csv: no',
    'x/1: b.csv: no',
  ]);
  const all = withLine(withLine(one, line(2, [], 'different')), line(3, [], 'moved'));
  assert.deepEqual(said({ ...all, over: 'whole', ms: 1500 }), [
    '6 files checked in 1.5 s; 3 faults. Totals of 1 window equal the pivot’s. Of 1 window data moved on since.',
    ...['Close', 'x/1: a.csv: no', 'x/1: b.csv: no', 'x/2: different', 'x/3: moved'],
  ]);
});

it('days of a backfill are those of the zone of its schedule', () => {
  for (const [zone, begin] of [
    ['UTC', '2026-11-22T00:00:00.000Z'],
    ['Asia/Tokyo', '2026-11-21T15:00:00.000Z'],
    ['Pacific/Auckland', '2026-11-21T11:00:00.000Z'],
    ['Pacific/Kiritimati', '2026-11-21T10:00:00.000Z'],
    ['America/New_York', '2026-11-22T05:00:00.000Z'],
    ['Pacific/Pago_Pago', '2026-11-22T11:00:00.000Z'],
  ] as const) {
    assert.equal(new Date(beginOf('2026-11-22', zone)).toISOString(), begin, zone);
    assert.equal(dayOf(Date.parse(begin), zone), '2026-11-22');
  }
  assert.equal(
    beginOf(dateAfter('2026-10-24', 2), 'Europe/Dublin') - beginOf('2026-10-25', 'Europe/Dublin'),
    25 * 3_600_000,
  );
});

it('a window that is written says how far it is, and one that failed why, each in a sentence of its own', () => {
  const drawn = (more: Partial<WindowShown>) =>
    drawWindow(
      document,
      {
        row: { ...ROW, from: 0, due: 0, published: null, error: null, began: null, ended: null, retry: null, ...more },
        ...{ told: null, totals: null, isWhole: false },
      },
      { zone: 'UTC', exploreOf: () => '' },
      [],
      { again: () => {}, whole: () => {} },
    );
  const far = { share: 0.41, words: '2026-11-24-r1.json, 329728 of 1352351 rows' };
  assert.deepEqual(texts(drawn({ state: 'running', progress: far }), '.head p'), [
    'It is being written, 41\u202f%: 2026-11-24-r1.json, 329\u202f728 of 1\u202f352\u202f351 rows',
  ]);
  assert.deepEqual(texts(drawn({ state: 'failed', error: 'expected a folder, found a link' }), '.error'), [
    'Expected a folder, found a link. It waits until somebody runs it again.',
  ]);
});

it('drawTotals() names measures as Explore does', () => {
  const then = { revision: 1, totals: { 'countUnique(badge)': 2, peak: 3 }, read: [] };
  const drawn = drawTotals(document, { revision: 1, ...compareTotals(then, then) }, () => 'Count unique of badge');
  assert.deepEqual(texts(drawn, 'tbody td:first-child'), ['Count unique of badge', 'Peak occupancy']);
});

it('healthOf() of a schedule whose files could not be sent is failing, and it stands first', () => {
  const counts = { planned: 0, running: 0, done: 1, failed: 0 };
  const done = { last: { state: 'done', until: 0 } as WindowShown, counts };
  const lost = [{ schedule: 'x', destination: 'office', key: 'delivery/x' }] as Trouble[];
  assert.deepEqual([healthOf({ paused: false }, done, []), healthOf({ paused: false }, done, lost)], ['ok', 'failing']);
  assert.equal(healthOf({ paused: true }, done, lost), 'paused');
  const healths = [
    healthOf({ paused: false }, { ...done, counts: { ...counts, failed: 1 } }, []),
    healthOf({ paused: false }, { ...done, counts: { ...counts, running: 1 } }, []),
    healthOf({ paused: false }, { counts, last: null }, []),
    healthOf({ paused: false }, undefined, []),
  ];
  assert.deepEqual(healths, ['gap', 'running', 'waiting', 'waiting']);
  const all = ['a', 'b', 'c'].map((id) => ({ id, paused: false }));
  const sorted = failingFirst(all, ({ id }) => (id === 'c' ? 'failing' : id === 'b' ? 'gap' : 'ok'));
  assert.deepEqual(
    sorted.map(({ id }) => id),
    ['c', 'b', 'a'],
  );
});

it('createTroubles() lists what it does not show at first, and stays folded until something else fails', () => {
  const trouble = (n: number): Trouble => ({
    ...{ key: `delivery/${n}`, schedule: 'x', name: 'X', until: n, destination: `d${n}`, what: `What ${n}.` },
    ...{ reason: `reason ${n}`, retry: null, rests: false },
  });
  const shown: number[] = [];
  const { node, update, fold } = createTroubles(document, ({ until }) => void shown.push(until));
  const eight = Array.from({ length: 8 }, (_, n) => trouble(n));
  const items = () => node.querySelectorAll('li').length;
  const details = node.querySelector('details')!;
  update([], 'UTC');
  assert.equal(node.hidden, true);
  update(eight, 'UTC');
  assert.deepEqual([items(), node.querySelector('details > button')!.textContent], [5, 'Show 3 more']);
  node.querySelector<HTMLElement>('details > button')!.click();
  assert.equal(items(), 8);
  node.querySelector<HTMLElement>('li:last-child button')!.click();
  assert.deepEqual(shown, [7]);
  const said = (reason: string) => {
    update([{ ...trouble(1), reason, retry: 0 }], 'UTC');
    return node.querySelector('li p')!.textContent!;
  };
  assert.match(said('no answer'), /1970 00:00 UTC; nothing has to be done unless it stays so\.$/);
  assert.match(said('refused for good: 403'), /1970 00:00 UTC, in case somebody mends it by then\.$/);
  update(eight, 'UTC');
  fold();
  update(eight.slice(1), 'UTC');
  assert.equal(details.open, false);
  update([...eight, trouble(9)], 'UTC');
  assert.equal(details.open, true);
});

it('cronWords() says minutes that part an hour', () => {
  assert.equal(cronWords('*/15 * * * *'), 'Every 15 minutes');
  assert.deepEqual([cronWords('* * * * *'), cronWords('*/1 * * * *')], ['Every minute', 'Every minute']);
  for (const step of [7, 45, 59, 60, 0]) assert.equal(cronWords(`*/${step} * * * *`), null, String(step));
});

it('cronWords() says hours that part a day', () => {
  assert.equal(cronWords('0 */6 * * *'), 'Every 6 hours, on the hour');
  assert.deepEqual([cronWords('0 */5 * * *'), cronWords('0 */0 * * *')], [null, null]);
});
