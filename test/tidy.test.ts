import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import ts from 'typescript';
import { code, files, functionsOf, importsOf, median, parse, ROOT, read, textsOf } from './tidy/source.ts';

/** Jobs own no store: they know its type, a DuckDB of their own, and the record of what was shown. */
const STORE_FOR_JOBS = ['store', 'database', 'sql', 'rows', 'record'].map((name) => `store/${name}`);

/** Who may import whom (DESIGN §3). A room may always import itself; `all` is for those who join the parts. */
const MAY: Record<string, string[]> = {
  model: [],
  validate: ['model'],
  locate: ['model'],
  ledger: ['model'],
  formats: ['model', 'store/added', 'store/database', 'store/rows'],
  // A destination of kind kafka is reached as a source is.
  deliver: ['model', 'ledger', 'source/kafka/link', 'source/kafka/options'],
  store: ['model', 'validate'],
  simulate: ['model', 'validate'],
  source: ['model', 'validate', 'simulate'],
  live: ['model', 'locate', 'store/store', 'store/record'],
  answer: ['model', 'store', 'ledger', 'locate'],
  serve: ['model', 'validate', 'answer', 'live', 'formats', 'ledger', 'source/inbox'],
  jobs: ['model', 'locate', 'answer', 'ledger', 'formats', 'deliver', ...STORE_FOR_JOBS],
};

/** Rooms that join the others: each may import all of those above, and of its like only these. */
const JOINING: Record<string, string[]> = {
  settings: [],
  programme: ['child'],
  plans: ['settings', 'child'],
  house: ['settings'],
  backup: ['settings', 'house', 'sentence'],
  forget: ['house'],
  work: ['settings', 'house', 'sentence'],
  demo: ['settings', 'house', 'work', 'forget', 'child', 'sentence'],
};
const BELOW = Object.keys(MAY).filter((room) => room !== 'jobs');

/** services/locate/run.ts → locate; a file of services/ itself joins the parts. */
const roomOf = (file: string) => {
  if (file.startsWith('jobs/')) return file === 'jobs/main.ts' ? null : 'jobs';
  return /^services\/([a-z]+)\//.exec(file)?.[1] ?? null;
};

