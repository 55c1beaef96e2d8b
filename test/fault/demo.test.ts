import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { soon } from '../ledger/contract.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';

type Shown = { demo: { state: string; share: number; problem: string | null } };

const json = async <T>(service: Service, path: string): Promise<T> =>
  (await (await fetch(service.address + path)).json()) as T;

/** The process that lays the past of a service's demo. */
function layingPid(dataDir: string): number {
  const { pid } = JSON.parse(readFileSync(join(dataDir, 'service.json'), 'utf8')) as { pid: number };
  const found = execFileSync('pgrep', ['-P', String(pid), '-f', 'lay.js'], { encoding: 'utf8' });
  return Number(found.trim().split('\n').at(-1));
}

it('when its past cannot be laid the picture goes on, says why, takes nothing it could lose, and the next start lays it', {
  skip: notBuilt,
}, async () => {
  const dataDir = newFolder();
  const env = { DATA_DIR: dataDir, DEMO: 'on', LOG_LEVEL: 'warn' };
  const service = await startService(env);
  for (let n = 0; (await json<Shown>(service, '/v1/demo')).demo.share === 0; n++) {
    assert.ok(n < 200, 'the laying does not begin');
    await sleep(100);
  }
  await assert.rejects(startService(env), /is in use by another process/);
  const body = JSON.stringify({ gateway: 'own-1', badge: 'own-badge', rssi: -60 });
  const waiting = fetch(`${service.address}/v1/observations`, { method: 'POST', body });
  process.kill(layingPid(dataDir), 'SIGKILL');
  const reply = await waiting;
  assert.equal(reply.status, 503);
  assert.match(await reply.text(), /nothing is stored until it is started again: the process that lays the past/);
  const { demo } = await json<Shown>(service, '/v1/demo');
  assert.deepEqual([demo.state, demo.problem], ['laying', 'the process that lays the past ended too early']);
  const frame = async () => (await json<{ frame: number }>(service, '/readyz')).frame;
  const before = await frame();
  await soon(async () => (await frame()) > before);
  assert.equal(await service.stop(), 0);
  for (const folder of ['main', 'laying']) assert.equal(existsSync(join(dataDir, folder)), false, folder);
  const again = await startService(env);
  const shown = await json<Shown>(again, '/v1/demo');
  assert.deepEqual([shown.demo.state, shown.demo.problem], ['laying', null]);
  await again.stop();
  remove(dataDir);
});
