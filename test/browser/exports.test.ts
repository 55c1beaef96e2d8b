import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { layout } from '../../services/simulate/calendar.ts';
import { hallway } from '../cli/hallway.ts';
import { hookReceiver, mailSink } from '../deliver/receiver.ts';
import { soon } from '../ledger/contract.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';
import { seriousFindings } from './axe.ts';
import { cutOff, noChromium, openChromium, openPage, overflow, type Watched } from './chromium.ts';
import { until, VENUE, WAIT_MS } from './exports-page.ts';

/** A window is looked for once a minute. */
const FILL_MS = 150_000;
const DAY_MS = 86_400_000;
/** It is between ten and eleven there: no day begins, and none waits for its quarter of an hour, while this runs. */
const { zone, start } = layout(Date.now());
/** Yesterday's noon there, UTC ms; and the date of two days before. */
const THEN = start + 1.5 * DAY_MS;
const FIRST = new Date(THEN - 2 * DAY_MS).toLocaleDateString('sv', { timeZone: zone });

const SECRET = `whsec_${Buffer.from('thirty-two bytes that nobody sees').toString('base64')}`;
const PASSWORD = 'hush-hush';
const MAIL = { kind: 'mail', from: 'Hallway <h@h.example>', to: ['ann@h.example'] };

/** What lies in a file; nothing where the service has just renamed or removed it. */
function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

