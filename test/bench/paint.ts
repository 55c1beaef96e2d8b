import { openChromium, openPage } from '../browser/chromium.ts';
import { newFolder, remove, startService } from '../service.ts';
import { type Goal, tell } from './figure.ts';

const RUNS = 5;

/**
 * An empty folder is started and opened in Chromium as soon as its port is open: when the page's first words are there,
 * when the first frame with people in it is, and when the second one is. Medians of five, ms, beside an empty page of
 * the same service.
 */
export async function benchPaint(): Promise<void> {
  const browser = await openChromium();
  const runs: number[][] = [];
  for (let run = 0; run < RUNS; run++) {
    const dataDir = newFolder();
    const service = await startService({ DATA_DIR: dataDir, DEMO: 'on', LOG_LEVEL: 'warn' });
    const opened = Date.now();
    const { page, close } = await openPage(browser, service.address, { viewport: { width: 1920, height: 1080 } });
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
    const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]!.startTime);
    const people = () => /[1-9]/.test(document.querySelector('.total b')?.textContent ?? '');
    await page.waitForFunction(people, undefined, { polling: 20 });
    const first = Date.now() - opened;
    const frame = await page.evaluate(() => document.documentElement.dataset.frame);
    await page.waitForFunction((seen) => document.documentElement.dataset.frame !== seen, frame, { polling: 20 });
    const moving = Date.now() - opened;
    await close();
    const bare = await openPage(browser, `${service.address}/healthz`);
    const empty = await bare.page.evaluate(
      () => (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).responseEnd,
    );
    await bare.close();
    await service.stop();
    remove(dataDir);
    runs.push([paint, first, moving, empty]);
  }
  await browser.close();
  const names: [name: string, goal?: Goal][] = [
    ['first contentful paint, ms', '≤ 1000'],
    ['people after the port opened, ms'],
    ['moving after the port opened, ms', '≤ 5000'],
    ['a bare answer, ms'],
  ];
  for (const [i, [measure, goal]] of names.entries()) {
    const sorted = runs.map((run) => run[i]!).sort((a, b) => a - b);
    const [least, middle, most] = [sorted[0]!, sorted[RUNS >> 1]!, sorted.at(-1)!].map(Math.round);
    tell({ measure, run: `${least} to ${most} in ${RUNS} starts`, found: middle!, ...(goal && { goal }) });
  }
}
