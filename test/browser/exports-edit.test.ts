import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Locator, Route } from 'playwright-core';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';
import { seriousFindings } from './axe.ts';
import { cutOff, noChromium, openChromium, openPage, overflow, type Watched } from './chromium.ts';
import { until, VENUE, WAIT_MS } from './exports-page.ts';

const SIZES = [
  [1920, 1080],
  [1366, 768],
  [390, 844],
] as const;
const GIVEN = {
  name: 'Hours',
  query: { dataset: 'observations', rows: ['gateway'], measures: ['count'] },
  cron: '0 * * * *',
  zone: 'UTC',
  formats: ['csv'],
};

/** What has the keyboard is in the window, and nothing lies over it. */
const isInSight = (at: Locator) =>
  at.evaluate((node) => {
    const { left, top, right, bottom, height } = node.getBoundingClientRect();
    const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return height > 0 && top >= 0 && bottom <= innerHeight && !!over && (node.contains(over) || over.contains(node));
  });

describe('a schedule is edited on its page', { skip: notBuilt || noChromium }, () => {
  const dataDir = newFolder();
  let service: Service;
  let browser: Browser;
  let home: Watched;
  let away: Watched;
  const api = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(`${service.address}/v1/schedules${path}`, {
      ...{ method, headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: reply.status, said: (await reply.json()) as { rows: Record<string, unknown>[] } };
  };
  const kept = async (id: string) => (await api('GET', '')).said.rows.find((row) => row.id === id);
  const open = async ({ page }: Watched, search: string) => {
    await page.goto(`${service.address}/exports.html?${search}`);
    await page.locator('.schedule').first().waitFor({ timeout: WAIT_MS });
  };
  const edit = async (of: Watched, id: string) => {
    await open(of, `id=${id}`);
    await of.page.getByRole('button', { name: 'Edit' }).click();
    await of.page.locator('.next tbody tr').nth(9).waitFor({ timeout: WAIT_MS });
  };

  before(async () => {
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    service = await startService({ DATA_DIR: dataDir, PORT: '0', JOBS: 'off' });
    browser = await openChromium();
    home = await openPage(browser, `${service.address}/exports.html`, { bypassCSP: true });
    away = await openPage(browser, `${service.address}/exports.html`);
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    remove(dataDir);
  });

  it('one thing at a time is the first to do', async () => {
    const { page } = home;
    await until(page, 'No exports yet');
    const primary = () => page.locator('.button.primary:visible').allTextContents();
    assert.deepEqual(await primary(), ['New schedule']);
    await page.getByRole('button', { name: 'New schedule' }).click();
    await page.getByRole('form', { name: 'New schedule' }).waitFor({ timeout: WAIT_MS });
    assert.deepEqual(await primary(), ['Create schedule']);
    await page.getByRole('button', { name: 'Cancel' }).click();
    assert.deepEqual(await primary(), ['New schedule']);
  });

  for (const [width, height] of SIZES)
    it(`what is refused stands below its field, in sight, in our own words: ${width} × ${height}`, async () => {
      const { page } = home;
      await page.setViewportSize({ width, height });
      await page.goto(`${service.address}/exports.html?form=new`);
      await page.locator('.next tbody tr').nth(9).waitFor({ timeout: WAIT_MS });
      const refused = async (label: string, value: string, words: RegExp, after = '', act = 'Create schedule') => {
        const field = page.getByLabel(label, { exact: false }).first();
        await field.fill(value);
        await page.getByRole('button', { name: act, exact: true }).click();
        const said = page.locator('.fault', { hasText: words });
        await said.waitFor({ timeout: WAIT_MS });
        await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
        assert.ok(await isInSight(page.locator(':focus')), `${label} is in sight`);
        assert.ok(await isInSight(said), `${label}: what is wrong is in sight`);
        assert.equal(await page.locator(':focus').getAttribute('aria-describedby'), await said.getAttribute('id'));
        assert.deepEqual(await seriousFindings(page), []);
        await field.fill(after);
        await said.waitFor({ state: 'hidden', timeout: WAIT_MS });
      };
      await refused('Name', '', /^Expected a name, found nothing$/, 'Hours');
      await refused('A window lasts', 'a day', /^Expected a length like 24h, 90m or 7d(, or nothing)?, found .*a day/);
      await refused('Days that files are kept', '0', /^Expected a whole number from 1 to 36.500, or nothing, found 0$/);
      await refused('Days that files are kept', '1.5', /found 1\.5$/);
      // After a preview what is above it has gone out of sight.
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.getByRole('region', { name: 'Preview' }).waitFor({ timeout: WAIT_MS });
      await refused('Files are called', 'con', /^Expected .*, found con$/, '{schedule}.{format}');
      await refused('Name', 'a\u202eb', /^Expected a name of one line, found/, 'Hours');
      await refused(
        'Time zone',
        'Mars/Base',
        /^Expected a time zone like Europe\/Dublin, found "Mars\/Base"$/,
        'Preview',
      );
      for (const box of await page.locator('fieldset', { hasText: 'FilesCSV' }).getByRole('checkbox').all())
        await box.uncheck();
      await page.getByRole('button', { name: 'Create schedule' }).click();
      await page.locator('.formats .fault', { hasText: 'Expected one at least' }).waitFor({ timeout: WAIT_MS });
      assert.ok(await isInSight(page.locator('.formats .fault', { hasText: 'Expected one at least' })));
      assert.equal((await api('GET', '')).said.rows.length, 0);
    });

  it('a name that no file may have makes an id that one may', async () => {
    const { page } = home;
    await page.setViewportSize({ width: 1366, height: 768 });
    for (const [name, id, box] of [
      ['Con', 'con-export', null],
      ['Manifest', 'manifest-export', 'JSON'],
    ] as const) {
      await page.goto(`${service.address}/exports.html?form=new`);
      await page.getByLabel('Name').fill(name);
      if (box) await page.getByLabel(box, { exact: true }).check();
      await page.getByRole('button', { name: 'Create schedule' }).click();
      await until(page, `“${name}” is scheduled.`);
      assert.equal((await kept(id))!.name, name);
      await api('DELETE', `/${id}`);
    }
  });

  it('a new schedule never takes the place of one that somebody has made meanwhile', async () => {
    const { page } = home;
    await page.goto(`${service.address}/exports.html?form=new`);
    await page.getByLabel('Name').fill('Hours');
    await api('PUT', '/hours', { ...GIVEN, cron: '15 3 * * *' });
    await page.getByRole('button', { name: 'Create schedule' }).click();
    await until(page, '“Hours” is scheduled.');
    assert.deepEqual([(await kept('hours'))!.cron, (await kept('hours-2'))!.cron], ['15 3 * * *', '0 * * * *']);
    await api('DELETE', '/hours-2');
    await api('PUT', '/hours', GIVEN);
  });

  it('two browsers: whoever saves later is told what the other changed, sees theirs, goes back, or saves anyway', async () => {
    await edit(home, 'hours');
    await edit(away, 'hours');
    await away.page.getByLabel('When it runs').fill('30 6 * * *');
    await away.page.getByRole('button', { name: 'Save' }).click();
    await until(away.page, '“Hours” is saved.');
    const { page } = home;
    await page.getByLabel('Name').fill('Mine');
    await page.getByRole('button', { name: 'Save' }).click();
    const clash = page.getByRole('alert', { name: 'Changed meanwhile' });
    await clash.getByText('When it runs was 0 * * * *, is 30 6 * * *').waitFor({ timeout: WAIT_MS });
    assert.deepEqual(await clash.getByRole('listitem').count(), 1);
    assert.ok(await isInSight(page.locator(':focus')));
    assert.deepEqual(await seriousFindings(page), []);
    assert.equal((await kept('hours'))!.name, 'Hours', 'nothing is overwritten yet');
    await page.getByRole('button', { name: 'Show theirs' }).click();
    assert.equal(await page.getByLabel('When it runs').inputValue(), '30 6 * * *');
    assert.equal(await page.getByLabel('Name').inputValue(), 'Hours');
    await page.getByRole('button', { name: 'Back to mine' }).click();
    assert.equal(await page.getByLabel('Name').inputValue(), 'Mine');
    await page.getByRole('button', { name: 'Save mine anyway' }).click();
    await until(page, '“Mine” is saved.');
    const { name, cron } = (await kept('hours'))!;
    assert.deepEqual([name, cron], ['Mine', '0 * * * *']);
  });

  it('a pause takes back nothing that somebody else has written, and what is written takes back no pause', async () => {
    const { page } = home;
    await open(home, 'id=hours');
    // The page does not know it yet.
    await page.route('**/v1/schedules', (route) => route.abort());
    await api('PUT', '/hours', { ...GIVEN, cron: '45 * * * *' });
    await page.getByRole('button', { name: 'Pause' }).click();
    await until(page, /^Paused\. Windows wait/);
    await page.unroute('**/v1/schedules');
    const paused = (await kept('hours'))!;
    assert.deepEqual([paused.cron, paused.paused], ['45 * * * *', true]);
    await edit(home, 'hours');
    await api('POST', '/hours/resume', {});
    await page.getByLabel('Name').fill('Hours again');
    await page.getByRole('button', { name: 'Save' }).click();
    await until(page, '“Hours again” is saved.');
    const { name, paused: rests } = (await kept('hours'))!;
    assert.deepEqual([name, rests], ['Hours again', false]);
  });

  it('what is edited and somebody else deletes stays in the form, and is saved as a new one', async () => {
    const { page } = home;
    await api('PUT', '/other', { ...GIVEN, name: 'Other' });
    await edit(home, 'hours');
    await page.getByLabel('Name').fill('Not lost');
    await api('DELETE', '/hours');
    await page.locator('.schedule').nth(1).waitFor({ state: 'detached', timeout: WAIT_MS });
    assert.equal(await page.getByLabel('Name').inputValue(), 'Not lost');
    await page.getByRole('button', { name: 'Save' }).click();
    await until(page, 'Somebody deleted this schedule while you were writing.');
    await page.getByRole('button', { name: 'Save mine as a new one' }).click();
    await until(page, '“Not lost” is scheduled.');
    assert.equal((await kept('not-lost'))!.name, 'Not lost');
  });

  it('a schedule that somebody deletes while it is looked at is gone from the page, and the page goes on', async () => {
    const { page, faults } = home;
    await api('PUT', '/other', { ...GIVEN, name: 'Other' });
    await api('PUT', '/not-lost', { ...GIVEN, name: 'Not lost' });
    await open(home, 'id=not-lost');
    faults.length = 0;
    const isOf = /\/v1\/schedules\/not-lost\/windows\?/;
    const deletes = async (route: Route) => {
      await api('DELETE', '/not-lost');
      await route.continue();
    };
    await page.route(isOf, deletes, { times: 1 });
    await page.locator('.schedule').nth(1).waitFor({ state: 'detached', timeout: WAIT_MS });
    await page.getByRole('heading', { name: 'Other' }).waitFor({ timeout: WAIT_MS });
    await api('PUT', '/later', { ...GIVEN, name: 'Later' });
    await page.locator('.schedule', { hasText: 'Later' }).waitFor({ timeout: WAIT_MS });
    // The browser itself writes down what was not found.
    assert.deepEqual(
      faults.filter((fault) => !/status of 404/.test(fault)),
      [],
    );
  });

  it('ten runs fit beside and below the form, however long a zone is called, with the length of each window', async () => {
    const { page } = home;
    await edit(home, 'other');
    for (const zone of ['Australia/Lord_Howe', 'America/North_Dakota/Beulah', 'America/St_Johns'])
      for (const cron of ['0 0 * * *', '15 2 * * *']) {
        await page.getByLabel('Time zone').fill(zone);
        await page.getByLabel('When it runs').fill(cron);
        await page.locator('.next thead', { hasText: zone }).waitFor({ timeout: WAIT_MS });
        for (const [width, height] of SIZES) {
          await page.setViewportSize({ width, height });
          for (const edge of ['Clocks forward', 'Clocks back', 'From now']) {
            const radio = page.getByRole('radio', { name: edge });
            if ((await radio.count()) === 0) continue;
            await radio.check();
            if (edge !== 'From now')
              await page.locator('.next h3', { hasText: /^Around/ }).waitFor({ timeout: WAIT_MS });
            const out = await page.evaluate(() => {
              const right = (name: string) => document.querySelector(name)!.getBoundingClientRect().right;
              return Math.max(0, right('.next table') - Math.min(right('.means'), innerWidth));
            });
            assert.equal(out, 0, `${zone} ${cron} ${edge} ${width}`);
            assert.ok(await page.locator('.next .length').last().isVisible());
          }
          assert.equal(await overflow(page), 0);
          assert.deepEqual(await cutOff(page), []);
        }
      }
  });
});
