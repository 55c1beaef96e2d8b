import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { noChromium, openChromium, openPage } from './chromium.ts';
import { type Fixture, noPages, startFixture } from './fixture.ts';
import { WAIT_MS } from './live-page.ts';
import { demoWorld, frameAt } from './world.ts';

/** A week of a wall. The long form has each of its seconds: SOAK_FRAMES=604800, hours. */
const WEEK_MS = 7 * 86_400_000;
const FRAMES = Number(process.env.SOAK_FRAMES ?? 32);
/** Something goes wrong so often, in turns; and when it is measured first, when all of it has happened. */
const EVERY = Math.floor(FRAMES / 16);
const WARM = EVERY * 6;
/** What may be there more at the end: a part, and bytes that a collector leaves as it likes. */
const [SHARE, SLACK] = [1.15, 1_500_000];
/** Frames one after another, those before the first look at the heap, and what one more may leave there, bytes: 150 MB in a week. */
const [QUICK, QUICK_WARM, LEFT] = [2000, 1000, 250];

describe('a wall that nobody touches for a week', { skip: noChromium || noPages }, () => {
  let browser: Browser;
  before(async () => {
    browser = await openChromium();
  });
  after(() => browser?.close());

  it('outlives restarts, lost networks and clocks that jump, and grows neither in memory nor in nodes', {
    timeout: 7_200_000,
  }, async () => {
    const start = Math.floor(Date.now() / 1000) * 1000;
    let fixture = await startFixture(demoWorld(start), { frames: null });
    const { page, faults, close } = await openPage(browser, 'about:blank', { viewport: { width: 1280, height: 720 } });
    await page.clock.install({ time: start });
    await page.goto(`${fixture.address}/tv.html`);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable');
    const step = Math.round(WEEK_MS / FRAMES / 1000) * 1000;
    let [time, warm] = [start, { heap: 0, nodes: 0 }];
    await connected(page, fixture);
    for (let n = 1; n <= FRAMES; n++) {
      time += step;
      if (n % EVERY === 0) fixture = await trouble(page, fixture, (n / EVERY) % 4, time);
      await page.clock.fastForward(step);
      await shown(page, fixture, time);
      if (n === WARM) warm = await size(cdp);
    }
    const end = await size(cdp);
    const words = `${FRAMES} frames: heap ${warm.heap} → ${end.heap} bytes, nodes ${warm.nodes} → ${end.nodes}`;
    if (process.env.SOAK_FRAMES) console.log(words);
    assert.ok(end.heap <= warm.heap * SHARE + SLACK, words);
    assert.ok(end.nodes <= warm.nodes * SHARE, words);
    // A network that is lost is a fault of nobody's code.
    assert.deepEqual(
      faults.filter((fault) => !/ERR_|Failed to load resource/.test(fault)),
      [],
    );
    await close();
    await fixture.stop();
  });

  it('keeps nothing of a frame once the next is there', { timeout: 600_000 }, async () => {
    const start = Math.floor(Date.now() / 1000) * 1000;
    const fixture = await startFixture(demoWorld(start), { frames: null });
    const { page, faults, close } = await openPage(browser, 'about:blank', { viewport: { width: 1280, height: 720 } });
    await page.addInitScript(quickened);
    await page.goto(`${fixture.address}/tv.html`);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable');
    // A minute of frames, again and again, each at its own time.
    const minute = Array.from({ length: 60 }, (_, i) => JSON.stringify(frameAt(fixture.world, start + i * 1000)));
    const quick = (from: number, until: number) =>
      page.evaluate(([texts, ...span]) => globalThis.quick(texts, ...span), [minute, start, from, until] as const);
    await quick(0, QUICK_WARM);
    const warm = await least(cdp);
    await quick(QUICK_WARM, QUICK);
    const end = await least(cdp);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.frame), String(start + (QUICK - 1) * 1000));
    const each = Math.round((end.heap - warm.heap) / (QUICK - QUICK_WARM));
    assert.ok(each <= LEFT, `a frame leaves ${each} bytes: ${warm.heap} → ${end.heap}`);
    assert.ok(end.nodes <= warm.nodes * SHARE, `nodes ${warm.nodes} → ${end.nodes}`);
    assert.deepEqual(faults, []);
    await close();
    await fixture.stop();
  });
});

