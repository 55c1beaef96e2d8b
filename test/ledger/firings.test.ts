import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Ledger } from '../../services/ledger/ledger.ts';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { putHeard, readHeard, readNotices } from '../../services/ledger/notices.ts';
import { clearFiring, firingId, openAndLast, pageOf, putFiring, readFirings } from '../../services/ledger/rules.ts';
import { readUnsettled, settle, tellingKey } from '../../services/ledger/tellings.ts';
import { readTroubles } from '../../services/ledger/troubles.ts';
import type { Firing } from '../../services/model/rule.ts';

const T0 = Date.UTC(2026, 10, 3, 10);
const MINUTE = 60_000;
const COUNT = 5000;
const venue = { zone: 'UTC', rooms: [], gateways: [] };

const firing = (n: number): Firing => {
  const of = { rule: `r${n % 3}`, place: 'room:hall', since: T0 + n * MINUTE, about: null };
  return {
    ...{ id: firingId(of), ...of, name: 'Full', measure: 'occupancy', fired: of.since, cleared: null },
    ...{ value: 54, clearedValue: null, sentence: 'Full', clearedSentence: null, to: ['hook'] },
    notice: { kind: 'alert', text: null, targets: null },
  };
};

/** Thousands of episodes, a minute apart, all told and heard, over but for the first; and how many entries lists have read since. */
async function long(): Promise<{ ledger: Ledger; read(): number }> {
  let [now, read] = [T0, 0];
  const kept = memoryLedger(() => now);
  const done = { attempt: 1, error: null, retry: null, done: [] };
  for (let n = 0; n < COUNT; n++) {
    now = T0 + n * MINUTE;
    const one = firing(n);
    await putFiring(kept, one);
    for (const is of ['fired', 'cleared'] as const)
      await kept.put(tellingKey({ firing: one, is, destination: 'hook' }), 1, { state: 'sent', ...done });
    if (n > 0) await clearFiring(kept, one, now);
    await putHeard(kept, `rule-${one.id}`, 'pi-1');
  }
  const ledger: Ledger = {
    ...kept,
    async list(prefix, options) {
      const found = await kept.list(prefix, options);
      read += found.length;
      return found;
    },
  };
  const counted = () => {
    const before = read;
    read = 0;
    return before;
  };
  return { ledger, read: counted };
}

it('lists of what rules found read a bounded part of what there ever was', async () => {
  const { ledger, read } = await long();
  const open = firing(0);
  const pages: string[] = [];
  let after: [number, string] | null = null;
  do {
    let last: ReturnType<typeof pageOf>['last'] = null;
    const found = await readFirings(ledger, 'r0', (known) => {
      const page = pageOf(known, 400, after);
      last = page.last;
      return page.found;
    });
    assert.ok(read() <= 401);
    pages.push(...found.map(({ id }) => id));
    after = last && [(last as { first: number }).first, (last as { key: string }).key];
  } while (after);
  const all = Array.from({ length: COUNT }, (_, n) => firing(n)).filter(({ rule }) => rule === 'r0');
  assert.equal(pages.length, all.length, 'every episode is on one page');
  assert.deepEqual(new Set(pages), new Set(all.map(({ id }) => id)));
  assert.equal(pages[400], open.id, 'one that holds is on the first');

  const last = await readFirings(ledger, undefined, openAndLast);
  assert.deepEqual(
    last.map(({ since }) => (since - T0) / MINUTE),
    [COUNT - 1, COUNT - 2, COUNT - 3, 0],
  );
  const notices = await readNotices(ledger, venue);
  assert.equal(notices[0]!.id, `rule-${open.id}`);
  assert.ok(notices.length > 1000 && notices.length <= 2001, `${notices.length} notices`);
  read();
  const heard = await readHeard(ledger, new Set([`rule-${open.id}`]));
  assert.deepEqual([[...heard.keys()], read()], [[`rule-${open.id}`], 1]);
});

it('what is told at a destination is not read again, and what is left to be told stays', async () => {
  const { ledger, read } = await long();
  const before = await readUnsettled(ledger, 'hook');
  assert.equal(before.firings.length, COUNT);
  const late = firing(COUNT - 100);
  await settle(ledger, 'hook', before.firings, new Set([late.id]));
  read();
  const after = await readUnsettled(ledger, 'hook');
  assert.ok(read() < 1000);
  assert.ok(after.firings.some(({ value }) => value.id === late.id));
  assert.ok(after.firings.length < 200, `${after.firings.length} episodes`);
  await ledger.put(tellingKey({ firing: late, is: 'cleared', destination: 'hook' }), 2, {
    ...{ state: 'failed', attempt: 1, error: 'none', retry: T0, done: [] },
  });
  assert.equal((await readTroubles(ledger)).open.length, 1);
});
