import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { openAnomalies } from '../../services/answer/anomalies.ts';
import { publish } from '../../services/ledger/manifest.ts';
import type { FilmRow } from '../../services/model/film-order.ts';
import { lineOf } from '../../services/model/line.ts';
import { openMemory } from '../../services/store/database.ts';
import { openRecord } from '../../services/store/record.ts';
import { noChromium, openChromium, openPage } from '../browser/chromium.ts';
import { newFolder, notBuilt, ROOT, remove, type Service, startService } from '../service.ts';
import { run } from './hallway.ts';

/** It is between ten and eleven there: no day ends while this runs. */
const ZONE = 'Etc/GMT+3';
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

/** A sentence about a badge, as a job writes it. */
async function writeAnomaly(house: string): Promise<void> {
  const span = { from: FIRST - 12 * 3_600_000, until: FIRST + 12 * 3_600_000 };
  const said = { positions: [], venue: '', rule: '1', made: FIRST, note: null, asSeen: true };
  await publish(house, 'anomalies', { day: '2026-11-03', span, ...said }, async (file) => {
    const memory = await openMemory(house);
    await openAnomalies(memory.connection);
    await memory.connection.run(`INSERT INTO anomaly BY NAME SELECT 'hall' AS room, 'badge' AS measure,
      epoch_ms(${FIRST}) AS time, epoch_ms(${FIRST + 60_000}) AS until, 'minor' AS severity, 'all' AS rung, 1 AS n,
      'Badge k1.BBBBBBBBBBBBBBBB has said 9 claps since 09:00.' AS sentence`);
    await memory.connection.run(`COPY anomaly TO '${file}' (FORMAT parquet)`);
    memory.close();
    return 1;
  });
}

/** What ffprobe says of a film, its pictures counted. */
async function probe(file: string) {
  const show = ['-v', 'error', '-count_frames', '-select_streams', 'v', '-of', 'json'];
  const entries = 'stream=nb_read_frames,width,height:format=duration';
  const { stdout } = await run('ffprobe', [...show, '-show_entries', entries, file]);
  const { streams, format } = JSON.parse(stdout) as {
    streams: { nb_read_frames: string; width: number; height: number }[];
    format: { duration: string };
  };
  const [{ nb_read_frames, width, height }] = streams as [(typeof streams)[0]];
  return { frames: Number(nb_read_frames), width, height, seconds: Number(format.duration) };
}

