import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { exports } from '../../jobs/exports/exports.ts';
import { frames } from '../../jobs/frames.ts';
import { presences } from '../../jobs/presences.ts';
import { exportsIn, faultsOf, MANIFEST, publishedBelow, sealOf } from '../../services/ledger/exported.ts';
import { goneKey, putSchedule, readSchedule, rowKey } from '../../services/ledger/schedules.ts';
import { daysIn } from '../../services/model/day.ts';
import type { Schedule, WindowRow } from '../../services/model/schedule.ts';
import { wordsOf } from '../../services/model/windows.ts';
import type { Workshop } from './bench.ts';
import { DUE_MS, HOUR, HOURLY, manifestIn, scheduled } from './scheduled.ts';

const filesIn = ({ bench }: Workshop, row: WindowRow) =>
  readdirSync(join(exportsIn(bench.house), row.published!.folder)).sort();

describe('exports', () => {
  it('a window is due 15 minutes after its end, then is filled once: every format, a manifest, one row', async () => {
    const { bench, rows, at, end, begun, ...rest } = await scheduled(DUE_MS - 1);
    const { file } = bench.venue;
    const [moved, later] = [begun + HOUR / 2, begun + HOUR].map((from) => ({
      id: `g-${from}`,
      room: file.rooms[0]!.id,
      from,
    }));
    Object.assign(bench, { venue: { ...bench.venue, file: { ...file, gateways: [...file.gateways, moved, later] } } });
    try {
      assert.equal(await exports.tidy(bench), 0);
      assert.deepEqual(await rows(), []);
      at(DUE_MS);
      assert.equal(await exports.tidy(bench), 1);
      const [row, ...others] = await rows();
      assert.deepEqual(others, []);
      assert.deepEqual([row!.state, row!.from, row!.until, row!.error], ['done', begun, begun + HOUR, null]);
      const names = [...HOURLY.formats.map((format) => `hourly.${format}`), 'manifest.json'].sort();
      assert.deepEqual(filesIn({ bench, end, ...rest }, row!), names);
      const { faults } = await faultsOf(join(exportsIn(bench.house), row!.published!.folder));
      assert.deepEqual(faults, []);
      const { rows: count, types, revision, query, changes } = manifestIn(bench.house, row!);
      assert.deepEqual(
        changes.map(({ time }) => time),
        [begun + HOUR / 2],
      );
      assert.deepEqual([count, revision], [row!.published!.rows, 1]);
      assert.deepEqual(types, { room: 'text', level: 'text', count: 'integer', 'average(rssi)': 'number' });
      assert.deepEqual(query.span, { from: begun, until: begun + HOUR });
      const csv = readFileSync(join(exportsIn(bench.house), row!.published!.folder, 'hourly.csv'), 'utf8').split(
        '\r\n',
      );
      assert.equal(csv.length - 2, count);
      assert.equal(await exports.tidy(bench), 0, 'done is done');
    } finally {
      await end();
    }
  });

  it('downtime leaves windows that are filled in order; each schedule has one row a window', async () => {
    const { bench, rows, end, begun } = await scheduled(5 * HOUR + DUE_MS);
    try {
      assert.equal(await exports.tidy(bench), 6);
      const found = await rows();
      assert.deepEqual(
        found.map(({ from }) => (from - begun) / HOUR),
        [0, 1, 2, 3, 4, 5],
      );
      assert.ok(found.every(({ state }) => state === 'done'));
      const began = found.map((row) => row.published!.time);
      assert.deepEqual(
        began,
        began.toSorted((a, b) => a - b),
      );
    } finally {
      await end();
    }
  });

  it('a corrected day makes revision 2 of the question that revision 1 had, which says what changed; asked again, nothing new; revision 1 stays as it was', async () => {
    const query = { dataset: 'presences', rows: ['room'], columns: [], measures: ['count'] } as const;
    const { bench, rows, at, world, begun, end } = await scheduled(DUE_MS, { query: query as never });
    try {
      await exports.tidy(bench);
      const [first] = await rows();
      assert.equal(first!.state, 'done');
      assert.equal(first!.published!.asSeen, true);
      const kept = (await readSchedule(bench.ledger, 'hourly'))!;
      const { id, time: _, ...own } = kept;
      await putSchedule(bench.ledger, id, {
        ...own,
        ...{ name: 'Another', formats: ['json'], template: 'x.{format}' },
        query: { ...own.query, rows: ['gateway'] },
      });
      at(30 * HOUR);
      const [day] = daysIn({ from: begun, until: begun + 1 }, world.venue.zone);
      for (const job of [presences, frames]) await job.run(day!, bench);
      await exports.tidy(bench);
      const [second] = await rows();
      assert.equal(second!.why, 'corrected');
      assert.equal(second!.published!.revision, 2);
      assert.match(second!.published!.changed!, /^rows: .*\d+ (new|changed|gone)$/);
      assert.equal(second!.published!.asSeen, false);
      assert.deepEqual(
        [second!.published!, first!.published!].map(({ files }) => files.map(({ name }) => name)),
        Array(2).fill(HOURLY.formats.map((format) => `hourly.${format}`)),
      );
      const { query: asked, name } = manifestIn(bench.house, second!);
      assert.deepEqual([asked.rows, name], [['room'], HOURLY.name]);
      for (const { folder } of [first!.published!, second!.published!])
        assert.deepEqual((await faultsOf(join(exportsIn(bench.house), folder))).faults, []);
      const versions = (await bench.ledger.list(rowKey('hourly', first!.until), { history: true })).length;
      await exports.tidy(bench);
      assert.equal((await bench.ledger.list(rowKey('hourly', first!.until), { history: true })).length, versions);
    } finally {
      await end();
    }
  });

  it('a window that fails holds no other up, whatever it fails at, and says why without a path of the machine', async () => {
    const { bench, rows, end, begun } = await scheduled(2 * HOUR + DUE_MS);
    try {
      const { ask, ledger } = bench;
      bench.ask = async (asked, file) => {
        if (asked.query.span && (asked.query.span as { from: number }).from === begun)
          throw new Error(`no room below ${bench.house}/copies`);
        return ask(asked, file);
      };
      // The second cannot say that it is sealed.
      const put = ledger.put.bind(ledger);
      ledger.put = async (key, version, value) => {
        if ((value as WindowRow).sealed && (value as WindowRow).from === begun + HOUR)
          throw new RangeError('ledger: expected a value of 65536 bytes');
        return put(key, version, value);
      };
      assert.equal(await exports.tidy(bench), 3);
      const found = await rows();
      assert.deepEqual(
        found.map(({ state }) => state),
        ['failed', 'failed', 'done'],
      );
      assert.equal(found[0]!.error, 'no room below /copies');
      assert.match(found[1]!.error!, /expected a value/);
      bench.ask = ask;
      ledger.put = put;
    } finally {
      await end();
    }
  });

  it('asked again, a schedule that was changed, or a file that was damaged, makes a revision that says so; else nothing does', async () => {
    const { bench, rows, end } = await scheduled(DUE_MS);
    try {
      const again = async () => {
        const [row] = await rows();
        const key = rowKey('hourly', row!.until);
        const { version } = (await bench.ledger.get(key))!;
        await bench.ledger.put(key, version + 1, { ...row!, state: 'planned', why: 'asked' } satisfies WindowRow);
        await exports.tidy(bench);
        const [made] = await rows();
        return [made!.state, made!.published!.revision, made!.published!.changed];
      };
      const change = async (patch: Partial<Schedule>) => {
        const { id: _, time: __, ...kept } = (await readSchedule(bench.ledger, 'hourly'))!;
        await putSchedule(bench.ledger, 'hourly', { ...kept, ...patch });
      };
      await exports.tidy(bench);
      assert.deepEqual(await again(), ['done', 1, null]);
      const { query, formats } = HOURLY;
      await change({ formats: formats.toReversed() });
      assert.deepEqual(await again(), ['done', 1, null], 'the order of formats is none');
      await change({ query: { ...query, measures: ['count'] } });
      assert.deepEqual(await again(), ['done', 2, 'the schedule was changed: question']);
      await change({ profile: 'spreadsheet', template: 'rooms-{date}.{format}' });
      assert.deepEqual(await again(), ['done', 3, 'the schedule was changed: profile, files']);
      const [row] = await rows();
      const name = row!.published!.files[0]!.name;
      appendFileSync(join(exportsIn(bench.house), row!.published!.folder, name), 'more');
      const [state, revision, changed] = await again();
      assert.deepEqual([state, revision], ['done', 4]);
      assert.match(String(changed), /^revision 3 was damaged: rooms-[^ ]* is not as published$/);
      const [mended] = await rows();
      const at = join(exportsIn(bench.house), mended!.published!.folder);
      assert.deepEqual(mended!.published!.manifest, await sealOf(join(at, MANIFEST)));
      assert.deepEqual((await faultsOf(at, mended!.published!)).faults, []);
      writeFileSync(join(at, MANIFEST), readFileSync(join(at, MANIFEST), 'utf8').replace('"venue": "', '"venue": "x'));
      assert.equal((await again())[2], 'revision 4 was damaged: manifest.json is not as published');
    } finally {
      await end();
    }
  });

  it('files that are kept no longer are not made again for late data, but for whoever asks', async () => {
    const query = { dataset: 'presences', rows: ['room'], columns: [], measures: ['count'] } as const;
    const { bench, rows, at, world, begun, end } = await scheduled(DUE_MS, { query: query as never });
    try {
      await exports.tidy(bench);
      const [first] = await rows();
      await bench.ledger.put(goneKey('hourly', first!.until, 1), 1, { time: 1 });
      at(30 * HOUR);
      const [day] = daysIn({ from: begun, until: begun + 1 }, world.venue.zone);
      for (const job of [presences, frames]) await job.run(day!, bench);
      await exports.tidy(bench);
      assert.deepEqual((await rows())[0]!.published!.revision, 1);
    } finally {
      await end();
    }
  });

  it('made again from nothing a revision has the same bytes, manifest and all', async () => {
    const { bench, rows, end } = await scheduled(DUE_MS);
    try {
      await exports.tidy(bench);
      const [row] = await rows();
      const folder = join(exportsIn(bench.house), row!.published!.folder);
      const kept = `${bench.house}/kept`;
      cpSync(folder, kept, { recursive: true });
      const key = rowKey('hourly', row!.until);
      const { version } = (await bench.ledger.get(key))!;
      await bench.ledger.put(key, version + 1, { ...row!, state: 'planned', published: null } satisfies WindowRow);
      await exports.tidy(bench);
      for (const name of readdirSync(kept))
        assert.ok(readFileSync(join(kept, name)).equals(readFileSync(join(folder, name))), name);
    } finally {
      await end();
    }
  });

  it('what a kill left behind is no export: it is written over, and the window ends with one good folder', async () => {
    const { bench, rows, end, begun } = await scheduled(DUE_MS);
    try {
      const key = rowKey('hourly', begun + HOUR);
      const [kept] = [await readSchedule(bench.ledger, 'hourly')];
      assert.equal(kept!.name, 'Rooms by hour');
      await exports.tidy(bench);
      const [row] = await rows();
      const folder = join(exportsIn(bench.house), row!.published!.folder);
      // Killed after the rename and before the row, and another one half-way.
      const { version } = (await bench.ledger.get(key))!;
      await bench.ledger.put(key, version + 1, { ...row!, state: 'running', published: null } satisfies WindowRow);
      writeFileSync(join(folder, 'hourly.csv'), 'torn');
      const aside = join(bench.house, 'copies', `export+hourly+${row!.until}+1`);
      mkdirSync(aside, { recursive: true });
      writeFileSync(join(aside, 'manifest.json'), '{}');
      await exports.tidy(bench);
      const [again] = await rows();
      assert.equal(again!.state, 'done');
      assert.deepEqual((await faultsOf(folder)).faults, []);
      assert.deepEqual(readdirSync(join(bench.house, 'copies')), []);
      assert.equal(publishedBelow(exportsIn(bench.house)).length, 1);
    } finally {
      await end();
    }
  });

  it('a window that fails says why, is tried again after a pause, and does not stop the others', async () => {
    const { bench, rows, at, end } = await scheduled(HOUR + DUE_MS);
    try {
      const { ask } = bench;
      let calls = 0;
      bench.ask = (query, file) =>
        calls++ === 0 ? Promise.reject(new Error('no room on the disk')) : ask(query, file);
      await exports.tidy(bench);
      const found = await rows();
      assert.deepEqual(
        found.map(({ state, error }) => [state, error]),
        [
          ['failed', 'no room on the disk'],
          ['done', null],
        ],
      );
      assert.equal(await exports.tidy(bench), 0, 'not yet');
      at(HOUR + DUE_MS + 61_000);
      assert.equal(await exports.tidy(bench), 1);
      assert.deepEqual(
        (await rows()).map(({ state, attempt }) => [state, attempt]),
        [
          ['done', 2],
          ['done', 1],
        ],
      );
    } finally {
      await end();
    }
  });

  it('says how far each window is itself, beside how far all are', async () => {
    const { bench, end } = await scheduled(DUE_MS + HOUR, { formats: ['csv'] });
    try {
      const begun: unknown[] = [];
      bench.progress = (share, words, parts) => {
        if (words.endsWith('the question is asked'))
          begun.push([share, words, ...parts!.flatMap(({ key, share }) => [key, share])]);
      };
      assert.equal(await exports.tidy(bench), 2);
      const [first, second] = (await bench.ledger.list('window/')).map(({ key }) => key);
      const at = (time: string) => `Rooms by hour, until ${time}: the question is asked`;
      assert.deepEqual(begun, [
        [0, at(wordsOf(Date.parse(first!.split('/')[2]!), 'Europe/Dublin')), first, 0],
        [0.5, at(wordsOf(Date.parse(second!.split('/')[2]!), 'Europe/Dublin')), second, 0],
      ]);
    } finally {
      await end();
    }
  });

  it('a paused schedule waits; its windows are filled when it goes on', async () => {
    const { bench, rows, end } = await scheduled(DUE_MS, { paused: true });
    try {
      assert.equal(await exports.tidy(bench), 0);
      const { id: _, time: __, ...kept } = (await readSchedule(bench.ledger, 'hourly'))!;
      await putSchedule(bench.ledger, 'hourly', { ...kept, paused: false });
      assert.equal(await exports.tidy(bench), 1);
      assert.equal((await rows())[0]!.state, 'done');
    } finally {
      await end();
    }
  });

  it('verify finds a byte that changed, a file that is gone, and a manifest that is none', async () => {
    const { bench, rows, end } = await scheduled(DUE_MS);
    try {
      await exports.tidy(bench);
      const folder = join(exportsIn(bench.house), (await rows())[0]!.published!.folder);
      const file = join(folder, 'hourly.csv');
      const bytes = readFileSync(file);
      bytes[bytes.length - 4]! ^= 1;
      writeFileSync(file, bytes);
      assert.match(
        (await faultsOf(folder)).faults.join(),
        /^hourly\.csv: expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}$/,
      );
      writeFileSync(file, 'short');
      assert.match((await faultsOf(folder)).faults.join(), /^hourly\.csv: expected \d+ bytes, found 5$/);
      writeFileSync(join(folder, 'manifest.json'), 'no');
      assert.match((await faultsOf(folder)).faults.join(), /^manifest\.json: expected JSON/);
    } finally {
      await end();
    }
  });
});