declare global {
  /** Tells the page frames of the seconds from one to another after `start` (UTC ms), and draws each. */
  var quick: (texts: readonly string[], start: number, from: number, until: number) => Promise<void>;
}

/** In the page, before all else: frames of the stream, and of the screen, come as fast as they are drawn. */
function quickened(): void {
  let stream: EventSource | null = null;
  globalThis.EventSource = class extends EventSource {
    constructor(address: string | URL) {
      super(address);
      stream = this;
    }
  };
  const due: FrameRequestCallback[] = [];
  globalThis.requestAnimationFrame = (act) => due.push(act);
  const draw = () => {
    for (const act of due.splice(0)) act(performance.now());
  };
  const pause = () => new Promise((done) => setTimeout(done, 1));
  setInterval(draw, 20);
  globalThis.quick = async (texts, start, from, until) => {
    while (stream?.readyState !== EventSource.OPEN) await pause();
    for (let i = from; i < until; i++) {
      const data = texts[i % texts.length]!.replace(/"time":\d+/, `"time":${start + i * 1000}`);
      stream!.dispatchEvent(new MessageEvent('frame', { data, lastEventId: String(i) }));
      draw();
      // What else the page does gets its turn.
      if (i % 20 === 0) await pause();
    }
  };
}

/** A restart, a lost network, a clock that jumps on, one that jumps back. */
async function trouble(page: Page, fixture: Fixture, kind: number, time: number): Promise<Fixture> {
  if (kind === 0) {
    const { port, world, asked } = fixture;
    await fixture.stop();
    await page.clock.fastForward(2000);
    const again = await startFixture(world, { port, frames: null });
    await connected(page, again);
    assert.ok(asked.length > 0 && /after=\d+/.test(again.asked[0]!), `asked for ${again.asked[0]}`);
    return again;
  }
  if (kind === 1) {
    await page.context().setOffline(true);
    await page.clock.fastForward(5000);
    await page.context().setOffline(false);
  }
  if (kind === 2) await page.clock.setSystemTime(time + 3_600_000);
  if (kind === 3) await page.clock.setSystemTime(time - 3_600_000);
  await connected(page, fixture);
  return fixture;
}

/** Time goes on for the page until its stream is open. */
async function connected(page: Page, fixture: Fixture): Promise<void> {
  const until = performance.now() + WAIT_MS;
  while (fixture.streams() === 0) {
    assert.ok(performance.now() < until, 'the wall did not come back');
    await page.clock.fastForward(1000);
    await page.waitForTimeout(20);
  }
}

/**
 * Shows a frame: time goes on for the page until it is on the screen. A stream that was silent for so long is given up by the page and
 * opened again; whoever comes gets the newest frame, as from the service.
 */
async function shown(page: Page, fixture: Fixture, time: number): Promise<void> {
  const until = performance.now() + WAIT_MS;
  const frame = frameAt(fixture.world, time);
  while ((await page.evaluate(() => Number(document.documentElement.dataset.frame))) !== time) {
    assert.ok(performance.now() < until, `the frame of ${new Date(time).toISOString()} was not shown`);
    fixture.push(frame);
    await page.clock.fastForward(200);
  }
}

/** The least of three looks: an answer that is being read is no leak. */
async function least(cdp: CDPSession): ReturnType<typeof size> {
  const looks: Awaited<ReturnType<typeof size>>[] = [];
  for (let i = 0; i < 3; i++) {
    await new Promise((done) => setTimeout(done, 100));
    looks.push(await size(cdp));
  }
  return looks.reduce((a, b) => (b.heap < a.heap ? b : a));
}

/** Bytes and nodes that are held once nothing else is. */
async function size(cdp: CDPSession): Promise<{ heap: number; nodes: number }> {
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((metric) => metric.name === name)!.value;
  return { heap: of('JSHeapUsedSize'), nodes: of('Nodes') };
}
