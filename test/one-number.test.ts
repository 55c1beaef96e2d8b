import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { noBadgeWeek } from './one-number/worlds.ts';
import { program } from './service.ts';

const run = promisify(execFile);

/** In a process without the hooks of a test on each promise, and with room for what is read and dropped: a third less work. */
const asked = (world: string) =>
  run(process.execPath, ['--max-semi-space-size=32', ...program('test/one-number/child'), world]);

/** A process of its own each; `DRAWS=10000 SEED=7` asks more, or the same again, and `STORE=influx` the other engine. */
describe('one number everywhere', () => {
  for (const [world, skip] of [
    ['a random world', false],
    ['the badge week', noBadgeWeek],
    ['the demo event', false],
  ] as const)
    it(`${world}: every surface says of every draw what everybody in every second says`, { skip }, async () => {
      const { stdout, code } = await asked(world).then(
        (said) => ({ ...said, code: 0 }),
        (failed: { stdout: string; stderr: string; code: number }) => {
          console.log(failed.stderr);
          return failed;
        },
      );
      console.log(stdout);
      assert.deepEqual(stdout.match(/differs: .*/g) ?? [], []);
      assert.equal(code, 0);
      assert.match(stdout, /\d+ draws of seed \d+, [1-9]\d* cells, 0 differ/);
    });
});
