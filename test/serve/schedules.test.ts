import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileLedger } from '../../services/ledger/file.ts';
import { say } from '../../services/ledger/runs.ts';
import { rowKey } from '../../services/ledger/schedules.ts';
import { NEW_WINDOW } from '../../services/model/schedule.ts';
import { type App, rows, send, startApp } from './app.ts';

const [HOUR, DAY] = [3_600_000, 86_400_000];
const GIVEN = {
  name: 'Rooms by hour',
  query: { dataset: 'frames', rows: ['room'], measures: ['occupancy'] },
  cron: '0 * * * *',
  zone: 'Europe/Dublin',
  formats: ['csv', 'parquet'],
};
/** The ends of windows (UTC ms) that are half an hour away while a test runs, whenever it does, and their timetable in UTC. */
function midway() {
  const half = Math.floor(Date.now() / 60_000) * 60_000 - HOUR / 2;
  return { end: half, timed: { cron: `${new Date(half).getUTCMinutes()} * * * *`, zone: 'UTC' } };
}
type Problem = { status: number; detail: string; errors?: { pointer: string; expected: string; found: string }[] };

describe('/v1/schedules', () => {
  let app: App;
  const call = async (method: string, path: string, body?: unknown) => {
    const reply = await fetch(app.address + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: reply.status, said: (await reply.json()) as Problem & Record<string, unknown> };
  };
  before(async () => {
    app = await startApp();
  });
  after(() => app.end());

  it('keeps a schedule with nothing left open, foretells ten windows, lists it, takes it away', async () => {
    const { status, said } = await call('PUT', '/v1/schedules/hourly', GIVEN);
    assert.equal(status, 200);
    const { id, profile, lasting, paused, query, next } = said;
    assert.deepEqual([id, profile, lasting, paused], ['hourly', 'spreadsheet', null, false]);
    assert.equal((query as { totals: boolean }).totals, false);
    const runs = next as { until: number; local: string; utc: string }[];
    assert.equal(runs.length, 10);
    assert.ok(runs.every(({ until }, i) => until % HOUR === 0 && (i === 0 || until > runs[i - 1]!.until)));
    assert.equal(Date.parse(runs[0]!.local), Date.parse(runs[0]!.utc));
    assert.deepEqual(
      (await rows(app, '/v1/schedules')).map((row) => row.id),
      ['hourly'],
    );
    assert.equal((await call('DELETE', '/v1/schedules/hourly')).status, 200);
    assert.deepEqual(await rows(app, '/v1/schedules'), []);
    assert.equal((await call('DELETE', '/v1/schedules/hourly')).status, 404);
  });

  it('says of each fault where it is, what was expected, what was found', async () => {
    const faults = async (patch: object) => {
      const { status, said } = await call('PUT', '/v1/schedules/bad', { ...GIVEN, ...patch });
      assert.ok(status === 400 || status === 422, String(status));
      return [...new Set(said.errors!.map(({ pointer }) => pointer))];
    };
    assert.deepEqual(await faults({ cron: '0 25 * * *' }), ['/cron']);
    assert.deepEqual(await faults({ cron: '0 0 31 2 *' }), ['/cron']);
    assert.deepEqual(await faults({ zone: 'Mars/Base' }), ['/zone']);
    assert.deepEqual(await faults({ formats: [] }), ['/formats']);
    assert.deepEqual(await faults({ formats: ['xls'] }), ['/formats/0']);
    assert.deepEqual(await faults({ lasting: 'a day' }), ['/lasting']);
    assert.deepEqual(await faults({ template: '{schedule}' }), ['/template']);
    assert.deepEqual(await faults({ template: 'manifest.json.tmp', formats: ['csv'] }), ['/template']);
    assert.deepEqual(await faults({ lasting: '367d' }), ['/lasting']);
    assert.deepEqual(await faults({ cron: '0 0 29 2 *' }), ['/cron']);
    assert.deepEqual(await faults({ query: { ...GIVEN.query, rows: ['nope'] } }), ['/rows/0']);
    const crossed = { dataset: 'frames', rows: ['room', 'occupancy:10'], measures: ['occupancy', 'peak'] };
    assert.deepEqual(await faults({ query: crossed }), ['/rows/1'], 'presences have no such field');
    const { status, said } = await call('POST', '/v1/pivot', { ...crossed, span: { last: '1h' } });
    assert.deepEqual([status, said.errors![0]!.pointer], [400, '/rows/1'], 'nor does the pivot answer it');
    assert.deepEqual(await faults({ template: '../{format}' }), ['/template']);
    for (const name of ['a\0b', 'a\r\nb', 'a\u202eb', '   ']) assert.deepEqual(await faults({ name }), ['/name'], name);
    for (const since of [0, 1e14, 1e15, Date.now() + 900 * DAY])
      assert.deepEqual(await faults({ since }), ['/since'], String(since));
    assert.deepEqual(await faults({ since: Date.now() - 30 * DAY, cron: '* * * * *' }), ['/since']);
    assert.deepEqual(await rows(app, '/v1/schedules'), []);
  });

  it('no window has too many bins of time: a year by the minute, and a month by the second', async () => {
    const byMinute = { dataset: 'frames', rows: ['step:1m'], measures: ['peak'] };
    const bySecond = { dataset: 'observations', rows: ['gateway', 'step:1s'], measures: ['count'] };
    for (const [cron, query] of [
      ['0 0 1 1 *', byMinute],
      ['0 0 1 * *', bySecond],
    ]) {
      assert.equal((await call('PUT', '/v1/schedules/fine', { ...GIVEN, cron, query })).status, 200);
      assert.equal((await call('POST', '/v1/schedules/preview', { ...GIVEN, cron, query })).status, 200);
    }
    await call('DELETE', '/v1/schedules/fine');
  });

  it('no name leaves the folder of exports', async () => {
    for (const id of ['..', '.', '.hidden', '%2e%2e', '..%2f..%2fetc', 'a%00b', 'a:b']) {
      const { status } = await call('PUT', `/v1/schedules/${id}`, GIVEN);
      assert.ok(status === 400 || status === 404, `${id}: ${status}`);
    }
    await call('PUT', '/v1/schedules/hourly', GIVEN);
    const end = new Date(0).toISOString();
    for (const name of ['..', '.rows.parquet', '..%2fmanifest.json', '%2e%2e%2f%2e%2e%2fowner.duckdb']) {
      const { status } = await call('GET', `/v1/schedules/hourly/windows/${end}/1/${name}`);
      assert.ok(status === 400 || status === 404, `${name}: ${status}`);
    }
    await call('DELETE', '/v1/schedules/hourly');
  });

  it('a backfill plans the windows that ended in a span, each once; too many are refused', async () => {
    // In a zone whose clocks are changed an hour may be none.
    await call('PUT', '/v1/schedules/hourly', { ...GIVEN, zone: 'UTC' });
    const until = Date.now() - DAY;
    const span = { from: until - 3 * HOUR, until };
    for (const _ of [1, 2]) {
      const { status, said } = await call('POST', '/v1/schedules/hourly/windows', span);
      assert.deepEqual([status, said.planned], [202, 3]);
    }
    const windows = await rows(app, '/v1/schedules/hourly/windows');
    assert.equal(windows.length, 3);
    assert.ok(windows.every(({ state }) => state === 'planned'));
    assert.equal((await call('POST', '/v1/schedules/hourly/windows', { from: until - 900 * DAY, until })).status, 422);
    for (const span of [
      { from: -5, until: 5 },
      { from: until, until: 1e14 },
    ])
      assert.equal((await call('POST', '/v1/schedules/hourly/windows', span)).status, 400);
    const named = new Date(windows[0]!.until as number).toISOString();
    for (const [end, expected] of [
      ['2', /the end of a window/],
      [named.slice(0, -1), /the end of a window/],
      [named, /a revision that was published/],
    ] as const) {
      const { status, said } = await call('GET', `/v1/schedules/hourly/windows/${end}/1/manifest.json`);
      assert.equal(status, 404);
      assert.match(said.detail, expected);
    }
    assert.equal((await call('POST', '/v1/schedules/none/windows', span)).status, 404);
    const deeds = (await rows(app, '/v1/audit')).length;
    const { said } = await call('POST', '/v1/schedules/hourly/windows', { from: until + 1, until: until + 2 });
    assert.deepEqual([said.planned, (await rows(app, '/v1/audit')).length], [0, deeds], 'nothing was done');
    await call('DELETE', '/v1/schedules/hourly');
  });

  it('the id of a deleted schedule that has windows is no other’s; that one can be put back as it was', async () => {
    const own = { ...GIVEN, zone: 'UTC', since: Date.now() };
    await call('PUT', '/v1/schedules/again', own);
    await call('DELETE', '/v1/schedules/again');
    assert.equal((await call('PUT', '/v1/schedules/again', GIVEN)).status, 200, 'nothing was made of it');
    await call('PUT', '/v1/schedules/again', own);
    const until = Date.now() - DAY;
    await call('POST', '/v1/schedules/again/windows', { from: until - HOUR, until });
    await call('DELETE', '/v1/schedules/again');
    const { status, said } = await call('PUT', '/v1/schedules/again', { ...own, cron: '0 0 * * *' });
    assert.deepEqual([status, said.errors![0]!.pointer], [409, '/id']);
    assert.match(said.errors![0]!.expected, /^another id: windows and files of “Rooms by hour”, which was deleted/);
    assert.equal((await call('PUT', '/v1/schedules/again', own)).status, 200);
    assert.equal((await rows(app, '/v1/schedules/again/windows')).length, 1);
    await call('DELETE', '/v1/schedules/again');
  });

  it('windows that wait are rows as well, newest first, page by page; those of a paused schedule rest', async () => {
    const { end, timed } = midway();
    const since = end + HOUR / 2 - 30 * DAY;
    await call('PUT', '/v1/schedules/waits', { ...GIVEN, ...timed, since });
    await call('POST', '/v1/schedules/waits/windows', { from: since - 3 * HOUR, until: since });
    const all: Record<string, unknown>[] = [];
    for (let cursor: unknown = null, pages = 0; pages === 0 || cursor !== null; pages++) {
      const rest = cursor === null ? '' : `&cursor=${cursor}`;
      const { said } = await call('GET', `/v1/schedules/waits/windows?limit=100${rest}`);
      all.push(...(said.rows as Record<string, unknown>[]));
      cursor = said.next;
      assert.equal((said.rows as unknown[]).length, cursor === null ? all.length % 100 : 100);
    }
    assert.deepEqual(
      all.map(({ until }) => until),
      Array.from({ length: all.length + 1 }, (_, i) => end - i * HOUR).filter(
        // The first window begins after the schedule; what was asked for lies before it.
        (until) => until - HOUR >= since || (until >= since - 3 * HOUR && until < since),
      ),
    );
    assert.deepEqual([all[0]!.state, all[0]!.why, all[0]!.rests], ['planned', 'timetable', false]);
    assert.deepEqual([all.at(-1)!.state, all.at(-1)!.why], ['planned', 'backfill']);
    assert.equal((await call('GET', '/v1/schedules/waits/windows?cursor=x')).status, 400);
    await call('PUT', '/v1/schedules/waits', { ...GIVEN, ...timed, since, paused: true });
    const paused = await rows(app, '/v1/schedules/waits/windows?limit=1');
    assert.equal(paused[0]!.rests, true);
    await call('DELETE', '/v1/schedules/waits');
  });

  it('how each schedule stands is one answer: its last window, the newest, and how many are done, failed or waiting', async () => {
    const since = Date.now() - 20 * HOUR;
    await call('PUT', '/v1/schedules/counted', { ...GIVEN, zone: 'UTC', since });
    await call('PUT', '/v1/schedules/other', { ...GIVEN, name: 'Other', since: Date.now() + HOUR });
    const windows = await rows(app, '/v1/schedules/counted/windows');
    const [counted, other] = await rows(app, '/v1/schedules/outcomes').then((all) =>
      ['counted', 'other'].map((id) => all.find((one) => one.id === id)!),
    );
    const counts = { planned: windows.length, running: 0, done: 0, failed: 0 };
    assert.deepEqual(counted, { id: 'counted', last: null, newest: windows.slice(0, 14), counts, isMore: false });
    assert.deepEqual([other!.newest, other!.counts], [[], { ...counts, planned: 0 }]);
    for (const id of ['counted', 'other']) await call('DELETE', `/v1/schedules/${id}`);
  });

  it('a timetable that is edited goes on where its windows end: foretold before it is saved, once it is, and asked for', async () => {
    const { end, timed } = midway();
    const own = { ...GIVEN, ...timed, since: end - 4 * HOUR };
    await call('PUT', '/v1/schedules/edited', own);
    // As the job would have done.
    const row = { ...NEW_WINDOW, schedule: 'edited', from: end - HOUR, until: end, due: end + HOUR / 4 };
    const ledger = await fileLedger(join(app.dataDir, 'main', 'ledger'));
    await say(ledger, rowKey('edited', end), { ...row, state: 'done' });
    ledger.close();
    const cron = `${new Date(end + HOUR / 2 + 300_000).getUTCMinutes()} * * * *`;
    const runs = await rows(app, `/v1/schedules/runs?cron=${encodeURIComponent(cron)}&zone=UTC&schedule=edited`);
    const { said } = await call('PUT', '/v1/schedules/edited', { ...own, cron });
    const [listed] = await rows(app, '/v1/schedules');
    for (const next of [runs, said.next, listed!.next] as { from: number; until: number }[][])
      assert.deepEqual(
        [next.length, ...next.slice(0, 2).map(({ from, until }) => [from - end, until - end])],
        [10, [0, HOUR / 2 + 300_000], [HOUR / 2 + 300_000, 1.5 * HOUR + 300_000]],
      );
    await call('POST', '/v1/schedules/edited/windows', { from: end - 2 * HOUR, until: end + 1 });
    const planned = (await rows(app, '/v1/schedules/edited/windows')) as { from: number; until: number }[];
    assert.deepEqual(
      planned.map(({ from, until }) => [(from - end) / 60_000, (until - end) / 60_000]),
      [
        [-60, 0],
        [-85, -60],
        [-145, -85],
      ],
    );
    await call('DELETE', '/v1/schedules/edited');
  });

  it('each window that is listed can be looked at, also one that waits and ends where another begins', async () => {
    const { end, timed } = midway();
    const given = { ...GIVEN, ...timed, since: end - 6 * HOUR };
    await call('PUT', '/v1/schedules/cut', given);
    await call('POST', '/v1/schedules/cut/windows', { from: end - 3 * HOUR, until: end - 3 * HOUR + 1 });
    const cron = `${new Date(end + HOUR / 2).getUTCMinutes()} * * * *`;
    await call('PUT', '/v1/schedules/cut', { ...given, cron });
    const listed = (await rows(app, '/v1/schedules/cut/windows')) as { from: number; until: number }[];
    assert.ok(listed.some(({ from, until }) => until === end - 4 * HOUR && from === until - HOUR / 2));
    for (const { until } of listed) {
      const { status } = await call('GET', `/v1/schedules/cut/windows/${new Date(until).toISOString()}`);
      assert.equal(status, 200, String((until - end) / HOUR));
    }
    await call('DELETE', '/v1/schedules/cut');
  });

  it('a new schedule has its first file at its next run, of the window that is under way, as was foretold', async () => {
    for (const timed of [
      { cron: '0 6 * * 1', lasting: null },
      { cron: '0 0 1 * *', lasting: null },
      { cron: '0 7 * * *', lasting: '12h' },
    ]) {
      const search = new URLSearchParams({ cron: timed.cron, zone: 'UTC', lasting: timed.lasting ?? '' });
      const [foretold] = await rows(app, `/v1/schedules/runs?${search}`);
      const { said } = await call('PUT', '/v1/schedules/fresh', { ...GIVEN, ...timed, zone: 'UTC' });
      const [first] = said.next as { from: number; until: number }[];
      assert.deepEqual([first!.from, first!.until], [foretold!.from, foretold!.until], timed.cron);
      assert.deepEqual(await rows(app, '/v1/schedules/fresh/windows'), [], 'nothing has ended yet');
      await call('DELETE', '/v1/schedules/fresh');
    }
  });

  it('nothing is foretold before a schedule begins; once it has windows it cannot begin earlier', async () => {
    const since = Math.ceil(Date.now() / DAY) * DAY + 30 * DAY;
    const { said } = await call('PUT', '/v1/schedules/soon', { ...GIVEN, zone: 'UTC', since, lasting: '24h' });
    const [first, ...rest] = said.next as { from: number }[];
    assert.deepEqual([first!.from, rest.length], [since, 9]);
    const earlier = { ...GIVEN, zone: 'UTC', since: Date.now() - DAY };
    assert.equal((await call('PUT', '/v1/schedules/soon', earlier)).status, 200, 'it has none yet');
    await call('POST', '/v1/schedules/soon/windows', { from: Date.now() - 2 * DAY, until: Date.now() - DAY });
    const refused = await call('PUT', '/v1/schedules/soon', { ...earlier, since: earlier.since - DAY });
    assert.equal(refused.status, 422);
    assert.match(refused.said.errors![0]!.expected, /as it was, or later: a backfill fills the windows before/);
    await call('DELETE', '/v1/schedules/soon');
  });

  it('the runs of a timetable are told before it is kept, over a clock change', async () => {
    const { said } = await call('GET', '/v1/schedules/runs?cron=30+2+*+*+*&zone=Europe/Berlin');
    assert.equal((said.rows as unknown[]).length, 10);
    const { status, said: refused } = await call('GET', '/v1/schedules/runs?cron=61+*+*+*+*');
    assert.equal(status, 400);
    assert.equal(refused.errors![0]!.pointer, '/cron');
    const long = await call('GET', '/v1/schedules/runs?cron=0+*+*+*+*&lasting=a+day');
    assert.deepEqual(long.said.errors, [
      { pointer: '/lasting', expected: 'a length like 24h, 90m or 7d, or nothing', found: 'a day' },
    ]);
  });

  it('a number that is none is refused in any address', async () => {
    const timetable = new URLSearchParams({ cron: '0 * * * *', zone: 'UTC', about: '1e400' });
    for (const about of ['1e400', '-1e400']) {
      timetable.set('about', about);
      const { status, said } = await call('GET', `/v1/schedules/runs?${timetable}`);
      assert.deepEqual([status, said.errors?.[0]?.pointer], [400, '/about'], about);
    }
    assert.equal((await call('GET', '/v1/schedules/a/windows/b/1e400/c')).status, 400);
  });

  it('runs about the next change of clocks: what is skipped, what comes twice, how long windows are then', async () => {
    type Clock = { time: number; by: number };
    const clocks = (await rows(app, '/v1/schedules/clocks?zone=Europe/Dublin')) as Clock[];
    const forward = clocks.find(({ by }) => by > 0)!;
    const back = clocks.find(({ by }) => by < 0)!;
    const about = (cron: string, { time }: Clock) =>
      rows(app, `/v1/schedules/runs?cron=${encodeURIComponent(cron)}&zone=Europe/Dublin&about=${time}`);
    const night = await about('30 1 * * *', forward);
    assert.deepEqual(
      night.map(({ skipped }) => (skipped as string[]).join()),
      ['', '', '', '', '01:30', '', '', '', '', ''],
    );
    assert.equal(night[4]!.until, forward.time);
    const twice = await about('30 1 * * *', back);
    assert.deepEqual(twice.map(({ doubled }) => doubled).indexOf(true), 4);
    const days = await about('0 0 * * *', back);
    assert.deepEqual(
      days.map(({ from, until, shift }) => [((until as number) - (from as number)) / HOUR, shift]),
      Array.from({ length: 10 }, (_, i) => (i === 5 ? [25, back.by] : [24, 0])),
    );
    assert.deepEqual(await rows(app, '/v1/schedules/clocks?zone=UTC'), []);
    assert.equal((await call('GET', '/v1/schedules/clocks?zone=Mars/Base')).said.errors![0]!.pointer, '/zone');
    assert.equal((await call('GET', '/v1/schedules/runs?cron=0+0+*+*+*&about=-1')).status, 400);
  });

  it('a year and a month are windows', async () => {
    for (const cron of ['0 0 1 1 *', '0 0 1 * *']) {
      const query = { dataset: 'frames', rows: ['room', 'day'], measures: ['peak'] };
      assert.equal((await call('PUT', '/v1/schedules/long', { ...GIVEN, cron, query })).status, 200);
    }
    await call('DELETE', '/v1/schedules/long');
  });

  it('a preview has the first rows of the last window, how many there are, and about how large files would be; nothing is kept', async () => {
    const { end, timed } = midway();
    const lines = Array.from({ length: 5040 }, (_, i) =>
      JSON.stringify({ time: end - 500 * (i + 1), gateway: `pi-${i % 12}`, badge: `b-${i}`, rssi: -60 }),
    );
    assert.equal((await send(app, lines.join('\n'))).status, 200);
    const query = { dataset: 'observations', rows: ['gateway'], measures: ['count'] };
    const given = { ...GIVEN, ...timed, query };
    const { status, said } = await call('POST', '/v1/schedules/preview', given);
    assert.equal(status, 200);
    const {
      from,
      until,
      rows: count,
      first,
      columns,
      files,
    } = said as never as {
      from: number;
      until: number;
      rows: number;
      first: Record<string, unknown>[];
      columns: Record<string, string>;
      files: { format: string; bytes: number }[];
    };
    assert.deepEqual([from, until, count, first.length], [end - HOUR, end, 12, 8]);
    assert.deepEqual(Object.keys(columns), ['gateway', 'level', 'count']);
    assert.equal(first.find(({ gateway }) => gateway === 'pi-0')!.count, 420);
    assert.deepEqual(
      files.map(({ format }) => format),
      GIVEN.formats,
    );
    assert.ok(files.every(({ bytes }) => bytes > 100));
    const all = await call('POST', '/v1/schedules/preview', { ...given, holds: 'records' });
    assert.deepEqual([all.said.rows, (all.said.first as unknown[]).length], [5040, 8]);
    assert.deepEqual(await rows(app, '/v1/schedules'), []);
  });
});
