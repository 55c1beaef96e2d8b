import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { exports } from '../../jobs/exports/exports.ts';
import { exportsIn, faultsOf } from '../../services/ledger/exported.ts';
import { say } from '../../services/ledger/runs.ts';
import { rowKey } from '../../services/ledger/schedules.ts';
import { readTroubles } from '../../services/ledger/troubles.ts';
import type { WindowRow } from '../../services/model/schedule.ts';
import { newFolder, remove } from '../service.ts';
import { DUE_MS, folderIn, manifestIn, scheduled } from './scheduled.ts';

type Scene = Awaited<ReturnType<typeof scheduled>>;

/** Fills what is due until `isEnd` says so of what is to be put: from then on nothing is put, as after a kill. */
async function killedAt({ bench }: Scene, isEnd: (row: WindowRow) => boolean): Promise<void> {
  const { ledger } = bench;
  const { put } = ledger;
  let isDead = false;
  ledger.put = async (key, version, value) => {
    isDead ||= isEnd(value as WindowRow);
    return isDead ? false : put.call(ledger, key, version, value);
  };
  await exports.tidy(bench);
  ledger.put = put;
}

describe('a window that is broken off', () => {
  it('each time counts: once it is tried again at once, then after pauses; after the fifth it waits, and that is told', async () => {
    const scene = await scheduled(DUE_MS, { formats: ['csv'] });
    const { bench, rows, at, end } = scene;
    try {
      let clock = DUE_MS;
      for (const [attempt, pause] of [
        [1, 0],
        [2, 60_000],
        [3, 300_000],
        [4, 1_800_000],
        [5, null],
      ] as const) {
        await killedAt(scene, ({ state, sealed }) => state === 'done' || Boolean(sealed));
        assert.deepEqual(
          (await rows()).map((row) => [row.state, row.attempt]),
          [['running', attempt]],
        );
        if (pause === 0) continue;
        assert.equal(await exports.tidy(bench), 0, 'not yet');
        const [row] = await rows();
        assert.deepEqual([row!.state, row!.error], ['failed', 'the process ended before the window was filled']);
        assert.equal(row!.retry, pause === null ? null : row!.ended! + pause);
        clock += pause ?? 0;
        at(clock);
      }
      assert.equal(await exports.tidy(bench), 0);
      const { open } = await readTroubles(bench.ledger);
      assert.deepEqual(
        open.map(({ reason, retry }) => [reason, retry]),
        [['the process ended before the window was filled', null]],
      );
      const [row] = await rows();
      await say(bench.ledger, rowKey('hourly', row!.until), { ...row!, state: 'planned', why: 'asked', attempt: 1 });
      assert.equal(await exports.tidy(bench), 1);
      assert.equal((await rows())[0]!.state, 'done');
    } finally {
      await end();
    }
  });

  it('is not taken for published where other files lie in its place', async () => {
    const scene = await scheduled(DUE_MS, { formats: ['csv'] });
    const { bench, rows, store, world, end } = scene;
    const { ledger } = bench;
    try {
      // Published, and nobody was told: then somebody asks again, more is there, and the next run seals and ends.
      await killedAt(scene, ({ state }) => state === 'done');
      const [first] = await rows();
      assert.ok(first!.sealed);
      await say(ledger, rowKey('hourly', first!.until), { ...first!, sealed: null, state: 'planned', why: 'asked' });
      const more = { ...world.sightings[0]!, time: first!.from + 1000 };
      await store.append({ observations: [more], rejects: [] });
      const { put } = ledger;
      ledger.put = async (key, version, value) => {
        const row = value as WindowRow;
        if (row.state === 'failed') return false;
        const isFirst = await put.call(ledger, key, version, value);
        if (row.sealed) throw new Error('killed');
        return isFirst;
      };
      await exports.tidy(bench);
      ledger.put = put;
      rmSync(join(bench.house, 'copies'), { recursive: true, force: true });
      await exports.tidy(bench);
      const [row] = await rows();
      assert.equal(row!.state, 'done');
      assert.deepEqual(manifestIn(bench.house, row!).files, row!.published!.files);
      assert.deepEqual((await faultsOf(folderIn(bench.house, row!))).faults, []);
    } finally {
      await end();
    }
  });
});

describe('a question that is refused', () => {
  it('is not asked again by itself: it would be refused each time', async () => {
    const query = { dataset: 'frames', rows: ['room', 'occupancy:10'], columns: [], measures: ['occupancy', 'peak'] };
    const { bench, rows, at, end } = await scheduled(DUE_MS, { query: query as never, formats: ['csv'] });
    try {
      await exports.tidy(bench);
      const [row] = await rows();
      assert.deepEqual([row!.state, row!.attempt, row!.retry], ['failed', 1, null]);
      assert.match(row!.error!, /^the question cannot be answered: .*occupancy:10/);
      at(DUE_MS + 10 * 60_000);
      assert.equal(await exports.tidy(bench), 0);
    } finally {
      await end();
    }
  });
});

describe('the place of an export', () => {
  it('nothing is made through a link that leads elsewhere', async () => {
    const { bench, rows, end } = await scheduled(DUE_MS, { formats: ['csv'] });
    const elsewhere = newFolder();
    try {
      const link = join(exportsIn(bench.house), 'hourly');
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(elsewhere, link);
      await exports.tidy(bench);
      const [row] = await rows();
      assert.equal(row!.state, 'failed');
      assert.match(row!.error!, /a path below .*, found one that leads out of it/);
      assert.deepEqual(readdirSync(elsewhere), []);
    } finally {
      await end();
      remove(elsewhere);
    }
  });
});
