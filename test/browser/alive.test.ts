import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';
import { noChromium, openChromium, openPage, type Watched } from './chromium.ts';

const WAIT_MS = 60_000;

describe('the first minute, in a browser', { skip: notBuilt || noChromium }, () => {
  const dataDir = newFolder();
  const env = { DATA_DIR: dataDir, SOURCE: 'inbox,simulate', LOG_LEVEL: 'warn' };
  let service: Service;
  let browser: Browser;
  let watched: Watched;
  before(async () => {
    service = await startService(env);
    browser = await openChromium();
    watched = await openPage(browser, service.address, { viewport: { width: 1920, height: 1080 } });
  });
  after(async () => {
    await watched.close();
    await browser.close();
    await service.stop();
    remove(dataDir);
  });
  const frame = () => watched.page.evaluate(() => Number(document.documentElement.dataset.frame ?? 0));
  const total = async () =>
    Number((await watched.page.locator('.total').innerText()).replace(/\D+/g, ' ').trim().split(' ')[0]);
  const until = async (isSo: () => Promise<boolean>, what: string) => {
    for (let n = 0; n < WAIT_MS / 100; n++) {
      if (await isSo()) return;
      await sleep(100);
    }
    assert.fail(`${what}: it never came`);
  };

  it('shows a venue with people in it, and moves', async () => {
    await until(async () => (await total()) > 20, 'people');
    const first = await frame();
    await until(async () => (await frame()) >= first + 4000, 'four seconds more');
    assert.match(await watched.page.title(), /Hallway/);
  });

  it('says so when the service is killed, draws the gap, and goes on by itself when it is back', async () => {
    const last = await frame();
    await service.kill();
    const gaps = () =>
      watched.page.evaluate(() =>
        [...document.querySelectorAll('.tiles')].some(({ textContent }) => textContent?.includes('gap')),
      );
    await until(gaps, 'gap in the rooms');
    assert.match(await watched.page.locator('[role="status"]').first().innerText(), /no connection|catching/i);
    await sleep(11_000);
    service = await startService({ ...env, PORT: String(service.port) });
    await until(async () => (await frame()) > last + 12_000, 'a frame after the gap');
    await until(async () => !(await gaps()), 'rooms without a gap');
    assert.ok((await total()) > 20);
    // What the page knows of the silence is what the service knows of it.
    const reply = await fetch(`${service.address}/v1/frames?step=1s&from=${last}&until=${await frame()}`);
    const { rows } = (await reply.json()) as { rows: { coverage: string }[] };
    assert.ok(rows.some(({ coverage }) => coverage === 'gap'));
    assert.deepEqual(watched.faults, []);
  });
});
