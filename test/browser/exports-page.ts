import type { Page } from 'playwright-core';

/** How long something is waited for on the page of exports, ms. */
export const WAIT_MS = 60_000;

/** A house whose exports are looked at. */
export const VENUE = {
  name: 'Test house',
  zone: 'Europe/Dublin',
  rooms: [{ id: 'hall-1', name: 'Hall 1' }],
  gateways: [{ id: 'pi-1', room: 'hall-1' }],
};

/** Until a text stands on a page. */
export const until = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByText(text).first().waitFor({ timeout: WAIT_MS });
