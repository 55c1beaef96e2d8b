import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { instantsIn } from '../../web/draw/instant.ts';
import { newFolder, notBuilt, remove, startService } from '../service.ts';
import { seriousFindings } from './axe.ts';
import { cutOff, noChromium, openChromium, openPage, overflow } from './chromium.ts';
import { type Fixture, nextSecond, noPages, startFixture } from './fixture.ts';
import { drawn, type Live, openLive, textsOf, WAIT_MS } from './live-page.ts';
import { demoWorld, frameAt, stillAt, type World } from './world.ts';

const HOUR_S = 3600;
/** Screens may keep so much more after an hour, bytes. */
const GROWTH_MAX = 2 * 2 ** 20;
const TROUBLES: World['troubles'] = {
  'maginnes-1': 'deaf',
  reception: 'silent',
  preassembly: 'thin',
  'mccurdy-3': 'over',
};
const troubled = (): World => ({ ...demoWorld(Date.now()), troubles: TROUBLES });

const detail = (page: Page) => page.locator('.detail').textContent();
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('data-room') ?? null);

describe('the live page', { skip: noPages || noChromium }, () => {
  let browser: Browser;
  let fixture: Fixture;
  let live: Live;

  before(async () => {
    browser = await openChromium();
    fixture = await startFixture(troubled(), { frames: stillAt });
    live = await openLive(browser, fixture, '', { viewport: { width: 1366, height: 768 } });
  });
  after(async () => {
    await browser?.close();
    await fixture?.stop();
  });

  it('changes layers with 1 2 3 and floors with [ and ]; the address says so, and is obeyed', async () => {
    const { page } = live;
    for (const [key, layer, words] of [
      ['2', 'claps', '?layer=claps'],
      ['3', 'temperature', '?layer=temperature'],
      ['1', 'occupancy', ''],
    ] as const) {
      await page.keyboard.press(key);
      await page.locator(`input[value="${layer}"]:checked`).waitFor({ state: 'attached' });
      await page.waitForFunction((wanted) => location.search === wanted, words);
    }
    await page.keyboard.press(']');
    await page.waitForFunction(() => location.search === '?floor=second');
    await live.show();
    assert.equal((await textsOf(page, 'restaurant')).count, '3');
    assert.match(await page.title(), /^Live, Second floor, live · Hallway$/);
    await page.keyboard.press('[');
    await page.waitForFunction(() => location.search === '');
    const other = await openLive(browser, fixture, '?layer=temperature&floor=second&theme=light', {
      colorScheme: 'dark',
    });
    assert.equal((await textsOf(other.page, 'hotel-bar')).unit, '°C felt');
    assert.equal(
      await other.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor),
      'rgb(243, 245, 244)',
    );
    await other.close();
  });

  it('reaches every room from the keyboard, with a ring and a line about it', async () => {
    const { page } = live;
    await live.show();
    await page.locator('.tools button').focus();
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'maginnes');
    await page.waitForFunction(() => document.querySelector('.ring')?.getAttribute('stroke') === 'var(--focus)');
    assert.match(
      (await detail(page)) ?? '',
      /^Maginnes: 27 of 60, 45.% · 4 claps \/ 10.s · .* °C|^Maginnes: 27 of 60, 45.% · 4 claps/,
    );
    const ways: [key: string, room: string][] = [
      ['ArrowRight', 'mccurdy-1'],
      ['ArrowRight', 'mccurdy-2'],
      ['ArrowRight', 'mccurdy-3'],
      ['ArrowRight', 'reception'],
      ['ArrowDown', 'preassembly-1'],
      ['ArrowLeft', 'preassembly'],
      ['ArrowLeft', 'maginnes-1'],
      ['ArrowDown', 'lounge'],
      ['ArrowUp', 'maginnes-1'],
    ];
    for (const [key, room] of ways) {
      await page.keyboard.press(key);
      assert.equal(await focused(page), room, key);
    }
    await page.waitForFunction(() =>
      /^Maginnes 1: — ?deaf|^Maginnes 1: deaf since/.test(document.querySelector('.detail')?.textContent ?? ''),
    );
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('.ring'));
    assert.equal(await page.locator('.targets [tabindex="0"]').count(), 1, 'one Tab stop');
  });

  it('says the picture in one sentence, and announces only the connection, and notices', async () => {
    await live.show();
    const plan = live.page.getByRole('img', {
      name: /^Ground floor: \d+ badges in 7 rooms; fullest McCurdy 3 with 120 of 100; Maginnes 1 is deaf; Reception is silent; Preassembly is thinly covered$/,
    });
    assert.equal(await plan.count(), 1);
    // What the page said while it knew nothing is hidden, and so is where notices are said.
    const spoken = await live.page
      .locator(':is([role=status], [aria-live], [role=alert]):not([hidden])')
      .allTextContents();
    assert.deepEqual(spoken, ['live']);
  });

  it('has a table that equals the frame, hidden from the eye until it is wanted', async () => {
    const { page } = live;
    const time = await live.show();
    const rows = await page
      .locator('.twin tbody tr')
      .evaluateAll((all) =>
        all.map((row) => [...row.children].map((cell) => (cell.querySelector('.name, .long') ?? cell).textContent)),
      );
    const { rooms } = frameAt(fixture.world, time, true);
    assert.equal(rows.length, rooms.length);
    for (const frame of rooms) {
      const { name, capacity } = fixture.world.venue.rooms.find(({ id }) => id === frame.room)!;
      const [, count, full, places, claps, degrees, age, coverage] = rows.find((row) => row[0] === name)!;
      const isKnown = frame.coverage === 'good' || frame.coverage === 'thin';
      assert.deepEqual(
        [count, full, places, claps, degrees, age],
        isKnown
          ? [
              String(frame.occupancy),
              `${Math.round((100 * frame.occupancy!) / capacity!)}\u202f%`,
              String(capacity),
              String(frame.claps * 10),
              frame.temperature!.toFixed(1),
              `${frame.age}\u202fs`,
            ]
          : ['—', '—', String(capacity), '—', '—', '—'],
        name,
      );
      assert.ok(coverage!.startsWith(frame.coverage), `${name}: ${coverage}`);
    }
    const seen = () => page.locator('.twin').evaluate((node) => node.getBoundingClientRect().width > 100);
    assert.equal(await seen(), false);
    await page.getByRole('button', { name: 'Table' }).click();
    await page.waitForFunction(() => location.search === '?view=table');
    assert.equal(await seen(), true);
    await page.getByRole('button', { name: 'Table' }).click();
  });

  it('counts who is counted, and says how many rooms are not', async () => {
    const time = await live.show();
    const known = frameAt(fixture.world, time, true).rooms.filter(
      ({ coverage }) => coverage === 'good' || coverage === 'thin',
    );
    const sum = known.reduce((all, { occupancy }) => all + occupancy!, 0);
    assert.equal(await live.page.locator('.total b').textContent(), String(sum));
    assert.equal(await live.page.locator('.total .note').textContent(), '2 rooms not counted');
    const items = await live.page
      .locator('.look li')
      .evaluateAll((all) =>
        all.map((li) => `${li.getAttribute('data-kind')} ${li.querySelector('.room-name')!.textContent}`),
      );
    assert.deepEqual(items, ['over McCurdy 3', 'deaf Maginnes 1', 'silent Reception', 'thin Preassembly']);
    const since = instantsIn(fixture.world.venue.zone).minute(fixture.troubledFrom);
    const deaf = await live.page.locator('.look li').nth(1).textContent();
    assert.equal(deaf, `Maginnes 1deaf since ${since}`, 'since when, from the hour before');
  });

  it('names the sessions now and next by the time of the frame', async () => {
    const { venue } = fixture.world;
    const session = venue.sessions!.find(({ kind, room }) => kind === 'talk' && room === 'mccurdy-12')!;
    const at = new Date(session.from).getTime() + 60_000;
    const other = await startFixture(demoWorld(Date.now()), { frames: null });
    other.world.venue = {
      ...venue,
      sessions: [session, { ...session, id: 'x', title: 'The next one', from: at + 3_600_000, until: at + 7_200_000 }],
    };
    const page = await openLive(browser, other);
    other.push(frameAt(other.world, at - 400 * 86_400_000));
    await page.show();
    const strip = page.page.locator('.strip');
    assert.equal(await strip.isVisible(), false, 'nothing now, nothing next');
    other.push(frameAt(other.world, at));
    await page.page.waitForFunction((time) => document.documentElement.dataset.frame === String(time), at);
    assert.match(
      (await strip.innerText()).replaceAll(/\s+/g, ' '),
      new RegExp(`^McCurdy 12 \\d\\d:\\d\\d–\\d\\d:\\d\\d ${session.title} next \\d\\d:\\d\\d The next one$`),
    );
    await page.close();
    await other.stop();
  });

  it('has nothing serious for axe: dark and light, plan and table', async () => {
    for (const theme of ['dark', 'light'])
      for (const view of ['plan', 'table']) {
        const page = await openLive(browser, fixture, `?theme=${theme}&view=${view}`, { bypassCSP: true });
        assert.deepEqual(await seriousFindings(page.page), [], `${theme} ${view}`);
        await page.close();
      }
  });

  it('fits every width: no sideways scroll, nothing cut off that is not said elsewhere', async () => {
    const { page } = live;
    for (const width of [320, 390, 683, 768, 1024, 1366, 1920]) {
      await page.setViewportSize({ width, height: 768 });
      await live.show();
      assert.equal(await overflow(page), 0, `${width} px`);
      const cut = (await cutOff(page)).filter((words) => !/^(detail|now|next|venue|room|coverage)/.test(words));
      assert.deepEqual(cut, [], `${width} px`);
    }
    await page.setViewportSize({ width: 1366, height: 768 });
  });

  it('says in an empty venue what would be here, and has one action', async () => {
    const empty = await startFixture(
      { ...demoWorld(Date.now()), venue: { zone: 'Europe/Dublin', rooms: [], gateways: [] } },
      { frames: null },
    );
    const { page, close, faults } = await openPage(browser, empty.address);
    await page.getByRole('heading', { name: 'No rooms yet' }).waitFor({ timeout: WAIT_MS });
    assert.deepEqual(
      await page
        .locator('main a:visible, main button:visible')
        .evaluateAll((all) => all.map((node) => node.getAttribute('href'))),
      ['in.html?send=open'],
    );
    assert.deepEqual(faults, []);
    await close();
    await empty.stop();
  });

  it('links only to what exists', async () => {
    const links = await live.page
      .locator('header nav a')
      .evaluateAll((all) => all.map((a) => [a.textContent, a.getAttribute('href')]));
    assert.deepEqual(links, [
      ['Live', './'],
      ['Explore', 'explore.html'],
      ['Replay', 'replay.html'],
      ['Exports', 'exports.html'],
      ['Panel', 'panel.html'],
      ['Notices', 'notices.html'],
      ['Guide', 'guide/'],
      ['API', 'docs'],
    ]);
  });

  it('breaks no policy and has no errors in its console', () => assert.deepEqual(live.faults, []));
});

