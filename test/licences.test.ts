import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isCompatible, licences, page } from '../web/licences.ts';
import { ROOT } from './service.ts';

describe('what is shipped', () => {
  it('comes under licences that ask nothing of our own code', () => {
    const found = licences();
    assert.ok(found.size > 100, String(found.size));
    assert.deepEqual(
      [...found].filter(([, licence]) => !isCompatible(licence)),
      [],
    );
    assert.deepEqual(['GPL-3.0', 'MIT', '(MPL-2.0 OR Apache-2.0)', 'unknown'].map(isCompatible), [
      false,
      true,
      true,
      false,
    ]);
  });

  it('is listed in the guide, as npm run licences writes it', () => {
    assert.equal(readFileSync(join(ROOT, 'web/guide/licences.md'), 'utf8'), page());
  });
});
