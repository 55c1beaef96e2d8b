import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { demoIn, endOf, moveIn, putAside, readDemo } from '../../services/demo/demo.ts';
import { openHouse } from '../../services/house/house.ts';
import { fileLedger } from '../../services/ledger/file.ts';
import { start } from '../../services/main.ts';
import { type Config, readConfig } from '../../services/settings/config.ts';
import { soon } from '../ledger/contract.ts';
import { LOADING, moduleOf, newFolder, remove } from '../service.ts';
import { batchOf, sighting } from '../sightings.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 34);
const DAY = 86_400_000;
const configOf = (dataDir: string, more: Record<string, string> = {}) =>
  readConfig({ PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: dataDir, ...more });

/** A folder with nothing in it, for as long as `use` needs it. */
async function inFolder(use: (config: Config, folder: string) => Promise<void>): Promise<void> {
  const folder = newFolder();
  try {
    await use(configOf(folder), folder);
  } finally {
    remove(folder);
  }
}

/** A demo that was laid at NOW, with one observation in its store. */
async function laid(config: Config, simulated: boolean): Promise<void> {
  const told = await demoIn(config, NOW);
  mkdirSync(join(config.dataDir, 'laying'));
  moveIn(config, told!.demo);
  const house = await openHouse(config);
  await house.store.append(batchOf([sighting({ simulated })]));
  await house.close();
}

describe('demoIn(config, now)', () => {
  it('lays the event in an empty folder so that now is its third day, between 10:00 and 10:59', () =>
    inFolder(async (config, folder) => {
      const told = await demoIn(config, NOW);
      assert.equal(told?.isNew, true);
      const { start, zone } = told.demo;
      assert.equal(Math.floor((NOW - start) / DAY), 2);
      const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'short' }).format(NOW);
      assert.equal(clock, '10:34');
      assert.equal(JSON.parse(readFileSync(join(folder, 'venue.json'), 'utf8')).zone, zone);
    }));

  it('goes on with the same event after a restart, until it is over', () =>
    inFolder(async (config) => {
      await laid(config, true);
      const before = readDemo(config);
      const later = await demoIn(config, NOW + 13 * 3_600_000);
      assert.deepEqual(later, { demo: before, isNew: false, isTold: true });
    }));

  it('begins again where the past was never laid whole', () =>
    inFolder(async (config, folder) => {
      await demoIn(config, NOW);
      mkdirSync(join(folder, 'laying'));
      const again = await demoIn(config, NOW + 5 * 3_600_000);
      assert.equal(again?.isNew, true);
      assert.equal(again.demo.laid, NOW + 5 * 3_600_000);
      assert.equal(existsSync(join(folder, 'laying')), false);
    }));

  it('makes one anew that is over, or older than a day, if every observation in it is simulated', () =>
    inFolder(async (config, folder) => {
      await laid(config, true);
      for (const later of [NOW + 14 * 3_600_000, NOW + 2 * DAY]) {
        const anew = await demoIn(config, later);
        assert.equal(anew?.isNew, true);
        assert.equal(anew.demo.laid, later);
        assert.equal(existsSync(join(folder, 'main')), false);
      }
    }));

  it('keeps an old one that holds an observation of somebody', () =>
    inFolder(async (config) => {
      await laid(config, false);
      const kept = await demoIn(config, NOW + 9 * DAY);
      assert.deepEqual([kept?.isNew, kept?.demo.laid], [false, NOW]);
      assert.ok(endOf(kept!.demo) < NOW + 9 * DAY, 'and it is over');
    }));

  it('keeps an old one in which somebody made something: a note, a view, a schedule', async () => {
    for (const key of ['note/mine', 'view/mine', 'audit/2026-11-03T10:00:00Z-1'])
      await inFolder(async (config, folder) => {
        await laid(config, true);
        const ledger = await fileLedger(join(folder, 'main', 'ledger'));
        await ledger.put(key, 1, {});
        ledger.close();
        assert.equal((await demoIn(config, NOW + 2 * DAY))?.isNew, false, key);
      });
  });

  it('keeps an old one whose venue somebody changed', () =>
    inFolder(async (config, folder) => {
      await laid(config, true);
      const file = join(folder, 'venue.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace('"zone"', ' "zone"'));
      assert.equal((await demoIn(config, NOW + DAY))?.isNew, false);
    }));

  it('never touches a venue of somebody, however far the demo had come', () =>
    inFolder(async (config, folder) => {
      const file = join(folder, 'venue.json');
      await demoIn(config, NOW);
      writeFileSync(file, '{"zone":"UTC","rooms":[],"gateways":[]}');
      assert.equal(await demoIn(config, NOW + 1000), null, 'killed while laying, then drawn: it is theirs');
      assert.match(readFileSync(file, 'utf8'), /"rooms":\[\]/);
    }));

  it('is none of what somebody loaded into a folder whose past was never laid', () =>
    inFolder(async (config) => {
      await demoIn(config, NOW);
      await (await openHouse(config)).close();
      assert.equal(await demoIn(config, NOW + 1000), null);
    }));

  it('with DEMO=off what was told before stays marked, and nothing more is told', () =>
    inFolder(async (config, folder) => {
      await laid(config, true);
      const kept = await demoIn(configOf(folder, { DEMO: 'off' }), NOW + 1000);
      assert.deepEqual([kept?.isNew, kept?.isTold], [false, false]);
    }));

  it('lays none in a folder that has anything else in it', () =>
    inFolder(async (config, folder) => {
      for (const name of ['.DS_Store', 'schema.json']) writeFileSync(join(folder, name), '{"version":1}');
      mkdirSync(join(folder, 'lost+found'));
      writeFileSync(join(folder, 'letters.txt'), 'somebody’s');
      assert.equal(await demoIn(config, NOW), null);
      assert.deepEqual(readdirSync(folder).sort(), ['.DS_Store', 'letters.txt', 'lost+found', 'schema.json']);
      unlinkSync(join(folder, 'letters.txt'));
      assert.equal((await demoIn(config, NOW))?.isNew, true, 'what a disk and a start make is nothing');
    }));

  it('says in a sentence that its file is broken', () =>
    inFolder(async (config, folder) => {
      for (const text of ['{', '{}', 'null', '{"seed":1}']) {
        writeFileSync(join(folder, 'demo.json'), text);
        await assert.rejects(demoIn(config, NOW), /demo.json: expected what a start of the demo wrote/);
      }
    }));

  it('lays none where there is a venue or data, where somebody says DEMO=off or names a venue, or ended it', () =>
    inFolder(async (config, folder) => {
      assert.equal(await demoIn(configOf(folder, { DEMO: 'off' }), NOW), null);
      assert.equal(await demoIn(configOf(folder, { VENUE: 'mine.json' }), NOW), null);
      writeFileSync(join(folder, 'venue.json'), '{"zone":"UTC","rooms":[],"gateways":[]}');
      assert.equal(await demoIn(config, NOW), null);
      const own = await demoIn(configOf(folder, { SOURCE: 'inbox,simulate' }), NOW);
      assert.equal(own?.isNew, false, 'SOURCE=simulate tells it in any folder, from now on');
      assert.match(readFileSync(join(folder, 'venue.json'), 'utf8'), /"rooms":\[\]/, 'and leaves its venue alone');
      putAside(config, own.demo, NOW);
      assert.equal(await demoIn(config, NOW + 9 * DAY), null);
    }));
});

