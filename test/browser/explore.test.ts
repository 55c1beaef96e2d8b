import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Browser, Page } from 'playwright-core';
import { seriousFindings } from './axe.ts';
import { noChromium, openChromium, openPage, overflow } from './chromium.ts';
import { type Explorer, openExplorer, settled, shelf, startExplorer, tableOf, WAIT_MS } from './explore-page.ts';
import { measuresOf, pivotOf, recordsOf } from './explore-world.ts';
import { noPages } from './fixture.ts';

/** The colours of a picture's pixels, from so far below its top, px. */
async function coloursOf(file: string, from: number): Promise<Set<number>> {
  const image = await loadImage(file);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return new Set(new Uint32Array(context.getImageData(0, from, image.width, image.height - from).data.buffer));
}

const ROOMS_BY_DAY = '?dataset=frames&rows=room&columns=day&measures=peak';
const SIZES = [
  { viewport: { width: 1920, height: 1080 }, colorScheme: 'dark' },
  { viewport: { width: 1366, height: 768 }, colorScheme: 'light' },
  { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true },
  { viewport: { width: 390, height: 844 }, colorScheme: 'light', reducedMotion: 'reduce' },
] as const;

const heard = (page: Page) => page.locator('p.unseen[role="status"]').textContent();
const chip = (page: Page, name: string, on: string) =>
  page.locator(`[data-shelf="${on}"] .chip`, { hasText: name }).locator('.name');
const body = async (page: Page) => (await tableOf(page)).slice(1, -1);

