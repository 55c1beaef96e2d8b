import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { layout } from '../../services/simulate/calendar.ts';
import { curlText } from '../../web/draw/send.ts';
import type { Demo } from '../../web/read/demo.ts';
import { seriousFindings } from './axe.ts';
import { cutOff, noChromium, openChromium, openPage, overflow } from './chromium.ts';
import { type Fixture, noPages, startFixture } from './fixture.ts';
import { type Live, openLive, WAIT_MS } from './live-page.ts';
import { demoWorld, stillAt } from './world.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.now();
const { start } = layout(NOW);
const demo = (more: Partial<Demo> = {}): Demo => ({
  state: 'told',
  share: 1,
  people: 300,
  from: start - 12 * HOUR_MS,
  until: start + 72 * HOUR_MS,
  hasHistory: false,
  problem: null,
  ...more,
});

const line = (page: Page) => page.locator('.notice');
const says = (page: Page, text: string | RegExp) => line(page).getByText(text).first().waitFor({ timeout: WAIT_MS });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
/** The page anew, with a frame. */
const reload = async ({ page, show }: Live) => {
  await page.reload();
  await page.getByRole('status').getByText('no frame yet').waitFor({ timeout: WAIT_MS });
  await show();
};
const isFocused = (page: Page, selector: string) =>
  page.waitForFunction((of) => document.activeElement?.matches(of), selector, { timeout: WAIT_MS });

