import { execSync } from 'node:child_process';
import { relative } from 'node:path';
import { run } from 'node:test';
import report from './reporter.mjs';

/** So long one file may take: then it hangs, says so, and the others go on. */
const FILE_MS = 300_000;
/** Most of a test's time goes by in waiting, so more run at once than there are cores. */
const AT_ONCE = Number(process.env.TESTS_AT_ONCE ?? 3);

const found = () => execSync("find test -name '*.test.ts' | sort", { encoding: 'utf8' }).trim().split('\n');
const files = process.argv.length > 2 ? process.argv.slice(2) : found();
const events = run({ files, concurrency: AT_ONCE, timeout: FILE_MS });
const took = new Map();
const ended = ({ file, nesting, details }) => {
  if (nesting === 0 && file) took.set(file, (took.get(file) ?? 0) + details.duration_ms / 1000);
};
events.on('test:pass', ended);
events.on('test:fail', (test) => {
  ended(test);
  process.exitCode = 1;
});
for await (const text of report(events)) process.stdout.write(text);
const slowest = [...took].sort(([, a], [, b]) => b - a).slice(0, 12);
for (const [file, seconds] of slowest) console.log(`${seconds.toFixed(0).padStart(5)} s  ${relative('.', file)}`);
// A process that a broken test left behind may hold our pipes.
process.exit();