describe('the pivot explorer', { skip: noChromium || noPages }, () => {
  let browser: Browser;
  let explorer: Explorer;
  before(async () => {
    browser = await openChromium();
    explorer = await startExplorer();
  });
  after(async () => {
    await browser?.close();
    await explorer?.stop();
  });
  const open = (search = '', options = {}) => {
    explorer.trouble = 'none';
    return openExplorer(browser, explorer, search, options);
  };

  it('opens on a view that says when the peak was each day and which room was warmest, each a link to what shows it', async () => {
    const { page, faults, close } = await open();
    await page.locator('.opening a').nth(4).waitFor({ timeout: WAIT_MS });
    const cards = await page
      .locator('.opening .said')
      .evaluateAll((all) => all.map((card) => [...card.children].map((part) => part.textContent)));
    assert.deepEqual(
      cards.slice(0, 3).map(([, at]) => at),
      ['16:35', '10:40', '16:45'],
    );
    // What badges feel is warmer than what a sensor says, and is not held against it.
    assert.deepEqual(cards.slice(3), [
      ['Warmest room, by its sensor', 'Restaurant', '22.5\u202f°C on average'],
      ['Warmest room, felt by badges', 'Maginnes', '24.4\u202f°C on average'],
    ]);
    await settled(page, () => page.locator('.opening a').nth(1).click());
    assert.match(page.url(), /where=day:2026-11-03/);
    assert.match((await page.locator('.lead').textContent())!, /^Most: 150\u202fbadges, Restaurant · 10:30\./);
    assert.match(
      (await page.locator('.status').textContent())!,
      /12\u202fms.*1\u202f344 rows of minute frames.*as seen/,
    );
    assert.deepEqual(faults, []);
    await close();
  });

  it('says nothing of an answer before it is known what can be asked, and asks until it is', async () => {
    explorer.trouble = 'unready';
    const { page, close } = await openPage(browser, `${explorer.address}/explore.html${ROOMS_BY_DAY}`);
    await page.locator('.conn', { hasText: 'no connection' }).waitFor({ timeout: WAIT_MS });
    assert.equal(await page.locator('.lost, .changed').filter({ visible: true }).count(), 0);
    explorer.trouble = 'none';
    await page.locator('.pivot tbody td').first().waitFor({ timeout: WAIT_MS });
    assert.equal(await page.locator('.lost, .changed').filter({ visible: true }).count(), 0);
    await close();
  });

  it('draws the totals of the answer, and never a sum of cells', async () => {
    const { page, close } = await open(ROOMS_BY_DAY);
    const [head, ...lines] = await tableOf(page);
    assert.deepEqual(head!.slice(1), ['Mon 2 Nov', 'Tue 3 Nov', 'Wed 4 Nov', 'All']);
    const rows = pivotOf({ dataset: 'frames', rows: ['room'], columns: ['day'], measures: ['peak'] });
    const total = (level: string, room: string | null, day: string | null) =>
      String(rows.find((row) => row.level === level && row.room === room && row.day === day)!.peak);
    assert.deepEqual(lines.at(-1), [
      'All',
      ...['2026-11-02', '2026-11-03', '2026-11-04'].map((day) => total('room', null, day)),
      total('room,day', null, null),
    ]);
    const lounge = lines.find(([name]) => name === 'Lounge')!;
    assert.equal(lounge.at(-1), total('day', 'lounge', null));
    await close();
  });

  it('a change of gateways is a mark on its day, in the table and in lines, and a note below', async () => {
    const time = Date.parse('2026-11-03T10:05Z');
    explorer.changes = [{ time, gateways: 1, room: 'lounge', sentence: 'Gateway g7 was raised in Lounge' }];
    const { page, faults, close } = await open(ROOMS_BY_DAY);
    const marked = page.locator('.pivot [data-changed]');
    await marked.first().waitFor({ timeout: WAIT_MS });
    assert.deepEqual(await marked.allTextContents(), ['Tue 3 Nov']);
    assert.equal(await marked.getAttribute('title'), 'Tue 3 Nov 10:05: Gateway g7 was raised in Lounge');
    assert.match((await page.locator('aside.changed').textContent())!, /^Tue 3 Nov 10:05: Gateway g7 was raised/);
    await close();
    const lines = await open(`${ROOMS_BY_DAY}&view=line`);
    await lines.page.locator('.chart path.changed').first().waitFor({ state: 'attached', timeout: WAIT_MS });
    assert.equal(await lines.page.locator('.chart path.changed').count(), 1);
    explorer.changes = [];
    const without = await open(ROOMS_BY_DAY);
    assert.equal(await without.page.locator('[data-changed], aside.changed:not([hidden])').count(), 0);
    assert.deepEqual([...faults, ...lines.faults, ...without.faults], []);
    await lines.close();
    await without.close();
  });

  it('a field dragged from the list to a shelf is asked, before the chip it was dropped on; another drag takes it elsewhere', async () => {
    const { page, close } = await open(ROOMS_BY_DAY);
    const first = page.locator('[data-shelf="rows"] .chip').first();
    await settled(page, () => page.locator('[data-field="floor"]').dragTo(first, { targetPosition: { x: 4, y: 14 } }));
    assert.deepEqual(await shelf(page, 'rows'), ['Floor', 'Room']);
    assert.match(page.url(), /rows=floor,room&columns=day/);
    assert.equal(await heard(page), 'Floor is on rows, place 1 of 2.');
    await settled(page, () =>
      page
        .locator('[data-shelf="rows"] .chip')
        .first()
        .dragTo(page.locator('[data-shelf="columns"]'), { targetPosition: { x: 300, y: 10 } }),
    );
    assert.deepEqual([await shelf(page, 'rows'), await shelf(page, 'columns')], [['Room'], ['Day', 'Floor']]);
    await settled(page, () => page.locator('[data-field="claps"]').dragTo(page.locator('[data-shelf="measures"]')));
    assert.deepEqual(await shelf(page, 'measures'), ['Peak occupancy', 'Claps']);
    await close();
  });

  it('is wholly used by keyboard: add, move along and across, bin, sort, open records, remove, and Back undoes each', async () => {
    const { page, faults, close } = await open(ROOMS_BY_DAY);
    const press = (...keys: string[]) =>
      keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
    await press('/');
    await page.keyboard.type('time of');
    await press('ArrowDown', 'Enter', 'ArrowDown');
    await settled(page, () => press('Enter'));
    assert.deepEqual(await shelf(page, 'columns'), ['Day', 'Time of the day, 15\u202fmin']);
    await chip(page, 'Time of the day', 'columns').focus();
    await settled(page, () => press('Alt+ArrowLeft'));
    assert.deepEqual(await shelf(page, 'columns'), ['Time of the day, 15\u202fmin', 'Day']);
    assert.match((await page.locator(':focus').textContent())!, /Time of the day/);
    await settled(page, () => press('Alt+ArrowUp'));
    assert.deepEqual(
      [await shelf(page, 'rows'), await shelf(page, 'columns')],
      [['Room', 'Time of the day, 15\u202fmin'], ['Day']],
    );
    assert.equal(await heard(page), 'Time of the day, 15\u202fmin is on rows, place 2 of 2.');
    await settled(page, () => press('Enter', '1', 'Enter'));
    assert.match(page.url(), /rows=room,time:1h/);
    await settled(page, () => press('Delete'));
    assert.deepEqual(await shelf(page, 'rows'), ['Room']);
    await page.locator('.pivot td[tabindex="0"]').focus();
    await press('ArrowDown', 'End', 'Enter');
    await page.locator('.drawer h2').waitFor();
    assert.match((await page.locator('.drawer header p').textContent())!, /^McCurdy 2$/);
    await press('Escape');
    await page.locator('.drawer').waitFor({ state: 'hidden' });
    assert.equal(await page.evaluate(() => document.activeElement!.tagName), 'TD');
    for (const rows of [
      ['Room'],
      ['Room'],
      ['Room', 'Time of the day, 1\u202fh'],
      ['Room', 'Time of the day, 15\u202fmin'],
    ]) {
      await page.goBack();
      await page.waitForFunction(
        (words) =>
          [...document.querySelectorAll('[data-shelf="rows"] .chip .name span')]
            .map((node) => node.textContent)
            .join() === words,
        rows.join(),
      );
    }
    assert.deepEqual(faults, []);
    await close();
  });

  it("a span of one's own is in local times; what cannot be is said; Undo takes back what the page did, and no more", async () => {
    const { page, faults, close } = await open(ROOMS_BY_DAY, { bypassCSP: true });
    const undo = page.getByRole('button', { name: 'Undo' });
    assert.equal(await undo.getAttribute('aria-disabled'), 'true');
    await page.keyboard.press('Control+z');
    await page.getByRole('button', { name: 'The whole past' }).click();
    await page.getByRole('menuitemradio', { name: 'From … until …' }).click();
    assert.match((await page.locator('#span-zone').textContent())!, /^Local times of GMT\+?0? ?\(Europe\/Dublin\)/);
    await page.getByLabel('From', { exact: true }).fill('2026-07-03T10:00');
    await page.getByLabel('Until, not included').fill('2026-07-03T10:00');
    await page.keyboard.press('Enter');
    await page.locator('#span-fault', { hasText: 'Until: expected a time after the first one.' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByLabel('Until, not included').fill('2026-07-03T12:30');
    await settled(page, () => page.getByRole('button', { name: 'Ask about it' }).click());
    await page.getByRole('button', { name: 'Fri 3 Jul 2026 10:00 – 12:30' }).waitFor();
    assert.match(page.url(), /from=2026-07-03T09:00:00.*&until=2026-07-03T11:30:00/);
    await settled(page, () => undo.click());
    await page.getByRole('button', { name: 'The whole past' }).waitFor();
    assert.equal(await undo.getAttribute('aria-disabled'), 'true');
    assert.deepEqual(faults, []);
    await close();
  });

  it('a link opens the same in a fresh profile: fields, view, sort, what is shut, and the open records', async () => {
    const here = await open('?dataset=frames&rows=floor,room&columns=day&measures=peak,occupancy&view=table');
    await here.page.getByRole('button', { name: 'Ground floor' }).click();
    await here.page.locator('.pivot thead tr:last-child button').first().click();
    await here.page.locator('.pivot tfoot td.total').first().click();
    await here.page.locator('.proof b').waitFor();
    const [url, table, proof] = [
      here.page.url(),
      await tableOf(here.page),
      await here.page.locator('.proof').textContent(),
    ];
    assert.match(proof!, /^\d.*records, they add up/);
    await here.close();
    const there = await open(new URL(url).search);
    await there.page.locator('.proof b').waitFor({ timeout: WAIT_MS });
    assert.deepEqual(await tableOf(there.page), table);
    assert.equal(await there.page.locator('.proof').textContent(), proof);
    assert.equal(await there.page.locator('[aria-sort="descending"]').count(), 1);
    assert.deepEqual(
      (await body(there.page)).slice(1).map(([name]) => name),
      ['Ground floor', 'Second floor', 'Restaurant', 'Hotel Bar'],
    );
    await there.close();
  });

  it('a cell and a total open their records, paged, and what they come to stands beside what the table says', async () => {
    const { page, close } = await open(ROOMS_BY_DAY);
    const query = { dataset: 'frames' as const, rows: ['room'], columns: ['day'], measures: ['peak'] };
    const all = recordsOf(query, { day: '2026-11-02' });
    await page.locator('.pivot tfoot td').first().click();
    await page.locator('.proof b').waitFor();
    assert.equal(await page.locator('.figures dd').textContent(), `${measuresOf(query, all).peak}\u202fbadges`);
    assert.match((await page.locator('.proof').textContent())!, /1\u202f344 records, they add up.*716 = 716/);
    assert.equal(await page.locator('.records tbody tr').count(), 100);
    await page.getByRole('button', { name: 'More' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.records tbody tr').length === 200);
    await close();
  });

  it('100,000 cells scroll: only those in sight are made, headings and totals stay, and the last is there', async () => {
    const { page, faults, close } = await open('?dataset=observations&rows=badge&columns=time:15m&measures=count');
    await page.locator('.status', { hasText: '102\u202f051 cells' }).waitFor();
    const state = () =>
      page.locator('.scroll').evaluate((node) => ({
        cells: node.querySelectorAll('td[data-at]').length,
        top: node.scrollTop,
        height: node.scrollHeight,
        width: node.scrollWidth,
      }));
    const first = await state();
    assert.ok(first.cells < 2500, `${first.cells} cells are made`);
    assert.ok(first.height > 2000 * 32 && first.width > 50 * 50);
    for (const [top, left] of [
      [9000, 0],
      [31_000, 1200],
      [60_000, 400],
      [10 ** 6, 10 ** 6],
    ] as const) {
      await page.locator('.scroll').evaluate((node, [y, x]) => node.scrollTo(x!, y!), [top, left]);
      await page.waitForFunction(() => {
        const scroll = document.querySelector('.scroll')!.getBoundingClientRect();
        const cell = document.elementFromPoint(scroll.left + 420, scroll.top + 200);
        return cell?.closest('td[data-at]') !== null;
      });
      assert.ok((await state()).cells < 2500);
      const wrong = await page.locator('.pivot tbody tr:not(.gap)').evaluateAll(
        (rows) =>
          rows.flatMap((row) => {
            const badge = Number(row.querySelector('th')!.textContent!.slice(2));
            return [...row.querySelectorAll('td[data-at]:not(.total)')].filter(
              (cell) => Number(cell.textContent!.replace(/\D/g, '')) !== badge + Number(cell.getAttribute('data-at')),
            );
          }).length,
      );
      assert.equal(wrong, 0);
    }
    const [last] = (await tableOf(page)).slice(-2, -1);
    assert.equal(last![0], 'b-01999');
    const box = (selector: string) => page.locator(selector).first().boundingBox();
    const [scroll, head, foot, total] = [
      await box('.scroll'),
      await box('.pivot thead'),
      await box('.pivot tfoot tr th'),
      await box('.pivot tbody td.total'),
    ];
    assert.ok(Math.abs(head!.y - scroll!.y) < 2 || (await box('.pivot thead th'))!.y - scroll!.y < 2);
    assert.ok(
      foot!.y + foot!.height <= scroll!.y + scroll!.height + 1 &&
        total!.x + total!.width <= scroll!.x + scroll!.width + 1,
    );
    await page.locator('.pivot td[tabindex="0"]').focus();
    await page.keyboard.press('Control+Home');
    assert.equal(await page.locator('.scroll').evaluate((node) => node.scrollTop), 0);
    assert.equal(await page.locator(':focus').textContent(), '0');
    assert.deepEqual(faults, []);
    await close();
  });

  it('every view draws the same answer: bars, lines, tiles, each with its unit', async () => {
    const { page, faults, close } = await open(
      '?dataset=frames&rows=floor,room&columns=hour&measures=occupancy,temperature',
    );
    for (const [view, least] of [
      ['Line', '.series'],
      ['Bar', 'rect.fill'],
      ['Treemap', 'rect'],
    ] as const) {
      await page.getByRole('radio', { name: view, exact: true }).check({ force: true });
      await page.locator(`.chart ${least}`).first().waitFor();
      assert.match((await page.locator('.chart .title').textContent())!, /average occupancy, badges/i);
      assert.ok((await page.locator(`.chart ${least}`).count()) >= 8);
    }
    await page.getByRole('radio', { name: 'Temperature' }).check({ force: true });
    await page.locator('.chart .title', { hasText: '°C' }).waitFor();
    const asked = explorer.asked.length;
    await page.getByRole('radio', { name: 'Cell bars' }).check({ force: true });
    assert.ok((await page.locator('.pivot .bar').count()) > 20);
    assert.equal(explorer.asked.length, asked, 'another view asks nothing');
    assert.deepEqual(faults, []);
    await close();
  });

  it('colours are measured over table, row or column, and where all cells are equal none stands out', async () => {
    const { page, close } = await open(
      '?dataset=frames&rows=room&columns=day&measures=count&where=room:lounge,maginnes',
    );
    const fills = () =>
      page
        .locator('.pivot tbody td[data-at]:not(.total)')
        .evaluateAll((cells) => [...new Set(cells.map((cell) => (cell as HTMLElement).style.background))]);
    assert.equal((await fills()).length, 1);
    assert.match((await page.locator('.legend').textContent())!, /^all cells are equal/);
    await close();
    const other = await open(`${ROOMS_BY_DAY}&by=row`);
    const rows = await other.page
      .locator('.pivot tbody tr')
      .evaluateAll((lines) =>
        lines.map((line) =>
          Math.max(...[...line.querySelectorAll('td:not(.total)')].map((cell) => Number(cell.textContent))),
        ),
      );
    assert.ok(Math.max(...rows) > 2 * Math.min(...rows));
    const brightest = await other.page
      .locator('.pivot tbody tr')
      .evaluateAll((lines) =>
        lines.map(
          (line) =>
            new Set([...line.querySelectorAll('td:not(.total)')].map((cell) => (cell as HTMLElement).style.background))
              .size,
        ),
      );
    assert.ok(
      brightest.every((count) => count === 1),
      'each room has the same peak each day',
    );
    await other.close();
  });

  it('a filter offers the values there are, and lets through what was chosen', async () => {
    const { page, close } = await open(ROOMS_BY_DAY);
    await page.getByRole('button', { name: 'Add to filters' }).click();
    await page.getByRole('menuitem', { name: 'Room', exact: true }).click();
    await page.getByLabel('Lounge').check();
    await page.getByLabel('Maginnes').check();
    await settled(page, () => page.getByRole('button', { name: 'Apply' }).click());
    assert.match(page.url(), /where=room:lounge,maginnes|where=room:maginnes,lounge/);
    assert.deepEqual((await body(page)).map(([name]) => name).sort(), ['Lounge', 'Maginnes']);
    assert.match((await page.locator('[data-shelf="filters"] .chip').textContent())!, /RoomLounge, Maginnes/);
    await close();
  });

  it('copies the screen as text and saves it as a picture; a view is saved under a name and opened again', async () => {
    const { page, close } = await open(ROOMS_BY_DAY, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'Copy as CSV' }).click();
    await page.locator('.toast').waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(text, /^Room,Mon 2 Nov,Tue 3 Nov,Wed 4 Nov,All\r?\n/);
    assert.match(text, /\nAll,716,716,716,716/);
    const picture = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'Picture PNG' }).click();
    assert.equal((await picture).suggestedFilename(), 'peak-occupancy-by-room-day.png');
    assert.ok((await coloursOf(await (await picture).path(), 2 * 64)).size > 10, 'words below title and caption');
    await page.keyboard.press('Control+s');
    assert.equal(await page.getByLabel('Name of the view').inputValue(), 'Peak occupancy by room, day');
    await page.getByLabel('Name of the view').fill('My peaks');
    await page.keyboard.press('Enter');
    await page.locator('.toast', { hasText: 'My peaks is saved.' }).waitFor();
    await settled(page, async () => {
      await page.locator('.title').click();
      await page.getByRole('menuitem', { name: /^Rooms by hour/ }).click();
    });
    assert.equal(await page.locator('h1').textContent(), 'Rooms by hour');
    await settled(page, async () => {
      await page.locator('.title').click();
      await page.getByRole('menuitemradio', { name: 'My peaks' }).click();
    });
    assert.deepEqual(await shelf(page, 'columns'), ['Day']);
    assert.equal(await page.locator('h1').textContent(), 'My peaks');
    const act = async (item: RegExp) => {
      await page.locator('.title').click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await act(/^Rename/);
    await page.getByLabel('Name of the view').fill('Our peaks');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.locator('.toast', { hasText: 'My peaks is called Our peaks now.' }).waitFor();
    await act(/^Delete/);
    await page.locator('.toast', { hasText: 'Our peaks is deleted.' }).waitFor();
    assert.deepEqual(explorer.views, []);
    await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
    // A menu is of what there is when it opens.
    await page.locator('h1', { hasText: 'Our peaks' }).waitFor();
    await page.locator('.title').click();
    await page.getByRole('menuitemradio', { name: 'Our peaks' }).waitFor();
    assert.equal(explorer.views.length, 1);
    await close();
  });

  it('says what is wrong: too large offers what fits, a fault is named, silence keeps the last picture, nothing says why', async () => {
    const { page, close } = await open(ROOMS_BY_DAY);
    const before = await tableOf(page);
    explorer.trouble = 'large';
    await page.locator('[data-field="floor"]').dragTo(page.locator('[data-shelf="rows"]'));
    await page.locator('.says h2', { hasText: 'This would be 4\u202f800\u202f000 cells' }).waitFor();
    explorer.trouble = 'none';
    await page.getByRole('button', { name: 'Ask this' }).click();
    await page.locator('.pivot tbody td').first().waitFor();
    assert.deepEqual(await shelf(page, 'columns'), ['Hour of the day']);
    for (const [trouble, words] of [
      ['wrong', 'expected a field, found nothing of it'],
      ['empty', 'No records'],
    ] as const) {
      explorer.trouble = trouble;
      await page.locator('.chip .close').first().click();
      await page.locator('.says', { hasText: words }).waitFor();
      explorer.trouble = 'none';
      await page.goBack();
      await page.locator('.pivot tbody td').first().waitFor();
    }
    explorer.trouble = 'silent';
    // Nobody but the button shall ask again.
    await page.evaluate((patienceMs) => {
      const real = globalThis.setTimeout;
      const patient = (act: () => void, ms = 0) => (ms < patienceMs ? real(act, ms) : 0);
      globalThis.setTimeout = patient as typeof setTimeout;
    }, 2000);
    await page.locator('[data-field="event"]').dragTo(page.locator('[data-shelf="rows"]'));
    await page.locator('.lost', { hasText: 'No answer from the service since' }).waitFor();
    assert.ok((await page.locator('.pivot tbody td').count()) > 0, 'the last picture stays');
    assert.ok(before.length > 0);
    explorer.trouble = 'none';
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.locator('.lost').waitFor({ state: 'hidden' });
    await close();
  });

  for (const options of SIZES)
    it(`fits ${options.viewport.width} px in ${options.colorScheme}, and axe finds nothing serious`, async () => {
      for (const search of [
        '',
        '?dataset=frames&rows=floor,room&columns=day&measures=peak,deviation&view=table&cell=;',
        '?dataset=frames&rows=room&columns=hour&measures=occupancy&view=line',
      ]) {
        const { page, faults, close } = await open(search, { ...options, bypassCSP: true });
        await page.evaluate(() => document.fonts.ready);
        assert.ok((await overflow(page)) <= 0, search);
        // the widest in the dark, the narrowest in the light
        if (options === SIZES[0] || options === SIZES.at(-1)) assert.deepEqual(await seriousFindings(page), [], search);
        assert.deepEqual(faults, []);
        await close();
      }
    });

  it('on a phone fields and shelves are a sheet, and a field is added there', async () => {
    const { page, close } = await open('', { viewport: { width: 390, height: 844 }, hasTouch: true, bypassCSP: true });
    assert.equal(await page.locator('.shelves').isVisible(), false);
    await page.getByRole('button', { name: 'Fields and shelves' }).click();
    await page.locator('[data-field="floor"]').click();
    await settled(page, () => page.getByRole('menuitem', { name: 'Add to rows' }).click());
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole('button', { name: 'Show the answer' }).click();
    assert.equal(await page.locator('.shelves').isVisible(), false);
    assert.match(page.url(), /rows=day,room,floor/);
    await close();
  });

  it('a new table stands where its first lines have something, on a phone too, where it is as high as what is in it', async () => {
    for (const viewport of [SIZES[1].viewport, SIZES[2].viewport]) {
      const search = '?dataset=frames&rows=day,room&columns=time:15m&measures=badgeMinutes';
      const { page, close } = await open(search, { viewport });
      await page.locator('tbody tr').nth(1).waitFor({ timeout: WAIT_MS });
      const cells = page.locator('tbody tr:not(.gap)').nth(1).locator('td:not(.total):not(.gap)');
      const texts = await cells.evaluateAll((all) =>
        all.filter((cell) => cell.getBoundingClientRect().right <= innerWidth).map((cell) => cell.textContent),
      );
      assert.ok(
        texts.some((text) => Number(text) > 0),
        `${viewport.width} px: ${texts.join(' ')}`,
      );
      await close();
    }
  });
});
