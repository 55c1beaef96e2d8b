import assert from 'node:assert/strict';
import fs, { readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { exports } from '../../jobs/exports/exports.ts';
import { noticing } from '../../services/house/touched.ts';
import { faultsOf } from '../../services/ledger/exported.ts';
import { dropSchedule, goneKey, putSchedule, readSchedule, rowKey } from '../../services/ledger/schedules.ts';
import { readHappened, readVersions, revisionsOf } from '../../services/ledger/window-history.ts';
import type { Sighting } from '../../services/model/observation.ts';
import type { PivotQuery } from '../../services/model/pivot.ts';
import type { WindowRow } from '../../services/model/schedule.ts';
import { DUE_MS, folderIn, HOUR, manifestIn, scheduled } from './scheduled.ts';

describe('windows of exports', () => {
  it('observations that come late on the same day make revision 2 of their window', async () => {
    const { bench, store, rows, at, end, begun, world } = await scheduled(DUE_MS);
    // Where it is still day.
    const zone = 'America/New_York';
    bench.venue = { ...bench.venue, zone };
    try {
      await exports.tidy(bench);
      const [first] = await rows();
      at(DUE_MS + HOUR / 4);
      const noticed = await noticing(store, bench.ledger, zone, { now: bench.now });
      const one = world.sightings[0] as Sighting;
      const late: Sighting[] = [1, 2, 3].map((i) => ({ ...one, time: begun + HOUR - i, received: bench.now() }));
      await noticed.store.append({ observations: late, rejects: [] });
      await noticed.close();
      await exports.tidy(bench);
      const [second] = await rows();
      assert.deepEqual([second!.why, second!.published!.revision], ['late data', 2]);
      assert.deepEqual([first!.published!.asSeen, manifestIn(bench.house, first!).asSeen], [null, null]);
      const json = JSON.parse(readFileSync(join(folderIn(bench.house, first!), 'hourly.json'), 'utf8'));
      assert.equal(json.meta.asSeen, null, 'a file says what its manifest says');
      const counts = [first!, second!].map((row) => manifestIn(bench.house, row).totals.count!);
      assert.equal(counts[1]! - counts[0]!, 3);
      const versions = await readVersions(bench.ledger, 'hourly', second!.until);
      assert.deepEqual(
        revisionsOf(versions, new Map([[goneKey('hourly', second!.until, 1), 7]])).map((one) => [
          one.revision,
          one.state,
          one.gone,
        ]),
        [
          [2, 'current', null],
          [1, 'superseded', 7],
        ],
      );
      const happened = await readHappened(bench.ledger, versions);
      assert.deepEqual(
        happened.map(({ did, why, revision }) => [did, why, revision]),
        [
          ['published', 'late data', 2],
          ['started', 'late data', null],
          ['published', 'timetable', 1],
          ['started', 'timetable', null],
        ],
      );
      assert.match(happened[0]!.words!, /rows: .*(new|changed|gone)/);
    } finally {
      await end();
    }
  });

  it('observations that are stored while the question is asked make revision 2, which has them', async () => {
    const { bench, store, rows, end, begun, world } = await scheduled(DUE_MS + 60_000, { holds: 'records' });
    const { ask } = bench;
    bench.ask = async (asked, file) => {
      const meta = await ask(asked, file);
      if (asked.query.dataset !== 'observations' || (await rows())[0]!.published) return meta;
      const noticed = await noticing(store, bench.ledger, bench.venue.zone, { now: bench.now });
      const late = { ...(world.sightings[0] as Sighting), time: begun + 60_000, received: bench.now() };
      await noticed.store.append({ observations: [late], rejects: [] });
      await noticed.close();
      return meta;
    };
    try {
      await exports.tidy(bench);
      const [first] = await rows();
      assert.equal(await exports.tidy(bench), 1);
      const [second] = await rows();
      assert.deepEqual([second!.why, second!.published!.revision], ['late data', 2]);
      assert.equal(second!.published!.rows, first!.published!.rows + 1);
      assert.equal(await exports.tidy(bench), 0);
    } finally {
      await end();
    }
  });

  it('a window that was made longer by its schedule is published anew, and says from when it was, also where nothing is in it', async () => {
    const { bench, rows, end, begun } = await scheduled(DUE_MS);
    try {
      await exports.tidy(bench);
      const again = async (from: number) => {
        const [row] = await rows();
        const key = rowKey('hourly', row!.until);
        const { version } = (await bench.ledger.get(key))!;
        await bench.ledger.put(key, version + 1, { ...row!, from, state: 'planned', why: 'asked' } satisfies WindowRow);
        await exports.tidy(bench);
        return (await rows())[0]!;
      };
      const longer = await again(begun - 2 * HOUR);
      assert.equal(
        longer.published!.changed,
        `the schedule was changed: window (it began at ${new Date(begun).toISOString()})`,
      );
      assert.equal(longer.published!.revision, 2);
      assert.equal(Date.parse(manifestIn(bench.house, longer).from), longer.from);
    } finally {
      await end();
    }
  });

  it('a schedule that is taken away, or paused, while its backlog is filled writes no more, not the window that is at work either', async () => {
    const { bench, rows, end } = await scheduled(3 * HOUR + DUE_MS);
    try {
      const { ask } = bench;
      bench.ask = async (asked, file) => {
        const { id: _, time: __, ...kept } = (await readSchedule(bench.ledger, 'hourly'))!;
        await putSchedule(bench.ledger, 'hourly', { ...kept, paused: true });
        return ask(asked, file);
      };
      assert.equal(await exports.tidy(bench), 1);
      bench.ask = ask;
      const { id: _, time: __, ...kept } = (await readSchedule(bench.ledger, 'hourly'))!;
      await putSchedule(bench.ledger, 'hourly', { ...kept, paused: false });
      bench.ask = async (asked, file) => {
        await dropSchedule(bench.ledger, 'hourly');
        return ask(asked, file);
      };
      assert.equal(await exports.tidy(bench), 1);
      assert.deepEqual(
        (await rows()).map(({ state, published }) => [state, published]),
        [['planned', null]],
      );
    } finally {
      await end();
    }
  });

  it('nobody’s backlog holds the others up: of two each has half of what is filled in one go', async () => {
    const { bench, begun, rows, end } = await scheduled(DUE_MS);
    const { id: _, time: __, ...kept } = (await readSchedule(bench.ledger, 'hourly'))!;
    const since = begun - 9 * HOUR;
    await putSchedule(bench.ledger, 'minutes', { ...kept, name: 'A backlog', cron: '* * * * *', since });
    bench.ask = () => Promise.reject(new Error('no room on the disk'));
    try {
      assert.equal(await exports.tidy(bench), 250 + 1);
      assert.equal((await bench.ledger.list('window/minutes/')).length, 250);
      assert.equal((await rows()).length, 1);
    } finally {
      await end();
    }
  });

  it('files, their folder and the one above it are safe on disk before their window is done', async () => {
    const { bench, rows, end } = await scheduled(DUE_MS, { formats: ['csv', 'parquet', 'xlsx'] });
    const { openSync, fsyncSync } = fs;
    const open = new Map<number, string>();
    const synced = new Set<string>();
    Object.assign(fs, {
      openSync(...given: Parameters<typeof openSync>) {
        const handle = openSync(...given);
        open.set(handle, String(given[0]));
        return handle;
      },
      fsyncSync(handle: number) {
        fsyncSync(handle);
        synced.add(open.get(handle)!);
      },
    });
    syncBuiltinESMExports();
    const { put } = bench.ledger;
    let before: string[] = [];
    bench.ledger.put = async (key, version, value) => {
      if ((value as WindowRow).sealed) before = [...synced].map((path) => basename(path));
      return put.call(bench.ledger, key, version, value);
    };
    try {
      await exports.tidy(bench);
      const [row] = await rows();
      const aside = `export+hourly+${row!.until}+1`;
      const written = ['.rows.parquet', 'hourly.csv', 'hourly.xlsx', 'manifest.json.tmp', aside];
      assert.deepEqual(before.filter((name) => written.includes(name)).sort(), written.toSorted());
      assert.ok(synced.has(dirname(folderIn(bench.house, row!))));
    } finally {
      Object.assign(fs, { openSync, fsyncSync });
      syncBuiltinESMExports();
      await end();
    }
  });

  it('parts of time are on the clock of the schedule, as the manifest says, unless the question names another', async () => {
    const query = { dataset: 'observations', rows: ['hour'], columns: [], measures: ['count'] } as PivotQuery;
    for (const [own, hours, said] of [
      [query, ['19', '20'], 'America/New_York'],
      [{ ...query, zone: 'UTC' }, ['23', '0'], 'UTC'],
    ] as const) {
      const zone = 'America/New_York';
      const rest = { query: own, zone, formats: ['csv'] as ['csv'] };
      const { bench, rows, end } = await scheduled(DUE_MS, rest);
      try {
        await exports.tidy(bench);
        const [row] = await rows();
        const csv = readFileSync(join(folderIn(bench.house, row!), 'hourly.csv'), 'utf8').split('\r\n');
        assert.ok((hours as readonly string[]).includes(csv[1]!.split(',')[0]!), csv[1]);
        const { query, zone: windows } = manifestIn(bench.house, row!);
        assert.deepEqual([query.zone, windows], [said, zone]);
      } finally {
        await end();
      }
    }
  });

  it('a manifest that says something else, and one of another program, is a fault by its name', async () => {
    const { bench, rows, end } = await scheduled(DUE_MS);
    try {
      await exports.tidy(bench);
      const folder = folderIn(bench.house, (await rows())[0]!);
      for (const text of ['{"a":1}', 'null', '[]', '{"files":[{}],"rows":1}']) {
        writeFileSync(join(folder, 'manifest.json'), text);
        const { manifest, faults } = await faultsOf(folder);
        assert.deepEqual(
          [manifest, faults],
          [null, ['manifest.json: expected JSON that says what an export holds, found none']],
        );
      }
      const { key, version, value } = (await bench.ledger.list('window/hourly/'))[0]!;
      await bench.ledger.put(key, version + 1, { ...(value as WindowRow), state: 'planned', why: 'asked' });
      await exports.tidy(bench);
      assert.match(
        (await rows())[0]!.published!.changed!,
        /^revision 1 was damaged: manifest\.json is not as published$/,
      );
    } finally {
      await end();
    }
  });
});
