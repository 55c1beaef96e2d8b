import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { VenueChange } from '../../services/model/changes.ts';
import type { PivotQuery } from '../../services/model/pivot.ts';
import { fromSearch } from '../../web/read/pivot-url.ts';
import type { SavedView } from '../../web/read/views.ts';
import { openPage, type Watched } from './chromium.ts';
import { LISTED, manyCells, pivotOf, recordsOf, VENUE } from './explore-world.ts';
import { type Fixture, type More, startFixture } from './fixture.ts';
import { demoWorld } from './world.ts';

export const WAIT_MS = 60_000;
const PAGE = 100;

/** The explorer over a small event whose answers a test knows; what it asked, and how it is to fail. */
export type Explorer = Fixture & {
  asked: string[];
  /** `unready`: it does not say yet what can be asked */
  trouble: 'none' | 'large' | 'wrong' | 'silent' | 'empty' | 'unready';
  /** how long an answer takes that is made to wait, ms; the fixture itself never does */
  views: SavedView[];
  /** what gateways did in the span of an answer */
  changes: VenueChange[];
};

export async function startExplorer(): Promise<Explorer> {
  const asked: string[] = [];
  const more: More = ({ method, url }) => {
    const { query } = fromSearch(url.searchParams);
    if (url.pathname === '/v1/pivot/fields')
      return explorer.trouble === 'unready' ? { status: 503, body: {} } : { status: 200, body: LISTED };
    if (url.pathname.startsWith('/v1/views')) return viewsOf(method, url);
    if (url.pathname === '/v1/pivot/records') return records(query, url);
    if (url.pathname !== '/v1/pivot') return null;
    asked.push(url.search);
    return answerOf(query, explorer);
  };
  const viewsOf = (method: string, url: URL) => {
    if (method === 'DELETE') explorer.views = explorer.views.filter(({ id }) => !url.pathname.endsWith(`/${id}`));
    if (method === 'PUT')
      explorer.views = [
        ...explorer.views.filter(({ id }) => !url.pathname.endsWith(`/${id}`)),
        { id: url.pathname.split('/').at(-1)!, name: '', query: fromSearch(new URLSearchParams()).query, look: '' },
      ];
    return { status: 200, body: { rows: explorer.views } };
  };
  const world = { ...demoWorld(Date.UTC(2026, 10, 4, 10)), venue: VENUE };
  const fixture = await startFixture(world, { more, frames: null });
  const explorer: Explorer = Object.assign(fixture, { asked, trouble: 'none' as const, views: [], changes: [] });
  return explorer;
}

const meta = (read: number) => ({ readFrom: 'minute frames', read, ms: 12, asSeen: true });

function answerOf(query: PivotQuery, { trouble, changes }: Explorer): ReturnType<More> {
  if (trouble === 'silent') return { status: 503, body: {} };
  if (trouble === 'wrong')
    return {
      status: 400,
      body: {
        title: 'Bad Request',
        detail: 'the question has faults',
        errors: [{ pointer: '/rows/0', expected: 'a field', found: 'nothing of it' }],
      },
    };
  if (trouble === 'large') {
    const coarser = [{ words: 'by the hour instead of 5 minutes', query: { ...query, columns: ['hour'] }, cells: 126 }];
    return { status: 422, body: { title: 'too many cells', cells: 4_800_000, limit: 1_000_000, coarser } };
  }
  const rows = trouble === 'empty' ? [] : query.dataset === 'observations' ? manyCells(2000, 50) : pivotOf(query);
  return {
    status: 200,
    body: { meta: { ...meta(trouble === 'empty' ? 0 : recordsOf(query, {}).length), changes }, next: null, rows },
  };
}

function records(query: PivotQuery, url: URL): ReturnType<More> {
  const cell =
    fromSearch(new URLSearchParams(url.searchParams.getAll('cell').map((said) => ['where', said]))).query.filters ?? [];
  const all = recordsOf(query, Object.fromEntries(cell.map(({ field, in: some }) => [field, some![0]!])));
  const from = Number(url.searchParams.get('cursor') ?? 0);
  const next = from + PAGE < all.length ? String(from + PAGE) : null;
  return {
    status: 200,
    body: {
      meta: meta(all.length),
      rows: all.slice(from, from + PAGE),
      next,
    },
  };
}

/** Opens the page and waits for its first picture. `search` begins with `?`. */
export async function openExplorer(
  browser: Browser,
  explorer: Explorer,
  search = '',
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const watched = await openPage(browser, `${explorer.address}/explore.html${search}`, options);
  await watched.page
    .locator('.pivot tbody td, .chart, .says h2, .lost:not([hidden])')
    .first()
    .waitFor({ timeout: WAIT_MS, state: 'attached' });
  return watched;
}

/** The table that is drawn, as its words: a row an array. */
export const tableOf = (page: Page): Promise<string[][]> =>
  page
    .locator('.pivot tr:not(.gap)')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children].filter((cell) => !cell.classList.contains('gap')).map((cell) => cell.textContent!.trim()),
      ),
    );

/** What stands on a shelf. */
export const shelf = (page: Page, name: string): Promise<string[]> =>
  page.locator(`[data-shelf="${name}"] .chip .name span`).allTextContents();

/** Until a question has been answered and drawn. */
export const settled = async (page: Page, act: () => Promise<unknown>): Promise<void> => {
  const before = await page.locator('html').getAttribute('data-answer');
  await act();
  await page.waitForFunction((old) => document.documentElement.dataset.answer !== old, before, { timeout: WAIT_MS });
};
