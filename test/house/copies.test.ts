import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { copiesIn, dropOldCopies } from '../../services/house/copies.ts';
import { newFolder, remove } from '../service.ts';

it('dropOldCopies(folder, now): what a run left that was killed goes after a day; copies of now and sealed exports stay', () => {
  const folder = newFolder();
  dropOldCopies(folder, Date.now());
  const sealed = join(copiesIn(folder), 'export+weekly+1+2');
  mkdirSync(sealed, { recursive: true });
  const copy = `${randomUUID()}.parquet`;
  writeFileSync(join(copiesIn(folder), copy), '');
  dropOldCopies(folder, Date.now());
  assert.deepEqual(readdirSync(copiesIn(folder)).sort(), [copy, 'export+weekly+1+2'].sort());
  dropOldCopies(folder, Date.now() + 86_500_000);
  assert.deepEqual(readdirSync(copiesIn(folder)), ['export+weekly+1+2']);
  remove(folder);
});
