import assert from 'node:assert/strict';
import { it } from 'node:test';
import { commit } from '../../services/source/kafka/commit.ts';
import type { State } from '../../services/source/kafka/member.ts';
import { newPart } from '../../services/source/kafka/part.ts';
import { createWaiting } from '../../services/source/kafka/waiting.ts';

it('a commit that fails passes nothing: the same messages are fetched again, so that their offsets are committed in the end', async () => {
  const said: string[] = [];
  let isAway = true;
  const payload = {
    resolveOffset: (offset: string) => said.push(`passed ${offset}`),
    commitOffsetsIfNecessary: async () => {
      if (isAway) throw new Error('the broker went away');
      said.push('committed');
    },
  };
  const reading = new Map([[0, payload]]) as unknown as State['reading'];
  const state: State = {
    topic: 'observations',
    reading,
    generation: 1,
    partitions: [0],
    passed: new Map(),
    progress: 0,
  };
  const part = newPart({ topic: 'observations', partition: 0, offset: 7, timestamp: 0 }, 1);
  part.next = 8;
  const held = {
    part,
    done: () => said.push('done'),
    fail: (error: unknown) => said.push((error as Error).message),
  };
  assert.deepEqual(await commit(state, [held], createWaiting()), []);
  assert.deepEqual(said, ['the broker went away'], 'else what comes next is read, and this is never committed');
  isAway = false;
  assert.deepEqual(await commit(state, [held], createWaiting()), [held]);
  assert.deepEqual(said.slice(1), ['committed', 'passed 7', 'done']);
});
