import assert from 'node:assert/strict';
import fs, { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { exports } from '../../jobs/exports/exports.ts';
import type { Bench } from '../../jobs/job.ts';
import { retention } from '../../jobs/retention.ts';
import { deliveryKey } from '../../services/ledger/deliveries.ts';
import { exportsIn, faultsOf } from '../../services/ledger/exported.ts';
import { say } from '../../services/ledger/runs.ts';
import { goneKey, readGone, readWindows, withGone } from '../../services/ledger/schedules.ts';
import { Outside, within } from '../../services/ledger/within.ts';
import type { Delivery } from '../../services/model/delivery.ts';
import type { Schedule } from '../../services/model/schedule.ts';
import { FROM, HOUR, publish } from '../deliver/parcels.ts';
import { newFolder, remove } from '../service.ts';
import { depot, SCHEDULE } from './depot.ts';

const DAY = 86_400_000;
const UNTIL = FROM + HOUR;

/** A house with a schedule that keeps its files for so long, and the chore at it. */
async function kept(keep: Schedule['keep']) {
  const place = await depot([], [], { keep });
  const bench = (now: number) =>
    ({ ...place, now: () => now, signal: new AbortController().signal }) as unknown as Bench;
  return { ...place, sweep: (now: number) => retention.tidy(bench(now)) };
}

describe('retention', () => {
  it('removes what is older than the schedule keeps; the row stays and says since when', async () => {
    const { sweep, fill, house, ledger, end } = await kept({ days: 30, revisions: null });
    try {
      const published = publish(house, { 'hourly.csv': 'a', 'hourly.parquet': 'b' });
      await fill(published, UNTIL);
      const folder = join(exportsIn(house), published.folder);
      assert.equal(await sweep(published.time + 30 * DAY - 1), 0);
      assert.ok(existsSync(join(folder, 'hourly.csv')));
      assert.equal(await sweep(published.time + 30 * DAY), 1);
      assert.ok(!existsSync(folder));
      assert.equal(await sweep(published.time + 31 * DAY), 0, 'gone is gone');
      const [row] = (await readWindows(ledger, 'hourly')).map(({ value }) => value);
      assert.equal(row!.published!.files.length, 2);
      assert.ok(withGone(row!, await readGone(ledger, 'hourly')).published!.gone);
    } finally {
      end();
    }
  });

  it('a manifest that is damaged holds nothing up', async () => {
    const { sweep, fill, house, end } = await kept({ days: 30, revisions: null });
    try {
      const published = publish(house, { 'hourly.csv': 'a' });
      await fill(published, UNTIL);
      const folder = join(exportsIn(house), published.folder);
      writeFileSync(join(folder, 'manifest.json'), '{"files": [');
      assert.equal(await sweep(published.time + 30 * DAY), 1);
      assert.ok(!existsSync(folder));
    } finally {
      end();
    }
  });

  it('keeps so many revisions, the newest', async () => {
    const { sweep, fill, house, end } = await kept({ days: null, revisions: 2 });
    try {
      const all = [1, 2, 3].map((revision) => publish(house, { 'hourly.csv': `${revision}` }, { revision }));
      for (const one of all) await fill(one, UNTIL);
      assert.equal(await sweep(UNTIL + 999 * DAY), 1);
      assert.deepEqual(readdirSync(dirname(join(exportsIn(house), all[0]!.folder))), ['r2', 'r3']);
    } finally {
      end();
    }
  });

  it('never removes what no manifest names, nor what a link leads to, nor without a manifest anything', async () => {
    const { sweep, fill, house, ledger, end } = await kept({ days: 1, revisions: null });
    const elsewhere = newFolder();
    try {
      const folders = [1, 2, 3].map((hours) => {
        const published = publish(house, { 'hourly.csv': 'a' }, { until: new Date(FROM + hours * HOUR).toISOString() });
        return { published, folder: join(exportsIn(house), published.folder), until: FROM + hours * HOUR };
      });
      const [noted, moved, bare] = folders as [(typeof folders)[0], (typeof folders)[0], (typeof folders)[0]];
      for (const { published, until } of folders) await fill(published, until);
      writeFileSync(join(noted.folder, 'notes.txt'), 'mine');
      renameSync(moved.folder, join(elsewhere, 'r1'));
      symlinkSync(join(elsewhere, 'r1'), moved.folder);
      renameSync(join(bare.folder, 'manifest.json'), join(bare.folder, 'other.json'));
      await sweep(UNTIL + 99 * DAY);
      assert.deepEqual(readdirSync(noted.folder), ['notes.txt']);
      assert.ok(existsSync(join(elsewhere, 'r1', 'hourly.csv')));
      assert.ok(existsSync(join(bare.folder, 'hourly.csv')));
      assert.ok(await ledger.get(goneKey('hourly', noted.until, 1)));
    } finally {
      end();
      remove(elsewhere);
    }
  });

  it('that a kill breaks off is gone on with: the manifest, by which files are known, goes last', async () => {
    const { sweep, fill, house, end } = await kept({ days: 1, revisions: null });
    const { unlinkSync } = fs;
    try {
      const published = publish(house, { 'hourly.csv': 'a', 'hourly.parquet': 'b' });
      await fill(published, UNTIL);
      const folder = join(exportsIn(house), published.folder);
      for (let left = 4; left > 0; left--) {
        assert.equal(readdirSync(folder).length, left);
        assert.ok(existsSync(join(folder, 'manifest.json')));
        let isDead = false;
        const once = (path: string) => {
          if (isDead) throw new Error('killed');
          isDead = true;
          unlinkSync(path);
        };
        Object.assign(fs, { unlinkSync: once });
        syncBuiltinESMExports();
        await sweep(UNTIL + 99 * DAY).catch((error: Error) => assert.equal(error.message, 'killed'));
      }
      assert.ok(!existsSync(folder));
    } finally {
      Object.assign(fs, { unlinkSync });
      syncBuiltinESMExports();
      end();
    }
  });

  it('waits for what is still to be sent', async () => {
    const { sweep, fill, house, ledger, deliveries, end } = await kept({ days: 1, revisions: null });
    try {
      const published = publish(house, { 'hourly.csv': 'a' });
      await say(ledger, 'schedule/hourly', { ...SCHEDULE, keep: { days: 1, revisions: null }, destinations: ['hook'] });
      await fill(published, UNTIL, ['hook']);
      const later = UNTIL + 99 * DAY;
      assert.equal(await sweep(later), 0);
      const [row] = await deliveries();
      await say(ledger, deliveryKey(row!), { ...row!, state: 'failed', retry: later } satisfies Delivery);
      assert.equal(await sweep(later), 0);
      await say(ledger, deliveryKey(row!), { ...row!, state: 'failed', retry: null } satisfies Delivery);
      assert.equal(await sweep(later), 1);
    } finally {
      end();
    }
  });
});

describe('within(folder, …parts)', () => {
  const base = newFolder();
  const folder = join(base, 'exports');
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
  mkdirSync(join(base, 'exports-of-others'));
  writeFileSync(join(base, 'secret'), 'x');
  symlinkSync(join(base, 'secret'), join(folder, 'a', 'link'));
  symlinkSync(base, join(folder, 'up'));
  symlinkSync(join(folder, 'a'), join(folder, 'inside'));

  it('leads nowhere else: dots, absolute parts, links, odd names', () => {
    assert.match(within(folder, 'a', 'b'), /exports\/a\/b$/);
    assert.match(within(folder, 'inside', 'b'), /exports\/a\/b$/);
    for (const parts of [['..'], ['a', '..', '..', 'secret'], ['a/link'], ['up', 'secret'], ['../exports-of-others']])
      assert.throws(() => within(folder, ...parts), Outside, parts.join('/'));
    for (const parts of [['/etc/hostname'], ['a\\..\\..\\secret'], ['%2e%2e'], ['a', '．．', 'secret']])
      assert.throws(() => within(folder, ...parts), { code: 'ENOENT' }, parts.join('/'));
    assert.throws(() => within(folder, 'a\0b'), /null bytes/);
    remove(base);
  });

  it('a manifest that names a path or a link is at fault', async () => {
    const house = newFolder();
    const published = publish(house, { 'hourly.csv': 'a' });
    const at = join(exportsIn(house), published.folder);
    symlinkSync(join(at, 'hourly.csv'), join(at, 'link.csv'));
    const files = ['../r1/hourly.csv', 'link.csv'].map((name) => ({ ...published.files[0], name }));
    const said = JSON.parse(readFileSync(join(at, 'manifest.json'), 'utf8'));
    writeFileSync(join(at, 'manifest.json'), JSON.stringify({ ...said, files }));
    const { faults } = await faultsOf(at);
    assert.deepEqual(faults, [
      '../r1/hourly.csv: expected a name without a path',
      'link.csv: expected a file, found a link',
    ]);
    remove(house);
  });

  it('exports are not written through a link that leads elsewhere', async () => {
    const elsewhere = newFolder();
    const { house, ledger, end } = await depot([], [], { since: FROM });
    mkdirSync(exportsIn(house));
    symlinkSync(elsewhere, join(exportsIn(house), 'hourly'));
    const bench = {
      ...{ house, ledger, now: () => FROM + HOUR + HOUR, venue: { zone: 'Europe/Dublin' }, progress: () => undefined },
      signal: new AbortController().signal,
      ask: () => Promise.reject(new Error('expected nobody to ask')),
    };
    await exports.tidy(bench as unknown as Bench);
    const [row] = (await readWindows(ledger, 'hourly')).map(({ value }) => value);
    assert.match(row!.error ?? '', /leads out of it/);
    end();
    remove(elsewhere);
  });
});
