import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fillBy } from '../../services/roles/filled.ts';
import { newFolder, remove } from '../service.ts';

it('fillBy(folder, filling): a folder is gone on with by whoever filled it, and refused to the other with what to do', () => {
  const folder = newFolder();
  const [numbered, sent] = [join(folder, 'numbered'), join(folder, 'sent')];
  for (let start = 0; start < 2; start++) {
    fillBy(numbered, 'numbers');
    fillBy(sent, 'kafka');
  }
  assert.throws(() => fillBy(numbered, 'kafka'), /^.*DATA_DIR: expected a folder .* found .*numbered, whose batches/);
  assert.throws(() => fillBy(sent, 'numbers'), /SOURCE: expected kafka among it, .*sent is filled from Kafka/);
  rmSync(join(sent, 'filled-by'));
  // Nobody knows who filled it; whoever numbers from now on says so.
  writeFileSync(join(sent, 'ledger'), '');
  fillBy(sent, 'kafka');
  fillBy(sent, 'numbers');
  assert.throws(() => fillBy(sent, 'kafka'), /whose batches were numbered/);
  remove(folder);
});
