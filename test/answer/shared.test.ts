import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shared } from '../../services/answer/shared.ts';

/** Work that is done when it is told to, and looks at its signal then. */
function slow() {
  let done = () => {};
  const told = new Promise<void>((resolve) => {
    done = resolve;
  });
  const one = shared(async (signal) => {
    await told;
    signal.throwIfAborted();
    return 'found';
  });
  return { one, done };
}

describe('shared(work)', () => {
  it('whoever leaves waits no more, the others have what was found', async () => {
    const { one, done } = slow();
    const leaves = new AbortController();
    const [first, second] = [one.wait(leaves.signal), one.wait(new AbortController().signal)];
    leaves.abort();
    await assert.rejects(first, { name: 'AbortError' });
    done();
    assert.equal(await second, 'found');
    assert.equal(one.isGivenUp, false);
    assert.equal(await one.wait(), 'found');
  });

  it('is given up once nobody waits', async () => {
    const { one, done } = slow();
    const leave = [new AbortController(), new AbortController()];
    const all = leave.map(({ signal }) => one.wait(signal));
    for (const each of leave) each.abort();
    for (const each of all) await assert.rejects(each, { name: 'AbortError' });
    assert.equal(one.isGivenUp, true);
    done();
  });

  it('what fails fails for all', async () => {
    const one = shared(() => Promise.reject(new Error('no')));
    await Promise.all([1, 2].map(() => assert.rejects(one.wait(), /no/)));
  });
});
