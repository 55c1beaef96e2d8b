import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

/** What the compiler leaves to do: the files that are read beside the code, and packages that would be slow to start. */
const top = resolve(import.meta.dirname, '..');
const dist = join(top, 'dist');

/**
 * Packages of hundreds of small files, written as one file for each entry into `dist/node_modules`, where Node looks before it looks
 * at the top: a start is mostly finding, opening and compiling file by file. Each keeps the names it is imported by.
 */
const BUNDLED = {
  typebox: ['.', './compile', './system'],
  'apache-arrow': ['.'],
  '@duckdb/node-api': ['.'],
  kafkajs: ['.'],
  mqtt: ['.'],
  'prom-client': ['.'],
};

const fileOf = (entry) => (entry === '.' ? 'index.mjs' : `${entry.slice(2)}.mjs`);

/** A module of CommonJS has names beside `default` only where somebody writes them down. */
async function facade(name, file) {
  const names = Object.keys(await import(name)).filter((key) => key !== 'default' && key !== '__esModule');
  return `import all from './${file}';\nexport default all;\nexport const { ${names.join(', ')} } = all;\n`;
}

async function bundle([name, entries]) {
  const folder = join(dist, 'node_modules', name);
  const made = await rolldown({
    cwd: top,
    input: Object.fromEntries(entries.map((entry) => [fileOf(entry), join(name, entry)])),
    platform: 'node',
    // What is compiled for a machine is found from where it lies.
    external: /^@duckdb\/node-bindings/,
  });
  const { output } = await made.write({ dir: folder, format: 'esm', entryFileNames: '[name]' });
  for (const { isEntry, exports, fileName } of output)
    if (isEntry && exports.join() === 'default') {
      const whole = `all-${fileName}`;
      renameSync(join(folder, fileName), join(folder, whole));
      writeFileSync(join(folder, fileName), await facade(name, whole));
    }
  const exports = Object.fromEntries(entries.map((entry) => [entry, `./${fileOf(entry)}`]));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, type: 'module', exports }));
}

const filter = (file) => !file.endsWith('.ts') && basename(file) !== 'build.mjs';
for (const folder of ['services', 'jobs']) cpSync(join(top, folder), join(dist, folder), { recursive: true, filter });
rmSync(join(dist, 'node_modules'), { recursive: true, force: true });
await Promise.all(Object.entries(BUNDLED).map(bundle));
