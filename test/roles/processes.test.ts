import assert from 'node:assert/strict';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { Registry } from 'prom-client';
import { sayProcess } from '../../services/roles/processes.ts';
import { soon } from '../ledger/contract.ts';
import { newFolder, remove } from '../service.ts';

const dataDir = newFolder();
after(() => remove(dataDir));

it('processes() has what every process of a folder says: its screens and how it does; who stopped or fell silent is gone', async () => {
  const metrics = new Registry();
  const say = (role: 'serve' | 'live', instance: string, more: { wellness?: () => Map<string, 'deaf'> } = {}) =>
    sayProcess({ config: { dataDir, role }, instance, metrics, ...more }, assert.ifError);
  const one = say('serve', '11111111-1');
  one.screens.enter({ screen: 'foyer' }, '10.0.0.9', 1000).told(2000);
  const other = say('serve', '22222222-2');
  const live = say('live', '33333333-3', { wellness: () => new Map([['pi-1', 'deaf']]) });
  const roles = async () => (await other.processes()).map(({ application }) => application.role);
  await soon(async () => (await roles()).length === 3);
  assert.deepEqual(await roles(), ['serve', 'serve', 'live']);
  const [own, ...others] = await other.processes();
  assert.deepEqual([own!.application.process, own!.screens], ['22222222', []]);
  const [screen] = others.flatMap((said) => said.screens);
  assert.deepEqual(
    [screen!.process, screen!.screen, screen!.address, screen!.frame],
    ['11111111', 'foyer', '10.0.0.9', 2000],
  );
  assert.deepEqual(other.wellness(), new Map([['pi-1', 'deaf']]));
  live.end();
  assert.equal(other.wellness(), null);
  const file = join(dataDir, 'processes', '11111111-1.json');
  writeFileSync(`${file}.tmp`, '{"half');
  for (const name of [file, `${file}.tmp`])
    utimesSync(name, new Date(Date.now() - 40_000), new Date(Date.now() - 40_000));
  assert.deepEqual(await roles(), ['serve'], 'one has stopped, one was killed');
  assert.ok(!existsSync(file));
  one.end();
  other.end();
  assert.deepEqual(readdirSync(join(dataDir, 'processes')), []);
});
