import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { announce, withdraw } from '../../services/settings/service-file.ts';
import { newFolder, remove } from '../service.ts';

it('announce(dataDir, service) beside another that is just announced; withdraw takes back its own alone', () => {
  const folder = newFolder();
  const found = () => (JSON.parse(readFileSync(join(folder, 'service.json'), 'utf8')) as { instance: string }).instance;
  mkdirSync(join(folder, 'service.json.tmp'));
  for (const instance of ['one', 'other'])
    announce(folder, { address: 'http://127.0.0.1:1', pid: 1, instance, token: '' });
  withdraw(folder, 'one');
  assert.equal(found(), 'other');
  withdraw(folder, 'other');
  assert.deepEqual(readdirSync(folder), ['service.json.tmp']);
  remove(folder);
});
