import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { notBuilt, remove, type Service, startService } from '../service.ts';
import { noChromium, openChromium } from './chromium.ts';
import { WAIT_MS } from './live-page.ts';

const LOST = /does not answer|No answer from the service/;
const PAGES = ['', 'explore', 'replay', 'tv', 'exports', 'panel', 'notices', 'access', 'plan', 'in'];

describe('a page whose service does not answer', { skip: notBuilt || noChromium }, () => {
  let browser: Browser;
  let service: Service;
  before(async () => {
    [browser, service] = await Promise.all([openChromium(), startService()]);
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    if (service) remove(service.dataDir);
  });

  for (const name of PAGES)
    it(`says so, and goes on by itself when it does: ${name || 'live'}`, async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('pageerror', ({ message }) => faults.push(message));
      let isHeld = true;
      await page.route('**/v1/**', (route) => (isHeld ? undefined : route.abort('connectionrefused')));
      await page.goto(`${service.address}/${name && `${name}.html`}`);
      await page.getByText('Asking the service …', { exact: true }).waitFor({ timeout: WAIT_MS });
      const links = await page.locator('nav[aria-label="Surfaces"] a').allInnerTexts();
      assert.equal(links.length, name === 'tv' ? 0 : 8);
      isHeld = false;
      await page.reload();
      await page.getByText(LOST).first().waitFor({ timeout: WAIT_MS });
      await page.unroute('**/v1/**');
      await page.getByText(LOST).first().waitFor({ state: 'hidden', timeout: WAIT_MS });
      await page.locator('main :is(h1, h2)').first().waitFor({ state: 'attached', timeout: WAIT_MS });
      assert.deepEqual(faults, []);
      await context.close();
    });
});
