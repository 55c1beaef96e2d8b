import { execSync } from 'node:child_process';
import { relative, resolve } from 'node:path';
import { run } from 'node:test';
import report from './reporter.mjs';

/** So long one file may take: then it hangs, says so, and the others go on. */
const FILE_MS = 300_000;
/** Most of a test's time goes by in waiting, so more run at once than there are cores. */
const AT_ONCE = Number(process.env.TESTS_AT_ONCE ?? 3);
/** So many files that failed among all others have another go, alone: a machine that was busy elsewhere breaks one or two. */
const AGAIN_MAX = 3;

const found = () => execSync("find test -name '*.test.ts' | sort", { encoding: 'utf8' }).trim().split('\n');
const files = (process.argv.length > 2 ? process.argv.slice(2) : found()).map((file) => resolve(file));
const named = (some) => some.map((file) => relative('.', file)).join(', ');

/** Runs files and says how it went. Resolves to those that failed, and to how long each took, s. */
async function tried(files, concurrency) {
  const [failed, took] = [new Set(), new Map()];
  const ended = ({ file, nesting, details }) => {
    if (nesting === 0 && file) took.set(file, (took.get(file) ?? 0) + details.duration_ms / 1000);
  };
  const events = run({ files, concurrency, timeout: FILE_MS });
  events.on('test:pass', ended);
  events.on('test:fail', (test) => {
    ended(test);
    failed.add(test.file ?? test.name);
  });
  for await (const text of report(events)) process.stdout.write(text);
  return { failed: [...failed], took };
}

const first = await tried(files, AT_ONCE);
const slowest = [...first.took].sort(([, a], [, b]) => b - a).slice(0, 12);
for (const [file, seconds] of slowest) console.log(`${seconds.toFixed(0).padStart(5)} s  ${relative('.', file)}`);
let { failed } = first;
if (
  failed.length > 0 &&
  failed.length <= AGAIN_MAX &&
  files.length > 1 &&
  failed.every((file) => files.includes(file))
) {
  console.log(`once more, alone: ${named(failed)}`);
  const second = await tried(failed, 1);
  const unsteady = failed.filter((file) => !second.failed.includes(file));
  if (unsteady.length > 0)
    console.log(`UNSTEADY, red among the others and green alone (what was red stands above): ${named(unsteady)}`);
  failed = second.failed;
}
// A process that a broken test left behind may hold our pipes.
process.exit(failed.length > 0 ? 1 : 0);