describe('the live page over hours', { skip: noPages || noChromium }, () => {
  let browser: Browser;
  before(async () => {
    browser = await openChromium();
  });
  after(() => browser?.close());

  it('calls every room a gap when no frame comes for 3 s, and breaks the trend where frames are missing', async () => {
    const fixture = await startFixture(demoWorld(Date.now()), { frames: null });
    const { page, show, close } = await openLive(browser, fixture);
    assert.equal(await page.locator('.trend-gaps[d^="M"]').count(), 0, 'no gap so far');
    await page
      .getByRole('status')
      .getByText(/^no frame since \d\d:\d\d$/)
      .waitFor({ timeout: WAIT_MS });
    const coverages = () =>
      page
        .locator('.areas path')
        .evaluateAll(
          (all) =>
            new Set(all.map((node) => node.getAttribute('data-coverage'))).size === 1 &&
            all[0]!.getAttribute('data-coverage'),
        );
    assert.equal(await coverages(), 'gap');
    assert.match((await textsOf(page, 'mccurdy-2')).since!, /^gap since \d\d:\d\d$/);
    assert.equal(await page.locator('.hollow').count(), 9);
    assert.equal(await page.locator('.total b').textContent(), '—');
    assert.match((await page.locator('.look li').textContent())!, /^All roomsgap since/);
    // As long as frames come, however late it is looked.
    fixture.frames = stillAt;
    await show();
    assert.equal(await coverages(), 'good');
    fixture.frames = null;
    const time = fixture.second + 90_000;
    fixture.push(frameAt(fixture.world, time, true));
    await drawn(page, time);
    assert.ok((await page.locator('.trend-gaps[d^="M"]').count()) > 3, 'a bracket where the line stops');
    await close();
    await fixture.stop();
  });

  it('breaks the trend where the service says that frames are missing for ever', async () => {
    const fixture = await startFixture(demoWorld(Date.now()), { frames: null });
    const { page, close } = await openLive(browser, fixture);
    const time = fixture.second;
    assert.equal(await page.locator('.trend-gaps[d^="M"]').count(), 0);
    fixture.gap(time - 600_000, time - 300_000);
    // The very next second: between it and the last none is missing.
    fixture.push(frameAt(fixture.world, time + 1000, true));
    await drawn(page, time + 1000);
    assert.ok((await page.locator('.trend-gaps[d^="M"]').count()) > 3);
    await close();
    await fixture.stop();
  });

  it('comes back by itself after a dead service and one that refuses, from its last frame on', async () => {
    let fixture = await startFixture(demoWorld(Date.now()));
    const { port } = fixture;
    const { page, close } = await openPage(browser, fixture.address);
    await page.getByRole('status').getByText('live', { exact: true }).waitFor({ timeout: WAIT_MS });
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
    await fixture.stop();
    await page
      .getByRole('status')
      .getByText(/^no connection since \d\d:\d\d$/)
      .waitFor({ timeout: WAIT_MS });
    // What came last may be drawn only now.
    const last = await page.evaluate(() => document.documentElement.dataset.frame);
    await page
      .locator('.conn-count')
      .getByText(/^\(trying again in \d+.s\)$/)
      .waitFor({ timeout: WAIT_MS });
    await page.getByText('All rooms').waitFor({ timeout: WAIT_MS });
    assert.match(await page.title(), /no connection/);
    fixture = await startFixture(demoWorld(Date.now()), { port });
    fixture.isRefusing = true;
    // What is asked now is refused.
    while (fixture.asked.length === 0) await page.waitForTimeout(50);
    fixture.isRefusing = false;
    await page.getByRole('status').getByText('live', { exact: true }).waitFor({ timeout: WAIT_MS });
    assert.deepEqual([...new Set(fixture.asked)], [`?after=${last}`]);
    assert.equal((await textsOf(page, 'mccurdy-2')).name, 'McCurdy 2');
    assert.ok(await page.evaluate(() => 'sameDocument' in globalThis), 'without a reload');
    assert.equal(await page.locator('.hollow').count(), 0);
    await close();
    await fixture.stop();
  });

  it('says how far it is behind while it catches up', async () => {
    const fixture = await startFixture(demoWorld(Date.now()), { frames: null });
    const { page, close } = await openPage(browser, fixture.address);
    await page.locator('main[data-state="full"]').waitFor({ timeout: WAIT_MS });
    // They come at ten times their pace until that is said: it is true no longer than they do.
    let time = Math.floor(Date.now() / 1000) * 1000 - 300_000;
    const coming = setInterval(() => {
      time += 1000;
      fixture.push(frameAt(fixture.world, time));
    }, 100).unref();
    const count = await page.waitForFunction(
      () => {
        const status = document.querySelector('header [role="status"]');
        return status?.textContent?.includes('catching up') && document.querySelector('.conn-count')!.textContent;
      },
      undefined,
      { timeout: WAIT_MS },
    );
    clearInterval(coming);
    assert.match(String(await count.jsonValue()), /^0[1-4]:\d\d$/);
    await close();
    await fixture.stop();
  });

  it('is as light after an hour of frames as before it', async () => {
    const fixture = await startFixture(troubled(), { frames: null });
    const { page, show, close } = await openLive(browser, fixture);
    const session = await page.context().newCDPSession(page);
    const weigh = async () => {
      await show();
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
      return { bytes: usedSize, nodes: await page.evaluate(() => document.querySelectorAll('*').length) };
    };
    const run = async (seconds: number) => {
      for (let i = 0; i < seconds; i++) {
        const time = nextSecond(fixture);
        fixture.push(frameAt(fixture.world, time));
        if (i % 20 === 19) await drawn(page, time);
      }
    };
    await run(600);
    const before = await weigh();
    await page.evaluate(() => {
      for (const node of document.querySelectorAll('.tiles, .tiles g, .twin *')) node.setAttribute('data-old', '');
    });
    await run(HOUR_S);
    const after = await weigh();
    assert.equal(
      await page.locator('.tiles g:not([data-old]), .twin :not([data-old])').count(),
      0,
      'what is drawn is changed, not made anew',
    );
    assert.ok(
      after.bytes - before.bytes < GROWTH_MAX,
      `${((after.bytes - before.bytes) / 2 ** 20).toFixed(2)} MB more`,
    );
    assert.equal(after.nodes, before.nodes);
    await close();
    await fixture.stop();
  });
});

