import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { newFolder, notBuilt, remove, startService } from '../service.ts';
import { run } from './hallway.ts';

const hallway = (args: string[], env: Record<string, string> = {}) =>
  run(process.execPath, ['dist/services/cli/hallway.js', ...args], env);

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

  it('a service runs its jobs in a child of its own, which ends with it; hallway jobs lists them beside it and after it', async () => {
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
    assert.equal(await service.stop(), 0);
    assert.match(await list(), /^sweep +done /m);
  });
});
