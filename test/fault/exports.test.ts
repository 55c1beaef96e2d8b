import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { exports } from '../../jobs/exports/exports.ts';
import type { Bench } from '../../jobs/job.ts';
import { exportsIn, faultsOf, publishedBelow } from '../../services/ledger/exported.ts';
import { fileLedger } from '../../services/ledger/file.ts';
import { say } from '../../services/ledger/runs.ts';
import { putSchedule, readSchedule, rowKey } from '../../services/ledger/schedules.ts';
import type { Asked, FileFormat, Schedule, WindowRow } from '../../services/model/schedule.ts';
import { DUE_MS, folderIn, HOUR, manifestIn, scheduled } from '../jobs/scheduled.ts';
import { LOADING, moduleOf, newFolder, program, ROOT, remove } from '../service.ts';

/** So many of the moments between two acts on the disk are tried; EXPORT_KILLS=all tries each. */
const KILLS = process.env.EXPORT_KILLS ?? '4';
const AFTER = HOUR + DUE_MS;
const FORMATS = ['csv', 'parquet', 'xlsx'] as FileFormat[];
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const SCHEDULER = moduleOf('test/fault/exports/scheduler');
const CHILD = program('test/fault/exports/child');
/** A run in a process of its own; what a write past a limit is told by a signal, it takes as an error. */
const child = (house: string, ...rest: number[]) =>
  spawnSync(
    'sh',
    ['-c', `trap '' XFSZ; exec "$0" "$@"`, process.execPath, ...CHILD, house, ...[AFTER, ...rest].map(String)],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
const noPrlimit = spawnSync('prlimit', ['--version']).status === 0 ? false : 'there is no prlimit here';

/** Why no disk of our own can be mounted, or false. */
const noTmpfs = (() => {
  const place = newFolder();
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place]).status === 0;
  if (isMounted) spawnSync('umount', [place]);
  remove(place);
  return isMounted ? false : 'no tmpfs may be mounted here';
})();

/** What is left of runs that did not end, or of nobody. */
const leftIn = (house: string): string[] =>
  readdirSync(join(house, 'copies')).filter((name) => name.startsWith('export'));

/** A house with two windows that are due, as a folder. */
async function houseWith(rest: Partial<Schedule>): Promise<string> {
  const house = newFolder();
  const { end } = await scheduled(AFTER, { formats: FORMATS, ...rest }, house);
  await end();
  return house;
}

