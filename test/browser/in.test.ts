import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { run } from '../cli/hallway.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';
import { seriousFindings } from './axe.ts';
import { cutOff, noChromium, openChromium, openPage, overflow, type Watched } from './chromium.ts';
import { writeLivePictures, writePictures } from './pictures.ts';

const WAIT_MS = 60_000;
const VENUE = {
  name: 'Test house',
  zone: 'Europe/Dublin',
  rooms: [
    { id: 'hall-1', name: 'Hall 1' },
    { id: 'hall-2', name: 'The long room behind the second staircase on the left' },
  ],
  gateways: [
    { id: 'pi-1', room: 'hall-1' },
    { id: 'pi-2', room: 'hall-2' },
  ],
};

const until = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: WAIT_MS });

describe('the page of what comes in', { skip: notBuilt || noChromium }, () => {
  const dataDir = newFolder();
  let service: Service;
  let browser: Browser;
  let home: Watched;
  const env = (port = 0) => ({ DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'warn' });
  const post = (body: string) => fetch(`${service.address}/v1/observations`, { method: 'POST', body });

  before(async () => {
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    service = await startService(env());
    browser = await openChromium();
    home = await openPage(browser, `${service.address}/in.html`);
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    remove(dataDir);
  });

  it('says how to send while nothing has come in, and that the zeros are known', async () => {
    const { page } = home;
    await until(page, 'Nothing has come in yet.');
    assert.equal(await page.title(), 'Incoming, nothing yet · Hallway');
    for (const name of ['Send one observation', 'Load a file', 'Say where the gateways are'])
      assert.ok(await page.getByRole('heading', { name }).isVisible(), name);
    for (const empty of ['No observations yet', 'No rejects']) await until(page, empty);
    assert.match((await page.locator('.totals').textContent()) ?? '', /Stored0.*Newest received—nothing yet/);
    const link = page.getByRole('link', { name: 'Gateways', exact: true });
    assert.equal(await link.getAttribute('href'), './panel.html#gateways');
  });

  it('copies the command, and selects it where there is no clipboard', async () => {
    const { page, close } = await openPage(browser, `${service.address}/in.html`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const command = await page.locator('pre').first().textContent({ timeout: WAIT_MS });
    const copy = page.getByRole('button', { name: 'Copy the command that sends one observation' });
    // It stands for two seconds: it is looked for before it is said.
    await Promise.all([until(page, 'Copied'), copy.click()]);
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), command);
    await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined }));
    await page.reload();
    await Promise.all([until(page, 'Selected'), copy.click()]);
    assert.equal(await page.evaluate(() => String(getSelection())), command);
    await close();
  });

  it('shows a command that works when pasted into a shell, the answer it gets, and then the observation', async () => {
    const { page } = home;
    const command = (await page.locator('pre').first().textContent()) ?? '';
    assert.ok(command.includes(service.address), 'the command names the address of the page');
    const { stdout } = await run('sh', ['-c', command]);
    assert.equal(stdout, await page.locator('.answer code').textContent());
    await until(page, /^k\d+\./);
    await until(page, '−61\u202fdBm');
    assert.equal(await page.getByRole('heading', { name: 'Send one observation' }).isVisible(), false);
    assert.equal(await page.title(), 'Incoming, live · Hallway');
    await page.getByRole('button', { name: 'How to send' }).click();
    assert.ok(await page.getByRole('heading', { name: 'Send one observation' }).isVisible());
    await page.getByRole('button', { name: 'How to send' }).click();
  });

  it('shows every kind, and marks what the venue does not know', async () => {
    const { page } = home;
    const now = Date.now();
    const bodies = [
      { gateway: 'pi-9', badge: 'e0b201e3098c', rssi: -70, time: now },
      { gateway: 'pi-9', badge: 'd859e335bdc4', rssi: -80, temperature: 21.4, claps: 3, battery: 3.1, time: now - 1 },
      { sensor: 'th-1', quantity: 'temperature', value: 21.5, time: now },
      { gateway: 'pi-1', status: 'online', info: { uptime: 12 }, time: now },
    ];
    assert.equal((await post(JSON.stringify(bodies))).status, 200);
    await until(page, '21.4\u202f°C, 3\u202fclaps, 3.1\u202fV');
    await until(page, '21.5\u202f°C');
    await until(page, '{"uptime":12}');
    await until(page, '1 of 2 gateways is not in the venue');
  });

  it('what a loaded recording received long ago stands below what has just come in', async () => {
    const { page } = home;
    const old = { gateway: 'pi-old', badge: 'e0b201e3098c', rssi: -50, time: Date.UTC(2020, 1, 1) };
    const load = { method: 'POST', body: JSON.stringify(old) };
    await (await fetch(`${service.address}/v1/loads`, load)).text();
    await page.locator('.tail tbody tr').filter({ hasText: 'pi-old' }).waitFor({ timeout: WAIT_MS });
    assert.match((await page.locator('.tail tbody tr').last().textContent()) ?? '', /pi-old/);
  });

  it('shows a reject with its source and line, every reason in words, and its text when opened', async () => {
    const { page } = home;
    await post('{"gateway":"pi-1","badge":"e0b201e3098c","rssi":"loud","time":"yesterday"}');
    const reject = page.locator('#rejects li').filter({ hasText: 'inbox, line 1' }).first();
    await reject.waitFor({ timeout: WAIT_MS });
    assert.match((await reject.locator('summary').textContent()) ?? '', /2 reasons\/\w+: expected .*, found "/);
    await reject.locator('summary').focus();
    await page.keyboard.press('Enter');
    const words = (await reject.textContent()) ?? '';
    assert.match(words, /\/rssi: expected a whole number of dBm.*, found "loud"/);
    assert.match(words, /\/time: expected a time.*, found "yesterday"/);
    assert.deepEqual(await reject.locator('mark').allTextContents(), ['"loud"', '"yesterday"']);
    assert.ok(!words.includes('e0b201e3098c'), 'no MAC on the page');
  });

  it('keeps what is open, and its headings where they are, while data comes in', async () => {
    const { page } = home;
    const places = () =>
      page.locator('h1, h2:visible').evaluateAll((all) => all.map((h) => h.getBoundingClientRect().top));
    const before = await places();
    for (let i = 0; i < 5; i++)
      await post(`{"gateway":"pi-1","badge":"e0b201e3098c","rssi":${-40 - i},"time":${Date.now()}}`);
    await until(page, '−44\u202fdBm');
    assert.deepEqual(await places(), before);
    assert.equal(await page.locator('#rejects details[open]').count(), 1);
  });

  it('says since when a killed service is gone, keeps the picture, and recovers by itself', async () => {
    const { page } = home;
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
    await service.kill();
    await until(page, /^no connection since \d\d:\d\d$/);
    await until(page, /^No answer from the service since \d\d:\d\d\.$/);
    await until(page, /Showing \d\d:\d\d\. Trying again in \d+.s\./);
    assert.equal(await page.title(), 'Incoming, no connection · Hallway');
    await until(page, '−44\u202fdBm');
    assert.match((await page.locator('.totals').textContent()) ?? '', /Received— \/ snot measured/, 'unknown is not 0');
    service = await startService(env(service.port));
    await page.getByRole('status').getByText('live', { exact: true }).waitFor({ timeout: WAIT_MS });
    await post(`{"gateway":"pi-7","badge":"e0b201e3098c","rssi":-33,"time":${Date.now()}}`);
    await until(page, '−33\u202fdBm');
    assert.ok(await page.evaluate(() => 'sameDocument' in globalThis), 'without a reload');
  });

  it('has nothing serious for axe, dark and light, with everything open', async () => {
    for (const colorScheme of ['dark', 'light'] as const) {
      const { page, close } = await openPage(browser, `${service.address}/in.html?send=open`, {
        bypassCSP: true,
        colorScheme,
      });
      await page.locator('#rejects summary').first().click({ timeout: WAIT_MS });
      assert.deepEqual(await seriousFindings(page), [], colorScheme);
      await close();
    }
  });

  it('takes the theme of its address before that of the system', async () => {
    const { page, close } = await openPage(browser, `${service.address}/in.html?theme=light`, { colorScheme: 'dark' });
    await until(page, 'Latest observations');
    assert.equal(
      await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor),
      'rgb(243, 245, 244)',
    );
    await close();
  });

  it('fits every width: no sideways scroll, nothing cut off', async () => {
    await post(`{"gateway":"${'gateway-'.repeat(8)}","badge":"e0b201e3098c","rssi":-34,"time":${Date.now()}}`);
    const { page, faults, close } = await openPage(browser, `${service.address}/in.html?send=open`);
    await until(page, '−34\u202fdBm');
    for (const width of [320, 390, 683, 768, 1024, 1366, 1920]) {
      await page.setViewportSize({ width, height: 844 });
      assert.equal(await overflow(page), 0, `${width} px`);
      assert.deepEqual(await cutOff(page), [], `${width} px`);
    }
    assert.deepEqual(faults, []);
    await close();
  });

  it('breaks no policy and has no errors in its console', () => assert.deepEqual(home.faults, []));

  if (process.env.PICTURES) it('has its pictures taken', () => writePictures(browser));
  if (process.env.PICTURES) it('has pictures taken of the live heatmap', () => writeLivePictures(browser));
});
