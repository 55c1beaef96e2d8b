import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from './service.ts';

const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const isIn = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);

/** The files of the repository that Docker is given: of the patterns of .dockerignore the last that fits counts. */
function given(): string[] {
  const patterns = text('.dockerignore').split('\n').filter(Boolean);
  for (const pattern of patterns) assert.match(pattern, /^(\*|!?[\w./-]+)$/, 'a pattern that this test can read');
  const isGiven = (file: string) => {
    const last = patterns.findLast((pattern) => pattern === '*' || isIn(file, pattern.replace('!', '')));
    return last === undefined || last.startsWith('!');
  };
  return execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n').filter(isGiven);
}

/** What the stage that builds has of them. */
function copied(files: string[]): string[] {
  const stage = text('services/Dockerfile').split(/^FROM /m)[1]!;
  const sources = [...stage.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, all]) => all!.split(' '));
  return files.filter((file) => sources.some((source) => isIn(file, source)));
}

/** What the build makes, so nobody has to copy it. */
const MADE = ['dist', 'web/read/api.d.ts'];

/** Paths of the repository that a file reads or imports by where it stands itself. */
function needs(file: string): string[] {
  const imports = /(?:\bfrom|\bimport|\bimport\()\s*['"](\.{1,2}\/[^'"?]+)/g;
  const reads = /import\.meta\.dirname, ['"]([^'"]+)['"]/g;
  const links = /(?:src|href)="(\.{0,2}\/?[\w./-]+\.(?:ts|css|svg))"/g;
  const found = file.endsWith('.html') ? [links] : [imports, reads];
  const paths = found.flatMap((pattern) => [...text(file).matchAll(pattern)].map(([, path]) => path!));
  return paths
    .map((path) => relative(ROOT, resolve(ROOT, dirname(file), path)))
    .filter((path) => path !== '' && existsSync(join(ROOT, path)) && !MADE.some((made) => isIn(path, made)));
}

describe('the image', () => {
  const files = copied(given());
  const isCopied = (path: string) => files.some((file) => isIn(file, path));

  it('has all folders that are compiled and copied by `npm run build`', () => {
    const { include } = JSON.parse(text('tsconfig.json')) as { include: string[] };
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    const named = [
      ...Object.values(scripts)
        .join(' ')
        .matchAll(/web\/[\w.]+\.(?:ts|mjs)/g),
    ].map(([path]) => path);
    assert.deepEqual(
      [...include, ...new Set(named), 'tsconfig.json', 'package-lock.json'].filter((path) => !isCopied(path)),
      [],
    );
  });

  it('has whatever a file of it imports or reads, the guide among it', () => {
    const read = files.filter((file) => /\.(ts|mjs|html)$/.test(file));
    const missing = read.flatMap((file) =>
      needs(file).flatMap((path) => (isCopied(path) ? [] : `${file} needs ${path}`)),
    );
    assert.deepEqual(missing, []);
    const all = read.flatMap(needs);
    assert.ok(all.includes('web/guide') && all.some((path) => isIn(path, 'jobs')), `${all.length} paths`);
  });
});
