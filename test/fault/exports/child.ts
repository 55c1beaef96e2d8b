import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Fills the windows that are due: `HOUSE AFTER_MS KILL_AT [BYTES]`. Files may have so many bytes meanwhile: a write past it fails as on a full disk.
 * Before its act number KILL_AT on the disk it is killed; 0: never, and it says how many there were.
 */
const [house, after, killAt, bytes] = process.argv.slice(2) as [string, string, string, string?];
const allow = (most: string) => execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${most}:`]);

let acts = -1;
/** Counts what changes something on the disk, once it is armed. */
function watched<F extends (...given: never[]) => unknown>(act: F): F {
  return ((...given: Parameters<F>) => {
    if (acts >= 0 && ++acts === Number(killAt)) process.kill(process.pid, 'SIGKILL');
    return act(...given);
  }) as F;
}
fs.mkdirSync = watched(fs.mkdirSync as never) as never;
fs.rmSync = watched(fs.rmSync);
fs.renameSync = watched(fs.renameSync);
fs.openSync = watched(fs.openSync);
fs.fsyncSync = watched(fs.fsyncSync);
fs.writeSync = watched(fs.writeSync as never) as never;
fs.writeFileSync = watched(fs.writeFileSync);
fs.chmodSync = watched(fs.chmodSync);
fs.fdatasync = watched(fs.fdatasync as never) as never;
promises.open = watched(promises.open);
syncBuiltinESMExports();

const { scheduled } = await import('../../jobs/scheduled.ts');
const { exports } = await import('../../../jobs/exports/exports.ts');
const { bench, end } = await scheduled(Number(after), {}, house);
if (bytes) allow(bytes);
acts = 0;
await exports.tidy(bench);
process.stdout.write(`${acts}\n`);
acts = -1;
if (bytes) allow('unlimited');
await end();
