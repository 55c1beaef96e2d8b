import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { hallway } from '../cli/hallway.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';
import { seriousFindings } from './axe.ts';
import { cutOff, noChromium, openChromium, openPage, overflow, type Watched } from './chromium.ts';

const WAIT_MS = 20_000;
/** A window is looked for once a minute. */
const FILL_MS = 150_000;
const DAY_MS = 86_400_000;
const VENUE = {
  name: 'Test house',
  zone: 'Europe/Dublin',
  rooms: [{ id: 'hall-1', name: 'Hall 1' }],
  gateways: [{ id: 'pi-1', room: 'hall-1' }],
};

const until = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: WAIT_MS });

describe('the page of exports', { skip: notBuilt || noChromium }, () => {
  const dataDir = newFolder();
  let service: Service;
  let browser: Browser;
  let home: Watched;

  before(async () => {
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    service = await startService({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn', JOBS: 'on' });
    browser = await openChromium();
    home = await openPage(browser, `${service.address}/exports.html`, { bypassCSP: true });
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
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
    await until(page, /cron: expected a minute of 0 to 59.*found "61"/);
    await page.getByLabel('When it runs').fill('0 0 * * *');
    await page.locator('.next tbody tr').nth(9).waitFor({ timeout: WAIT_MS });
    assert.equal(await page.locator('.next tbody tr').count(), 10);
    await page.getByLabel('Time zone').fill('Mars/Base');
    await until(page, /zone: expected a time zone like Europe\/Dublin, found "Mars\/Base"/);
    await page.getByLabel('Time zone').fill('Europe/Dublin');
    await page.locator('.next tbody tr').nth(9).waitFor({ timeout: WAIT_MS });
    await page.getByLabel('What is asked').selectOption({ label: 'Sightings by gateway and hour' });
    await page.getByRole('button', { name: 'Create schedule' }).click();
    await until(page, '“Sightings by gateway” is scheduled.');
    await until(page, 'No window has ended yet.');
  });

  it('a backfill fills the days that were; each has its files, which are had and verified', async () => {
    const { page } = home;
    const line = JSON.stringify({ time: Date.now() - DAY_MS, gateway: 'pi-1', badge: 'one', rssi: -60 });
    assert.equal((await fetch(`${service.address}/v1/observations`, { method: 'POST', body: line })).status, 200);
    await page.getByRole('button', { name: 'Backfill …' }).click();
    const day = (back: number) => new Date(Date.now() - back * DAY_MS).toISOString().slice(0, 10);
    await page.getByLabel('From').fill(day(3));
    await page.getByRole('button', { name: 'Backfill', exact: true }).click();
    await until(page, 'It is planned, and runs within a minute.');
    await page.locator('button.window').nth(2).waitFor({ timeout: WAIT_MS });
    await page.waitForFunction(
      () =>
        document.querySelectorAll('button.window').length ===
        document.querySelectorAll('button.window[data-state="done"]').length,
      null,
      { timeout: FILL_MS },
    );
    await until(page, /, by a backfill/);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'sightings-by-gateway.csv' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'sightings-by-gateway.csv');
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await until(
      page,
      /8 files checked in .* every SHA-256 matches its manifest\. Totals of \d+ windows equal the pivot’s\./,
    );
    const { code, stdout, stderr } = await hallway(['verify'], { DATA_DIR: dataDir });
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /windows: totals equal the pivot's/);
  });

  it('pauses and goes on; is edited; is deleted, and comes back', async () => {
    const { page } = home;
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor({ timeout: WAIT_MS });
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor({ timeout: WAIT_MS });
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Name').fill('Who hears');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Who hears' }).waitFor({ timeout: WAIT_MS });
    await page.getByRole('button', { name: 'Edit' }).click();
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
    assert.deepEqual(faults, []);
    await close();
  });

  it('fits every width, dark and light, and axe finds nothing serious', async () => {
    const { page, faults } = home;
    for (const [width, height] of [
      [1920, 1080],
      [1366, 768],
      [390, 844],
    ] as const)
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        assert.equal(await overflow(page), 0, `${width} ${colorScheme}`);
        assert.deepEqual(await cutOff(page), []);
        assert.deepEqual(await seriousFindings(page), []);
      }
    // What was refused on purpose is told by the console too.
    assert.deepEqual(
      faults.filter((fault) => !/status of 400/.test(fault)),
      [],
    );
  });
});
