import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { abortAfter } from '../../services/model/abort.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

it('abortAfter(ms, …) aborts after its time, whatever is collected meanwhile, and with the others', async () => {
  const signal = abortAfter(150, new AbortController().signal);
  const aborted = new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(signal.reason.name));
  });
  const collecting = setInterval(collect, 10);
  const never = new Promise((resolve) => {
    setTimeout(resolve, 2000, 'never').unref();
  });
  const found = await Promise.race([aborted, never]);
  clearInterval(collecting);
  assert.equal(found, 'TimeoutError');
  const other = new AbortController();
  const first = abortAfter(60_000, other.signal);
  other.abort();
  assert.ok(first.aborted);
});
