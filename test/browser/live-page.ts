import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openPage, type Watched } from './chromium.ts';
import { type Fixture, nextSecond } from './fixture.ts';
import { stillAt } from './world.ts';

export const WAIT_MS = 60_000;
const AGAIN_MS = 3000;

/** The live page over a fixture whose frames the test pushes itself. */
export type Live = Watched & {
  /** the world as it is now, in the next second; resolves when it is drawn */
  show(): Promise<number>;
};

/** Opens the page and shows one frame. `search` begins with `?`. */
export async function openLive(
  browser: Browser,
  fixture: Fixture,
  search = '',
  options: BrowserContextOptions = {},
): Promise<Live> {
  const watched = await openStream(browser, fixture, search, options);
  const show = () => showNext(watched.page, fixture);
  await show();
  return { ...watched, show };
}

/** Shows the next frame, and resolves to its second when it is drawn. */
export const showNext = (page: Page, fixture: Fixture): Promise<number> =>
  telling(fixture, async (time) => {
    await drawn(page, time);
    return time;
  });

/**
 * Tells the next frame, again until what is awaited of its second (UTC ms) is there: the fixture keeps none for a page that
 * is between two streams, and tells no other a second later.
 */
export async function telling<Seen>(fixture: Fixture, awaited: (time: number) => Promise<Seen>): Promise<Seen> {
  const time = nextSecond(fixture);
  const tell = () => fixture.push((fixture.frames ?? stillAt)(fixture.world, time));
  tell();
  const again = setInterval(tell, AGAIN_MS);
  try {
    return await awaited(time);
  } finally {
    clearInterval(again);
  }
}

/** Until a frame (UTC ms) is on the screen. */
export const drawn = (page: Page, time: number): Promise<unknown> =>
  page.waitForFunction((at) => Number(document.documentElement.dataset.frame) >= at, time, { timeout: WAIT_MS });

/**
 * Opens a page that follows the frames, and waits until its stream is there. Streams are counted as they come: that of a
 * page before may end at any time.
 */
export async function openStream(
  browser: Browser,
  fixture: Fixture,
  path: string,
  options: BrowserContextOptions,
): Promise<Watched> {
  const asked = fixture.asked.length;
  const watched = await openPage(browser, `${fixture.address}/${path}`, options);
  while (fixture.asked.length === asked) await watched.page.waitForTimeout(20);
  await watched.page.locator('main[data-state="full"]').waitFor({ timeout: WAIT_MS });
  return watched;
}

/** The texts of a room's tile, by what they are. */
export const textsOf = (page: Page, room: string): Promise<Record<string, string>> =>
  page
    .locator(`.tiles [data-room="${room}"] text`)
    .evaluateAll((all) => Object.fromEntries(all.map((node) => [node.getAttribute('data-mark')!, node.textContent!])));

/** What is drawn in a room besides texts: the marks there are, with their attributes. */
export const marksOf = (page: Page, room: string): Promise<Record<string, Record<string, string>>> =>
  page
    .locator(`.tiles [data-room="${room}"] :not(text), .areas [data-room="${room}"]`)
    .evaluateAll((all) =>
      Object.fromEntries(
        all.map((node) => [
          node.parentElement!.classList.contains('areas') ? 'area' : node.getAttribute('data-mark')!,
          Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value])),
        ]),
      ),
    );

/**
 * What of a plan stands in the way of something else, or outside its room: texts by their ink, gateways, places,
 * trends and claps by their boxes; and texts that nobody can read.
 */
export const collisions = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    type Inked = {
      name: string;
      room: string;
      size: number | null;
      left: number;
      top: number;
      right: number;
      bottom: number;
    };
    const canvas = document.createElement('canvas').getContext('2d')!;
    const inkOf = (node: SVGGraphicsElement) => {
      const { x, y, width, height } = node.getBBox();
      if (!(node instanceof SVGTextElement)) return { left: x, top: y, right: x + width, bottom: y + height };
      const style = getComputedStyle(node);
      canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      const ink = canvas.measureText(node.textContent!);
      const base = Number(node.getAttribute('y'));
      return {
        left: x,
        right: x + width,
        top: base - ink.actualBoundingBoxAscent,
        bottom: base + ink.actualBoundingBoxDescent,
      };
    };
    const shown = '.tiles :is(text, circle.gateway, .taken, .free, .trend, .claps)';
    const all = [...document.querySelectorAll<SVGGraphicsElement>(shown)]
      .map((node): Inked => {
        const room = node.closest('[data-room]')!.getAttribute('data-room')!;
        const size = node instanceof SVGTextElement ? Number(node.getAttribute('font-size')) : null;
        return { name: `${room} ${node.getAttribute('data-mark')} ${node.textContent}`, room, size, ...inkOf(node) };
      })
      .filter(({ left, right }) => right > left);
    const near = 0.5;
    const meets = (a: Inked, b: Inked) =>
      a.left + near < b.right && b.left + near < a.right && a.top + near < b.bottom && b.top + near < a.bottom;
    const isPair = (a: Inked, b: Inked) => /taken|free/.test(a.name) && /taken|free/.test(b.name);
    const pairs = all.flatMap((a, i) =>
      all
        .slice(i + 1)
        .filter((b) => meets(a, b) && !isPair(a, b))
        .map((b) => `${a.name} meets ${b.name}`),
    );
    const small = all.filter(({ size }) => size !== null && size < 8.5);
    const svg = document.querySelector<SVGSVGElement>('svg.plan')!;
    const outside = all.filter(({ room, left, right, top, bottom }) => {
      const area = document.querySelector<SVGGeometryElement>(`.areas [data-room="${room}"]`)!;
      const corners = [
        [left, top],
        [right, top],
        [right, bottom],
        [left, bottom],
      ] as const;
      return corners.some(([x, y]) => {
        const point = svg.createSVGPoint();
        point.x = x;
        point.y = y;
        return !area.isPointInFill(point);
      });
    });
    return [
      ...pairs,
      ...outside.map(({ name }) => `${name} is outside its room`),
      ...small.map(({ name, size }) => `${name} has only ${size} px`),
    ];
  });
