import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { daysIn } from '../../services/model/day.ts';
import { LAYERS } from '../../web/view/live/room.ts';
import { ROOT } from '../service.ts';
import { openChromium, openPage } from './chromium.ts';
import { startFixture } from './fixture.ts';
import { demoWorld } from './world.ts';

/** The pictures of the guide: every layer of the replay, dark and light, on a desk and on a phone, and the wall. */
const OUT = join(ROOT, 'web/guide/pictures');
const SIZES = { desk: { width: 1920, height: 1080 }, phone: { width: 390, height: 844 } };
/** Of WebP, and how wide a picture is kept, px. */
const [QUALITY, WIDTH] = [72, 1280];

mkdirSync(OUT, { recursive: true });
const now = Date.now();
const world = demoWorld(now);
world.troubles = { 'maginnes-1': 'deaf', lounge: 'unusual' };
world.hasHistory = true;
const fixture = await startFixture(world, { frames: null });
const browser = await openChromium();
const [yesterday] = daysIn({ from: now - 86_400_000, until: now }, world.venue.zone);
const at = new Date(yesterday!.from + 10.7 * 3_600_000).toISOString().slice(0, 16);

for (const [name, viewport] of Object.entries(SIZES))
  for (const theme of ['dark', 'light'])
    for (const layer of LAYERS)
      await picture(`replay.html?at=${at}Z&layer=${layer}`, `replay-${layer}`, theme, name, viewport);
for (const theme of ['dark', 'light'])
  await picture(`tv.html?at=${at}Z&floor=ground`, 'wall', theme, 'desk', SIZES.desk);
await browser.close();
await fixture.stop();

async function picture(
  address: string,
  of: string,
  theme: string,
  size: string,
  viewport: { width: number; height: number },
) {
  const { page, close } = await openPage(browser, `${fixture.address}/${address}&theme=${theme}`, {
    viewport,
    reducedMotion: 'reduce',
    deviceScaleFactor: size === 'phone' ? 2 : 1,
  });
  await page.locator('main[data-state="full"]').waitFor();
  await page.locator('.progress-line').first().waitFor({ state: 'hidden' });
  // The clock of the wall's transitions and the legend's place.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const shot = await loadImage(await page.screenshot());
  await close();
  const width = Math.min(WIDTH, shot.width);
  const canvas = createCanvas(width, Math.round((shot.height * width) / shot.width));
  canvas.getContext('2d').drawImage(shot, 0, 0, canvas.width, canvas.height);
  writeFileSync(join(OUT, `${of}-${theme}-${size}.webp`), await canvas.encode('webp', QUALITY));
}
