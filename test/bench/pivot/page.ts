import { openChromium, openPage } from '../../browser/chromium.ts';
import { settled } from '../../browser/explore-page.ts';
import { ms, show } from '../figure.ts';

/** Datasets, a view to begin with, and the fields that come on the columns one after another: each is a new question. */
const CHANGES: [name: string, begin: string, columns: string[], goal: '≤ 100' | '≤ 500'][] = [
  [
    'frames',
    'dataset=frames&rows=room&measures=occupancy,peak',
    ['day', 'weekday', 'time:30m', 'time:1h', 'hour'],
    '≤ 100',
  ],
  [
    'presences',
    'dataset=presences&rows=room&measures=visitors,dwell',
    ['day', 'weekday', 'time:30m', 'time:1h', 'hour'],
    '≤ 100',
  ],
  [
    'sightings',
    'dataset=observations&rows=room&measures=count',
    ['day', 'weekday', 'time:30m', 'time:1h', 'hour'],
    '≤ 500',
  ],
];

/** From a change of field to its picture in Chromium, ms: the page's own measure, medians of questions that nobody has asked yet. */
export async function benchPage(address: string): Promise<void> {
  const browser = await openChromium();
  for (const [name, begin, columns, goal] of CHANGES) {
    const { page, close } = await openPage(browser, `${address}/explore.html?${begin}&columns=step:6h`);
    await page.locator('.pivot tbody td').first().waitFor({ state: 'attached' });
    for (const column of columns)
      await settled(page, () =>
        page.evaluate((search) => {
          history.pushState(null, '', search);
          dispatchEvent(new PopStateEvent('popstate'));
        }, `?${begin}&columns=${column}`),
      );
    await page.waitForTimeout(200);
    const paints = await page.evaluate(() =>
      performance.getEntriesByName('hallway:repaint').map(({ duration }) => duration),
    );
    const sorted = paints.slice(-columns.length).sort((a, b) => a - b);
    show(`a change of field repaints, ms, from ${name}`, sorted[sorted.length >> 1]!, goal, sorted.map(ms).join(', '));
    await close();
  }
  await browser.close();
}
