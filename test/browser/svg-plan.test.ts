import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Plan } from '../../services/model/plan.ts';
import { hallway } from '../cli/hallway.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';
import { seriousFindings } from './axe.ts';
import { noChromium, openChromium, openPage, overflow } from './chromium.ts';
import { WAIT_MS } from './live-page.ts';

const svg = (inner: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40">${inner}</svg>`;
const ONE = svg('<rect id="hall" x="5" y="5" width="30" height="30"/><path id="sofa" d="M40 5h10"/>');
const TWO = svg(
  '<script>document.title="stolen"</script><polygon id="hall" points="5,5 55,5 30,35" onclick="alert(1)"/><rect id="bar" x="45" y="25" width="10" height="10"/>',
);

describe('a floor that an SVG draws', { skip: notBuilt || noChromium }, () => {
  const folder = newFolder();
  const venue = join(folder, 'venue.json');
  const env = { DATA_DIR: join(folder, 'data'), VENUE: venue, LOG_LEVEL: 'warn' };
  let service: Service;
  let browser: Browser;
  before(async () => {
    writeFileSync(
      venue,
      JSON.stringify({
        zone: 'Europe/Dublin',
        floors: [{ id: 'ground', plan: 'ground.svg', metres: 60 }],
        rooms: [
          { id: 'hall', name: 'Hall', floor: 'ground' },
          { id: 'bar', name: 'Bar', floor: 'ground' },
        ],
        gateways: [{ id: 'pi-1', room: 'hall' }],
      }),
    );
    writeFileSync(join(folder, 'ground.svg'), ONE);
    service = await startService(env);
    browser = await openChromium();
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    remove(folder);
  });
  const plans = async () => ((await (await fetch(`${service.address}/v1/plans`)).json()) as { rows: Plan[] }).rows;
  /** How many corners the drawn room has. */
  const corners = (page: Page, room: string, count: number) =>
    page.waitForFunction(
      ([id, n]) =>
        (document.querySelector(`.areas [data-room="${id}"]`)?.getAttribute('d') ?? '').split(/[ML]/).length - 1 === n,
      [room, count] as const,
      { timeout: WAIT_MS },
    );

  it('from a file beside the venue, on the live page and the wall, with a report', async () => {
    const [plan] = await plans();
    assert.deepEqual(
      [plan!.source, plan!.metres, plan!.report.unshaped, plan!.report.unnamed],
      ['file', 60, ['bar'], ['sofa']],
    );
    for (const path of ['/', '/tv.html']) {
      const { page, faults, close } = await openPage(browser, `${service.address}${path}`);
      await corners(page, 'hall', 4);
      assert.equal(await page.locator('.fabric [data-mark="lines"]').count(), 1);
      // The room that it does not name stands below it, and nothing of that is under the legend.
      await page.locator('.stage .legend').waitFor({ timeout: WAIT_MS });
      await page.waitForFunction(
        () => {
          const [sheet, canvas] = ['.stage .sheet', '.stage .canvas'].map(
            (name) => document.querySelector(name)!.getBoundingClientRect().bottom,
          );
          return sheet! <= canvas! + 1;
        },
        undefined,
        { timeout: WAIT_MS },
      );
      assert.deepEqual(faults, []);
      await close();
    }
  });

  it('one that is given on the page is looked at, then kept: an open screen draws it, and nothing in it has run', async () => {
    const wall = await openPage(browser, `${service.address}/tv.html`);
    await corners(wall.page, 'hall', 4);
    const { page, faults, close } = await openPage(browser, `${service.address}/plan.html`, { bypassCSP: true });
    await page.locator('.drawing', { hasText: 'Drawn now' }).waitFor({ timeout: WAIT_MS });
    assert.equal(await page.locator('.drawing .room').count(), 1);
    await page.setInputFiles('input[name=svg]', {
      name: 'two.svg',
      mimeType: 'image/svg+xml',
      buffer: Buffer.from(TWO),
    });
    await page.locator('.said', { hasText: 'Nothing is kept yet' }).waitFor({ timeout: WAIT_MS });
    assert.equal((await plans())[0]!.source, 'file');
    const report = await page.locator('.report').innerText();
    assert.match(report, /Hall, Bar[\s\S]*attribute onclick, script/);
    assert.equal(await page.locator('.drawing .room').count(), 2);
    assert.deepEqual(await page.locator('.drawing text').allTextContents(), ['Hall', 'Bar']);
    assert.equal(await page.locator('.drawing figcaption').innerText(), 'With this file');
    assert.deepEqual([await seriousFindings(page), await overflow(page)], [[], 0]);
    await page.getByRole('button', { name: 'Draw the floor with it' }).click();
    await page.locator('.said', { hasText: 'Kept' }).waitFor({ timeout: WAIT_MS });
    await corners(wall.page, 'hall', 3);
    await corners(wall.page, 'bar', 4);
    for (const one of [wall.page, page]) {
      assert.doesNotMatch(await one.title(), /stolen/);
      assert.equal(await one.locator('[onclick], svg script').count(), 0);
    }
    await page.setInputFiles('input[name=svg]', {
      name: 'bad.svg',
      mimeType: 'image/svg+xml',
      buffer: Buffer.from('no'),
    });
    await page.locator('.said', { hasText: 'expected an <svg> element' }).waitFor({ timeout: WAIT_MS });
    assert.deepEqual(
      [...faults, ...wall.faults].filter((fault) => !/422/.test(fault)),
      [],
    );
    await close();
    await wall.close();
  });

  it('says over HTTP and on the command line what is wrong', async () => {
    const put = (path: string, body: string) =>
      fetch(`${service.address}/v1/plans/${path}`, {
        method: 'PUT',
        body,
        headers: { 'content-type': 'image/svg+xml' },
      });
    assert.deepEqual(
      [
        (await put('attic', ONE)).status,
        (await put('ground', '<svg>')).status,
        (await put('ground?metres=0', ONE)).status,
      ],
      [404, 422, 400],
    );
    const checked = await hallway(['plan', join(folder, 'ground.svg')], env);
    assert.match(checked.stdout, /rooms drawn: hall\nrooms without a shape: bar\nshapes without a room: sofa\n/);
    const kept = await hallway(['plan', join(folder, 'ground.svg'), '--metres=30', '--keep'], env);
    assert.equal(kept.code, 0, kept.stderr);
    assert.equal((await plans())[0]!.metres, 30);
    assert.equal((await hallway(['plan', venue], env)).code, 1);
    assert.equal((await hallway(['plan', join(folder, 'ground.svg'), '--floor=attic'], env)).code, 2);
    const dropped = await fetch(`${service.address}/v1/plans/ground`, { method: 'DELETE' });
    assert.deepEqual([dropped.status, await plans()], [204, []]);
  });
});
