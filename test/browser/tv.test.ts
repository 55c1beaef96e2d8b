import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { daysIn } from '../../services/model/day.ts';
import { dwellsOf, shiftAt, turnAt } from '../../web/view/tv/rotation.ts';
import { seriousFindings } from './axe.ts';
import { noChromium, openChromium, openPage, overflow } from './chromium.ts';
import { type Fixture, noPages, startFixture } from './fixture.ts';
import { collisions, showNext, textsOf, WAIT_MS } from './live-page.ts';
import { demoWorld, frameAt } from './world.ts';

describe('turnAt(dwells, ms)', () => {
  it('gives each floor its own time, in turn, for ever', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 5 }),
        fc.nat(1e6),
        (dwells, s) => {
          const whole = dwells.reduce((a, b) => a + b, 0);
          const stands = dwells.flatMap((seconds, floor) => Array.from({ length: seconds }, () => floor));
          const turn = turnAt(dwells, s * 1000);
          assert.equal(turn.floor, stands[s % whole]);
          assert.equal(turnAt(dwells, (s + turn.nextS) * 1000).floor, (turn.floor + 1) % dwells.length);
        },
      ),
    );
    assert.equal(turnAt([20], 1e9).floor, 0);
    assert.deepEqual(
      dwellsOf({ zone: 'UTC', rooms: [], gateways: [], floors: [{ id: 'a', rotate: { seconds: 7 } }] }, ['a', 'b']),
      [7, 20],
    );
  });

  it('the picture moves by six px at most, and comes back', () => {
    const path = Array.from({ length: 8 }, (_, i) => shiftAt(i * 240_000));
    assert.equal(new Set(path.map(String)).size, 8);
    for (const [x, y] of path) assert.ok(Math.abs(x) <= 6 && Math.abs(y) <= 6);
    assert.deepEqual(shiftAt(8 * 240_000), path[0]);
  });
});

describe('the wall', { skip: noChromium || noPages }, () => {
  let browser: Browser;
  let fixture: Fixture;
  before(async () => {
    browser = await openChromium();
    const world = demoWorld(Date.now());
    world.troubles = { 'maginnes-1': 'deaf', reception: 'silent' };
    fixture = await startFixture(world, { isTicking: false });
  });
  after(async () => {
    await browser?.close();
    await fixture?.stop();
  });

  const open = async (search: string, viewport: { width: number; height: number }) => {
    const streams = fixture.streams();
    const watched = await openPage(browser, `${fixture.address}/tv.html${search}`, { viewport, bypassCSP: true });
    while (fixture.streams() === streams) await watched.page.waitForTimeout(20);
    await watched.page.locator('main[data-state="full"]').waitFor({ timeout: WAIT_MS });
    await show(watched.page);
    return watched;
  };
  const show = (page: Page): Promise<number> => showNext(page, fixture);

  it('shows the floor with its states at any size, no word under 24 px of 1080p, nothing over another', async () => {
    for (const viewport of [
      { width: 1920, height: 1080 },
      { width: 3840, height: 2160 },
    ]) {
      const { page, faults, close } = await open('?floor=ground', viewport);
      assert.equal((await textsOf(page, 'maginnes')).count, '27');
      assert.match(Object.values(await textsOf(page, 'maginnes-1')).join(' '), /deaf/);
      assert.deepEqual([await collisions(page), await overflow(page)], [[], 0]);
      const least = await page.evaluate(() =>
        Math.min(
          ...[...document.querySelectorAll('.screen *')]
            .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent!.trim()))
            .filter((node) => !node.closest('.unseen, .twin') && node.getClientRects().length > 0)
            .map((node) => Number.parseFloat(getComputedStyle(node).fontSize)),
        ),
      );
      assert.ok(least >= (23.5 * viewport.width) / 1920, `${least} px`);
      // the same page at twice the size
      if (viewport.width === 1920) assert.deepEqual(await seriousFindings(page), []);
      assert.deepEqual(faults, []);
      await close();
    }
  });

  it('floors take turns without a blank picture between them', async () => {
    const floors = fixture.world.venue.floors!;
    const kept = floors.map(({ rotate }) => rotate);
    for (const floor of floors) floor.rotate = { seconds: 2 };
    const { page, close } = await open('', { width: 1280, height: 720 });
    const seen = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const { shown, name } = await page.evaluate(() => ({
        shown: document.querySelectorAll('.stages > .stage[data-now] svg.plan').length,
        name: document.querySelector('.turns [data-now]')?.textContent ?? '',
      }));
      assert.equal(shown, 1);
      seen.add(name);
      await page.waitForTimeout(150);
    }
    assert.equal(seen.size, 2);
    for (const [i, floor] of floors.entries()) if (kept[i]) floor.rotate = kept[i];
    await close();
  });

  it('scrubs back with the arrows, shows that moment as replay, and Escape leads back to live', async () => {
    const lunch = { id: 'n', kind: 'info', text: 'Lunch is late', origin: 'page' } as const;
    fixture.notices({ ...lunch, targets: ['venue'], from: Date.now() - 60_000, until: null, turn: 0 });
    const { page, faults, close } = await open('?floor=ground', { width: 1280, height: 720 });
    await page.locator('.banner', { hasText: 'Lunch is late' }).waitFor({ timeout: WAIT_MS });
    const now = Number(await page.evaluate(() => document.documentElement.dataset.frame));
    // To yesterday between 9:42 and 10:42, when there are frames.
    const midnight = daysIn({ from: now - 86_400_000, until: now - 86_399_999 }, fixture.world.venue.zone)[0]!.from;
    const hours = Math.ceil((now - midnight) / 3_600_000 - 10.7);
    for (let i = 0; i < hours; i++) await page.keyboard.press('Shift+ArrowLeft');
    await page.waitForFunction(
      (at) => Number(document.documentElement.dataset.frame) < at,
      midnight + 10.8 * 3_600_000,
      {
        timeout: WAIT_MS,
      },
    );
    await page.locator('.conn', { hasText: 'replay' }).waitFor();
    const at = Number(await page.evaluate(() => document.documentElement.dataset.frame));
    const count = frameAt(fixture.world, at).rooms.find(({ room }) => room === 'lounge')!.occupancy;
    assert.equal((await textsOf(page, 'lounge')).count, String(count));
    await page.keyboard.press('Escape');
    await show(page);
    await page.locator('.conn', { hasText: 'live' }).waitFor({ timeout: WAIT_MS });
    assert.ok(Number(await page.evaluate(() => document.documentElement.dataset.frame)) >= now);
    fixture.notices();
    assert.deepEqual(faults, []);
    await close();
  });

  it('says when the service is gone, keeps the last frame as a gap, and comes back by itself', async () => {
    const { page, close } = await open('?floor=ground', { width: 1280, height: 720 });
    const { port, world } = fixture;
    await fixture.stop();
    await page.locator('.conn', { hasText: 'no connection since' }).waitFor({ timeout: WAIT_MS });
    await page
      .locator('.areas [data-room="maginnes"][data-coverage="gap"]')
      .waitFor({ state: 'attached', timeout: WAIT_MS });
    fixture = await startFixture(world, { port, isTicking: false });
    while (fixture.streams() === 0) await page.waitForTimeout(50);
    await show(page);
    await page.locator('.conn', { hasText: 'live' }).waitFor({ timeout: WAIT_MS });
    assert.equal((await textsOf(page, 'maginnes')).count, '27');
    await close();
  });
});
