import { execSync, spawnSync } from 'node:child_process';
import { cpSync, rmSync, symlinkSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { run } from 'node:test';
import report from './reporter.mjs';

/** So long one file may take: then it hangs, says so, and the others go on. */
const FILE_MS = 300_000;
/** Most of a test's time goes by in waiting, so more run at once than there are cores. */
const AT_ONCE = Number(process.env.TESTS_AT_ONCE ?? 3);
/** So many files that failed among all others have another go, alone: a machine that was busy elsewhere breaks one or two. */
const AGAIN_MAX = 3;

/** Where the house and its tests lie compiled: as they stand each file would be read through tsx, which is two thirds of its start. */
const COMPILED = '.tests';
const TSC = 'node_modules/typescript-native/bin/tsc';

function compile() {
  // Types are for `npm run check` to say.
  const options = ['--noEmit', 'false', '--outDir', COMPILED, '--sourceMap', 'true'];
  spawnSync(process.execPath, [TSC, '-p', 'test/tsconfig.json', ...options]);
  const filter = (file) => !/\.(ts|webp|png)$/.test(file);
  for (const folder of ['services', 'jobs', 'web', 'test'])
    cpSync(folder, `${COMPILED}/${folder}`, { recursive: true, filter });
  // Where modules look for them from where they lie; what is not bundled is found at the top.
  const looked = { dist: 'dist', 'package-lock.json': 'package-lock.json', node_modules: 'dist/node_modules' };
  for (const [name, lies] of Object.entries(looked)) {
    rmSync(`${COMPILED}/${name}`, { force: true });
    symlinkSync(`../${lies}`, `${COMPILED}/${name}`);
  }
}

/** Those that take a minute and more begin first: one that begins last keeps a core idle at the end. */
const LONG = ['one-number', 'shows/spread', 'serve/schemathesis', 'fault/spread', 'demo/demo-history'].map(
  (name) => `test/${name}.test.ts`,
);

function found() {
  const all = execSync("find test -name '*.test.ts' | sort", { encoding: 'utf8' }).trim().split('\n');
  return [...LONG, ...all.filter((file) => !LONG.includes(file))];
}
const asked = (process.argv.length > 2 ? process.argv.slice(2) : found()).map((file) => relative('.', file));
compile();

/** The file of a test as it stands: of what is compiled Node tells that by its source map, but where a file as a whole failed. */
const nameOf = (file) => relative('.', file).replace(/^\.tests\/(.*)\.js$/, '$1.ts');

/** Runs files and says how it went. Resolves to those that failed, and to how long each took, s. */
async function tried(names, concurrency) {
  const files = names.map((name) => resolve(COMPILED, name.replace(/\.ts$/, '.js')));
  const [failed, took] = [new Set(), new Map()];
  const ended = ({ file, nesting, details }) => {
    if (nesting === 0 && file) took.set(nameOf(file), (took.get(nameOf(file)) ?? 0) + details.duration_ms / 1000);
  };
  const events = run({ files, concurrency, timeout: FILE_MS });
  events.on('test:pass', ended);
  events.on('test:fail', (test) => {
    ended(test);
    failed.add(nameOf(test.file ?? test.name));
  });
  for await (const text of report(events)) process.stdout.write(text);
  return { failed: [...failed], took };
}

const first = await tried(asked, AT_ONCE);
const slowest = [...first.took].sort(([, a], [, b]) => b - a).slice(0, 12);
for (const [file, seconds] of slowest) console.log(`${seconds.toFixed(0).padStart(5)} s  ${file}`);
let { failed } = first;
if (
  failed.length > 0 &&
  failed.length <= AGAIN_MAX &&
  asked.length > 1 &&
  failed.every((file) => asked.includes(file))
) {
  console.log(`once more, alone: ${failed.join(', ')}`);
  const second = await tried(failed, 1);
  const unsteady = failed.filter((file) => !second.failed.includes(file));
  if (unsteady.length > 0)
    console.log(`UNSTEADY, red among the others and green alone (what was red stands above): ${unsteady.join(', ')}`);
  failed = second.failed;
}
// A process that a broken test left behind may hold our pipes.
process.exit(failed.length > 0 ? 1 : 0);
