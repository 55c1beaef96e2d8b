import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { DESTINATION_KEY } from '../../services/ledger/deliveries.ts';
import { fileLedger } from '../../services/ledger/file.ts';
import { say } from '../../services/ledger/runs.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';
import { seriousFindings } from './axe.ts';
import { noChromium, openChromium, openPage, overflow } from './chromium.ts';

const WAIT_MS = 60_000;
const HOUR = 3_600_000;
const VENUE = {
  name: 'Test house',
  zone: 'Asia/Kolkata',
  rooms: [{ id: 'hall', name: 'Hall', capacity: 60 }],
  gateways: [{ id: 'pi-1', room: 'hall' }],
  sessions: [{ id: 'a', title: 'Keynote', room: 'hall', from: Date.now() - HOUR, until: Date.now() + HOUR }],
};

/** What the preview tells of 15 minutes on: this minute's or the next one's, on the clock of the venue. */
const inAQuarter = () => {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: VENUE.zone, hour: '2-digit', minute: '2-digit' });
  return [14, 15, 16].map((minutes) => clock.format(Date.now() + minutes * 60_000)).join('|');
};

describe('notices and rules, as a person uses them', { skip: notBuilt || noChromium }, () => {
  const dataDir = newFolder();
  let service: Service;
  let browser: Browser;
  before(async () => {
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    service = await startService({ DATA_DIR: dataDir, LOG_LEVEL: 'error' });
    // As the process that runs the jobs says it.
    const ledger = await fileLedger(join(dataDir, 'main', 'ledger'));
    for (const name of ['crew', 'desk', 'door'])
      await say(ledger, DESTINATION_KEY(name), { name, kind: 'webhook', where: name, announces: false });
    ledger.close();
    browser = await openChromium();
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    remove(dataDir);
  });
  const open = (path: string, viewport = { width: 1920, height: 1080 }) =>
    openPage(browser, `${service.address}/${path}`, { viewport, bypassCSP: true });
  const toldBy = async (rule: string) => {
    const { rows } = (await (await fetch(`${service.address}/v1/rules`)).json()) as {
      rows: { id: string; to: string[] }[];
    };
    return rows.find(({ id }) => id === rule)?.to.sort();
  };
  const frameOf = (page: Page) => page.evaluate(() => Number(document.documentElement.dataset.frame));

  it('an alert is on the wall with the next frame at the latest, and gone when it is ended', async () => {
    const { page, faults, close } = await open('tv.html');
    await page.waitForFunction(() => Number(document.documentElement.dataset.frame) > 0, undefined, {
      timeout: WAIT_MS,
    });
    // Which frame is shown when the words appear is noted by the page itself: no clock of ours is in between.
    await page.evaluate(() => {
      new MutationObserver(() => {
        const words = document.querySelector('.banner:not([hidden]) .words')?.textContent;
        const { dataset } = document.documentElement;
        if (words && !dataset.told) dataset.told = dataset.frame;
      }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    });
    const body = JSON.stringify({ id: 'fire', kind: 'alert', text: 'Leave by the west door' });
    assert.equal((await fetch(`${service.address}/v1/notices`, { method: 'POST', body })).status, 201);
    const answered = await frameOf(page);
    await page.locator('.banner', { hasText: 'Leave by the west door' }).waitFor({ timeout: WAIT_MS });
    const told = Number(await page.evaluate(() => document.documentElement.dataset.told));
    assert.ok(told <= answered + 1000, `answered at frame ${answered}, told at ${told}`);
    assert.equal(await page.locator('.banner .kind').textContent(), 'Alert');
    await page.reload();
    await page.locator('.banner', { hasText: 'Leave by the west door' }).waitFor({ timeout: WAIT_MS });
    await fetch(`${service.address}/v1/notices/fire`, { method: 'DELETE' });
    await page.locator('.banner').waitFor({ state: 'hidden', timeout: WAIT_MS });
    assert.deepEqual([faults, await overflow(page)], [[], 0]);
    await close();
  });

  it('a notice is written with its look on the wall and on a badge, stands, is ended, and comes back', async () => {
    const { page, faults, close } = await open('notices.html');
    await page.getByText('Keynote').waitFor({ timeout: WAIT_MS });
    const form = page.getByRole('form', { name: 'Write a notice' });
    await form.getByLabel('Words').fill('Čoffee is in the bar until 11:15');
    assert.equal(await form.locator('.badge-text').textContent(), 'Coffee is in the bar un');
    assert.match((await form.locator('.banner').textContent()) ?? '', new RegExp(`until (${inAQuarter()})`));
    assert.ok(await form.getByText('9 characters cut: it holds 23; 1 character replaced').isVisible());
    assert.ok(await form.locator('.banner', { hasText: 'Čoffee is in the bar until 11:15' }).isVisible());
    await form.getByRole('button', { name: 'Tell it' }).click();
    await page.locator('.notice-row[data-state="now"]', { hasText: 'Čoffee' }).waitFor({ timeout: WAIT_MS });
    await page.getByRole('button', { name: /^End it: Čoffee/ }).click();
    await page.getByText('It is ended.').first().waitFor({ timeout: WAIT_MS });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('.notice-row[data-state="now"]', { hasText: 'Čoffee' }).waitFor({ timeout: WAIT_MS });
    assert.deepEqual([faults, await seriousFindings(page)], [[], []]);
    await close();
  });

  it('a rule is made once it is known who can be told, and not before', async () => {
    const { page, close } = await open('notices.html');
    let answer = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/v1/destinations', async (route) => {
      await held;
      await route.continue();
    });
    await page.reload();
    const create = page.getByRole('button', { name: 'New rule' });
    await create.waitFor({ timeout: WAIT_MS });
    assert.ok(await create.isDisabled());
    answer();
    await create.click({ timeout: WAIT_MS });
    assert.ok(await page.getByRole('form', { name: 'New rule' }).getByText('crew').isVisible());
    await close();
  });

  it('a rule is tried, kept, paused and deleted; what is wrong with it is said', async () => {
    const { page, faults, close } = await open('notices.html', { width: 390, height: 844 });
    await page.getByText('No rule looks at the frames yet').waitFor({ timeout: WAIT_MS });
    await page.getByRole('button', { name: 'New rule' }).click();
    const form = page.getByRole('form', { name: 'New rule' });
    await form.getByLabel('Name').fill('Hall is full');
    await form.getByRole('button', { name: 'Keep it' }).click();
    await form.getByText('above: expected a value above or below which it holds').waitFor({ timeout: WAIT_MS });
    await form.getByLabel('Threshold').fill('90');
    for (const name of ['desk', 'door']) await form.getByRole('checkbox', { name }).check();
    await form.getByRole('button', { name: 'Would it have fired?' }).click();
    await form.getByText('It would not have fired in the last 24 hours.').waitFor({ timeout: WAIT_MS });
    await form.getByRole('button', { name: 'Keep it' }).click();
    const row = page.locator('[data-rule="hall-is-full"]');
    await row.getByText('Occupancy of each room > 90').waitFor({ timeout: WAIT_MS });
    assert.deepEqual(await toldBy('hall-is-full'), ['desk', 'door']);
    await row.getByRole('button', { name: 'Edit Hall is full' }).click();
    const edited = page.getByRole('form', { name: 'Edit “Hall is full”' });
    await edited.getByRole('checkbox', { name: 'desk' }).uncheck();
    await edited.getByRole('checkbox', { name: 'crew' }).check();
    await edited.getByRole('button', { name: 'Keep it' }).click();
    await edited.waitFor({ state: 'detached', timeout: WAIT_MS });
    assert.deepEqual(await toldBy('hall-is-full'), ['crew', 'door']);
    await row.getByRole('button', { name: 'Pause Hall is full' }).click();
    await row.getByText('paused').waitFor({ timeout: WAIT_MS });
    assert.deepEqual([await seriousFindings(page), await overflow(page)], [[], 0]);
    await row.getByRole('button', { name: 'Delete Hall is full' }).click();
    await page.getByText('No rule looks at the frames yet').waitFor({ timeout: WAIT_MS });
    // A refusal is an answer that the browser writes down.
    assert.ok(
      faults.every((fault) => /422/.test(fault)),
      faults.join(),
    );
    await close();
  });
});
