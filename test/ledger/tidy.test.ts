import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileLedger, sumOf } from '../../services/ledger/file.ts';
import { forgottenKey, scrubLedger } from '../../services/ledger/forgetting.ts';
import { KEYS } from '../../services/ledger/runs.ts';
import { decisionKey, PERIOD } from '../../services/ledger/series.ts';
import { tidyLedger } from '../../services/ledger/tidy.ts';
import { newFolder, remove } from '../service.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 3);

let folder = '';
beforeEach(() => (folder = newFolder()));
afterEach(() => remove(folder));

describe('tidyLedger(file, now)', () => {
  it('episodes that were over before results are kept, what was told of them and what was heard go; one that holds stays, told', async () => {
    const file = join(folder, 'ledger');
    const at = { now: NOW - 50 * DAY };
    const ledger = await fileLedger(file, () => at.now);
    const episode = async (id: string, cleared: number | null) => {
      await ledger.put(`firing/full/room:hall/${id}`, 1, { id, cleared: null });
      if (cleared !== null) await ledger.put(`firing/full/room:hall/${id}`, 2, { id, cleared });
      await ledger.put(`telling/desk/${id}-fired`, 1, { state: 'sent' });
    };
    await episode('over', at.now);
    await episode('holds', null);
    await ledger.put('heard/lunch/pi-1', 1, {});
    at.now = NOW - DAY;
    await episode('late', at.now);
    await ledger.put('heard/lunch/pi-2', 1, {});
    ledger.close();
    assert.equal(await tidyLedger(file, NOW), 0, 'as long as deeds, unless it is said');
    assert.equal(await tidyLedger(file, NOW, NOW - 30 * DAY), 4);
    const after = await fileLedger(file, () => NOW);
    const keys = (await after.list('')).map(({ key }) => key);
    assert.deepEqual(
      keys.sort(),
      [
        ...['late', 'holds'].flatMap((id) => [`firing/full/room:hall/${id}`, `telling/desk/${id}-fired`]),
        'heard/lunch/pi-2',
      ].sort(),
    );
    after.close();
    assert.equal(await tidyLedger(file, NOW + 400 * DAY), 4, 'but what holds');
  });

  it('which badges had a tag in a period goes once the bucket keeps nothing of it, and stays where it keeps all', async () => {
    const file = join(folder, 'ledger');
    const ledger = await fileLedger(file);
    const ended = Math.floor(NOW / (30 * DAY)) - 1;
    for (const period of [ended - 2, ended - 1, ended]) await ledger.put(decisionKey(period, 1), 1, { from: null });
    await ledger.put(PERIOD, 1, { ms: 30 * DAY, kept: null });
    ledger.close();
    assert.equal(await tidyLedger(file, NOW), 0);
    const anew = await fileLedger(file);
    await anew.put(PERIOD, 2, { ms: 30 * DAY, kept: 30 * DAY });
    anew.close();
    assert.equal(await tidyLedger(file, NOW), 2, 'the oldest, and how long it was kept before');
    const after = await fileLedger(file);
    assert.deepEqual(
      (await after.list('series/')).map(({ key }) => key),
      [decisionKey(ended - 1, 1), decisionKey(ended, 1), PERIOD],
    );
    after.close();
  });

  it('leaves out requests answered a day ago, old runs that others followed, what locks were; versions and times stay', async () => {
    const file = join(folder, 'ledger');
    const at = { now: NOW - 100 * DAY };
    const ledger = await fileLedger(file, () => at.now);
    const run = KEYS.run('presences', '2026-07-01');
    const chore = KEYS.run('watch', null);
    await ledger.put(chore, 1, { state: 'done', day: null });
    await ledger.put(run, 1, { state: 'running' });
    await ledger.put(run, 2, { state: 'done' });
    await ledger.put(KEYS.touched('2026-07-01'), 1, { open: false });
    await ledger.put(KEYS.touched('2026-07-01'), 2, { open: false });
    await ledger.put(KEYS.request('presences', 'open'), 1, { state: 'asked' });
    at.now = NOW - 2 * DAY;
    for (const [version, state] of ['asked', 'done'].entries())
      await ledger.put(KEYS.request('presences', 'old'), version + 1, { state });
    for (const version of [1, 2, 3]) await ledger.put(KEYS.lock, version, { until: version });
    at.now = NOW - 3 * DAY;
    await ledger.put(chore, 2, { state: 'done', day: null });
    at.now = NOW - DAY / 2;
    await ledger.put(chore, 3, { state: 'done', day: null });
    await ledger.put(run, 3, { state: 'running' });
    await ledger.put(run, 4, { state: 'failed' });
    await ledger.put(KEYS.request('presences', 'new'), 1, { state: 'done' });
    ledger.close();

    assert.equal(await tidyLedger(file, NOW), 8);
    const after = await fileLedger(file, () => NOW);
    const all = await after.list('', { history: true });
    assert.deepEqual(
      all.map(({ key, version, time }) => [key, version, (NOW - time) / DAY]),
      [
        [KEYS.lock, 3, 2],
        [KEYS.request('presences', 'new'), 1, 0.5],
        [KEYS.request('presences', 'open'), 1, 100],
        [run, 3, 0.5],
        [run, 4, 0.5],
        [chore, 3, 0.5],
        [KEYS.touched('2026-07-01'), 1, 100],
        [KEYS.touched('2026-07-01'), 2, 100],
      ],
    );
    assert.deepEqual(all[0]!.value, { until: 3 });
    assert.equal(await after.put(KEYS.lock, 3, {}), false, 'what is there still wins');
    assert.equal(await after.put(KEYS.lock, 4, {}), true);
    after.close();
    const bytes = readFileSync(file);
    assert.equal(await tidyLedger(file, NOW), 1, 'the lock of before');
    assert.equal(await tidyLedger(file, NOW), 0);
    assert.ok(readFileSync(file).length < bytes.length);
    assert.equal(await tidyLedger(join(folder, 'none'), NOW), 0);
  });
});