/** How far two pictures are apart: the mean over their points and colours, 0 to 255. */
async function meanOff(one: string, other: string): Promise<number> {
  const [a, b] = (await Promise.all(
    [one, other].map(async (file) => {
      const canvas = createCanvas(320, 180);
      canvas.getContext('2d').drawImage(await loadImage(file), 0, 0);
      return canvas.getContext('2d').getImageData(0, 0, 320, 180).data;
    }),
  )) as [Uint8ClampedArray, Uint8ClampedArray];
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
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
    // The last day that has ended has one minute. It has once a frame was made of today, some seconds after the start.
    const isWhole = async () => {
      const { rows } = (await (await fetch(`${service.address}/v1/replay`)).json()) as { rows: { whole: boolean }[] };
      return rows.slice(0, 2).every(({ whole }) => whole);
    };
    for (const until = Date.now() + 60_000; !(await isWhole()); await sleep(200)) assert.ok(Date.now() < until);
    const last = await hallway('film', '--last-day', '--speed=1m', '--fps=2', '--size=320x180', `--out=${films[1]}`);
    assert.deepEqual([last.code, /hallway: 2 pictures of 320 × 180/.test(last.stderr)], [0, true], last.stderr);
  });

  it('a GIF has any length: what is written in parts has every picture once, and as the picture itself is', async () => {
    const file = join(out, 'long.gif');
    const span = [`--from=${FROM}`, `--until=${UNTIL}`, '--size=320x180', '-q'];
    const { code, stderr } = await hallway('film', ...span, '--speed=10s', '--fps=3', `--out=${file}`);
    assert.equal(code, 0, stderr);
    const probed = await probe(file);
    assert.deepEqual([probed.frames, probed.width, probed.height], [90, 320, 180]);
    // The first of the third part.
    const raw = ['-v', 'error', '-i', file, '-vf', 'select=eq(n\\,80)', '-frames:v', '1', join(out, 'frame.png'), '-y'];
    assert.equal((await run('ffmpeg', raw)).code, 0);
    const still = join(out, 'at80.png');
    const at = new Date(FIRST + Math.floor((80 * 10_000) / 3)).toISOString();
    assert.equal((await hallway('film', `--from=${at}`, '--size=320x180', '-q', `--out=${still}`)).code, 0);
    assert.ok((await meanOff(join(out, 'frame.png'), still)) < 3);
    // A second more is another picture of the same minute: at ten seconds a second pictures are of seconds, not of minutes.
    const later = join(out, 'later.png');
    const [minute, second] = [at, new Date(Date.parse(at) + 20_000).toISOString()];
    assert.equal(minute.slice(0, 16), second.slice(0, 16));
    assert.equal((await hallway('film', `--from=${second}`, '--size=320x180', '-q', `--out=${later}`)).code, 0);
    assert.ok(!readFileSync(still).equals(readFileSync(later)));
  });

  it('mp4 and webm have the duration, the size and the pictures that were asked for', async () => {
    for (const kind of ['mp4', 'webm']) {
      const file = join(out, `film.${kind}`);
      const args = [`--from=${FROM}`, `--until=${UNTIL}`, '--speed=1m', '--fps=4', '--size=320x180', `--out=${file}`];
      const { code, stderr } = await hallway('film', ...args);
      assert.equal(code, 0, stderr);
      const { frames, width, height, seconds } = await probe(file);
      assert.deepEqual([frames, width, height], [20, 320, 180]);
      assert.ok(Math.abs(seconds - 5) < 0.3, `${seconds} s`);
    }
    const { code, stderr } = await run(
      process.execPath,
      [
        join(ROOT, 'dist/services/cli/hallway.js'),
        'film',
        `--from=${FROM}`,
        `--until=${UNTIL}`,
        `--out=${join(out, 'x.mp4')}`,
      ],
      { DATA_DIR: service.dataDir, PATH: out },
    );
    assert.deepEqual([code, /ffmpeg, which is not here/.test(stderr)], [1, true], stderr);
  });

  it('the service makes films in the background, one after another, says how far, keeps them over a start, and deletes them', async () => {
    let films = `${service.address}/v1/films`;
    const order = async (body: object) => {
      const reply = await fetch(films, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
      return { status: reply.status, body: (await reply.json()) as FilmRow & { errors?: { pointer: string }[] } };
    };
    const span = { from: FIRST, until: FIRST + 300_000, size: '320x180', speed: '1m', fps: 2 };
    const made = await order({ ...span, format: 'gif', layer: 'claps' });
    assert.deepEqual([made.status, made.body.state], [202, 'making']);
    const before = { from: FIRST - 86_400_000, until: FIRST - 86_100_000 };
    const failing = await order({ ...span, ...before, format: 'gif' });
    const waiting = await order({ ...span, format: 'mp4' });
    assert.deepEqual([failing.body.state, waiting.body.state], ['waiting', 'waiting']);
    assert.equal((await fetch(`${films}/${waiting.body.id}`, { method: 'DELETE' })).status, 200);
    const state = async (id: string) =>
      ((await (await fetch(films)).json()) as { rows: FilmRow[] }).rows.find((row) => row.id === id);
    for (let i = 0; i < 600 && (await state(failing.body.id))?.state !== 'failed'; i++) await sleep(100);
    const done = (await state(made.body.id))!;
    assert.deepEqual([done.state, done.made, done.of], ['done', 10, 10]);
    assert.match((await state(failing.body.id))!.error!, /^expected a span of days that can be replayed, found none/);
    assert.equal(await state(waiting.body.id), undefined);
    const bytes = Buffer.from(await (await fetch(`${films}/${done.id}/file`)).arrayBuffer());
    const own = join(out, 'own.gif');
    const args = [
      `--from=${FROM}`,
      `--until=${UNTIL}`,
      '--speed=1m',
      '--fps=2',
      '--size=320x180',
      '--layer=claps',
      '-q',
    ];
    await hallway('film', ...args, `--out=${own}`);
    assert.ok(bytes.equals(readFileSync(own)));
    await service.stop();
    const left = join(service.dataDir, 'films', 'aabbcc.gif');
    writeFileSync(left, 'torn');
    utimesSync(left, 1, 1);
    service = await startService({ DATA_DIR: service.dataDir });
    films = `${service.address}/v1/films`;
    assert.deepEqual([await state(done.id), await state(failing.body.id)], [done, undefined], 'after a start');
    assert.deepEqual(
      [Buffer.from(await (await fetch(`${films}/${done.id}/file`)).arrayBuffer()).equals(bytes), existsSync(left)],
      [true, false],
    );
    assert.equal((await fetch(`${films}/${done.id}`, { method: 'DELETE' })).status, 200);
    assert.deepEqual(readdirSync(join(service.dataDir, 'films')), []);
    assert.equal((await fetch(`${films}/${done.id}/file`)).status, 404);
    const wrong = [
      { ...span, format: 'avi' },
      { ...span, format: 'gif', until: span.from },
      { ...span, until: 4e12, format: 'gif', speed: '1s' },
      { ...span, format: 'gif', size: '641x361' },
      { ...span, format: 'gif', size: '9998x9998' },
      { ...span, format: 'gif', floor: 'cellar' },
    ];
    const told = await Promise.all(wrong.map(async (body) => (await order(body)).body.errors?.[0]?.pointer));
    assert.deepEqual(told, ['/format', '/until', '/speed', '/size', '/size', '/floor']);
  });

  it('the button on the replay page orders a film, shows how far it is, and has it to download', {
    skip: noChromium,
  }, async (t) => {
    const browser = await openChromium();
    t.after(() => browser.close());
    const { page, faults, close } = await openPage(browser, `${service.address}/replay.html?at=2026-11-03T09:02Z`);
    await page.locator('main[data-state="full"]').waitFor();
    await page.getByRole('button', { name: 'Film' }).click();
    // The day that has ended is whole, at the speed at which it lasts two minutes at most.
    assert.match(
      await page.getByLabel('Of').locator('option:checked').innerText(),
      /^The day: Tue 3 Nov 00:00 to Wed 4 Nov 00:00$/,
    );
    assert.match(await page.locator('.film-sheet form .note').innerText(), /^It lasts 48\s/);
    await page.getByLabel('Size').selectOption('640x360');
    await page.getByLabel('Format').selectOption('gif');
    await page.getByRole('button', { name: 'Make the film' }).click();
    await page.locator('.films [data-state="done"]').waitFor({ timeout: 180_000 });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ]);
    assert.equal(
      readFileSync(await download.path())
        .subarray(0, 6)
        .toString(),
      'GIF89a',
    );
    // Whoever is at a button stays there while the list is asked for again.
    await page.getByRole('link', { name: 'Download' }).focus();
    for (let i = 0; i < 2; i++) await page.waitForResponse((reply) => reply.url().endsWith('/v1/films'));
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Download');
    await page.locator('.films').getByRole('button', { name: 'Delete' }).click();
    await page.locator('.films li').waitFor({ state: 'detached' });
    assert.deepEqual(faults, []);
    await close();
  });

  it('a moment is one picture, a span a numbered one for each; another moment is another picture', async () => {
    const still = join(out, 'still.png');
    assert.equal((await hallway('film', `--from=${FROM}`, `--out=${still}`, '-q')).code, 0);
    const args = [`--from=${FROM}`, '--until=2026-11-03T09:02:00Z', '--speed=1m', '--fps=1', '--layer=claps', '-q'];
    assert.equal((await hallway('film', ...args, `--out=${join(out, 'many.png')}`)).code, 0);
    const names = readdirSync(out).filter((name) => name.endsWith('.png'));
    assert.deepEqual(names.filter((name) => /^(many|still)/.test(name)).sort(), [
      'many-0001.png',
      'many-0002.png',
      'still.png',
    ]);
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
        [`--from=${FROM}`, `--until=${UNTIL}`, `--out=${join(out, 'c.gif')}`, '--fps=60'],
        2,
        /--fps: expected a whole number from 1 to 50/,
      ],
      [
        ['--from=2020-01-01T00:00:00Z', '--until=2020-01-02T00:00:00Z', `--out=${join(out, 'c.gif')}`],
        2,
        /expected a span of days that can be replayed/,
      ],
      [
        ['--last-day', `--until=${UNTIL}`, `--out=${join(out, 'c.gif')}`],
        2,
        /expected --last-day, or --from and --until/,
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

  it('a pack plays from a file and asks nobody for anything', { skip: noChromium }, async (t) => {
    const file = join(out, 'pack.html');
    const write = (id: string, time: number) =>
      fetch(`${service.address}/v1/notes/${id}`, { method: 'PUT', body: JSON.stringify({ time, text: id }) });
    await Promise.all([write('doors', FIRST + 60_000), write('before', FIRST - 30 * 86_400_000)]);
    await writeAnomaly(join(service.dataDir, 'main'));
    const { code, stderr } = await hallway('pack', `--from=${FROM}`, `--until=${UNTIL}`, `--out=${file}`);
    assert.equal(code, 0, stderr);
    await service.stop();
    const browser = await openChromium();
    t.after(() => browser.close());
    const address = `${pathToFileURL(file).href}?at=2026-11-03T09:02Z`;
    const { page, faults, close } = await openPage(browser, address, { colorScheme: 'dark' });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.reload();
    await page.locator('main[data-state="full"]').waitFor();
    assert.equal(await page.locator('.tiles [data-room="hall"] [data-mark="count"]').textContent(), '15');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((at) => Number(document.documentElement.dataset.frame) === at, FIRST + 180_000);
    assert.equal(await page.locator('.tiles [data-room="hall"] [data-mark="count"]').textContent(), '21');
    // Nobody would keep a note here: none is offered.
    assert.equal(await page.locator('.moments-list li', { hasText: 'doors' }).getByRole('button').count(), 1);
    await page.keyboard.press('n');
    await page.keyboard.press('?');
    await page.locator('dialog[open]', { hasText: 'all keys' }).waitFor();
    assert.equal(await page.locator('dialog[open]').count(), 1);
    assert.equal(await page.getByText('write a note of this moment').isVisible(), false);
    await page.keyboard.press('Escape');
    const [, held] = /id="pack">(.*)<\/script>/.exec(readFileSync(file, 'utf8'))!;
    const answers = JSON.parse(held!) as Record<string, { body: string }>;
    const { rows: notes } = JSON.parse(atob(answers['v1/notes']!.body)) as { rows: { id: string }[] };
    assert.deepEqual(
      notes.map(({ id }) => id),
      ['doors'],
    );
    // It is handed on: nobody is named in it.
    const { rows: unusual } = JSON.parse(atob(answers['v1/anomalies']!.body)) as { rows: { sentence: string }[] };
    assert.deepEqual(
      unusual.map(({ sentence }) => sentence),
      ['A badge has said 9 claps since 09:00.'],
    );
    for (const { body } of Object.values(answers)) assert.doesNotMatch(atob(body), /k1\.[\w-]{16}/);
    // Its sheets are in it: the colours of the page and the room of the plan are not a browser's own.
    const [colour, plan] = await Promise.all([
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor),
      page.locator('svg.plan').first().boundingBox(),
    ]);
    assert.equal(colour, 'rgb(11, 15, 20)');
    assert.ok(plan && plan.width > 400 && plan.height > 200, JSON.stringify(plan));
    assert.deepEqual(
      asked.filter((url) => !url.startsWith('file:')),
      [],
    );
    assert.deepEqual(faults, []);
    await close();
  });
});
