import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { NoAnswer } from '../../web/read/ask.ts';
import { createKept } from '../../web/view/replay/kept.ts';

describe('createKept(most, changed, clock)', () => {
  it('asks once, keeps the newest, and after a failure asks again only when some seconds have gone', async () => {
    let [now, isThere, asked, told] = [0, false, 0, 0];
    const kept = createKept<string>(
      2,
      () => {
        told += 1;
      },
      () => now,
    );
    const look = (key: string) =>
      kept(key, async () => {
        asked += 1;
        if (!isThere) throw new NoAnswer('none');
        return key;
      });
    for (let i = 0; i < 100; i++) {
      assert.equal(look('a'), null);
      await turn();
    }
    assert.deepEqual([asked, told], [1, 0]);
    [now, isThere] = [5000, true];
    for (const key of ['a', 'b', 'c', 'c']) {
      look(key);
      await turn();
    }
    assert.deepEqual([look('c'), look('b'), asked, told], ['c', 'b', 4, 3]);
    assert.equal(look('a'), null);
  });
});