it('a folder has one service: the next is refused from the first moment on, and may have it afterwards', () =>
  inFolder(async (config) => {
    const off = { ...config, demo: false };
    const one = await start(off);
    const code = `import('${moduleOf('services/store/database')}').then(async (m) => {
      await m.holdFolder(process.argv[1]).catch((error) => console.log(error.message)); process.exit(0); })`;
    const other = () => spawnSync(process.execPath, [...LOADING, '-e', code, config.dataDir], { encoding: 'utf8' });
    assert.match(other().stdout, /is in use by another process/);
    await one.stop();
    assert.equal(other().stdout, '');
  }));

describe('DELETE /v1/demo', () => {
  it('asked for several times at once ends it once: each second is shown once', () =>
    inFolder(async (_config, folder) => {
      const running = await start(configOf(folder, { DEMO: 'off', SOURCE: 'inbox,simulate' }));
      const asked = [1, 2, 3].map(() => fetch(`${running.address}/v1/demo`, { method: 'DELETE' }));
      const codes = (await Promise.all(asked)).map(({ status }) => status);
      assert.ok(codes.every((code) => code === 200 || code === 409) && codes.includes(200), codes.join());
      const record = join(folder, 'main', 'as-seen');
      const lines = () =>
        existsSync(record)
          ? readdirSync(record).flatMap((day) => readFileSync(join(record, day), 'utf8').trim().split('\n'))
          : [];
      await soon(async () => lines().length >= 4);
      await running.stop();
      const times = lines().map((line) => (JSON.parse(line) as { time: number }).time);
      assert.equal(new Set(times).size, times.length);
    }));

  it('forgets what was simulated, keeps what was not, and the picture goes on with a new record', () =>
    inFolder(async (_config, folder) => {
      const env = { DEMO: 'off', SOURCE: 'inbox,simulate' };
      const running = await start(configOf(folder, env));
      const get = async (path: string) => (await fetch(running.address + path)).json();
      const body = JSON.stringify({ gateway: 'own-1', badge: 'own-badge', rssi: -60 });
      await fetch(`${running.address}/v1/observations`, { method: 'POST', body });
      const before = await get('/v1/demo');
      assert.deepEqual([before.demo.state, before.own], ['told', 1]);
      const ended = await fetch(`${running.address}/v1/demo`, { method: 'DELETE' });
      assert.deepEqual(await ended.json(), { demo: null, own: 1, simulated: false });
      const { rows } = (await get('/v1/observations?limit=10')) as { rows: { gateway: string }[] };
      assert.deepEqual(
        rows.map(({ gateway }) => gateway),
        ['own-1'],
      );
      assert.equal((await fetch(`${running.address}/v1/demo`, { method: 'DELETE' })).status, 409);
      const again = await fetch(`${running.address}/v1/observations`, { method: 'POST', body });
      assert.equal((await again.json()).stored, 1);
      await running.stop();
      const after = await start(configOf(folder, env));
      const { simulated, own } = await (await fetch(`${after.address}/readyz`)).json();
      assert.deepEqual({ simulated, own }, { simulated: false, own: 2 }, 'and it stays ended');
      await after.stop();
    }));
});
