import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { lineOf } from '../../services/model/line.ts';
import { openRecord } from '../../services/store/record.ts';
import { noChromium, openChromium, openPage } from '../browser/chromium.ts';
import { newFolder, notBuilt, ROOT, remove, type Service, startService } from '../service.ts';
import { run } from './hallway.ts';

const ZONE = 'Europe/Dublin';
const FIRST = Date.UTC(2026, 10, 3, 9);
const [FROM, UNTIL] = ['2026-11-03T09:00:00Z', '2026-11-03T09:05:00Z'];
const VENUE = {
  name: 'Test house',
  zone: ZONE,
  rooms: [
    {
      id: 'hall',
      name: 'Hall <1> & "more"',
      capacity: 60,
      polygon: [
        [0, 0],
        [20, 0],
        [20, 12],
        [0, 12],
      ],
    },
  ],
  gateways: [{ id: 'pi-1', room: 'hall' }],
};

/** Five minutes in which the hall fills, and then nothing for a day. */
function writeRecord(dataDir: string): void {
  const record = openRecord(join(dataDir, 'main', 'as-seen'), ZONE);
  for (const s of [...Array.from({ length: 300 }, (_, i) => i), 86_400]) {
    const hall = {
      room: 'hall',
      occupancy: Math.floor(s / 10),
      parked: 0,
      claps: 1,
      temperature: 21,
      coverage: 'good' as const,
    };
    const unusual = { gateways: 1, age: 1, expected: null, low: null, high: null };
    const frame = {
      time: FIRST + s * 1000,
      positions: [s],
      venue: '',
      rule: '1',
      baseline: null,
      rooms: [{ ...hall, ...unusual }],
    };
    record.append(lineOf(frame, null, { anew: s === 0, ended: [], began: [] }));
  }
}

describe('hallway film, hallway pack', { skip: notBuilt }, () => {
  let service: Service;
  let out: string;
  before(async () => {
    const dataDir = newFolder();
    out = newFolder();
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    writeRecord(dataDir);
    service = await startService({ DATA_DIR: dataDir });
  });
  after(async () => {
    await service?.stop();
    remove(service.dataDir);
    remove(out);
  });
  const hallway = (command: string, ...args: string[]) =>
    run(process.execPath, [join(ROOT, 'dist/services/cli/hallway.js'), command, ...args], {
      DATA_DIR: service.dataDir,
    });

  it('the same data make the same bytes: a GIF of as many pictures as the speed says', async () => {
    const films = ['a.gif', 'b.gif'].map((name) => join(out, name));
    for (const file of films) {
      const args = [`--from=${FROM}`, `--until=${UNTIL}`, '--speed=1m', '--fps=2', '--size=320x180', `--out=${file}`];
      const { code, stderr } = await hallway('film', ...args);
      assert.deepEqual([code, /10 pictures of 320 × 180/.test(stderr)], [0, true], stderr);
    }
    const [one, other] = films.map((file) => readFileSync(file)) as [Buffer, Buffer];
    assert.equal(one.subarray(0, 6).toString(), 'GIF89a');
    assert.deepEqual([one.readUInt16LE(6), one.readUInt16LE(8)], [320, 180]);
    assert.ok(one.equals(other));
  });

  it('a moment is one picture, a span a numbered one for each; another moment is another picture', async () => {
    const still = join(out, 'still.png');
    assert.equal((await hallway('film', `--from=${FROM}`, `--out=${still}`, '-q')).code, 0);
    const args = [`--from=${FROM}`, '--until=2026-11-03T09:02:00Z', '--speed=1m', '--fps=1', '--layer=claps', '-q'];
    assert.equal((await hallway('film', ...args, `--out=${join(out, 'many.png')}`)).code, 0);
    const names = readdirSync(out).filter((name) => name.endsWith('.png'));
    assert.deepEqual(names.sort(), ['many-0001.png', 'many-0002.png', 'still.png']);
    const [first, second] = ['many-0001.png', 'many-0002.png'].map((name) => readFileSync(join(out, name))) as [
      Buffer,
      Buffer,
    ];
    assert.ok(!first.equals(second));
    assert.equal(first.readUInt32BE(16), 1280);
  });

  it('says what is wrong, with what was expected, and writes nothing', async () => {
    const wrong: [string[], number, RegExp][] = [
      [[`--from=${FROM}`, `--until=${UNTIL}`, '--out=x.avi'], 2, /--out: expected a file that ends in \.mp4/],
      [
        [`--from=${FROM}`, `--until=${UNTIL}`, `--out=${join(out, 'c.gif')}`, '--layer=noise'],
        2,
        /--layer: expected occupancy, .*found "noise"/,
      ],
      [
        [`--from=${FROM}`, `--until=${UNTIL}`, `--out=${join(out, 'c.gif')}`, '--speed=fast'],
        2,
        /--speed: expected how much/,
      ],
      [
        [`--from=${FROM}`, `--until=${UNTIL}`, `--out=${join(out, 'c.gif')}`, '--floor=cellar'],
        2,
        /expected a floor: .*found cellar/,
      ],
      [
        ['--from=2020-01-01T00:00:00Z', '--until=2020-01-02T00:00:00Z', `--out=${join(out, 'c.gif')}`],
        2,
        /expected a span of days that can be replayed/,
      ],
      [
        [`--from=${UNTIL}`, `--until=${FROM}`, `--out=${join(out, 'c.gif')}`],
        2,
        /expected --from to be before --until/,
      ],
    ];
    for (const [args, code, words] of wrong) {
      const ran = await hallway('film', ...args);
      assert.deepEqual([ran.code, words.test(ran.stderr)], [code, true], ran.stderr);
    }
    assert.equal(existsSync(join(out, 'c.gif')), false);
    assert.deepEqual(
      readdirSync(out).filter((name) => name.includes('aside')),
      [],
    );
  });

  it('a pack plays from a file and asks nobody for anything', { skip: noChromium }, async () => {
    const file = join(out, 'pack.html');
    const { code, stderr } = await hallway('pack', `--from=${FROM}`, `--until=${UNTIL}`, `--out=${file}`);
    assert.equal(code, 0, stderr);
    await service.stop();
    const browser = await openChromium();
    const { page, faults, close } = await openPage(browser, `${pathToFileURL(file).href}?at=2026-11-03T09:02Z`);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.reload();
    await page.locator('main[data-state="full"]').waitFor();
    assert.equal(await page.locator('.tiles [data-room="hall"] [data-mark="count"]').textContent(), '15');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((at) => Number(document.documentElement.dataset.frame) === at, FIRST + 180_000);
    assert.equal(await page.locator('.tiles [data-room="hall"] [data-mark="count"]').textContent(), '21');
    assert.deepEqual(
      asked.filter((url) => !url.startsWith('file:')),
      [],
    );
    assert.deepEqual(faults, []);
    await close();
    await browser.close();
  });
});