describe('the page of exports', { skip: notBuilt || noChromium }, () => {
  const dataDir = newFolder();
  let service: Service;
  let browser: Browser;
  let home: Watched;
  let hook: Awaited<ReturnType<typeof hookReceiver>>;
  let sink: Awaited<ReturnType<typeof mailSink>>;
  let isFull = true;

  before(async () => {
    hook = await hookReceiver();
    sink = await mailSink(() => (isFull ? 'mailbox full' : null));
    const DESTINATIONS = JSON.stringify({
      hook: { kind: 'webhook', url: hook.url, secret: SECRET },
      office: { ...MAIL, server: sink.url, username: 'hallway', password: PASSWORD },
    });
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    service = await startService({
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'info',
      JOBS: 'on',
      DESTINATIONS,
      ANNOUNCE: 'hook',
    });
    browser = await openChromium();
    home = await openPage(browser, `${service.address}/exports.html`, { bypassCSP: true });
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    await Promise.all([hook?.close(), sink?.close()]);
    remove(dataDir);
  });

  it('without a schedule it says what one does, and the one thing to do', async () => {
    const { page } = home;
    await until(page, 'No exports yet');
    assert.ok(await page.getByText('It writes its first file when its first window closes.').isVisible());
    await page.getByRole('button', { name: 'New schedule' }).last().click();
    await page.getByRole('form', { name: 'New schedule' }).waitFor({ timeout: WAIT_MS });
  });

  it('foretells ten windows as the timetable is written, and says what is wrong with it', async () => {
    const { page } = home;
    await page.getByLabel('Name').fill('Sightings by gateway');
    await page.getByLabel('When it runs').fill('61 * * * *');
    await until(page, /^Expected a minute of 0 to 59.*found "61"/);
    await page.getByLabel('When it runs').fill('0 0 * * *');
    await page.locator('.next tbody tr').nth(9).waitFor({ timeout: WAIT_MS });
    assert.equal(await page.locator('.next tbody tr').count(), 10);
    await page.getByLabel('Time zone').fill('Mars/Base');
    await until(page, /^Expected a time zone like Europe\/Dublin, found "Mars\/Base"$/);
    await page.getByLabel('Time zone').fill('Europe/Dublin');
    await page.locator('.next tbody tr').nth(9).waitFor({ timeout: WAIT_MS });
    await page.getByLabel('When it runs').fill('30 1 * * *');
    await page.getByRole('radio', { name: 'Clocks forward' }).check();
    await until(page, /^01:30 does not exist on Sun .* it runs at 02:00 .*, when the gap ends\.$/);
    assert.equal(await page.locator('.next tr.edge').count(), 1);
    await page.getByRole('radio', { name: 'Clocks back' }).check();
    await until(page, /^01:30 happens twice on Sun .*: it runs once, the first time\.$/);
    await page.getByLabel('When it runs').fill('0 0 * * *');
    await until(page, /^Clocks go back within the window that ends Mon .*: it has 25\sh\.$/);
    await page.getByRole('radio', { name: 'From now' }).check();
    await until(page, 'Next ten runs');
    await page.getByLabel('Time zone').fill(zone);
    await page.getByLabel('What is asked').selectOption({ label: 'Sightings by gateway and hour' });
    await page.getByRole('button', { name: 'Preview' }).click();
    await until(page, /^0 rows: CSV about .*, Parquet about .*; asked in/);
    for (const name of ['hook', 'office']) await page.getByLabel(name, { exact: true }).check();
    await page.getByLabel('Days that files are kept').fill('30');
    await page.getByRole('button', { name: 'Create schedule' }).click();
    await until(page, '“Sightings by gateway” is scheduled.');
    await until(page, 'No window has ended yet.');
  });

  it('a backfill fills the days that were; each has its files, which are had and verified', async () => {
    const { page } = home;
    const line = JSON.stringify({ time: THEN, gateway: 'pi-1', badge: 'one', rssi: -60 });
    assert.equal((await fetch(`${service.address}/v1/observations`, { method: 'POST', body: line })).status, 200);
    await page.getByRole('button', { name: 'Backfill …' }).click();
    await page.getByLabel('From').fill(FIRST);
    await page.getByRole('button', { name: 'Backfill', exact: true }).click();
    await until(page, /windows are planned, and run in order/);
    await page.locator('button.window').nth(2).waitFor({ timeout: WAIT_MS });
    await page.waitForFunction(
      () =>
        document.querySelectorAll('button.window').length ===
        document.querySelectorAll('button.window[data-state="done"]').length,
      undefined,
      { timeout: FILL_MS },
    );
    await until(page, /, by a backfill/);
    await until(page, 'Totals agree with Explore');
    await page.getByText('A backfill started a run').waitFor({ timeout: WAIT_MS });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'sightings-by-gateway.csv' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'sightings-by-gateway.csv');
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await until(
      page,
      /[1-9]\d* files checked in .* every SHA-256 matches its manifest\. Totals of \d+ windows equal the pivot’s\./,
    );
    await page.locator('.run .state', { hasText: /^done, verified \d\d:\d\d$/ }).waitFor({ timeout: WAIT_MS });
    const { code, stdout, stderr } = await hallway(['verify'], { DATA_DIR: dataDir });
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /windows: totals equal the pivot's/);
  });

  it('run again a window has a second revision; the files of the first are had until they are gone, and then it is said', async () => {
    const { page } = home;
    const line = JSON.stringify({ time: THEN + 1000, gateway: 'pi-1', badge: 'two', rssi: -50 });
    const { rows } = (await (await fetch(`${service.address}/v1/schedules/sightings-by-gateway/windows`)).json()) as {
      rows: { until: number; published: { rows: number; folder: string } | null }[];
    };
    const full = rows.find(({ published }) => (published?.rows ?? 0) > 0)!;
    await page.goto(`${service.address}/exports.html?w=${full.until}`);
    await until(page, 'Totals agree with Explore');
    assert.equal((await fetch(`${service.address}/v1/observations`, { method: 'POST', body: line })).status, 200);
    await page.getByRole('button', { name: 'Run this window again' }).click();
    await until(page, /· revision 2$/);
    await page.locator('button.window[data-state="superseded"]').waitFor({ timeout: WAIT_MS });
    await page.locator('.differences li', { hasText: /^pi-1, .*: Records 1 → 2/ }).waitFor({ timeout: WAIT_MS });
    await until(page, 'Somebody asked: a run started');
    const earlier = page.getByRole('region', { name: 'Earlier revisions' });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      earlier.getByRole('link', { name: 'sightings-by-gateway.csv' }).click(),
    ]);
    assert.match(readFileSync(await download.path(), 'utf8'), /pi-1/);
    rmSync(join(dataDir, 'main/exports', full.published!.folder), { recursive: true });
    await earlier.getByText('not at their place any more').waitFor({ timeout: WAIT_MS });
    assert.equal(await earlier.getByRole('link').count(), 0);
    await page.goto(`${service.address}/exports.html`);
  });

  it('shows how files stand with each destination; what failed is above all, and is sent again alone', async () => {
    const { page } = home;
    const troubles = page.getByRole('status', { name: 'What failed' });
    await troubles.getByText(/could not be sent to office/).waitFor({ timeout: WAIT_MS });
    // Where it stands in the list: what is not sent is not on time.
    const row = page.locator('.schedule', { hasText: 'Sightings by gateway' });
    await row.getByText(/ not sent to office/).waitFor({ timeout: WAIT_MS });
    assert.equal(await row.locator('.state').textContent(), 'failing');
    await until(page, /^1 schedule: 1 failing\. .* windows done, \d+ deliver(y|ies) failed/);
    await page.waitForFunction(() => document.title.startsWith('Exports, 1 of 1 failing'));
    // It can be folded to a line, which still says what failed, and stays so.
    const panel = troubles.locator('details');
    await troubles.getByRole('heading').click();
    assert.equal(await panel.getAttribute('open'), null);
    await troubles
      .getByText(/could not be sent to office/)
      .filter({ visible: true })
      .first()
      .waitFor({ timeout: WAIT_MS });
    await troubles.getByRole('heading').click();
    await troubles.getByRole('button', { name: /^Show:/ }).click();
    const line = (name: string) => page.locator('.deliveries tbody tr', { hasText: name });
    await line('hook').getByText('sent', { exact: true }).waitFor({ timeout: WAIT_MS });
    await line('office')
      .getByText(/452 mailbox full.*It is tried again/)
      .waitFor({ timeout: WAIT_MS });
    const calls = hook.calls.filter(({ body }) => body.includes('export.published')).length;
    isFull = false;
    await page.getByRole('button', { name: 'Send again to office' }).click();
    await line('office').getByText('sent', { exact: true }).waitFor({ timeout: WAIT_MS });
    await troubles.waitFor({ state: 'detached', timeout: WAIT_MS });
    assert.equal(hook.calls.filter(({ body }) => body.includes('export.published')).length, calls);
    const news = () =>
      hook.calls.filter(({ body }) => body.includes('exports.news')).map(({ body }) => JSON.parse(body));
    await soon(async () => news().length === 2);
    assert.deepEqual(
      news().map(({ failed, recovered }) => [failed.length, recovered.length]),
      [
        [1, 0],
        [0, 1],
      ],
    );
  });

  it('a destination is tried on its own, and who did what is listed', async () => {
    const { page } = home;
    await page.getByRole('button', { name: 'Test hook' }).click();
    await page.locator('.destination', { hasText: 'hook' }).getByText('it works').waitFor({ timeout: WAIT_MS });
    await page.getByText('Who did what').click();
    for (const did of ['made', 'backfilled', 'downloaded', 'sent again'])
      await page
        .locator('.deeds td', { hasText: new RegExp(`^${did}$`) })
        .first()
        .waitFor({ timeout: WAIT_MS });
  });

  it('no secret is in what is kept, logged, answered or shown', async () => {
    const { page } = home;
    const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).map((name) => join(dataDir, name));
    const kept = files.filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
    assert.ok(kept.some((file) => file.endsWith('ledger')) && kept.some((file) => file.endsWith('manifest.json')));
    const answers = [
      'destinations',
      'audit',
      'schedules',
      'schedules/troubles',
      'schedules/sightings-by-gateway/deliveries',
    ];
    const told = answers.map(async (path) => (await fetch(`${service.address}/v1/${path}`)).text());
    const texts = [service.log(), await page.content(), ...(await Promise.all(told))];
    const all = [...texts.map((text) => Buffer.from(text)), ...kept.map(bytesOf)];
    const secrets = [
      SECRET.slice('whsec_'.length),
      'thirty-two bytes',
      'a-secret-path',
      'of-the-address',
      PASSWORD,
      'ann@h.example',
    ];
    for (const secret of [...secrets, Buffer.from(PASSWORD).toString('base64')])
      assert.deepEqual(
        all.flatMap((bytes, i) => (bytes.includes(secret) ? [kept[i - texts.length] ?? i] : [])),
        [],
        secret,
      );
  });

  it('pauses and goes on; is edited; is deleted, and comes back', async () => {
    const { page } = home;
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor({ timeout: WAIT_MS });
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor({ timeout: WAIT_MS });
    // What is below the runs is where it stays once they are there.
    const foretold = () => page.locator('.next tbody tr').nth(9).waitFor({ timeout: WAIT_MS });
    await page.getByRole('button', { name: 'Edit' }).click();
    await foretold();
    await page.getByLabel('Name').fill('Who hears');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Who hears' }).waitFor({ timeout: WAIT_MS });
    await page.getByRole('button', { name: 'Edit' }).click();
    await foretold();
    await page.getByRole('button', { name: 'Delete' }).click();
    await until(page, 'No exports yet');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'Who hears' }).waitFor({ timeout: WAIT_MS });
    assert.ok((await page.locator('button.window').count()) >= 3, 'its windows are still there');
  });

  it('a question that comes from the explorer stands in the form, with its name', async () => {
    const search = 'form=new&name=Who+hears+how+much&dataset=observations&rows=gateway&measures=count';
    const { page, faults, close } = await openPage(browser, `${service.address}/exports.html?${search}`);
    await page.getByRole('form', { name: 'New schedule' }).waitFor({ timeout: WAIT_MS });
    assert.equal(await page.getByLabel('Name').inputValue(), 'Who hears how much');
    await page.getByRole('button', { name: 'Create schedule' }).click();
    await until(page, '“Who hears how much” is scheduled.');
    const { rows } = (await (await fetch(`${service.address}/v1/schedules`)).json()) as {
      rows: { id: string; query: object }[];
    };
    const kept = rows.find(({ id }) => id === 'who-hears-how-much')!.query;
    assert.deepEqual(kept, {
      dataset: 'observations',
      rows: ['gateway'],
      measures: ['count'],
      totals: false,
    });
    assert.ok(!page.url().includes('measures'), 'what came along for the form is gone with it');
    // Nothing has ended since it was made: it is run now of the last window before.
    await until(page, 'No window has ended yet.');
    await page.getByRole('button', { name: 'Run now' }).click();
    await until(page, 'It is planned, and runs next.');
    await page.locator('button.window[data-state="done"]').waitFor({ timeout: WAIT_MS });
    assert.deepEqual(faults, []);
    await close();
  });

  it('a window that has ended waits, and says until when; nobody runs it before', async () => {
    const { page } = home;
    const given = {
      ...{ name: 'Each minute', cron: '* * * * *', formats: ['csv'], since: Date.now() - 10 * 60_000 },
      query: { dataset: 'observations', rows: ['gateway'], measures: ['count'] },
    };
    const headers = { 'content-type': 'application/json' };
    const put = { method: 'PUT', body: JSON.stringify(given), headers };
    assert.equal((await fetch(`${service.address}/v1/schedules/each-minute`, put)).status, 200);
    const asked = new Set<string | undefined>();
    page.on('request', (request) => {
      if (request.url().includes('/windows?')) asked.add(/schedules\/([^/]+)/.exec(request.url())?.[1]);
    });
    await page.goto(`${service.address}/exports.html?id=each-minute`);
    await until(page, /^Waiting until 15 minutes after its end: /);
    assert.ok((await page.locator('button.window[data-state="planned"]').count()) >= 8);
    assert.equal(await page.getByRole('button', { name: /Run this window/ }).count(), 0);
    await until(page, /done.* waiting\./);
    // The list needs no more than how each stands, however many there are.
    assert.equal(await page.locator('.schedule').count(), 3);
    assert.deepEqual([...asked], ['each-minute']);
  });

  it('fits every width, dark and light, and axe finds nothing serious', async () => {
    const { page, faults } = home;
    const fits = async (what: string) => {
      assert.equal(await overflow(page), 0, what);
      assert.deepEqual(await cutOff(page), [], what);
      assert.deepEqual(await seriousFindings(page), [], what);
    };
    await page.goto(`${service.address}/exports.html?id=sightings-by-gateway`);
    await page.locator('button.window[data-state="superseded"]').click();
    await page.getByRole('region', { name: 'Earlier revisions' }).waitFor({ timeout: WAIT_MS });
    await fits('a window with all of its parts');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Time zone').fill('Europe/Dublin');
    await page.getByRole('radio', { name: 'Clocks forward' }).check();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('region', { name: 'Preview' }).waitFor({ timeout: WAIT_MS });
    for (const [width, height] of [
      [1920, 1080],
      [1366, 768],
      [390, 844],
    ] as const)
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        await fits(`${width} ${colorScheme}`);
      }
    // On a phone what was tapped comes into view, and there is a way back.
    await page.goto(`${service.address}/exports.html`);
    await page.locator('.schedule').first().click();
    await page.locator('button.window').first().waitFor({ timeout: WAIT_MS });
    const small = await page.locator('.work :is(button, summary):visible').evaluateAll((nodes) =>
      nodes.flatMap((node) => {
        const { width, height } = node.getBoundingClientRect();
        return Math.min(width, height) < 44 ? [`${node.textContent} ${width} × ${height}`] : [];
      }),
    );
    assert.deepEqual(small, [], 'as large as a finger');
    const isAt = (name: string) =>
      page.waitForFunction((name) => {
        const { classList } = document.activeElement!;
        const { top } = document.activeElement!.getBoundingClientRect();
        return classList.contains(name) && top > -2 && top < innerHeight / 2;
      }, name);
    await isAt('chosen');
    await page.getByRole('button', { name: 'All schedules' }).click();
    await isAt('schedule');
    // What was refused on purpose is told by the console too.
    assert.deepEqual(
      faults.filter((fault) => !/status of 400/.test(fault)),
      [],
    );
  });
});
