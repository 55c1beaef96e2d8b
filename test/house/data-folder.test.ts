import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { FOLDER_VERSION, makeFolder, type Step } from '../../services/house/data-folder.ts';
import { newFolder, remove } from '../service.ts';

const folder = newFolder();
after(() => remove(folder));
const markIn = (dataDir: string) => JSON.parse(readFileSync(join(dataDir, 'schema.json'), 'utf8')).version as number;

it('makeFolder(dataDir) takes an older folder through each step that it lacks, once, and goes on where a step failed', () => {
  const ran: string[] = [];
  const step =
    (name: string): Step =>
    () =>
      void ran.push(name);
  const dataDir = join(folder, 'old');
  mkdirSync(dataDir, { recursive: true });
  // From before there were marks.
  writeFileSync(join(dataDir, 'venue.json'), '{}');
  const full = () => {
    throw new Error('ENOSPC');
  };
  assert.throws(() => makeFolder(dataDir, [step('1 to 2'), full]), /ENOSPC/);
  assert.equal(markIn(dataDir), 2);
  const all = [step('1 to 2'), step('2 to 3'), step('3 to 4')];
  makeFolder(dataDir, all);
  makeFolder(dataDir, all);
  assert.deepEqual(ran, ['1 to 2', '2 to 3', '3 to 4']);
  assert.equal(markIn(dataDir), 4);
  assert.throws(
    () => makeFolder(dataDir, all.slice(0, 1)),
    /written by a newer Hallway \(version 4, this one knows 2\)/,
  );
});

it('makeFolder(dataDir) has nothing to do in one that is new', () => {
  const dataDir = join(folder, 'new');
  makeFolder(dataDir, [assert.fail]);
  assert.equal(markIn(dataDir), 2);
  makeFolder(join(folder, 'now'));
  assert.equal(markIn(join(folder, 'now')), FOLDER_VERSION);
});