describe('exports under faults', () => {
  const folders: string[] = [];
  after(() => folders.forEach(remove));
  const copyOf = (house: string): string => {
    const copy = newFolder();
    folders.push(copy);
    cpSync(house, copy, { recursive: true });
    return copy;
  };
  const filesOf = (house: string, rows: WindowRow[]) => rows.map((row) => manifestIn(house, row).files);

  for (const revision of [1, 2])
    it(`kill −9 between any two acts on the disk of revision ${revision}: each window ends with exactly one good file, nothing is left over (seed ${seed})`, async () => {
      const house = await houseWith({});
      folders.push(house);
      if (revision === 2) await askAnew(house);
      const whole = copyOf(house);
      const acts = Number(child(whole, 0).stdout);
      assert.ok(acts > 30, `${acts} acts`);
      const undisturbed = await rowsIn(whole);
      const tried = drawn(acts);
      for (const killAt of tried) {
        const copy = copyOf(house);
        assert.equal(child(copy, killAt).signal, 'SIGKILL', `act ${killAt} of ${acts}`);
        const { bench, rows, end } = await scheduled(AFTER, {}, copy);
        await exports.tidy(bench);
        const found = await rows();
        await end();
        const words = `killed before act ${killAt}`;
        assert.deepEqual(
          found.map(({ state, error, published }) => [state, error, published?.revision]),
          [1, 2].map(() => ['done', null, revision]),
          words,
        );
        const own = found.map((row) => folderIn(copy, row));
        const before = revision === 1 ? [] : own.map((folder) => folder.replace(/r2$/, 'r1'));
        const there = publishedBelow(exportsIn(copy));
        assert.deepEqual(there, [...own, ...before].sort(), words);
        for (const folder of there) assert.deepEqual((await faultsOf(folder)).faults, [], words);
        assert.deepEqual(filesOf(copy, found), filesOf(whole, undisturbed), words);
        assert.deepEqual(leftIn(copy), [], words);
        remove(copy);
      }
      console.log(`revision ${revision}: killed before ${tried.length} of ${acts} acts`);
    });

  it('two schedulers at once over one folder and ledger: one row, one good folder a window', async () => {
    const house = await houseWith({});
    folders.push(house);
    for (let round = 0; round < 4; round++) {
      const copy = copyOf(house);
      const { bench, rows, end } = await scheduled(AFTER, {}, copy);
      const other = await fileLedger(join(copy, 'ledger'));
      const slowly = (ledger: typeof bench.ledger) => ({
        ...bench,
        ledger,
        ask: async (...given: Parameters<typeof bench.ask>) => {
          await sleep(Math.random() * 120);
          return bench.ask(...given);
        },
      });
      await Promise.all([exports.tidy(slowly(bench.ledger)), exports.tidy(slowly(other))]);
      // Whoever lost has left what the next run ends.
      await exports.tidy(bench);
      const found = await rows();
      assert.deepEqual(
        found.map(({ state }) => state),
        ['done', 'done'],
      );
      await agree(copy, found);
      other.close();
      await end();
      remove(copy);
    }
  });

  it('two schedulers in processes of their own, on one folder: one row, one good folder a window', async () => {
    const copy = await houseWith({});
    folders.push(copy);
    const { bench, rows, end } = await scheduled(AFTER, {}, copy);
    const both = [1, 2].map(() => fork(SCHEDULER, [copy, String(bench.now())], { cwd: ROOT, execArgv: LOADING }));
    const asked = both.map((one) => answering(one, bench));
    await Promise.all(asked.map(({ ready }) => ready));
    for (const one of both) one.send('begin');
    assert.deepEqual(await Promise.all(asked.map(({ ended }) => ended)), [0, 0]);
    // Whoever lost has left what the next run ends.
    await exports.tidy(bench);
    const found = await rows();
    await end();
    assert.deepEqual(
      found.map(({ state, published }) => [state, published?.revision]),
      [
        ['done', 1],
        ['done', 1],
      ],
    );
    await agree(copy, found);
  });

  it('a full disk: the window fails and says so, nothing is published or left; with room again it is filled', {
    skip: noPrlimit,
  }, async () => {
    const house = await houseWith({ holds: 'records' });
    folders.push(house);
    const ran = child(house, 0, 64 * 1024);
    assert.equal(ran.status, 0, ran.stderr);
    const found = await rowsIn(house);
    const failed = found.filter(({ state }) => state === 'failed');
    assert.ok(failed.length > 0);
    for (const { error, published } of failed) {
      assert.match(error!, /too large|No space|EFBIG/i);
      assert.equal(published, null);
    }
    assert.deepEqual(leftIn(house), []);
    assert.equal(publishedBelow(exportsIn(house)).length, found.length - failed.length);
    const { bench, rows, at, end } = await scheduled(AFTER, {}, house);
    at(AFTER + 61_000);
    assert.equal(await exports.tidy(bench), failed.length);
    assert.ok((await rows()).every(({ state }) => state === 'done'));
    await end();
  });

  for (const part of ['copies', 'exports'])
    it(`a disk that is full where ${part} lie, for real: the window fails and says so, nothing is published; with room again it is filled`, {
      skip: noTmpfs,
    }, async () => {
      const house = await houseWith({ holds: 'records' });
      folders.push(house);
      const disk = join(house, part);
      mkdirSync(disk, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
      try {
        const { bench, rows, at, end } = await scheduled(AFTER, {}, house);
        await exports.tidy(bench);
        const failed = (await rows()).filter(({ state }) => state === 'failed');
        assert.ok(failed.length > 0);
        for (const { error, published } of failed) {
          assert.match(error!, /no space/i);
          assert.equal(published, null);
        }
        assert.deepEqual(leftIn(house), []);
        assert.equal(publishedBelow(exportsIn(house)).length, 2 - failed.length);
        execFileSync('mount', ['-o', 'remount,size=64m', disk]);
        at(AFTER + 61_000);
        assert.equal(await exports.tidy(bench), failed.length);
        const found = await rows();
        await end();
        assert.ok(found.every(({ state }) => state === 'done'));
        for (const row of found) assert.deepEqual((await faultsOf(folderIn(house, row))).faults, []);
      } finally {
        execFileSync('umount', ['-l', disk]);
      }
    });
});

/** Answers what a scheduler in a process of its own asks, sometimes later; tells when it is ready, and how it ended. */
function answering(one: ChildProcess, { ask }: Bench) {
  let isReady = () => {};
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  one.on('message', async (said: 'ready' | { id: number; asked: Asked; file: string }) => {
    if (said === 'ready') return isReady();
    await sleep(Math.random() * 60);
    one.send({ id: said.id, meta: await ask(said.asked, said.file) });
  });
  return { ready, ended: once(one, 'exit').then(([code]) => code as number | null) };
}

/** Some of the moments before so many acts, or all. */
function drawn(acts: number): number[] {
  const all = Array.from({ length: acts }, (_, i) => i + 1);
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 2 ** 31;
  };
  return KILLS === 'all' ? all : all.sort(() => random() - 0.5).slice(0, Number(KILLS));
}

/** Fills what is due, and asks for all of it once more, of a schedule that asks something else by now. */
async function askAnew(house: string): Promise<void> {
  const { bench, rows, end } = await scheduled(AFTER, {}, house);
  const { ledger } = bench;
  await exports.tidy(bench);
  const { id, time: _, ...kept } = (await readSchedule(ledger, 'hourly'))!;
  await putSchedule(ledger, id, { ...kept, query: { ...kept.query, measures: ['count'] } });
  for (const row of await rows())
    await say(ledger, rowKey(id, row.until), { ...row, state: 'planned', why: 'asked' } satisfies WindowRow);
  await end();
}

async function rowsIn(house: string): Promise<WindowRow[]> {
  const { rows, end } = await scheduled(AFTER, {}, house);
  const found = await rows();
  await end();
  return found;
}

/** Each window has its one folder, whole, with the files its row names; nothing else is left. */
async function agree(house: string, rows: WindowRow[]): Promise<void> {
  assert.deepEqual(publishedBelow(exportsIn(house)), rows.map((row) => folderIn(house, row)).sort());
  for (const row of rows) {
    const { manifest, faults } = await faultsOf(folderIn(house, row));
    assert.deepEqual(faults, []);
    assert.deepEqual(manifest!.files, row.published!.files, 'the row says what the folder has');
  }
  assert.deepEqual(leftIn(house), []);
}
