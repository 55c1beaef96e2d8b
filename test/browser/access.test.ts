import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';
import { seriousFindings } from './axe.ts';
import { noChromium, openChromium, openPage, overflow } from './chromium.ts';
import { WAIT_MS } from './live-page.ts';

const VENUE = {
  name: 'Weir House',
  zone: 'Europe/Dublin',
  floors: [{ id: 'ground', name: 'Ground' }],
  rooms: [
    {
      ...{ id: 'hall', floor: 'ground', capacity: 40 },
      polygon: [
        [0, 0],
        [20, 0],
        [20, 10],
        [0, 10],
      ],
    },
  ],
  gateways: [{ id: 'pi-1', room: 'hall', x: 4, y: 4 }],
};
const SHOTS = process.env.SHOTS ?? null;

describe('the page of who may come in', { skip: notBuilt || noChromium }, () => {
  const dataDir = newFolder();
  let service: Service;
  let browser: Browser;
  /** links by what was made with them */
  const links: Record<string, string> = {};
  before(async () => {
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    service = await startService({ DATA_DIR: dataDir, MIN_COUNT: '5' });
    browser = await openChromium();
    const sighting = { gateway: 'pi-1', badge: 'a', rssi: -60 };
    await fetch(`${service.address}/v1/observations`, { method: 'POST', body: JSON.stringify(sighting) });
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    remove(dataDir);
  });
  const says = (page: Page, words: string | RegExp) => page.getByText(words).first().waitFor({ timeout: WAIT_MS });
  const make = async (page: Page, name: string, scope: string, gateway?: string) => {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('May').selectOption(scope);
    if (gateway) await page.getByLabel('Gateway', { exact: true }).fill(gateway);
    await page.getByRole('button', { name: 'Make the token' }).click();
    await says(page, `${name} has a token`);
    const told = await page.locator('.told pre').allTextContents();
    links[name] = told.find((text) => text.startsWith('http')) ?? '';
    return told[0]!;
  };
  const shot = async (page: Page, name: string) => {
    if (!SHOTS) return;
    for (const scheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: join(SHOTS, `${name}-${scheme}.png`) });
    }
  };

  it('makes tokens, tells each secret once, and whoever closes the door stays inside', async () => {
    const watched = await openPage(browser, `${service.address}/access.html`, { bypassCSP: true });
    const { page } = watched;
    await says(page, /Only this machine may connect/);
    await says(page, 'No token was made yet.');
    const secret = await make(page, 'Foyer', 'screen');
    assert.match(secret, /^hallway_[a-z2-7]{8}_[\w-]{43}$/);
    await make(page, 'Lena', 'viewer');
    await make(page, 'Pi 1', 'gateway', 'pi-1');
    await make(page, 'Ada', 'admin');
    await says(page, /4 tokens open this Hallway/);
    assert.equal((await fetch(`${service.address}/v1/venue`)).status, 401);
    await shot(page, 'access-told');
    await page.getByRole('button', { name: 'I have it' }).click();
    assert.ok(!(await page.content()).includes(secret.split('_').slice(2).join('_')));
    await page.reload();
    await page.getByRole('rowheader', { name: 'Foyer' }).waitFor({ timeout: WAIT_MS });
    assert.deepEqual(await seriousFindings(page), []);
    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal(await overflow(page), 0);
    await shot(page, 'access-phone');
    assert.deepEqual(watched.faults, []);
    await watched.close();
  });

  it('a screen’s link opens the wall, which asks for nothing that a screen may not have', async () => {
    const watched = await openPage(browser, 'about:blank', { viewport: { width: 1920, height: 1080 } });
    const { page } = watched;
    const refused: string[] = [];
    page.on('response', (reply) => {
      if (reply.status() === 403) refused.push(reply.url());
    });
    for (const path of ['tv.html', '', 'replay.html']) {
      await page.goto(path === 'tv.html' ? links.Foyer! : `${service.address}/${path}`);
      const shown = path === 'replay.html' ? 'main' : '[data-frame]';
      await page.locator(shown).first().waitFor({ timeout: WAIT_MS });
      await page.waitForTimeout(1500);
      await shot(page, `access-screen-${path || 'live'}`);
    }
    assert.deepEqual(refused, []);
    await page.goto(`${service.address}/exports.html`);
    await says(page, /It takes analyst’s rights; this is a token for screen/);
    await shot(page, 'access-low');
    await watched.close();
  });

  it('takes one back at the second press, and it is out', async () => {
    const watched = await openPage(browser, links.Ada!, { bypassCSP: true });
    const { page } = watched;
    await page.locator('main').first().waitFor({ timeout: WAIT_MS });
    await page.goto(`${service.address}/access.html`);
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Lena' }) });
    await row.getByRole('button', { name: 'Rotate: Lena' }).click();
    await says(page, 'Lena has another secret');
    await row.getByRole('button', { name: 'Take back: Lena' }).click();
    await says(page, /out at once, and for good/);
    await row.getByRole('button', { name: 'Take it back now: Lena' }).click();
    await row.getByText('taken back').waitFor({ timeout: WAIT_MS });
    const session = JSON.stringify({ token: decodeURIComponent(links.Lena!.split('#token=')[1]!) });
    assert.equal((await fetch(`${service.address}/v1/session`, { method: 'POST', body: session })).status, 401);
    await page.getByLabel('Badge, or its pseudonym').fill('a');
    await page.getByRole('button', { name: 'Forget it' }).click();
    await page.getByRole('button', { name: 'Forget it now, for good' }).click();
    await says(page, '1 sighting and all that was made of them are forgotten.');
    await says(page, /1 sighting on 1 day, .* by .*Ada/);
    assert.deepEqual(await seriousFindings(page), []);
    await shot(page, 'access-kept');
    await watched.close();
  });
});