describe('the house', () => {
  it('has the rooms it should have, and imports go one way', () => {
    const wrong = code.flatMap(importsOf).filter(({ file, target }) => {
      const room = roomOf(file);
      if (room === null || room === 'cli' || room === 'roles')
        return !target.startsWith('services/') && !target.startsWith('jobs/') && file.startsWith('services/');
      const may = MAY[room] ?? (JOINING[room] && [...BELOW, ...JOINING[room]]);
      assert.ok(may, `${file}: no room is called ${room}`);
      const there = target.replace(/^services\//, '').replace(/\.ts$/, '');
      return ![room, ...may].some((allowed) => there === allowed || there.startsWith(`${allowed}/`));
    });
    assert.deepEqual(
      wrong.filter(({ file }) => /^(services|jobs)\//.test(file)),
      [],
    );
  });

  it('web borrows types from services/model, and of its code what is pure and has to be the same on both sides', () => {
    // A question in an address is written by the page and read by the service, and the other way round; what is now and next is
    // the same on the wall and on badges, what a badge will show is known before it is sent, and which rooms have a sensor is said of both.
    // Numbers, instants, fields and measures are said in mails as on the pages.
    const words = ['number', 'instant-words', 'pivot-words'];
    const shared = ['pivot-url', 'scope', 'now-next', 'badge-2018', 'sensed', ...words].map(
      (name) => `services/model/${name}.ts`,
    );
    const borrowed = code.filter((file) => file.startsWith('web/')).flatMap(importsOf);
    const wrong = borrowed.filter(
      ({ target, typeOnly }) =>
        !target.startsWith('web/') && !(typeOnly && target.startsWith('services/model/')) && !shared.includes(target),
    );
    assert.deepEqual(wrong, []);
  });

  it('no two files import each other', () => {
    const edges = new Map(
      code.map((file) => [
        file,
        importsOf(file)
          .filter((i) => !i.typeOnly)
          .map((i) => i.target),
      ]),
    );
    const loops: string[] = [];
    const walk = (file: string, path: string[]) => {
      if (path.includes(file)) return void loops.push([...path.slice(path.indexOf(file)), file].join(' → '));
      for (const next of edges.get(file) ?? []) walk(next, [...path, file]);
    };
    for (const file of edges.keys()) if (loops.length === 0) walk(file, []);
    assert.deepEqual(loops, []);
  });

  it('only answer reads a store, and jobs a database of their own: nobody else opens a connection or runs SELECT', () => {
    const readers = code.filter(
      (file) =>
        !/^(services\/(answer|store)|jobs)\//.test(file) &&
        (/\bSELECT\b/.test(read(file)) || /\.connect\(\)/.test(read(file))),
    );
    assert.deepEqual(readers, []);
  });

  it('SQL lives in .sql files: code has no statement of more than one line', () => {
    const long = code.filter((file) =>
      textsOf(file).some((text) => /\b(SELECT|INSERT|DELETE|CREATE)\b/.test(text) && text.includes('\n')),
    );
    assert.deepEqual(long, []);
  });
});

describe('the budget', () => {
  const lines = code.map((file) => ({ file, lines: read(file).split('\n').length - 1 }));
  const functions = code.flatMap(functionsOf);

  it('no file has more than 300 lines, half have 70 or fewer', () => {
    assert.deepEqual(
      lines.filter((file) => file.lines > 300),
      [],
    );
    assert.ok(median(lines.map((file) => file.lines)) <= 70);
  });

  it('no function has more than 70 lines, 85 % have 20 or fewer, half have 8 or fewer', () => {
    assert.deepEqual(
      functions.filter((f) => f.lines > 70),
      [],
    );
    const short = functions.filter((f) => f.lines <= 20).length / functions.length;
    assert.ok(short >= 0.85, `${(100 * short).toFixed(1)} % are short`);
    assert.ok(median(functions.map((f) => f.lines)) <= 8);
  });

  it('any is nowhere, nor an ignored type, an empty catch, a TODO, a drawer', () => {
    const all = files.filter((file) => /^(services|jobs|web|test)\/.*\.ts$/.test(file) && file !== 'test/tidy.test.ts');
    const anys = all.filter((file) => {
      let found = false;
      const visit = (node: ts.Node) => {
        if (node.kind === ts.SyntaxKind.AnyKeyword) found = true;
        ts.forEachChild(node, visit);
      };
      visit(parse(file));
      return found;
    });
    assert.deepEqual(anys, []);
    assert.deepEqual(
      all.filter((file) => /@ts-(ignore|nocheck)|catch\s*(\([^)]*\))?\s*\{\s*\}|\bTODO\b|\bFIXME\b/.test(read(file))),
      [],
    );
    assert.deepEqual(
      files.filter((file) => /(^|\/)(utils?|helpers?|common|manager|misc)(\/|\.)/.test(file)),
      [],
    );
  });

  it('no test is switched off', () => {
    const tests = files.filter((file) => file.endsWith('.test.ts') && file !== 'test/tidy.test.ts');
    assert.deepEqual(
      tests.filter((file) => /\b(it|test|describe)\.(skip|only|todo)\b|\bonly: true/.test(read(file))),
      [],
    );
  });
});

describe('the lock file', () => {
  type Entry = { resolved?: string; optionalDependencies?: Record<string, string> };
  const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Entry> };

  it('names no registry', () => {
    assert.deepEqual(
      Object.entries(lock.packages).filter(([, entry]) => entry.resolved),
      [],
    );
  });

  it('has an entry for each optional package, so that every platform can install', () => {
    const missing = Object.entries(lock.packages).flatMap(([at, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter(
        (name) => !(`node_modules/${name}` in lock.packages) && !(`${at}/node_modules/${name}` in lock.packages),
      ),
    );
    assert.deepEqual(missing, []);
  });

  it('every dependency has an exact version, is used, and has its reason in ARCHITECTURE', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      Record<string, string>
    >;
    const text = files
      .filter((file) => /\.(ts|mjs|json|html)$|^\.ci/.test(file) && file !== 'package-lock.json')
      .map(read)
      .join('\n');
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      assert.match(version, /^(npm:[\w@/-]+@)?\d/, `${name} ${version}`);
      assert.ok(
        name.startsWith('@types/') ||
          new RegExp(`['"/ ]${name}['"/ ]`).test(text.replace(`"${name}": "${version}"`, '')),
        `${name} is not used`,
      );
      assert.ok(read('ARCHITECTURE.md').includes(name), `ARCHITECTURE says nothing of ${name}`);
    }
  });
});

describe('the root documents', () => {
  const documents = files.filter((file) => file.endsWith('.md'));

  it('have no dead link', () => {
    for (const file of documents)
      for (const [, target] of read(file).matchAll(/\]\(([^)#\s]+)[^)]*\)/g))
        if (!/^[a-z]+:/.test(target!)) assert.ok(existsSync(join(ROOT, dirname(file), target!)), `${file}: ${target}`);
  });

  it('name npm scripts and commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const file of documents) {
      for (const [, name] of read(file).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g))
        assert.ok(name! in scripts, `${file}: npm run ${name}`);
      for (const [, name] of read(file).matchAll(/(?:npx hallway|run -s hallway --) ([a-z]+)/g))
        assert.ok(existsSync(join(ROOT, `services/cli/${name}.ts`)), `${file}: hallway ${name}`);
    }
  });

  it('README begins with what it is, a picture and the two commands', () => {
    const first = read('README.md').split('\n').slice(0, 40).join('\n');
    for (const part of ['![', 'npm ci && npm start', 'npm ci && npm test']) assert.ok(first.includes(part), part);
  });

  it('no tracked file names a path of a machine or is over 1 MB', () => {
    const named = files.filter(
      (file) =>
        /\.(ts|sql|json|html|css|sh|yml)$|^\.ci/.test(file) &&
        !file.startsWith('test/tidy') &&
        /(^|[^A-Za-z0-9_.])\/(work|root|farm)\//m.test(read(file)),
    );
    assert.deepEqual(named, []);
    assert.deepEqual(
      files.filter((file) => existsSync(join(ROOT, file)) && read(file).length > 2 ** 20),
      [],
    );
  });
});
