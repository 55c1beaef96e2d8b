import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileLedger } from '../../services/ledger/file.ts';
import { KEYS, type Lock, valueAt } from '../../services/ledger/runs.ts';
import { newFolder, notBuilt, remove, startService } from '../service.ts';
import { run } from './hallway.ts';

const hallway = (args: string[], env: Record<string, string> = {}) =>
  run(process.execPath, ['dist/services/cli/hallway.js', ...args], env);

/** Which process ran jobs last. */
async function runnerOf(dataDir: string): Promise<number> {
  const ledger = await fileLedger(join(dataDir, 'main', 'ledger'));
  const { owner } = (await valueAt<Lock>(ledger, KEYS.lock))!;
  ledger.close();
  return Number(owner.split('/')[0]);
}

describe('hallway run, hallway jobs', { skip: notBuilt, timeout: 180_000 }, () => {
  const folders: string[] = [];
  const folder = () => {
    folders.push(newFolder());
    return folders.at(-1)!;
  };
  after(() => folders.forEach(remove));

  it('misuse is 2, and says what was expected', async () => {
    for (const [args, said] of [
      [['run'], /expected one job, found none/],
      [['run', 'a', 'b'], /expected one job, found a b/],
      [['run', 'nothing'], /expected a job of days \(.*\), found nothing/],
      [['run', 'x', '--form=1'], /unknown option --form, did you mean --from/],
    ] as [string[], RegExp][]) {
      const { code, stderr, stdout } = await hallway(args, { DATA_DIR: folder() });
      assert.equal(code, 2, stderr);
      assert.match(stderr, said);
      assert.equal(stdout, '');
    }
  });

  it('where the service was started with JOBS=off a run is refused, not waited for', async () => {
    const service = await startService();
    folders.push(service.dataDir);
    const span = ['--from=2020-01-01T00:00:00Z', '--until=2020-01-02T00:00:00Z'];
    const { code, stderr } = await hallway(['run', 'presences', ...span], { DATA_DIR: service.dataDir });
    assert.equal(code, 1, stderr);
    assert.match(stderr, /expected a service that runs jobs, found one with JOBS=off/);
    assert.equal(await service.stop(), 0);
  });

  it('a service runs its jobs in a child of its own, which is started again after a kill and ends with it; hallway jobs lists them beside it and after it', async () => {
    const service = await startService({ JOBS: 'on' });
    folders.push(service.dataDir);
    const list = async () => (await hallway(['jobs'], { DATA_DIR: service.dataDir })).stdout;
    let listed = '';
    for (const until = Date.now() + 60_000; Date.now() < until && !/^sweep +done +false +0 /m.test(listed); )
      listed = await list();
    assert.match(listed, /^job +state +paused +due +next +last +summary\n/);
    assert.match(listed, /^sweep +done +false +0 +\d{4}-\d\d-\d\dT03:20/m);
    const metrics = await (await fetch(`${service.address}/metrics`)).text();
    assert.match(metrics, /# TYPE hallway_jobs_runs_total counter/);
    const before = await runnerOf(service.dataDir);
    process.kill(before, 'SIGKILL');
    const span = ['--from=2020-01-01T00:00:00Z', '--until=2020-01-02T00:00:00Z'];
    const asked = await hallway(['run', 'presences', ...span], { DATA_DIR: service.dataDir });
    assert.equal(asked.code, 0, asked.stderr);
    assert.match(asked.stderr, /nothing was observed on those days/);
    assert.notEqual(await runnerOf(service.dataDir), before, 'killed, it was started again');
    assert.equal(await service.stop(), 0);
    assert.match(await list(), /^sweep +done /m);
  });
});
