import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { newFolder, notBuilt, ROOT, remove } from './service.ts';

describe('a child of a service', { skip: notBuilt }, () => {
  for (const file of ['jobs/main.js', 'services/demo/lay.js'])
    it(`${file} ends when its parent was gone before it had loaded`, async () => {
      const dataDir = newFolder();
      const child = fork(join(ROOT, 'dist', file), { env: { ...process.env, DATA_DIR: dataDir }, stdio: 'ignore' });
      child.disconnect();
      const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      clearTimeout(late);
      remove(dataDir);
      assert.deepEqual({ code, signal }, { code: 1, signal: null });
    });
});
