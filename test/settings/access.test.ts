import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import type { Finding } from '../../services/cli/check/finding.ts';
import { checkAccess, checkReach } from '../../services/cli/check/ports.ts';
import { fileLedger } from '../../services/ledger/file.ts';
import { makeToken } from '../../services/ledger/tokens.ts';
import { listensAt } from '../../services/settings/access.ts';
import { readConfig } from '../../services/settings/config.ts';
import { startApp } from '../serve/app.ts';
import { newFolder, remove } from '../service.ts';

it("who may ask is told by the admin's token in the ledger, by the service and by hallway check", async () => {
  const dataDir = newFolder();
  const access = async (more = {}) => {
    const config = readConfig({ DATA_DIR: dataDir, PORT: '0', ...more });
    const [{ state, said }] = [...(await checkReach(config)), await checkAccess(config)] as Finding[] as [Finding];
    return `${state}: ${said}`;
  };
  assert.match(await access(), /^warn: this machine only/);
  assert.match(await access({ HOST: '0.0.0.0' }), /^fail: HOST: expected a loopback address/);
  assert.ok(!existsSync(join(dataDir, 'main')), 'nothing is made');
  const ledger = await fileLedger(join(dataDir, 'main', 'ledger'));
  await makeToken(ledger, { name: 'Ada', scope: 'admin', gateway: null, expires: null }, 'a test');
  ledger.close();
  assert.equal(await access({ HOST: '0.0.0.0' }), 'ok: whoever has a token may ask, at 0.0.0.0');
  const app = await startApp({ DATA_DIR: dataDir });
  assert.equal(app.isClosed, true);
  await app.end();
  const bare = await startApp();
  assert.equal(bare.isClosed, false);
  await bare.end();
  remove(dataDir);
  assert.equal(listensAt('http://127.0.0.1:1', '127.0.0.1'), 'http://127.0.0.1:1');
  assert.match(listensAt('http://127.0.0.1:1', '0.0.0.0'), /^http:\/\/127\.0\.0\.1:1 and every other address/);
});
