import assert from 'node:assert/strict';
import { it } from 'node:test';
import { noChromium, openChromium, openPage } from './chromium.ts';
import { noPages, startFixture } from './fixture.ts';
import { demoWorld } from './world.ts';

const REFUSED = 2;

it('a wall whose reading of the past got no answer asks again by itself', { skip: noChromium || noPages }, async () => {
  const asked: number[] = [];
  const fixture = await startFixture(demoWorld(Date.now()), {
    more({ url }) {
      if (url.pathname !== '/v1/frames') return null;
      asked.push(Date.now());
      return asked.length > REFUSED ? null : { status: 503, body: {} };
    },
  });
  const browser = await openChromium();
  const { page, close } = await openPage(browser, `${fixture.address}/tv.html?floor=ground`);
  const end = Date.now() + 40_000;
  // The hour twice for nothing, the hour, and the day.
  while (asked.length < REFUSED + 2 && Date.now() < end) await page.waitForTimeout(200);
  assert.ok(asked.length >= REFUSED + 2, `asked ${asked.length} times`);
  assert.ok(asked[2]! - asked[1]! > asked[1]! - asked[0]!, 'the pause grows');
  assert.equal(fixture.asked.length, 1, 'its stream did not break');
  await close();
  await browser.close();
  await fixture.stop();
});
