import assert from 'node:assert/strict';
import { it } from 'node:test';
import { changeable } from '../../services/serve/changing.ts';
import { ProblemError } from '../../services/serve/problem.ts';

it('changeable(deps) refuses where the venue is read at the start alone, and says what to do', () => {
  assert.throws(
    () => changeable({ changes: null }),
    (error) => error instanceof ProblemError && error.problem.status === 409 && /venue\.json/.test(error.message),
  );
});
