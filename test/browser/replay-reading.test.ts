import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { daysIn } from '../../services/model/day.ts';
import { seriousFindings } from './axe.ts';
import { noChromium, openChromium, openPage } from './chromium.ts';
import { type Fixture, type More, noPages, startFixture } from './fixture.ts';
import { WAIT_MS } from './live-page.ts';
import { demoWorld } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const skip = noChromium || noPages;

describe('the replay page, while what it wants is not there', { skip }, () => {
  let browser: Browser;
  let fixture: Fixture;
  /** what is answered in place of the fixture */
  let more: More = () => null;
  /** 10:42 of yesterday */
  let then: number;
  before(async () => {
    browser = await openChromium();
    const now = Date.now();
    fixture = await startFixture(demoWorld(now), { frames: null, more: (request) => more(request) });
    then = daysIn({ from: now - 24 * HOUR, until: now }, fixture.world.venue.zone)[0]!.from + 10 * HOUR + 42 * MINUTE;
  });
  after(async () => {
    await browser?.close();
    await fixture?.stop();
  });

  const text = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;
  const addressOf = (search: string) => `${fixture.address}/replay.html${search}`;
  const state = (page: Page, name: string) => page.locator(`main[data-state="${name}"]`).waitFor({ timeout: WAIT_MS });
  const open = async (search: string) => {
    const watched = await openPage(browser, addressOf(search), { bypassCSP: true });
    await state(watched.page, 'full');
    await watched.page.locator('.progress-line').waitFor({ state: 'hidden', timeout: WAIT_MS });
    return watched;
  };

  it('the cursor waits for a minute that is not read; keys act at once, and nothing opens later', async () => {
    fixture.isHoldingTiles = true;
    const { page, close } = await openPage(browser, addressOf(`?at=${text(then)}&speed=600`));
    await state(page, 'reading');
    const dialog = page.locator('dialog[open]');
    for (const key of ['?', 'n']) {
      await page.keyboard.press(key);
      await dialog.waitFor({ timeout: 5000 });
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    await page.keyboard.press('Space');
    await page.locator('.play', { hasText: 'Pause' }).waitFor();
    await page.keyboard.press('2');
    await page.locator('input[name=layer][value=claps]:checked').waitFor({ state: 'attached', timeout: 2000 });
    assert.equal(
      await page
        .locator('.tools select:visible')
        .evaluateAll((all) => all.filter((one) => !one.childElementCount).length),
      0,
    );
    await page.waitForTimeout(1500);
    assert.match(await page.locator('.moment-clock').innerText(), / 10:42 /);
    assert.match(page.url(), new RegExp(`at=${text(then)}`));
    fixture.isHoldingTiles = false;
    await state(page, 'full');
    await page.waitForFunction((at) => Number(document.documentElement.dataset.frame) > at, then, { timeout: WAIT_MS });
    assert.equal(await dialog.count(), 0);
    await close();
  });

  it('the table is read by keyboard to its end where it scrolls, and axe finds nothing serious in it', async () => {
    const { page, close } = await open(`?at=${text(then)}&view=table`);
    await page.setViewportSize({ width: 1366, height: 560 });
    const table = page.locator('#twin');
    const left = () => table.evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop);
    assert.ok((await left()) > 0, 'it scrolls');
    await page.evaluate(() => document.querySelector<HTMLElement>('.tools .button:last-child')!.focus());
    for (let i = 0; i < 40 && !(await table.evaluate((box) => box === document.activeElement)); i++)
      await page.keyboard.press('Tab');
    await page.keyboard.press('PageDown');
    await page.waitForFunction(() => {
      const box = document.getElementById('twin')!;
      return box.scrollHeight - box.clientHeight - box.scrollTop < 2;
    });
    assert.deepEqual(await seriousFindings(page), []);
    await page.keyboard.press('t');
    await page.locator('main[data-view="plan"]').waitFor();
    assert.equal(await table.getAttribute('tabindex'), '-1', 'what is not seen is not in the way');
    await close();
  });

  it('the words of a note stay until it is kept, and a refusal is told as what it is', async () => {
    const { page, close } = await open(`?at=${text(then)}`);
    const asked: string[] = [];
    let answer: ReturnType<More> = { status: 503, body: {} };
    more = ({ method, url }) => {
      if (method !== 'PUT') return null;
      asked.push(url.pathname);
      return answer;
    };
    const sheet = page.locator('.note-sheet');
    const keep = sheet.getByRole('button', { name: 'Keep' });
    await page.keyboard.press('n');
    await sheet.locator('textarea').fill('Two hundred at lunch');
    await keep.click();
    await sheet.getByText('The service does not answer: nothing was changed').waitFor();
    answer = {
      status: 403,
      body: { detail: 'expected a token that may write' },
    };
    await keep.click();
    await sheet.getByText('Nothing was changed: expected a token that may write').waitFor();
    answer = {
      status: 400,
      body: { detail: 'the note has faults', errors: [{ pointer: '/text', expected: 'words', found: 'none' }] },
    };
    await keep.click();
    await sheet.getByText('text: expected words, found none').waitFor();
    assert.equal(await sheet.locator('textarea').inputValue(), 'Two hundred at lunch');
    answer = null;
    await keep.click();
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await page.locator('.moments-list li', { hasText: 'Two hundred at lunch' }).waitFor({ timeout: WAIT_MS });
    assert.deepEqual([fixture.notes.length, new Set(asked).size], [1, 1], 'what is tried again is written once');
    [more, fixture.notes] = [() => null, []];
    await close();
  });
});
