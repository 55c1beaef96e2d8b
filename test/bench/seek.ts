import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openChromium, openPage } from '../browser/chromium.ts';
import { newFolder, remove, startService } from '../service.ts';
import { demoIs } from './demo.ts';
import { tell } from './figure.ts';

/** Places that are pressed one at a time, and moves of a drag. */
const SEEKS = 200;
/**
 * As long as a finger presses, ms. When it is let go within the frame of the seek, the browser holds the message that tells of its paint until
 * the frame after.
 */
const HOLD_MS = 100;
/** From there to the next press, so that what follows a cursor that rests was drawn, ms. */
const PAUSE_MS = 200;
/** A frame of a screen at 60 Hz, ms: what is painted within it. */
const FRAME_MS = 16;
const WAIT_MS = 600_000;

/** What a seek took: the frame of the screen in which it was drawn, its script alone, and from the input on until it was presented, ms. */
type Took = { frame: number; script: number; presented: number };

/**
 * The demo event in the replay page at 1920 × 1080, drawn by software: how long it takes until it is read, how many bytes that is,
 * and how long seeks to any moment take. `frame` counts from the beginning of the screen's frame in which a seek is drawn until a
 * task that runs after its paint; `presented` is the browser's own Event Timing from the input to the frame on the screen (steps of
 * 8 ms, with the wait for the frame and the raster in other threads). Quantiles, ms. It begins when the whole past of the demo is told, which
 * keeps both cores of a small machine busy for two minutes. SEEK_AT: the address of a service that is so far.
 */
export async function benchSeek(): Promise<void> {
  const dataDir = newFolder();
  const address = process.env.SEEK_AT;
  const service = address ? null : await startService({ DATA_DIR: dataDir, DEMO: 'on', LOG_LEVEL: 'warn' });
  const browser = await openChromium();
  try {
    if (service) await demoIs(service, ({ hasHistory }) => hasHistory);
    const { page, close } = await openPage(browser, `${address ?? service!.address}/replay.html`, {
      viewport: { width: 1920, height: 1080 },
    });
    const began = Date.now();
    await page.locator('main[data-state="full"]').waitFor({ timeout: WAIT_MS });
    const first = Date.now() - began;
    await page.locator('.progress-line').waitFor({ state: 'hidden', timeout: WAIT_MS });
    const run = `first picture after ${first} ms, all of it after ${Date.now() - began} ms`;
    tell({ measure: "the demo's event, packed, kB", run, found: await packed(page), goal: '≤ 400' });
    await page.evaluate(watch);
    const took = await pressed(page);
    say('pressed anywhere', took);
    tell({ measure: 'pressed anywhere: input to presented, ms', run: quantiles(took, 'presented') });
    // Event Timing leaves moves out, so of a drag there are frames alone.
    say('dragged through all of it', await dragged(page));
    await close();
  } finally {
    await browser.close();
    await service?.stop();
    remove(dataDir);
  }
}

function say(name: string, took: Took[]): void {
  const late = took.filter(({ frame }) => frame > FRAME_MS).length;
  const run = `${quantiles(took, 'frame')}; ${late} of ${took.length} later than ${FRAME_MS}`;
  tell({ measure: `${name}: a frame, p99 ms`, run, found: at(took, 'frame', 0.99), goal: `≤ ${FRAME_MS}` });
  tell({ measure: `${name}: the script in it, ms`, run: quantiles(took, 'script') });
}

function quantiles(took: Took[], part: keyof Took): string {
  const words = (share: number) => at(took, part, share).toFixed(1);
  return `p50 ${words(0.5)}, p95 ${words(0.95)}, p99 ${words(0.99)}, most ${words(1)}`;
}

function at(took: Took[], part: keyof Took, share: number): number {
  const sorted = took.map((one) => one[part]).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** Of all tiles, as they came over the wire. */
const packed = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const tiles = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const bytes = tiles
      .filter(({ name }) => name.includes('/v1/tiles/'))
      .reduce((sum, one) => sum + one.encodedBodySize, 0);
    return Math.round(bytes / 1000);
  });

type Watching = { took: Took[]; inputs: Map<number, Took> };

/** Notes each press and move on the timeline of the whole event, in the page. */
function watch(): void {
  const track = document.querySelector('.whole.track')!;
  const of: Watching = { took: [], inputs: new Map() };
  Object.assign(globalThis, { seeks: of });
  const noted = (event: Event) => {
    if (event.type === 'pointermove' && !(event as PointerEvent).buttons) return;
    const before = document.documentElement.dataset.frame;
    // The page asked for the frame before: its picture is drawn when this is called.
    requestAnimationFrame((began) => {
      if (document.documentElement.dataset.frame === before) return;
      const script = performance.now() - began;
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        const one = { frame: performance.now() - began, script, presented: 0 };
        of.took.push(one);
        of.inputs.set(event.timeStamp, one);
      };
      channel.port2.postMessage(null);
    });
  };
  track.addEventListener('pointerdown', noted);
  track.addEventListener('pointermove', noted);
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      const one = of.inputs.get(startTime);
      if (one) one.presented = Math.max(one.presented, duration);
    }
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
}

/** Presses places all over the event, one after another. */
async function pressed(page: Page): Promise<Took[]> {
  let share = 0.5;
  for (let i = 0; i < SEEKS; i++) {
    const { x, y, width } = (await page.locator('.whole.track').boundingBox())!;
    share = (share + 0.6180339887) % 1;
    await page.mouse.move(x + (0.2 + 0.7 * share) * width, y + 5);
    await page.mouse.down();
    await sleep(HOLD_MS);
    await page.mouse.up();
    await sleep(PAUSE_MS);
  }
  return noted(page);
}

/** One long drag over all days: a move as soon as the last was taken. */
async function dragged(page: Page): Promise<Took[]> {
  const { x, y, width } = (await page.locator('.whole.track').boundingBox())!;
  await page.mouse.move(x + 0.2 * width, y + 5);
  await page.mouse.down();
  for (let i = 1; i <= SEEKS; i++) await page.mouse.move(x + (0.2 + (0.7 * i) / SEEKS) * width, y + 5);
  await page.mouse.up();
  await sleep(PAUSE_MS);
  return noted(page);
}

/** What was noted since it was asked last. What the browser does not tell of took less than two of its steps. */
const noted = (page: Page): Promise<Took[]> =>
  page.evaluate(() => {
    const { seeks } = globalThis as unknown as { seeks: Watching };
    return seeks.took.splice(0).map((one) => ({ ...one, presented: one.presented || 16 }));
  });