describe('a ledger file that a kill has left half renewed', () => {
  it('is whole after a start: what was safe is there, what came after the end is not', async () => {
    const file = join(folder, 'ledger');
    const ledger = await fileLedger(file, () => NOW);
    await ledger.put('kept', 1, 1);
    ledger.close();
    const line = (text: string) => `\n${sumOf(Buffer.from(text))} ${text}\n`;
    appendFileSync(file, line('end') + line(JSON.stringify(['late', 1, NOW, 'id', 1])));
    assert.equal(await tidyLedger(file, NOW), 0);
    const again = await fileLedger(file, () => NOW);
    assert.deepEqual(
      (await again.list('')).map(({ key }) => key),
      ['kept'],
    );
    assert.equal(await again.put('late', 1, 2), true);
    again.close();
  });
});

describe('scrubLedger(file, isForgotten)', () => {
  const badge = 'k12.AAAAAAAAAAAAAAAA';

  it('names nobody any more to whoever has the file open, and loses no entry that a kill tears', async () => {
    const file = join(folder, 'ledger');
    const ledger = await fileLedger(file, () => NOW);
    for (const who of [badge, 'k12.BBBBBBBBBBBBBBBB'])
      await ledger.put(`note/${who}`, 1, { text: `é ${who} sat there` });
    assert.equal(
      scrubLedger(file, (one) => one === badge),
      1,
    );
    assert.deepEqual((await ledger.get(`note/${badge}`))?.value, { text: 'é k00.forgotten_______ sat there' });
    assert.deepEqual((await ledger.get('note/k12.BBBBBBBBBBBBBBBB'))?.value, {
      text: 'é k12.BBBBBBBBBBBBBBBB sat there',
    });
    ledger.close();
    assert.ok(!readFileSync(file).includes(badge));
    const bytes = readFileSync(file);
    bytes.fill('x', 20, 25);
    writeFileSync(file, bytes);
    const again = await fileLedger(file);
    assert.deepEqual(
      (await again.list('note/')).map(({ key, version, time }) => [key, version, time]),
      [
        ['note/k00.forgotten_______', 1, NOW],
        ['note/k12.BBBBBBBBBBBBBBBB', 1, NOW],
      ],
    );
    again.close();
  });

  it('is done by a start for what was written down since', async () => {
    const file = join(folder, 'ledger');
    const ledger = await fileLedger(file, () => NOW);
    await ledger.put(forgottenKey(badge), 1, { time: NOW });
    await ledger.put('audit/a', 1, { what: `${badge} in staff` });
    ledger.close();
    assert.equal(await tidyLedger(file, NOW), 0);
    assert.ok(!readFileSync(file).includes(badge));
  });
});
