import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { ROOT } from '../service.ts';
import { noChromium, openChromium } from './chromium.ts';
import { type Fixture, noPages, startFixture } from './fixture.ts';
import { collisions, type Live, marksOf, openLive, textsOf } from './live-page.ts';
import { bareVenue, demoWorld, stillAt, type Trouble } from './world.ts';

const SIZES = [
  [390, 844],
  [1366, 768],
  [1920, 1080],
  [3840, 2160],
] as const;
const TROUBLES: Trouble[] = [
  'good',
  'thin',
  'deaf',
  'silent',
  'over',
  'unusual',
  'old',
  'no temperature',
  'unmeasured',
];
const LONG = 'The long room behind the second staircase on the left';

/** The eleven stops of a theme, as the sheet of LOOK has them. */
function stopsOf(theme: 'dark' | 'light'): [number, number, number][] {
  const sheet = readFileSync(join(ROOT, 'web/look.css'), 'utf8');
  const block = sheet.slice(theme === 'dark' ? 0 : sheet.indexOf(':root[data-theme=light]'));
  return Array.from({ length: 11 }, (_, i) => {
    const hex = new RegExp(`--occ-${i}:#([0-9a-f]{6})`).exec(block)![1]!;
    return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
  });
}

const rgbOf = (colour: string): number[] => {
  if (colour.startsWith('rgb')) return colour.match(/\d+/g)!.map(Number);
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
};

/** Straight between the stops, written without the page's own scale. */
function colourAt(stops: [number, number, number][], share: number): number[] {
  const at = Math.min(10, Math.max(0, share * 10));
  const [a, b] = [stops[Math.floor(at)]!, stops[Math.ceil(at)]!];
  return a.map((value, i) => value + (b[i]! - value) * (at - Math.floor(at)));
}

