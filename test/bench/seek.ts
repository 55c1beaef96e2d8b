import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openChromium, openPage } from '../browser/chromium.ts';
import { newFolder, remove, type Service, startService } from '../service.ts';

const SEEKS = 300;
/** A frame of a screen at 60 Hz, ms: what is painted within it. */
const FRAME_MS = 16;
const WAIT_MS = 600_000;

/**
 * The demo event in the replay page: how long it takes until it is read, how many bytes that is, and how long a seek to any
 * moment takes from the beginning of the screen's frame until it is painted. Quantiles, ms.
 */
export async function benchSeek(): Promise<void> {
  const dataDir = newFolder();
  const service = await startService({ DATA_DIR: dataDir, DEMO: 'on', LOG_LEVEL: 'warn' });
  const browser = await openChromium();
  try {
    await laid(service);
    const { page, close } = await openPage(browser, `${service.address}/replay.html`, {
      viewport: { width: 1920, height: 1080 },
    });
    const began = Date.now();
    await page.locator('main[data-state="full"]').waitFor({ timeout: WAIT_MS });
    console.log('first picture'.padEnd(32), `${Date.now() - began} ms`);
    await page.locator('.progress-line').waitFor({ state: 'hidden', timeout: WAIT_MS });
    console.log('the whole event is read'.padEnd(32), `${Date.now() - began} ms, ${await packed(page)} kB packed`);
    const times = await page.evaluate(seekAll, SEEKS);
    const sorted = times.sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1);
    const late = sorted.filter((ms) => ms > FRAME_MS).length;
    console.log('seek to painted'.padEnd(32), `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, most ${at(1)} ms`);
    console.log(`later than ${FRAME_MS} ms`.padEnd(32), `${late} of ${SEEKS}`);
    await close();
  } finally {
    await browser.close();
    await service.stop();
    remove(dataDir);
  }
}

async function laid({ address }: Service): Promise<void> {
  for (let i = 0; i < WAIT_MS / 1000; i++) {
    const { demo } = (await (await fetch(`${address}/v1/demo`)).json()) as { demo: { state: string } | null };
    if (demo?.state === 'told') return;
    await sleep(1000);
  }
  throw new Error(`expected the demo to be laid within ${WAIT_MS / 1000} s`);
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

/**
 * Presses places of the whole event, one after another. Each is drawn in the screen's next frame: from the time at which that
 * began until a task that runs after its paint.
 */
async function seekAll(count: number): Promise<number[]> {
  const track = document.querySelector('.whole.track')!;
  // A pointer that nobody holds cannot be captured.
  track.setPointerCapture = () => undefined;
  const { left, top, width } = track.getBoundingClientRect();
  const times: number[] = [];
  let share = 0.5;
  for (let i = 0; i < count; i++) {
    share = (share + 0.6180339887) % 0.7;
    const at = { clientX: left + (0.2 + share) * width, clientY: top + 5, button: 0, pointerId: 1, bubbles: true };
    const before = document.documentElement.dataset.frame;
    const ms = await new Promise<number>((done) => {
      requestAnimationFrame(() => {
        track.dispatchEvent(new PointerEvent('pointerdown', at));
        track.dispatchEvent(new PointerEvent('pointerup', at));
        requestAnimationFrame((began) => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => done(performance.now() - began);
          channel.port2.postMessage(null);
        });
      });
    });
    if (document.documentElement.dataset.frame === before) throw new Error(`seek ${i} did not move the picture`);
    times.push(ms);
  }
  return times;
}
