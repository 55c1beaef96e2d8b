import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { type Ran, run } from '../cli/hallway.ts';
import { notBuilt, remove, type Service, startService } from '../service.ts';
import { noChromium, openChromium, openPage, type Watched } from './chromium.ts';
import { noPages } from './fixture.ts';

/** A machine that is busy with other things takes its time. */
const LAID_MS = 180_000;
const WAIT_MS = 60_000;

describe('the demo of an empty folder, as a person meets it', { skip: notBuilt || noPages || noChromium }, () => {
  let service: Service;
  let browser: Browser;
  let watched: Watched;
  let answering: Promise<Ran>;
  let before10 = '';
  let replayed: Watched;
  let explored: Watched;
  before(async () => {
    service = await startService({ DEMO: 'on', LOG_LEVEL: 'warn' });
    browser = await openChromium();
    watched = await openPage(browser, service.address);
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    remove(service?.dataDir);
  });
  const says = (text: string | RegExp, timeout = WAIT_MS) =>
    watched.page.locator('.notice').getByText(text).first().waitFor({ timeout });
  const button = (name: string) => watched.page.getByRole('button', { name, exact: true });
  const frame = () => watched.page.evaluate(() => Number(document.documentElement.dataset.frame ?? 0));
  /** since when today's curve knows anything */
  const curveFrom = () => watched.page.locator('.ends span').first().textContent();

  it('moves while its past is laid behind a bar', async () => {
    const { page } = watched;
    await says(/being laid: \d+.%/);
    const first = await frame();
    await page.waitForFunction((at) => Number(document.documentElement.dataset.frame) >= at + 2000, first);
    assert.equal(await page.locator('.notice').getAttribute('data-kind'), 'laying', 'it was laid too soon to be seen');
    assert.match((await page.locator('.total b').textContent()) ?? '', /^[1-9]\d*$/);
    before10 = (await curveFrom()) ?? '';
  });

  it('is waited for by the replay, and is said to be simulated on the wall', async () => {
    replayed = await openPage(browser, `${service.address}/replay.html`);
    await replayed.page.getByRole('heading', { name: 'The past is being laid' }).waitFor({ timeout: WAIT_MS });
    const wall = await openPage(browser, `${service.address}/tv.html`);
    await wall.page.locator('.bar .simulated').waitFor({ timeout: WAIT_MS });
    assert.deepEqual(wall.faults, []);
    await wall.close();
    explored = await openPage(browser, `${service.address}/explore.html`);
    await explored.page
      .locator('.top .simulated')
      .getByText(/past \d+.% laid/)
      .waitFor({ timeout: WAIT_MS });
  });

  it('shows a command that works when it is pasted: it waits for the past, and is stored', async () => {
    await button('Send your own').click();
    await says('The answer comes when the past is laid; until then the command waits.');
    answering = run('bash', ['-c', (await watched.page.locator('.notice pre').textContent()) ?? '']);
    await says('its dates are moved so that today is its third day.', LAID_MS);
    assert.equal((await answering).stdout, '{"stored":1,"duplicate":0,"rejected":0,"rejects":[]}');
    await says('You have sent 1 observation of your own.');
  });

  it('is replayed by the page that waited', async () => {
    await replayed.page.locator('main[data-state="full"]').waitFor({ timeout: WAIT_MS });
    assert.deepEqual(replayed.faults, []);
    await replayed.close();
  });

  it('is asked about again by the explorer, which had ten minutes of it', async () => {
    const { page, faults, close } = explored;
    await page.locator('.top .simulated').getByText('Simulated', { exact: true }).waitFor({ timeout: WAIT_MS });
    await page
      .getByText(/fullest at/)
      .first()
      .waitFor({ timeout: WAIT_MS });
    assert.deepEqual(faults, []);
    await close();
  });

  it('has read the day again: its curve reaches back beyond the ten minutes of the beginning', async () => {
    await watched.page.waitForFunction(
      (was) => ![was, ''].includes(document.querySelector('.ends span')?.textContent ?? ''),
      before10,
      { timeout: WAIT_MS },
    );
  });

  it('is said on the page of what comes in too, with the way back', async () => {
    const { page, close, faults } = await openPage(browser, `${service.address}/in.html`);
    await page.getByText('All but 1 of it is simulated.').waitFor({ timeout: WAIT_MS });
    await page.getByRole('link', { name: 'What is simulated' }).click();
    await page.locator('.notice').getByText('its dates are moved').waitFor({ timeout: WAIT_MS });
    assert.deepEqual(faults, []);
    await close();
  });

  it('ends when somebody says so: what was simulated is gone, what was sent stays, the page goes on', async () => {
    const { page, faults } = watched;
    await button('End the demo').click();
    await says('1 observation of your own, and the venue with its rooms, gateways and programme (venue.json).');
    await button('Forget what was simulated').click();
    await says('1 observation of your own is kept.', LAID_MS);
    const last = await frame();
    await page.waitForFunction((at) => Number(document.documentElement.dataset.frame) >= at + 2000, last);
    const total = (await page.locator('.total b').textContent()) ?? '';
    assert.ok(Number(total === '—' ? 0 : total) <= 1, `${total} badges are left`);
    const reply = await fetch(`${service.address}/v1/observations`);
    const { rows } = (await reply.json()) as { rows: { simulated: boolean }[] };
    assert.deepEqual(
      rows.map(({ simulated }) => simulated),
      [false],
    );
    assert.deepEqual(faults, []);
  });
});
