import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Debian's; the same without windows of its own where that is there: it takes a third less of the processor. */
const CHROMIUMS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
const CHROMIUM = CHROMIUMS.find((file) => existsSync(file)) ?? '/usr/bin/chromium';
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why a test in a browser cannot run, or false. */
export const noChromium = existsSync(CHROMIUM) ? false : `no Chromium at ${CHROMIUM}`;

export const openChromium = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, args: QUIET });

/** What a page is asked to do may take so long: other tests run beside it. */
const PATIENCE_MS = 90_000;

/** A page, and what went wrong on it: errors of its code, of its console and of its policy. */
export type Watched = { page: Page; faults: string[]; close(): Promise<void> };

/** Opens an address in a context of its own. That a service is gone is no fault of the page. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  // What a test runs in the page was compiled with this name for its functions' names.
  await context.addInitScript('globalThis.__name ??= (made) => made;');
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    const isFault =
      ['error', 'warning'].includes(message.type()) && !/net::ERR_(CONNECTION|INCOMPLETE)/.test(message.text());
    if (isFault) faults.push(`${message.text()} ${message.location().url}`);
  });
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}

/** How far the page can be scrolled sideways, px; it should be 0. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Texts that are cut off where they stand. What only a screen reader sees is not meant. */
export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((node) => node.clientWidth > 1 && node.clientHeight > 1 && node.scrollWidth > node.clientWidth + 1)
      .filter((node) => getComputedStyle(node).overflowX !== 'visible')
      .map((node) => `${node.className}: ${node.textContent}`),
  );
