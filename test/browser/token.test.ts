import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { linkOf } from '../../services/settings/link.ts';
import { run } from '../cli/hallway.ts';
import { newFolder, notBuilt, ROOT, remove, type Service, startService } from '../service.ts';
import { seriousFindings } from './axe.ts';
import { cutOff, noChromium, openChromium, openPage, overflow, type Watched } from './chromium.ts';

const TOKEN = 'a%token+of/the=house';
const VENUE = { zone: 'UTC', rooms: [{ id: 'hall' }], gateways: [{ id: 'pi-1', room: 'hall' }] };
const WAIT_MS = 60_000;
/** A browser says of itself that it was refused. */
const withoutRefusals = ({ faults }: Watched) => faults.filter((fault) => !/status of 401/.test(fault));

describe('a page of a Hallway with a token', { skip: notBuilt || noChromium }, () => {
  const dataDir = newFolder();
  let service: Service;
  let browser: Browser;
  before(async () => {
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    service = await startService({ DATA_DIR: dataDir, HALLWAY_TOKEN: TOKEN, LOG_LEVEL: 'debug' });
    browser = await openChromium();
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    remove(dataDir);
  });
  const picture = (page: Page) => page.locator('main.live[data-state="full"]').waitFor({ timeout: WAIT_MS });
  const form = (page: Page) => page.locator('main.door form').waitFor({ timeout: WAIT_MS });
  const says = (page: Page, words: string) => page.getByRole('status').getByText(words).waitFor({ timeout: WAIT_MS });
  const paste = async (page: Page, token: string) => {
    await page.getByLabel('Token').fill(token);
    await page.keyboard.press('Enter');
  };

  it('the link opens the picture, the token leaves the address, and a reload is still in', async () => {
    const watched = await openPage(browser, linkOf(service.address, TOKEN));
    const { page } = watched;
    await picture(page);
    assert.equal(page.url(), `${service.address}/`);
    assert.equal(await page.evaluate(() => history.length), 2, 'about:blank and this page');
    assert.equal(await page.evaluate(() => document.cookie), '', 'no script sees the cookie');
    await page.locator('[data-frame]').first().waitFor({ timeout: WAIT_MS });
    await page.reload();
    await picture(page);
    await page.goto(`${service.address}/in.html`);
    await page.getByRole('status').getByText('live').waitFor({ timeout: WAIT_MS });
    assert.deepEqual(withoutRefusals(watched), []);
    await page.goto(`${service.address}/docs`);
    await page.getByText('/v1/session').first().waitFor({ timeout: WAIT_MS });
    await watched.close();
  });

  it('the figure in the top bar leads to who a browser is, and out', async () => {
    const { page, close } = await openPage(browser, linkOf(service.address, TOKEN, '/in.html'), {
      bypassCSP: true,
    });
    await page.getByRole('link', { name: 'Session' }).click();
    await page.getByRole('heading', { name: 'HALLWAY_TOKEN' }).waitFor({ timeout: WAIT_MS });
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await form(page);
    await page.goto(`${service.address}/in.html`);
    await form(page);
    await close();
  });

  it('without a session a form asks; a wrong token is said so, the right one opens what was asked for', async () => {
    const watched = await openPage(browser, `${service.address}/in.html?send=open`);
    const { page } = watched;
    await form(page);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'token');
    await paste(page, 'not the token of it');
    await says(page, 'This is not the token');
    await paste(page, linkOf(service.address, TOKEN));
    const command = page.locator('pre').first();
    await command.waitFor({ timeout: WAIT_MS });
    assert.ok(page.url().endsWith('/in.html?send=open'), page.url());
    const { stdout } = await run('sh', ['-c', (await command.textContent()) ?? ''], { HALLWAY_TOKEN: TOKEN });
    assert.match(stdout, /"stored":1/);
    assert.deepEqual(withoutRefusals(watched), []);
    await watched.close();
  });

  it('a link with another token says so, and one that is opened where the form stands is taken', async () => {
    const { page, close } = await openPage(browser, linkOf(service.address, 'the token of another house'));
    await form(page);
    await says(page, 'This is not the token');
    assert.equal(page.url(), `${service.address}/`);
    await page.goto(linkOf(service.address, TOKEN));
    await picture(page);
    assert.equal(page.url(), `${service.address}/`);
    // an open page would notice the lost cookie and reload by itself, in the middle of ours
    await page.goto('about:blank');
    await page.context().clearCookies();
    await page.goto(service.address);
    await form(page);
    await paste(page, TOKEN);
    await picture(page);
    await close();
  });

  it('a session that has ended in the meantime asks again', async () => {
    const { page, close } = await openPage(browser, `${linkOf(service.address, TOKEN).replace('/#', '/in.html#')}`);
    await page.getByRole('status').getByText('live').waitFor({ timeout: WAIT_MS });
    await page.context().clearCookies();
    await form(page);
    await close();
  });

  it('fits a desk and a phone, dark and light, and is within reach of everybody', async () => {
    const folder = process.env.PICTURES ? join(ROOT, 'node_modules/.pictures') : null;
    if (folder) mkdirSync(folder, { recursive: true });
    for (const [width, height] of [
      [1366, 768],
      [390, 844],
      [320, 568],
    ] as const)
      for (const colorScheme of ['dark', 'light'] as const) {
        const options = { viewport: { width, height }, colorScheme, bypassCSP: true };
        const { page, close } = await openPage(browser, service.address, options);
        await form(page);
        if (width < 1000) {
          await paste(page, 'not it');
          await says(page, 'This is not the token');
        }
        assert.equal(await overflow(page), 0, `${width}`);
        assert.deepEqual(await cutOff(page), [], `${width}`);
        assert.deepEqual(await seriousFindings(page), [], `${width} ${colorScheme}`);
        if (folder) await page.screenshot({ path: join(folder, `token-${width}-${colorScheme}.png`) });
        await close();
      }
  });

  it('the log never holds the token, however it came', async () => {
    const wrong = {
      headers: { authorization: `Bearer ${TOKEN}` },
      method: 'POST',
      body: JSON.stringify({ token: TOKEN }),
    };
    for (const path of ['/v1/observations', '/v1/session', '/v1/loads', `/v1/venue?token=${encodeURIComponent(TOKEN)}`])
      await (await fetch(service.address + path, wrong)).text();
    const log = service.log();
    assert.match(log, /"path":"\/v1\/session"/, 'requests are in the log');
    for (const written of [TOKEN, encodeURIComponent(TOKEN), '#token'])
      assert.ok(!log.includes(written), `${written} is in the log`);
  });
});