function contrast(a: string, b: string): number {
  const light = (colour: string) =>
    rgbOf(colour)
      .map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i]!, 0);
  const [low, high] = [light(a), light(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe('the plan', { skip: noPages || noChromium }, () => {
  let browser: Browser;
  let fixture: Fixture;
  let live: Live;
  const calm = demoWorld(Date.now());
  const set = (change: Partial<typeof calm>) =>
    Object.assign(fixture.world, demoWorld(Date.now()), { venue: calm.venue }, change);
  const mixed = (shift: number) =>
    Object.fromEntries(calm.venue.rooms.map(({ id }, i) => [id, TROUBLES[(i + shift) % TROUBLES.length]!]));

  before(async () => {
    browser = await openChromium();
    fixture = await startFixture(demoWorld(Date.now()), { frames: stillAt });
    live = await openLive(browser, fixture, '?theme=dark');
  });
  after(async () => {
    await browser?.close();
    await fixture?.stop();
  });

  for (const [width, height] of SIZES)
    it(`has no two things in one place and nothing outside its room at ${width}×${height}`, async () => {
      await live.page.setViewportSize({ width, height });
      for (const floor of ['ground', 'second']) {
        await live.page.locator(`input[value="${floor}"]`).check();
        for (const layer of [0, 1, 2]) {
          await live.page.keyboard.press(String(layer + 1));
          // over the three layers every room has every trouble
          for (let shift = layer; shift < TROUBLES.length; shift += 3) {
            set({ troubles: mixed(shift), isMerged: shift === 1 });
            await live.show();
            assert.deepEqual(await collisions(live.page), [], `${floor}, layer ${layer + 1}, from ${TROUBLES[shift]}`);
          }
        }
      }
      await live.page.locator('input[value="ground"]').check();
      await live.page.keyboard.press('1');
    });

  it('shows people who are very many, and a room whose name is very long', async () => {
    set({ people: { 'mccurdy-1': 12_480, lounge: 0 } });
    await live.show();
    assert.equal((await textsOf(live.page, 'mccurdy-1')).count, '12\u202f480');
    assert.deepEqual(await collisions(live.page), []);
  });

  it('lays rooms without polygons out as an even grid, at every size', async () => {
    const rooms = ['Room 1', LONG, ...Array.from({ length: 9 }, (_, i) => `Room ${i + 3}`)];
    const bare = await startFixture(
      {
        ...calm,
        venue: bareVenue(rooms),
        troubles: { 'room-3': 'deaf', 'room-4': 'over', 'room-5': 'thin', 'room-6': 'silent' },
      },
      { frames: stillAt },
    );
    const page = await openLive(browser, bare);
    for (const [width, height] of SIZES) {
      await page.page.setViewportSize({ width, height });
      await page.show();
      assert.deepEqual(await collisions(page.page), [], `${width}×${height}`);
      const boxes = await page.page
        .locator('.areas path')
        .evaluateAll((nodes) =>
          nodes
            .map((node) => (node as SVGGraphicsElement).getBBox())
            .map((box) => `${box.width.toFixed(0)}×${box.height.toFixed(0)}`),
        );
      assert.deepEqual([boxes.length, new Set(boxes).size], [11, 1], 'eleven tiles of one size');
    }
    assert.match((await textsOf(page.page, 'room-1')).name!, /^The long room .*…$/);
    assert.equal((await textsOf(page.page, 'room-2')).share, 'badges', 'without a capacity there is no share');
    await page.close();
    await bare.stop();
  });

  it('says a known count in number, share, places and colour', async () => {
    await live.page.setViewportSize({ width: 1920, height: 1080 });
    set({});
    await live.show();
    const texts = await textsOf(live.page, 'mccurdy-2');
    assert.deepEqual([texts.name, texts.count, texts.share, texts.of], ['McCurdy 2', '119', '92\u202f%', 'of 130']);
    assert.deepEqual([texts['claps-count'], texts.degrees], ['142', '20.5\u202f°C felt']);
    const marks = await marksOf(live.page, 'mccurdy-2');
    const squares = (name: string) => marks[name]!.d!.split('z').length - 1;
    assert.deepEqual([squares('taken'), squares('free'), squares('over-places')], [119, 11, 0]);
    // 142 of 300, the places of the largest room, over a square root.
    assert.deepEqual([squares('claps'), squares('no-claps')], [7, 3]);
    assert.equal(marks['gateway 0']!.fill, marks['gateway 1']!.fill);
  });

  it('hatches a deaf room and gives it no number', async () => {
    set({ troubles: { 'maginnes-1': 'deaf' } });
    await live.show();
    const texts = await textsOf(live.page, 'maginnes-1');
    assert.deepEqual([texts.name, texts.word, texts.count], ['Maginnes 1', '— deaf', undefined]);
    assert.match(texts.since!, /^since( before)? \d\d:\d\d$/);
    const { area } = await marksOf(live.page, 'maginnes-1');
    assert.match(area!.fill!, /^url\(#hatch-\d+\)$/);
    assert.equal(
      await live.page.locator(`pattern rect[fill="var(--line-strong)"]`).count(),
      4,
      'the hatch has its lines',
    );
  });

  it('dashes a silent room; the last number is hollow', async () => {
    set({});
    await live.show();
    set({ troubles: { 'mccurdy-3': 'silent' } });
    await live.show();
    const texts = await textsOf(live.page, 'mccurdy-3');
    assert.match(texts.since!, /^silent since \d\d:\d\d$/);
    assert.match(texts.last!, /^last 22 at \d\d:\d\d$/);
    const hollow = live.page.locator('.tiles [data-room="mccurdy-3"] .hollow');
    assert.deepEqual([await hollow.textContent(), await hollow.getAttribute('fill')], ['22', 'none']);
    const marks = await marksOf(live.page, 'mccurdy-3');
    assert.deepEqual([marks.area!.fill, marks.dashes!.stroke], ['var(--bg)', 'var(--muted)']);
    assert.ok(marks.dashes!['stroke-dasharray']);
    assert.deepEqual([marks.taken, marks.trend], [undefined, undefined]);
  });

  it('marks thin coverage by a corner, a hollow circle and words', async () => {
    set({ troubles: { preassembly: 'thin' } });
    await live.show();
    const marks = await marksOf(live.page, 'preassembly');
    assert.equal((await textsOf(live.page, 'preassembly')).thin, 'thin · 2 of 3 gateways');
    assert.deepEqual(
      [0, 1, 2].map((i) => marks[`gateway ${i}`]!.fill === 'none'),
      [false, false, true],
    );
    assert.equal(marks.corner!.fill, 'var(--warn)');
  });

  it('marks a room over capacity by its border, ▲ and words; the places go on in danger', async () => {
    set({ people: { lounge: 0 }, troubles: { 'mccurdy-3': 'over' } });
    await live.show();
    const texts = await textsOf(live.page, 'mccurdy-3');
    assert.deepEqual(
      [texts.count, texts.unit, texts['over 0'], texts.share],
      ['120', '▲', 'over capacity', '120\u202f%'],
    );
    const marks = await marksOf(live.page, 'mccurdy-3');
    assert.deepEqual([marks.danger!.stroke, marks.danger!['stroke-width']], ['var(--danger)', '4']);
    assert.equal(marks['over-places']!.d!.split('z').length - 1, 20);
    assert.equal((await marksOf(live.page, 'mccurdy-2')).danger, undefined);
  });

  it('says how far a count is beyond its bounds, and what is usual, only where that is known', async () => {
    set({ troubles: { lounge: 'unusual' } });
    await live.show();
    const texts = await textsOf(live.page, 'lounge');
    assert.deepEqual([texts['deviation 0'], texts['deviation 1']], ['▼ −27', 'below 38']);
    const asked = await openLive(browser, fixture, '', { viewport: { width: 1920, height: 1080 } });
    const look = asked.page.locator('.look li[data-kind="unusual"] p');
    await look.filter({ hasText: 'usually' }).waitFor();
    const words = (await look.innerText()).replaceAll('\u2060', '');
    assert.match(words, /^11 here; (\w+)s at \d\d:[03]0 are usually 40–44 \(6 \1s\)$/);
    await asked.close();
    assert.deepEqual((await textsOf(live.page, 'mccurdy-1'))['deviation 0'], undefined);
    assert.match((await marksOf(live.page, 'maginnes')).band!.d!, /^M/, 'a band, because there was one before');
    set({});
    const fresh = await openLive(browser, fixture, '', { viewport: { width: 1920, height: 1080 } });
    const marks = await marksOf(fresh.page, 'maginnes');
    assert.deepEqual([Boolean(marks.trend!.d), marks.band], [true, undefined], 'a trend, and no band');
    await fresh.close();
  });

  it('draws a merged room instead of its parts, and its wall only while it is closed', async () => {
    const drawn = () =>
      live.page
        .locator('.areas path')
        .evaluateAll((nodes) =>
          nodes.map((node) => node.getAttribute('data-room')!).filter((id) => id.startsWith('mccurdy')),
        );
    set({});
    await live.show();
    assert.deepEqual(
      [(await drawn()).sort(), await live.page.locator('.movable').count()],
      [['mccurdy-1', 'mccurdy-2', 'mccurdy-3'], 1],
    );
    set({ isMerged: true });
    await live.show();
    assert.deepEqual(
      [(await drawn()).sort(), await live.page.locator('.movable').count()],
      [['mccurdy-12', 'mccurdy-3'], 0],
    );
    assert.equal(
      Object.keys(await marksOf(live.page, 'mccurdy-12')).filter((name) => name.startsWith('gateway')).length,
      4,
    );
  });

  for (const theme of ['dark', 'light'] as const)
    it(`fills by share of capacity, and every ink has 4.5 : 1, ${theme}`, async () => {
      const page = await openLive(browser, fixture, `?theme=${theme}`, { viewport: { width: 1920, height: 1080 } });
      const stops = stopsOf(theme);
      for (let count = 0; count <= 110; count += 4) {
        set({
          people: Object.fromEntries(
            calm.venue.rooms.map(({ id, capacity }) => [id, Math.round((count / 100) * capacity!)]),
          ),
        });
        await page.show();
        const drawn = await page.page.locator('.areas path').evaluateAll((nodes) =>
          nodes.map((node) => {
            const room = node.getAttribute('data-room')!;
            const texts = [...document.querySelectorAll(`.tiles [data-room="${room}"] text`)].filter(
              (text) => !/^(over|deviation) /.test(text.getAttribute('data-mark')!),
            );
            const ink = getComputedStyle(texts[0]!).fill;
            return {
              room,
              fill: node.getAttribute('fill')!,
              ink,
              inks: new Set(texts.map((text) => getComputedStyle(text).fill)).size,
            };
          }),
        );
        for (const { room, fill, ink, inks } of drawn) {
          const capacity = calm.venue.rooms.find(({ id }) => id === room)!.capacity!;
          const wanted = colourAt(stops, Math.round((count / 100) * capacity) / capacity);
          for (const [i, value] of rgbOf(fill).entries())
            assert.ok(Math.abs(value - wanted[i]!) <= 1, `${room} at ${count} %: ${fill}, not ${wanted}`);
          assert.ok(contrast(fill, ink) >= 4.5, `${room}: ${ink} on ${fill}`);
          assert.equal(inks, 1, 'no second ink on a fill');
        }
      }
      await page.close();
    });

  it('breaks no policy and has no errors in its console', () => assert.deepEqual(live.faults, []));
});
