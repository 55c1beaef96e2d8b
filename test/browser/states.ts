import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCanvas, type Image, loadImage } from '@napi-rs/canvas';
import type { Page, Route } from 'playwright-core';
import { newFolder, ROOT, remove, startService } from '../service.ts';
import { openChromium } from './chromium.ts';

/**
 * Sheets of every page in every state: of each page and theme one, states side by side, sizes below each other. With the
 * demo; in a new folder; while nothing is answered yet; where nothing answers any more.
 */
const OUT = join(ROOT, 'web/guide/pictures');
const PAGES = ['', 'explore', 'replay', 'tv', 'exports', 'panel', 'notices', 'access', 'plan', 'in'];
const SIZES = [
  { width: 1920, height: 1080, shown: 480 },
  { width: 1366, height: 768, shown: 480 },
  { width: 390, height: 844, shown: 240 },
];
/** px between pictures, of the words over a column; of WebP. */
const [GAP, HEAD, QUALITY] = [16, 28, 70];
/** A page is at rest when it has asked for nothing for so long, and is waited for no longer than, ms. */
const [REST_MS, REST_MAX_MS] = [1500, 30_000];
const STATES = ['with data', 'empty', 'loading', 'failed'] as const;
type State = (typeof STATES)[number];
/** What pages ask of the service, and what is done with it. */
const ANSWERS: Partial<Record<State, (route: Route) => unknown>> = {
  loading: () => undefined,
  failed: (route) => route.abort('connectionrefused'),
};

mkdirSync(OUT, { recursive: true });
const asked = process.argv.slice(2);
const folders = [newFolder(), newFolder()];
const [full, empty] = await Promise.all([
  startService({ DATA_DIR: folders[0]!, DEMO: 'on', JOBS: 'on' }),
  startService({ DATA_DIR: folders[1]! }),
]);
await laid();
const browser = await openChromium();
for (const name of PAGES.filter((page) => asked.length === 0 || asked.includes(page || 'live')))
  for (const theme of ['dark', 'light'] as const) await sheet(name, theme);
await browser.close();
await Promise.all([full, empty].map((service) => service.stop()));
folders.forEach(remove);

/** Until the past of the demo is laid, and what was before it. */
async function laid(): Promise<void> {
  for (;;) {
    const { demo } = (await (await fetch(`${full.address}/v1/demo`)).json()) as {
      demo: { hasHistory: boolean } | null;
    };
    if (demo?.hasHistory) return;
    await sleep(1000);
  }
}

async function sheet(name: string, theme: 'dark' | 'light'): Promise<void> {
  const heights = SIZES.map(({ width, height, shown }) => Math.round((height * shown) / width));
  const columns = Math.max(...SIZES.map(({ shown }) => shown));
  const height = HEAD + heights.reduce((sum, one) => sum + one + GAP, GAP);
  const canvas = createCanvas(STATES.length * (columns + GAP) + GAP, height);
  const context = canvas.getContext('2d');
  context.fillStyle = theme === 'dark' ? '#303236' : '#c9cbcf';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = theme === 'dark' ? '#fff' : '#000';
  context.font = '600 16px sans-serif';
  for (const [i, state] of STATES.entries()) {
    const left = GAP + i * (columns + GAP);
    context.fillText(state, left, HEAD - 6);
    let top = HEAD;
    for (const [j, { shown, ...viewport }] of SIZES.entries()) {
      context.drawImage(await picture(name, state, viewport, theme), left, top, shown, heights[j]!);
      top += heights[j]! + GAP;
    }
  }
  writeFileSync(join(OUT, `states-${name || 'live'}-${theme}.webp`), await canvas.encode('webp', QUALITY));
}

async function picture(
  name: string,
  state: State,
  viewport: { width: number; height: number },
  colorScheme: 'dark' | 'light',
): Promise<Image> {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const answer = ANSWERS[state];
  if (answer) await page.route('**/v1/**', answer);
  const rested = atRest(page, state === 'loading');
  await page.goto(`${(state === 'empty' ? empty : full).address}/${name && `${name}.html`}`, { waitUntil: 'commit' });
  await rested;
  const shot = await loadImage(await page.screenshot());
  await context.close();
  return shot;
}

/** Until a page asks for nothing more; its stream stays open, and so does what is never answered. */
async function atRest(page: Page, isHeld: boolean): Promise<void> {
  const open = new Set<unknown>();
  const began = Date.now();
  let last = began;
  page.on('request', (request) => {
    last = Date.now();
    if (!isHeld && !request.url().includes('/v1/live')) open.add(request);
  });
  const ended = (request: unknown) => {
    last = Date.now();
    open.delete(request);
  };
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);
  while (Date.now() - began < REST_MAX_MS && (open.size > 0 || Date.now() - last < REST_MS)) await sleep(100);
}