describe('the line over the plan', { skip: noPages || noChromium }, () => {
  let browser: Browser;
  let fixture: Fixture;
  before(async () => {
    browser = await openChromium();
  });
  after(() => browser?.close());
  const opened = async (answer: Fixture['demo'], search = '', options = {}) => {
    fixture = await startFixture(demoWorld(NOW), { frames: null });
    fixture.demo = answer;
    return openLive(browser, fixture, search, options);
  };
  const closed = async ({ close }: { close(): Promise<void> }) => {
    await close();
    await fixture.stop();
  };

  it('says how much of the past is laid, and reads the past again when it is there', async () => {
    const live = await opened({ demo: demo({ state: 'laying', share: 0.43 }), own: 0 });
    const { page } = live;
    await says(
      page,
      '300 badges at a conference modelled on one of November 2018, moved so that today is its third day.',
    );
    await says(page, /being laid: 43.%\. Until then the picture knows this morning alone/);
    assert.equal(await page.getByRole('progressbar').getAttribute('aria-valuenow'), '43');
    fixture.demo = { demo: demo({ state: 'laying', share: 0.8 }), own: 0 };
    await says(page, /being laid: 80.%/);
    fixture.pastFrom = Number.POSITIVE_INFINITY;
    fixture.world.people = Object.fromEntries(fixture.world.venue.rooms.map(({ id }) => [id, 0]));
    fixture.demo = { demo: demo(), own: 0 };
    assert.match((await page.locator('.total .day').textContent()) ?? '', /up to [1-9]/);
    fixture.anew();
    await says(page, 'its dates are moved so that today is its third day.');
    // As long as frames come, however late it is looked.
    fixture.frames = stillAt;
    await live.show();
    await page.locator('.total b').getByText('0', { exact: true }).waitFor({ timeout: WAIT_MS });
    fixture.frames = null;
    // Nobody was there in the past that is now: of the one before nothing may be left.
    await page.waitForFunction(
      () => !/up to [1-9]/.test(document.querySelector('.total .day:not([hidden])')?.textContent ?? ''),
    );
    fixture.pastFrom = 0;
    fixture.world.people = { ...demoWorld(NOW).people };
    fixture.anew();
    await live.show();
    await page.getByText(/quarter-hour mean up to [1-9]/).waitFor({ timeout: WAIT_MS });
    assert.deepEqual(live.faults, []);
    await closed(live);
  });

  it('reads the past again when it is another one once more while the one before is still being asked for', async () => {
    const live = await opened({ demo: demo(), own: 0 });
    const { page } = live;
    const held: (() => void)[] = [];
    let asked = 0;
    await page.route('**/v1/venue', async (route) => {
      // The first is answered and its past is read; the second waits.
      if (++asked === 2) await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    fixture.pastFrom = Number.POSITIVE_INFINITY;
    fixture.anew();
    await live.show();
    while (held.length === 0) await page.waitForTimeout(20);
    fixture.pastFrom = 0;
    const told = page.waitForRequest('**/v1/demo');
    fixture.anew();
    await told;
    held[0]!();
    await live.show();
    await page.getByText(/quarter-hour mean up to [1-9]/).waitFor({ timeout: WAIT_MS });
    await closed(live);
  });

  it('is put away for this demo only, over a reload, and its mark brings it back', async () => {
    const live = await opened({ demo: demo(), own: 0 });
    const { page } = live;
    const mark = button(page, 'Simulated');
    assert.equal(await mark.count(), 0);
    await button(page, 'Hide this line').click();
    await line(page).waitFor({ state: 'hidden', timeout: WAIT_MS });
    await isFocused(page, '.simulated');
    await reload(live);
    await mark.waitFor({ timeout: WAIT_MS });
    assert.equal(await line(page).isVisible(), false);
    await mark.press('Enter');
    await says(page, 'its dates are moved');
    await isFocused(page, '#simulated');
    assert.equal(await mark.count(), 0);
    await button(page, 'Hide this line').click();
    await mark.waitFor({ timeout: WAIT_MS });
    fixture.demo = { demo: demo({ from: demo().from + 24 * HOUR_MS }), own: 0 };
    fixture.anew();
    await says(page, 'today is its second day');
    fixture.demo = { demo: demo(), own: 0 };
    await page.goto(`${fixture.address}/#simulated`);
    await reload(live);
    await says(page, 'its dates are moved');
    await closed(live);
  });

  it('can be put away where the browser lets nothing be remembered', async () => {
    const live = await opened({ demo: demo(), own: 0 });
    const refuse = () => {
      throw new DOMException('no', 'SecurityError');
    };
    await live.page.addInitScript(`Object.defineProperty(globalThis, 'localStorage', { get: ${refuse} })`);
    await reload(live);
    await button(live.page, 'Hide this line').click();
    await button(live.page, 'Simulated').waitFor({ timeout: WAIT_MS });
    assert.deepEqual(live.faults, []);
    await closed(live);
  });

  it('shows a command for the emptiest room of the floor, and leaves it as it is while it is open', async () => {
    const live = await opened({ demo: demo({ state: 'laying', share: 0.1 }), own: 0 });
    const { page } = live;
    await button(page, 'Send your own').click();
    const { id } = fixture.world.venue.gateways.find(({ room }) => room === 'preassembly-1')!;
    await says(page, `Gateway ${id} in Preassembly 1 says that it hears a badge.`);
    await says(page, 'The answer comes when the past is laid; until then the command waits.');
    const command = page.locator('.notice pre');
    assert.equal(await command.textContent(), curlText({ base: `${fixture.address}/`, tokens: false }, id));
    fixture.world.people.reception = 0;
    await live.show();
    assert.equal(await command.textContent(), curlText({ base: `${fixture.address}/`, tokens: false }, id));
    await button(page, 'Send your own').click();
    await command.waitFor({ state: 'hidden' });
    await closed(live);
  });

  it('offers to end a demo with something of one’s own in it, asks once, and says what is after', async () => {
    const live = await opened({ demo: demo(), own: 0 });
    const { page } = live;
    await says(page, 'its dates are moved');
    assert.equal(await button(page, 'End the demo').count(), 0);
    await button(page, 'Send your own').click();
    fixture.demo = { demo: demo(), own: 3 };
    await says(page, 'You have sent 3 observations of your own.');
    await button(page, 'End the demo').click();
    await says(page, 'The 300 simulated badges, all that was told of them, and the past as it was shown.');
    await says(page, '3 observations of your own, and the venue with its rooms, gateways and programme (venue.json).');
    await button(page, 'Keep it').click();
    await page.locator('#notice-end').waitFor({ state: 'hidden' });
    assert.deepEqual(fixture.wrote, []);
    await button(page, 'End the demo').click();
    fixture.isRefusing = true;
    await button(page, 'Forget what was simulated').click();
    await page.getByRole('alert').getByText('No answer').waitFor({ timeout: WAIT_MS });
    fixture.isRefusing = false;
    await button(page, 'Forget what was simulated').click();
    await says(page, 'The demo is ended');
    await says(page, '3 observations of your own are kept.');
    assert.deepEqual(fixture.wrote, ['DELETE /v1/demo', 'DELETE /v1/demo']);
    await isFocused(page, '#simulated');
    await button(page, 'Hide this line').click();
    await line(page).waitFor({ state: 'hidden' });
    assert.equal(await button(page, 'Simulated').count(), 0, 'nothing is simulated any more');
    await closed(live);
  });

  it('says that the event is over, that its past is missing, that nothing came, and nothing else', async () => {
    const live = await opened({ demo: demo({ state: 'over' }), own: 0 });
    const { page } = live;
    const becomes = async (answer: Fixture['demo'], text: string | RegExp, buttons: string[]) => {
      fixture.demo = answer;
      fixture.anew();
      await says(page, text);
      const shown = await line(page)
        .locator('.line button:visible')
        .evaluateAll((all) => all.map((node) => node.getAttribute('aria-label') ?? node.textContent));
      assert.deepEqual(shown, buttons, String(text));
    };
    const [send, end, hide] = ['Send your own', 'End the demo', 'Hide this line'];
    const problem = 'no room on the disk.\n    at lay (lay.ts:1)';
    await becomes(
      { demo: demo({ state: 'over' }), own: 0 },
      'Hallway lays it anew when it starts again, unless somebody has made something here.',
      [send, end, hide],
    );
    await becomes(
      { demo: demo({ state: 'over' }), own: 1 },
      'You have sent 1 observation of your own. So it is kept.',
      [send, end, hide],
    );
    await becomes({ demo: demo({ problem }), own: 0 }, 'Some of its past is missing: no room on the disk.', [
      send,
      hide,
    ]);
    await becomes(
      { demo: demo({ state: 'laying', share: 0.4, problem }), own: 0 },
      /could not be laid \(no room on the disk\)\. .*until Hallway is started again\./,
      [hide],
    );
    await becomes({ demo: null, own: 0 }, 'Nothing of your own has come in yet', [send]);
    await becomes(
      { demo: null, own: 0, simulated: true },
      'What comes in now, or some of it, is told by a simulator.',
      [send, hide],
    );
    await button(page, hide).click();
    await line(page).waitFor({ state: 'hidden', timeout: WAIT_MS });
    const mark = page.locator('button.simulated');
    await mark.waitFor({ timeout: WAIT_MS });
    fixture.demo = { demo: null, own: 1 };
    fixture.anew();
    await mark.waitFor({ state: 'hidden', timeout: WAIT_MS });
    await line(page).waitFor({ state: 'hidden', timeout: WAIT_MS });
    await closed(live);
  });

  it('has nothing serious for axe, and fits every width, with everything open', async () => {
    for (const theme of ['dark', 'light'])
      for (const name of ['Send your own', 'End the demo', 'Hide this line']) {
        const live = await opened({ demo: demo(), own: 3 }, `?theme=${theme}`, { bypassCSP: true });
        await button(live.page, name).click();
        assert.deepEqual(await seriousFindings(live.page), [], `${theme}, ${name}`);
        for (const width of theme === 'dark' ? [320, 390, 768, 1366] : []) {
          await live.page.setViewportSize({ width, height: 768 });
          await live.show();
          assert.equal(await overflow(live.page), 0, `${width} px, ${name}`);
          const cut = (await cutOff(live.page)).filter((words) =>
            /^(line|drawer|notes|acts|button|simulated)/.test(words),
          );
          assert.deepEqual(cut, [], `${width} px, ${name}`);
        }
        await closed(live);
      }
    const laying = await opened({ demo: demo({ state: 'laying', share: 0.4 }), own: 0 }, '', { bypassCSP: true });
    assert.deepEqual(await seriousFindings(laying.page), []);
    await closed(laying);
  });

  it('takes nothing of the plan at the desk, where there is room for it', async () => {
    const live = await opened({ demo: demo(), own: 0 }, '', { viewport: { width: 1366, height: 768 } });
    const size = () => live.page.locator('.plan').evaluate((node) => node.getBoundingClientRect().width);
    const shown = await size();
    await button(live.page, 'Hide this line').click();
    await live.show();
    assert.equal(await size(), shown);
    await closed(live);
  });

  it('gives way to what an empty venue says: how to send, name rooms, and see the demo', async () => {
    const world = { ...demoWorld(NOW), venue: { zone: 'Europe/Dublin', rooms: [], gateways: [] } };
    const empty = await startFixture(world, { frames: null });
    empty.demo = { demo: null, own: 0 };
    const { page, close } = await openPage(browser, empty.address);
    await page.getByRole('heading', { name: 'No rooms yet' }).waitFor({ timeout: WAIT_MS });
    await page.getByText('DATA_DIR=.hallway-demo DEMO=on npm start').waitFor({ timeout: WAIT_MS });
    assert.equal(await line(page).isVisible(), false);
    await close();
    await empty.stop();
  });
});
