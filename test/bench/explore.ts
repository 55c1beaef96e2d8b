import { openChromium } from '../browser/chromium.ts';
import { openExplorer, settled, startExplorer } from '../browser/explore-page.ts';
import { tell } from './figure.ts';

const RUNS = 12;

/**
 * From a change of field to its picture in Chromium, ms, medians: the page's own measure (`hallway:repaint`), over a
 * service that is none and answers at once from a few thousand minutes; and how long a jump in 100,000 cells takes.
 */
export async function benchExplore(): Promise<void> {
  const browser = await openChromium();
  const explorer = await startExplorer();
  const { page, close } = await openExplorer(browser, explorer, '?dataset=frames&rows=room&columns=hour&measures=peak');
  for (let run = 0; run < RUNS; run++) {
    await settled(page, () => page.locator('[data-shelf="columns"] .chip .close').first().click());
    await settled(page, () => page.goBack());
  }
  await page.waitForTimeout(200);
  const paints = await page.evaluate(() =>
    performance.getEntriesByName('hallway:repaint').map(({ duration }) => duration),
  );
  show('a change of field, repainted', paints.slice(1));
  await close();
  const many = await openExplorer(
    browser,
    explorer,
    '?dataset=observations&rows=badge&columns=time:15m&measures=count',
  );
  const jumps = await many.page.evaluate(async (runs) => {
    const scroll = document.querySelector('.scroll')!;
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const took: number[] = [];
    for (let run = 0; run < runs; run++) {
      const from = performance.now();
      scroll.scrollTo((run * 211) % 1500, (run * 7919) % 60_000);
      await frame();
      took.push(performance.now() - from);
    }
    return took;
  }, RUNS * 4);
  show('a jump in 100,000 cells, drawn', jumps);
  await many.close();
  await browser.close();
  await explorer.stop();
}

function show(name: string, values: number[]): void {
  const sorted = [...values].sort((a, b) => a - b).map(Math.round);
  tell({
    measure: name,
    run: `${sorted[sorted.length >> 1]} ms (${sorted[0]} to ${sorted.at(-1)}, ${sorted.length} runs)`,
  });
}
