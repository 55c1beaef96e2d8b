import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { Registry } from 'prom-client';
import { createFanout } from '../../services/live/fanout.ts';
import type { Deps } from '../../services/serve/deps.ts';
import { buildServer } from '../../services/serve/server.ts';
import { unguarded } from '../serve/bare.ts';
import { ROOT } from '../service.ts';
import { seriousFindings } from './axe.ts';
import { noChromium, openChromium, openPage, overflow } from './chromium.ts';

const pages = join(ROOT, 'dist/web');
const notBuilt = existsSync(join(pages, 'guide/index.html')) ? false : 'dist/web is not built: npm run build';

it('the guide is read in a browser: no fault, no overflow, found by its address, in both themes and at both sizes', {
  skip: noChromium || notBuilt,
}, async () => {
  const usage = { viewed: () => undefined, read: async () => [] };
  const base = { fanout: createFanout(), metrics: new Registry(), ...unguarded(), jobs: null, logLevel: 'silent' };
  const app = await buildServer({ ...base, pages, usage } as unknown as Deps);
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const browser = await openChromium();
  for (const [theme, width, height] of [
    ['dark', 1920, 1080],
    ['light', 390, 844],
  ] as const) {
    const { page, faults, close } = await openPage(browser, `${address}/guide?theme=${theme}`, {
      viewport: { width, height },
    });
    assert.ok(page.url().endsWith('/guide/'), page.url());
    for (const name of ['operate', 'gallery']) {
      await page.goto(`${address}/guide/${name}.html?theme=${theme}`);
      assert.equal(await overflow(page), 0, `${name} ${width}`);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), theme);
      const broken = await page.evaluate(() =>
        Promise.all(
          [...document.images].map(async (image) => {
            image.loading = 'eager';
            await image.decode().catch(() => undefined);
            return image.naturalWidth > 0 ? '' : image.src;
          }),
        ),
      );
      assert.deepEqual(broken.filter(Boolean), []);
    }
    await page.goto(`${address}/guide/operate.html?theme=${theme}`);
    await page.click('a[rel="next"]');
    await page.waitForURL(/guide\/mqtt\.html$/);
    assert.deepEqual(faults, []);
    await close();
    const bare = await openPage(browser, `${address}/guide/operate.html?theme=${theme}`, {
      viewport: { width, height },
      bypassCSP: true,
    });
    assert.deepEqual(await seriousFindings(bare.page), []);
    await bare.close();
  }
  await browser.close();
  await app.close();
});
