import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { daysIn } from '../../services/model/day.ts';
import type { Scope } from '../../services/model/scope.ts';
import { instantsIn } from '../../web/draw/instant.ts';
import { seriousFindings } from './axe.ts';
import { cutOff, noChromium, openChromium, openPage, overflow } from './chromium.ts';
import { type Fixture, noPages, startFixture } from './fixture.ts';
import { collisions, drawn, textsOf, WAIT_MS } from './live-page.ts';
import { GAP } from './past-days.ts';
import { demoWorld, frameAt } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const skip = noChromium || noPages;

describe('the replay page', { skip }, () => {
  let browser: Browser;
  let fixture: Fixture;
  /** 10:42 of yesterday */
  let then: number;
  let midnight: number;
  before(async () => {
    browser = await openChromium();
    const now = Date.now();
    fixture = await startFixture(demoWorld(now), { frames: null });
    midnight = daysIn({ from: now - 24 * HOUR, until: now }, fixture.world.venue.zone)[0]!.from;
    then = midnight + 10 * HOUR + 42 * MINUTE;
  });
  after(async () => {
    await browser?.close();
    await fixture?.stop();
  });

  const text = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;
  const open = async (search: string, options: BrowserContextOptions = {}) => {
    const watched = await openPage(browser, `${fixture.address}/replay.html${search}`, options);
    await watched.page.locator('main[data-state="full"]').waitFor({ timeout: WAIT_MS });
    await watched.page.locator('.progress-line').waitFor({ state: 'hidden', timeout: WAIT_MS });
    return watched;
  };
  const shown = (page: Page) => page.evaluate(() => Number(document.documentElement.dataset.frame));
  const press = async (page: Page, key: string, at: number) => {
    await page.keyboard.press(key);
    await page.waitForFunction((time) => Number(document.documentElement.dataset.frame) === time, at, {
      timeout: WAIT_MS,
    });
  };
  const countAt = (room: string, time: number) =>
    frameAt(fixture.world, time).rooms.find((one) => one.room === room)!.occupancy;

  it('a link opens its moment: counts of then, in every room that there was, and nothing is wrong with the page', async () => {
    const { page, faults, close } = await open(`?at=${text(then)}`, { bypassCSP: true });
    assert.equal(await shown(page), then);
    for (const room of ['maginnes', 'mccurdy-1', 'lounge'])
      assert.equal((await textsOf(page, room)).count, String(countAt(room, then)), room);
    assert.equal(await page.locator('.conn').innerText(), 'replay');
    await page.waitForFunction(() => / 10:42 · Hallway$/.test(document.title), undefined, { timeout: WAIT_MS });
    assert.deepEqual([await collisions(page), await overflow(page)], [[], 0]);
    assert.deepEqual(await seriousFindings(page), []);
    assert.deepEqual(faults, []);
    await close();
  });

  it('keys step by minute, hour and second, to the next session, to the ends, and over the layers', async () => {
    const { page, faults, close } = await open(`?at=${text(then)}`);
    await press(page, 'ArrowRight', then + MINUTE);
    await press(page, 'ArrowLeft', then);
    await press(page, 'Shift+ArrowRight', then + HOUR);
    await press(page, 'Shift+ArrowLeft', then);
    await press(page, '.', then + 1000);
    await page.waitForFunction(
      (count) => document.querySelector('.tiles [data-room="maginnes"] [data-mark="count"]')?.textContent === count,
      String(countAt('maginnes', then + 1000)),
      { timeout: WAIT_MS },
    );
    await press(page, ',', then);
    await page.locator('.moment-clock', { hasText: ' 10:42:00 ' }).waitFor({ timeout: WAIT_MS });
    assert.equal((await textsOf(page, 'maginnes')).count, String(countAt('maginnes', then)));
    await press(page, 'ArrowLeft', then - MINUTE);
    await page.locator('.moment-clock', { hasText: ' 10:41 ' }).waitFor({ timeout: WAIT_MS });
    fixture.isHoldingTiles = true;
    await press(page, '.', then - MINUTE + 1000);
    await press(page, 'Shift+ArrowLeft', then - HOUR - MINUTE);
    await press(page, '.', then - HOUR - MINUTE + 1000);
    await page.getByText('Mean of the minute', { exact: true }).waitFor({ timeout: WAIT_MS });
    await page.locator('.then .figure', { hasText: 'mean of the minute' }).waitFor({ timeout: WAIT_MS });
    fixture.isHoldingTiles = false;
    await press(page, 'ArrowRight', then - HOUR);
    await page.locator('.transport .note:empty').waitFor({ state: 'attached' });
    const sessions = fixture.world.venue.sessions!.map(({ from }) => new Date(from).getTime()).sort((a, b) => a - b);
    const next = sessions.find((at) => at > then - HOUR)!;
    await press(page, 's', next);
    await press(page, 'Shift+S', sessions.filter((at) => at < next).at(-1)!);
    await press(page, 'Home', midnight + 6 * HOUR);
    await page.keyboard.press('2');
    await page.locator('input[name=layer][value=claps]:checked').waitFor({ state: 'attached' });
    await page.waitForURL(/layer=claps/, { timeout: WAIT_MS });
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    // What was held back above.
    assert.deepEqual(
      faults.filter((fault) => !fault.includes('503')),
      [],
    );
    await close();
  });

  it('plays in its own time, stops at once, skips a gap, and goes backwards', async () => {
    const gap = midnight + GAP.from;
    const { page, faults, close } = await open(`?at=${text(gap - MINUTE)}&speed=600`);
    await page.keyboard.press('Space');
    await drawn(page, midnight + GAP.until);
    await page.keyboard.press('Space');
    await page.locator('.play', { hasText: 'Play' }).waitFor();
    const stood = await shown(page);
    await page.waitForTimeout(400);
    assert.equal(await shown(page), stood);
    await page.keyboard.press('r');
    await page.keyboard.press('Space');
    await page.waitForFunction((at) => Number(document.documentElement.dataset.frame) < at, gap, { timeout: WAIT_MS });
    await page.keyboard.press('Space');
    assert.deepEqual(faults, []);
    await close();
  });

  it('a gap that is looked at is a gap: no number, and its words', async () => {
    const { page, close } = await open(`?at=${text(midnight + GAP.from + 2 * MINUTE)}`);
    const texts = await textsOf(page, 'maginnes');
    assert.match(Object.values(texts).join(' '), /gap since 13:05/);
    assert.equal(await page.locator('.gaps .piece').count(), 1);
    assert.match(await page.locator('.then dl').innerText(), /Badges in the building\s+—/);
    await close();
  });

  it('a loop is set with [ and ], its handles move it, and playing stays inside', async () => {
    const { page, close } = await open(`?at=${text(then)}&speed=600`);
    await page.keyboard.press('[');
    await press(page, 'Shift+ArrowRight', then + HOUR);
    await page.keyboard.press(']');
    await page.waitForFunction(() => location.search.includes('until='));
    assert.match(page.url(), new RegExp(`from=${text(then)}&until=${text(then + HOUR)}`));
    const handle = page.getByRole('slider', { name: 'Loop until' });
    await handle.focus();
    await handle.press('ArrowLeft');
    await page.waitForFunction((word) => location.search.includes(word), `until=${text(then + HOUR - MINUTE)}`);
    await page.keyboard.press('Space');
    for (let i = 0; i < 8; i++) {
      await page.waitForTimeout(150);
      const at = await shown(page);
      assert.ok(at >= then && at < then + HOUR, text(at));
    }
    await close();
  });

  it('of what a link asks for and nothing is known of one toast says so; L loops around the cursor, then all, then nothing', async () => {
    const { page, faults, close } = await open(`?at=${text(then)}`);
    // It stands for some seconds: it is looked for before the page is there.
    const goes = async (search: string, words: RegExp) => {
      const toast = page.locator('.toast', { hasText: words });
      await Promise.all([toast.waitFor(), page.goto(`${fixture.address}/replay.html${search}`)]);
      await page.locator('.progress-line').waitFor({ state: 'hidden', timeout: WAIT_MS });
    };
    const lost = '&beside=2026-02-31&since=1999-01-01&from=2020-01-01T00:00Z&until=2020-01-02T00:00Z';
    const all =
      /^Nothing is known of Tue 1 Jan 2019 \d\d:00: \w+ \d+ \w+ 00:00 is shown\. The event of 1999-01-01 .* another one is shown\. Nothing stands beside: 2026-02-31 is not known\. The loop is off/;
    await goes(`?at=2019-01-01T00:00Z${lost}`, all);
    await page.waitForURL(({ search }) => search === `?at=${text(midnight)}`);
    await goes('?at=2030-01-01T00:00:30Z', /^Nothing is known of Tue 1 Jan 2030 \d\d:00: /);
    const last = await shown(page);
    assert.ok(last % MINUTE === 0 && Date.now() - last < HOUR, text(last));
    await page.waitForURL(({ search }) => search === `?at=${text(last)}`);
    await goes('?at=2026-02-30T10:00Z', /^Nothing is known of 2026-02-30T10:00Z: /);
    await goes(`?at=${text(then)}&from=2020-01-01T00:00Z&until=2020-01-02T00:00Z`, /^The loop is off/);
    const loop = page.locator('.transport button[aria-pressed]', { hasText: 'Loop' });
    for (const [word, pressed] of [
      ['Loop', 'true'],
      ['Loop: all', 'true'],
      ['Loop', 'false'],
    ] as const) {
      await page.keyboard.press('l');
      await page
        .locator(`.transport button[aria-pressed="${pressed}"]`, { hasText: new RegExp(`^${word}$`) })
        .waitFor();
    }
    assert.equal(await loop.count(), 1);
    await page.keyboard.press('Space');
    await drawn(page, then + MINUTE);
    assert.deepEqual(faults, []);
    await close();
  });

  it('pressing the timeline seeks, dragging goes on, hovering says the moment', async () => {
    const { page, close } = await open(`?at=${text(then)}`);
    const track = page.locator('.day.track');
    const { x, y, width, height } = (await track.boundingBox())!;
    await page.mouse.move(x + width * 0.3, y + height * 0.5);
    await page.locator('.day .ghost', { hasText: /\d\d:\d\d · \d+ badges/ }).waitFor({ timeout: WAIT_MS });
    await page.mouse.down();
    await page.waitForFunction((at) => Number(document.documentElement.dataset.frame) !== at, then);
    const first = await shown(page);
    await page.mouse.move(x + width * 0.6, y + height * 0.5, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction((at) => Number(document.documentElement.dataset.frame) > at, first);
    const rest = (await shown(page)) % MINUTE;
    assert.equal(rest, 0);
    // The other day is shown below only when the cursor rests.
    const whole = (await page.locator('.whole.track').boundingBox())!;
    for (const share of [0.9, 0.1]) {
      await page.mouse.move(whole.x + whole.width * share, whole.y + 5);
      const wider = widest(page);
      await page.mouse.down();
      await page.mouse.up();
      assert.equal(await wider, 0, 'a day that follows makes the page no wider');
    }
    // Beyond what is known is the last whole minute of that.
    const early = await shown(page);
    await page.mouse.click(whole.x + whole.width - 1, whole.y + 5);
    await page.waitForFunction((at) => Number(document.documentElement.dataset.frame) > at, early);
    assert.equal((await shown(page)) % MINUTE, 0);
    await close();
  });

  it('says that nothing was shown yet, and that nobody answers, and goes on by itself', async () => {
    fixture.days = 0;
    const { page, close } = await openPage(browser, `${fixture.address}/replay.html`);
    await page.getByText('Nothing to replay yet').waitFor({ timeout: WAIT_MS });
    await close();
    fixture.days = 2;
    fixture.isHoldingTiles = true;
    const held = await openPage(browser, `${fixture.address}/replay.html?at=${text(then)}`);
    await held.page.locator('main[data-state="reading"]').waitFor({ timeout: WAIT_MS });
    await held.page.getByText('The service does not answer').waitFor({ timeout: WAIT_MS });
    fixture.isHoldingTiles = false;
    await held.page.locator('main[data-state="full"]').waitFor({ timeout: WAIT_MS });
    await held.close();
  });

  it('every layer has its number, and what is not known has words', async () => {
    const { page, faults, close } = await open(`?at=${text(then)}&layer=density`, { bypassCSP: true });
    assert.match((await textsOf(page, 'lounge')).unit ?? '', /10 m²/);
    await page.keyboard.press('5');
    await page.locator('input[name=layer][value=deviation]:checked').waitFor({ state: 'attached' });
    await page.getByText('too little history').first().waitFor({ state: 'attached', timeout: WAIT_MS });
    assert.deepEqual(await seriousFindings(page), []);
    assert.deepEqual(faults, []);
    await close();
  });

  it('yesterday beside today, by the clock; flows between rooms; both are in the address', async () => {
    const today = daysIn({ from: Date.now() - 1, until: Date.now() }, fixture.world.venue.zone)[0]!;
    const { page, faults, close } = await open(`?at=${text(then)}&flows=on`, { bypassCSP: true });
    await page.locator('.progress-line').waitFor({ state: 'hidden', timeout: WAIT_MS });
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    await page.route(
      ({ pathname }) => pathname.endsWith(`/v1/tiles/frames/${today.day}`),
      async (route) => {
        await held;
        await route.continue();
      },
    );
    await page.locator('select[aria-label=Beside]').selectOption(today.day);
    const unread = page.locator('.half[data-unread] > .stage');
    await unread.waitFor();
    assert.match((await unread.getAttribute('data-words'))!, /^Reading /);
    release();
    await page.locator('.pair[data-two] .half:nth-child(2) .plan').waitFor({ timeout: WAIT_MS });
    const words = await page.locator('.half > h2').allInnerTexts();
    assert.ok(
      words.every((one) => one.endsWith(' 10:42')),
      words.join(),
    );
    assert.equal(await page.locator('.half:first-child .flows [data-mark="count lounge maginnes"]').textContent(), '7');
    await page.keyboard.press('w');
    await page.locator('.flows text').waitFor({ state: 'detached' });
    await page.locator('select[aria-label=Beside]').selectOption('');
    await page.locator('.pair:not([data-two])').waitFor();
    await page.waitForURL((url) => !url.search.includes('beside') && !url.search.includes('flows'));
    assert.deepEqual(await seriousFindings(page), []);
    assert.deepEqual(faults, []);
    await close();
    const own = daysIn({ from: midnight, until: midnight + 1 }, fixture.world.venue.zone)[0]!.day;
    const same = await open(`?at=${text(then)}&beside=${own}`);
    const choice = same.page.locator('select[aria-label=Beside]');
    await choice.locator(`option[value="${today.day}"]`).waitFor({ state: 'attached' });
    assert.equal(await choice.inputValue(), '', 'a day does not stand beside itself');
    assert.equal(await choice.evaluate((node: HTMLSelectElement) => node.selectedIndex), 0);
    await same.close();
  });

  it('A steps to the anomaly, which says its sentence; the explorer and the wall open the same moment', async () => {
    const beside = midnight + 11 * HOUR + 6 * MINUTE;
    const note = { until: null, room: null, text: 'A minute before', wall: false, made: 0 };
    const long = { id: 'long', time: midnight + HOUR, until: midnight + 12 * HOUR, text: 'Since the night' };
    const early = Array.from({ length: 40 }, (_, i) => ({ ...note, id: `${i}`, time: midnight + HOUR + i * MINUTE }));
    fixture.notes = [...early, { ...note, id: 'n', time: beside }, { ...note, ...long }];
    const { page, close } = await open(`?at=${text(then)}`);
    // What was found is read after the picture.
    await page.locator('.moments .moment.anomaly').first().waitFor({ state: 'attached', timeout: WAIT_MS });
    // What began before the hours that are shown, and goes on in them, stands at their edge.
    const lefts = await page
      .locator('.moments .moment.note')
      .evaluateAll((notes) => notes.map((one) => (one as HTMLElement).style.left));
    assert.deepEqual([lefts.length, lefts.includes('0%')], [2, true], lefts.join());
    await press(page, 'a', midnight + 11 * HOUR + 7 * MINUTE);
    const item = page.locator('.moments-list li[data-now]', { hasText: 'Lounge: 90 people' });
    await item.waitFor();
    const outside = await item.evaluate((row) => {
      const is = row.getBoundingClientRect();
      const boxes = [row.parentElement!, row.closest('.side')!].map((box) => box.getBoundingClientRect());
      return Math.max(...boxes.flatMap((of) => [of.top - is.top, is.bottom - of.bottom]));
    });
    assert.ok(outside <= 1, `the sentence is ${outside} px outside of its list and column`);
    const step = async (by: string, words: string, at: number) => {
      await page.getByLabel('Step', { exact: true }).selectOption(by);
      await page.getByRole('button', { name: words, exact: true }).click();
      await page.waitForFunction((time) => Number(document.documentElement.dataset.frame) === time, at, {
        timeout: WAIT_MS,
      });
    };
    const anomaly = midnight + 11 * HOUR + 7 * MINUTE;
    await step('Hour', 'an hour back', anomaly - HOUR);
    await step('Second', 'a second on: one frame', anomaly - HOUR + 1000);
    await step('Anomaly', 'the next anomaly', anomaly);
    await step('Moment', 'the moment before', beside);
    fixture.notes = [];
    const links = page.locator('.tools a');
    assert.match((await links.nth(0).getAttribute('href'))!, /explore\.html\?dataset=frames&rows=room&columns=15m/);
    // Links follow the picture once the cursor rests.
    await page.locator(`.tools a[href*="tv.html"][href*="at=${text(beside)}"]`).waitFor();
    await close();
  });

  it('another event, or days of none, are chosen by name, and open at the same time of the day', async () => {
    const { venue } = fixture.world;
    venue.events = [{ id: 'fair', name: 'The fair', from: midnight, until: Date.now() }];
    fixture.days = 3;
    const { page, faults, close } = await open(`?at=${text(then)}`);
    const chosen = page.getByLabel('Event', { exact: true });
    const before = daysIn({ from: midnight - 1, until: midnight }, venue.zone)[0]!;
    const { day } = instantsIn(venue.zone);
    assert.deepEqual(await chosen.locator('option').allInnerTexts(), ['The fair', day(before.from)]);
    const goes = async (to: string, at: number) => {
      await chosen.selectOption(to);
      await page.waitForFunction((time) => Number(document.documentElement.dataset.frame) === time, at, {
        timeout: WAIT_MS,
      });
    };
    await goes(day(before.from), before.from + (then - midnight));
    await page.waitForURL((url) => url.searchParams.get('since') === before.day);
    assert.equal(await page.locator('.lane.days .piece').count(), 1);
    await goes('The fair', then);
    assert.deepEqual(faults, []);
    await close();
    fixture.days = 2;
    delete venue.events;
  });

  it('a note is written, stands in the timeline, is changed, deleted, and comes back', async () => {
    const { page, faults, close } = await open(`?at=${text(then)}`);
    await page.keyboard.press('n');
    await page.locator('.note-sheet textarea').fill('Everybody went to the lounge');
    await page.getByRole('button', { name: 'Keep' }).click();
    const item = page.locator('.moments-list li', { hasText: 'Everybody went' });
    await item.waitFor({ timeout: WAIT_MS });
    assert.deepEqual([fixture.notes.length, fixture.notes[0]!.time], [1, then]);
    assert.equal(await page.locator('.moments .moment.note').count(), 1);
    await item.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await item.waitFor({ state: 'detached' });
    assert.equal(fixture.notes.length, 0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await item.waitFor({ timeout: WAIT_MS });
    assert.equal(fixture.notes[0]!.text, 'Everybody went to the lounge');
    fixture.notes = [];
    assert.deepEqual(faults, []);
    await close();
  });

  it('a scope has the buttons, steps and keys of what it may, and no others', async () => {
    const may = { screen: [0, 0, 0], viewer: [0, 1, 1], analyst: [1, 1, 1] };
    fixture.notes = [{ id: 'n', time: then, until: null, room: null, text: 'Here', wall: false, made: 0 }];
    for (const [scope, expected] of Object.entries(may)) {
      fixture.scope = scope as Scope;
      const { page, close } = await open(`?at=${text(then)}`);
      const count = (name: string) => page.locator('.tools').getByText(name, { exact: true }).count();
      const buttons = await Promise.all(['Note', 'Film', 'Flows'].map(count));
      assert.deepEqual([...buttons, await count('Explore'), await count('Wall')], [...expected, expected[1], 1], scope);
      await page.keyboard.press('n');
      await page.keyboard.press('w');
      assert.equal(await page.locator('dialog[open]').count(), expected[0], scope);
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      const words = await page.locator('.keys-sheet[open] dd').allInnerTexts();
      const has = (word: string) => Number(words.some((one) => one.includes(word)));
      assert.deepEqual(['a note', 'next anomaly', 'room to room'].map(has), expected, scope);
      assert.equal(await page.getByLabel('Step', { exact: true }).locator('option').count(), 5 + expected[1]!);
      await page.keyboard.press('Escape');
      if (expected[1]) await page.locator('.moments-list li', { hasText: 'Here' }).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Edit' }).count(), expected[0]);
      await close();
    }
    [fixture.scope, fixture.notes] = ['admin', []];
  });

  it('fits a phone and a desk, in both themes', async () => {
    for (const viewport of [
      { width: 390, height: 844 },
      { width: 1366, height: 768 },
    ])
      for (const colorScheme of ['dark', 'light'] as const) {
        const { page, close } = await open(`?at=${text(then)}`, { viewport, colorScheme });
        assert.equal(await overflow(page), 0);
        const cut = (await cutOff(page)).filter((words) => !/^(piece|density|track|lane|choice|canvas)/.test(words));
        assert.deepEqual(cut, []);
        const hours = await page.locator('.axis .tick:not(:empty)').evaluateAll((ticks) =>
          ticks.map((tick) => {
            const range = document.createRange();
            range.selectNodeContents(tick);
            const { left, right } = range.getBoundingClientRect();
            return { left, right };
          }),
        );
        assert.ok(hours.length >= 3);
        for (const [i, { right }] of hours.slice(0, -1).entries())
          assert.ok(hours[i + 1]!.left - right > 4, `hour ${i}`);
        await close();
      }
  });
});

/** How far the page can be scrolled sideways in half a second of frames of the screen, px. */
const widest = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const root = document.documentElement;
    let most = 0;
    for (let i = 0; i < 30; i++) {
      await new Promise(requestAnimationFrame);
      most = Math.max(most, root.scrollWidth - root.clientWidth);
    }
    return most;
  });
