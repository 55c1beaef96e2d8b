import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { daysIn } from '../../services/model/day.ts';
import { instantsIn } from '../../web/draw/instant.ts';
import { dwellsOf, shiftAt, turnAt } from '../../web/view/tv/rotation.ts';
import { seriousFindings } from './axe.ts';
import { noChromium, openChromium, openPage, overflow } from './chromium.ts';
import { type Fixture, noPages, startFixture } from './fixture.ts';
import { collisions, openStream, showNext, telling, textsOf, WAIT_MS } from './live-page.ts';
import { demoWorld, frameAt, stillAt } from './world.ts';

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

/** The column of a wall that shows a frame (UTC ms); null while it does not. */
function columnOf(time: number) {
  if (Number(document.documentElement.dataset.frame) < time) return null;
  const side = document.querySelector('.side')!;
  return {
    cut: side.scrollHeight - side.clientHeight,
    shown: side.querySelectorAll('.look li:not([hidden])').length,
    rest: side.querySelector<HTMLElement>('.look .note')!.innerText,
    isLoud: side.querySelector('.loud:not([hidden])') !== null,
  };
}

describe('the wall', { skip: noChromium || noPages }, () => {
  let browser: Browser;
  let fixture: Fixture;
  before(async () => {
    browser = await openChromium();
    const world = demoWorld(Date.now());
    world.troubles = { 'maginnes-1': 'deaf', reception: 'silent' };
    fixture = await startFixture(world, { frames: stillAt });
  });
  after(async () => {
    await browser?.close();
    await fixture?.stop();
  });

  const open = async (search: string, viewport: { width: number; height: number }) => {
    const watched = await openStream(browser, fixture, `tv.html${search}`, { viewport, bypassCSP: true });
    await show(watched.page);
    return watched;
  };
  const addressed = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
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

  it('every room that is heard says how old its count is, the smallest beside the figure', async () => {
    const { troubles, venue } = fixture.world;
    fixture.world.troubles = { 'maginnes-1': 'old' };
    for (const { id } of venue.floors!) {
      const { page, close } = await open(`?floor=${id}`, { width: 1920, height: 1080 });
      const rooms = await page
        .locator('.tiles [data-room]')
        .evaluateAll((all) => all.map((node) => node.dataset.room!));
      for (const room of rooms) {
        const { count, age } = await textsOf(page, room);
        assert.match(age ?? '', room === 'maginnes-1' ? /^⚠ / : /^\d+\u202fs$/, `${room}: ${count}`);
      }
      assert.deepEqual(await collisions(page), []);
      await close();
    }
    fixture.world.troubles = troubles;
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
    const { day, minute } = instantsIn(fixture.world.venue.zone);
    assert.equal(await page.locator('.bar .frame').innerText(), `mean of ${day(at)} ${minute(at)}`);
    assert.equal(await overflow(page), 0);
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

  it('has no numbers of a moment that is not read, and shows its second when it is', async () => {
    const midnight = daysIn({ from: Date.now() - 86_400_000, until: Date.now() }, fixture.world.venue.zone)[0]!.from;
    const at = midnight + 10 * 3_600_000 + 17_000;
    fixture.isHoldingTiles = true;
    const watched = await openPage(browser, `${fixture.address}/tv.html?floor=ground&at=${addressed(at)}`);
    const { page, close } = watched;
    await page.locator('.conn', { hasText: 'no answer' }).waitFor({ timeout: WAIT_MS });
    await page.locator('.nothing', { hasText: 'The service does not answer' }).waitFor();
    fixture.push(frameAt(fixture.world, Math.floor(Date.now() / 1000) * 1000));
    assert.equal(await page.locator('.stages').isVisible(), false);
    assert.equal(await page.locator('.side').isVisible(), false);
    fixture.isHoldingTiles = false;
    await page.locator('.conn', { hasText: 'replay, as seen' }).waitFor({ timeout: WAIT_MS });
    assert.equal(await page.evaluate(() => Number(document.documentElement.dataset.frame)), at);
    const { occupancy } = frameAt(fixture.world, at).rooms.find(({ room }) => room === 'lounge')!;
    assert.equal((await textsOf(page, 'lounge')).count, String(occupancy));
    await close();
    const long = Date.parse('2020-01-01T10:00Z');
    const none = await openPage(browser, `${fixture.address}/tv.html?at=${addressed(long)}`);
    // The world's zone is one in which it is day now.
    const date = instantsIn(fixture.world.venue.zone).date(long);
    await none.page.locator('.nothing', { hasText: `Nothing is known of ${date}` }).waitFor({ timeout: WAIT_MS });
    assert.equal(await none.page.locator('.side').isVisible(), false);
    await none.close();
  });

  it('a clock that is set under it is read anew', async () => {
    const { page, close } = await open('?floor=ground', { width: 1280, height: 720 });
    const hour = () => page.locator('.bar .hour').innerText();
    const before = await hour();
    // What time it is is said only when the wrong hour has been seen: else it may be there for no frame at all.
    let say = (): void => undefined;
    const isSeen = new Promise<void>((resolve) => {
      say = resolve;
    });
    await page.route('**/v1/venue', async (route) => {
      await isSeen;
      await route.continue();
    });
    await page.evaluate(() => {
      const real = Date.now;
      Date.now = () => real() + 3_600_000;
    });
    await page.waitForFunction((was) => document.querySelector('.bar .hour')!.textContent !== was, before);
    say();
    await page.waitForFunction(
      (was) => {
        const minutes = (text: string) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
        return (minutes(document.querySelector('.bar .hour')!.textContent!) - minutes(was) + 1440) % 1440 < 5;
      },
      before,
      { timeout: WAIT_MS },
    );
    await show(page);
    await page.locator('.conn', { hasText: 'live' }).waitFor({ timeout: WAIT_MS });
    await close();
  });

  it('upright and on a phone it is one column that scrolls, at the sizes of a desk', async () => {
    for (const viewport of [
      { width: 1080, height: 1920 },
      { width: 390, height: 844 },
    ]) {
      const { page, close } = await open('?floor=ground', viewport);
      assert.deepEqual([await collisions(page), await overflow(page)], [[], 0]);
      const plan = (await page.locator('.stage[data-now] svg.plan').boundingBox())!;
      const side = (await page.locator('.side').boundingBox())!;
      assert.ok(plan.width > 0.9 * viewport.width && side.y >= plan.y + plan.height && side.width === viewport.width);
      const scrolls = await page.evaluate(() => getComputedStyle(document.body).overflowY !== 'hidden');
      assert.ok(scrolls);
      await close();
    }
  });

  it('what wants somebody is never cut: rows give way to a number, the loudest minute goes last', async () => {
    const { troubles, hasHistory, venue } = fixture.world;
    const rooms = ['maginnes', 'lounge', 'restaurant', 'hotel-bar', 'preassembly', 'preassembly-1'];
    fixture.world.troubles = { ...troubles, ...Object.fromEntries(rooms.map((room) => [room, 'unusual' as const])) };
    fixture.world.hasHistory = true;
    const now = Date.now();
    const names = venue.rooms.map(({ name }) => name);
    for (const room of venue.rooms.filter(({ id }) => rooms.includes(id)))
      room.name = `${room.name} at the far end of the house`;
    const kept = venue.sessions;
    venue.sessions = [{ id: 'all', title: 'Lunch', from: now - 600_000, until: now + 600_000 }];
    const { page, close } = await open('?floor=ground', { width: 1920, height: 1080 });
    // Rows are fitted anew whenever something comes: all is read of one frame, when today is there.
    await page.locator('.loud .note:not(:empty)').waitFor({ state: 'attached', timeout: WAIT_MS });
    const column = await telling(fixture, (time) =>
      page.waitForFunction(columnOf, time, { timeout: WAIT_MS }).then((handle) => handle.jsonValue()),
    );
    const { cut, shown, rest, isLoud } = column!;
    assert.equal(cut, 0);
    assert.ok(shown >= (isLoud ? 3 : 1));
    assert.equal(rest, `and ${8 - shown} rooms more`);
    assert.match(await page.locator('.strip .where').first().innerText(), /^No room named/);
    await close();
    for (const [i, room] of venue.rooms.entries()) Object.assign(room, { name: names[i] });
    Object.assign(venue, { sessions: kept });
    Object.assign(fixture.world, { troubles, hasHistory });
  });

  it('rounded counts say about, have no places, and tell nothing of gateways', async () => {
    const { page, close } = await open('?floor=ground', { width: 1920, height: 1080 });
    fixture.frames = (world, time) => {
      const whole = stillAt(world, time);
      const rooms = whole.rooms.map((room) => ({ ...room, occupancy: room.occupancy && 10, gateways: 0, age: null }));
      return { ...whole, rooms, rounded: { to: 5, minute: Math.floor(time / 60_000) * 60_000 - 60_000 } };
    };
    await show(page);
    const { about, count } = await textsOf(page, 'maginnes');
    assert.deepEqual([about, count], ['about', '10']);
    assert.equal(await page.locator('.stage[data-now] :is(.taken, .free, circle.gateway)').count(), 0);
    assert.equal(await page.locator('.total h2').innerText(), 'In the building, about');
    assert.ok(await page.locator('.total .figure').evaluate((node) => node.scrollWidth <= node.clientWidth));
    assert.deepEqual(await collisions(page), []);
    await close();
    fixture.frames = stillAt;
  });

  it('says when the service is gone, keeps the last frame as a gap, and comes back by itself', async () => {
    const { page, close } = await open('?floor=ground', { width: 1280, height: 720 });
    const { port, second, world } = fixture;
    const hour = await page.locator('.bar .hour').innerText();
    // A screen that has lost its network may set its clock, too: what it shows is none the newer for it.
    await page.evaluate(() => {
      const real = Date.now;
      Date.now = () => real() - 7_200_000;
    });
    await fixture.stop();
    await page.locator('.conn', { hasText: 'no connection since' }).waitFor({ timeout: WAIT_MS });
    await page
      .locator('.areas [data-room="maginnes"][data-coverage="gap"]')
      .waitFor({ state: 'attached', timeout: WAIT_MS });
    const minutes = (text: string) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    const since = /since (\d\d:\d\d)/.exec(await page.locator('.conn').innerText())![1]!;
    for (const said of [since, await page.locator('.bar .hour').innerText()])
      assert.ok((minutes(said) - minutes(hour) + 1440) % 1440 < 5, `${said} is after ${hour}`);
    fixture = await startFixture(world, { port, second, frames: stillAt });
    while (fixture.streams() === 0) await page.waitForTimeout(50);
    await show(page);
    await page.locator('.conn', { hasText: 'live' }).waitFor({ timeout: WAIT_MS });
    assert.equal((await textsOf(page, 'maginnes')).count, '27');
    await close();
  });
});