describe('the live page of a real service', { skip: notBuilt || noPages || noChromium }, () => {
  const VENUE = {
    name: 'Test house',
    zone: 'Europe/Dublin',
    floors: [{ id: 'ground', name: 'Ground floor' }],
    rooms: [
      {
        id: 'hall-1',
        name: 'Hall 1',
        floor: 'ground',
        capacity: 80,
        polygon: [
          [0, 0],
          [12, 0],
          [12, 12],
          [0, 12],
        ],
      },
      {
        id: 'hall-2',
        name: 'Hall 2',
        floor: 'ground',
        capacity: 60,
        polygon: [
          [12, 0],
          [22, 0],
          [22, 12],
          [12, 12],
        ],
      },
    ],
    gateways: [
      { id: 'pi-1', room: 'hall-1' },
      { id: 'pi-2', room: 'hall-2' },
    ],
  };

  it('draws the rooms of its venue; without rooms each page says what would be here, and how to send', async () => {
    const browser = await openChromium();
    for (const venue of [VENUE, null]) {
      const dataDir = newFolder();
      if (venue) writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(venue));
      const service = await startService({ DATA_DIR: dataDir, LOG_LEVEL: 'warn' });
      const { page, close } = await openPage(browser, service.address);
      if (venue) await page.getByRole('button', { name: /^Hall 2: / }).waitFor({ timeout: WAIT_MS });
      else await page.getByRole('heading', { name: 'No rooms yet' }).waitFor({ timeout: WAIT_MS });
      await close();
      if (!venue) await sayWhatToDo(browser, service.address);
      await service.stop();
      remove(dataDir);
    }
    await browser.close();
  });
});

/** Pages of a service that has nothing, on a desk and on a phone. */
async function sayWhatToDo(browser: Browser, address: string): Promise<void> {
  for (const width of [1366, 390])
    for (const path of ['tv.html', 'replay.html', 'explore.html', 'plan.html']) {
      const { page, close, faults } = await openPage(browser, `${address}/${path}`, {
        viewport: { width, height: 768 },
      });
      await page.locator('main a[href^="in.html"]:visible').waitFor({ timeout: WAIT_MS });
      assert.equal(await overflow(page), 0, `${path} at ${width} px`);
      assert.deepEqual(faults, [], path);
      await close();
    }
}
