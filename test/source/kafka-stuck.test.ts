import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Admin } from 'kafkajs';
import { type Stuck, watchStuck } from '../../services/source/kafka/stuck.ts';

const watched = {
  state: { topic: 'observations', progress: 7, partitions: [0], passed: new Map() },
  isBusy: () => false,
};

/** Looks at a topic of which so much was taken, until it is stuck. */
function watch(high: () => number, taken: number, given = { ends: -1n }) {
  const admin = {
    fetchTopicOffsets: async () => [{ partition: 0, low: '0', high: String(high()) }],
    fetchOffsets: async () => [{ topic: 'observations', partitions: [{ partition: 0, offset: String(taken) }] }],
  } as unknown as Admin;
  let end = () => {};
  const stuck = new Promise<Stuck>((fail) => {
    end = watchStuck(watched, { admin, groupId: 'a', stuckMs: 80, given }, (error) => {
      end();
      fail(error);
    });
  });
  return { stuck, end: () => end() };
}

it('a message that came after a long quiet is no silence until it has lain there as long as it takes', async () => {
  const quiet = 10;
  let looks = 0;
  const error = await watch(() => (++looks > quiet ? 20 : 0), -1).stuck;
  assert.match(error.message, /while 20 messages wait/);
  // However late it looks: not at first sight.
  assert.ok(looks > quiet + 1, `${looks} looks, of which ${quiet} found a quiet topic`);
});

it('what lies there though nothing more is sent is a silence; what the next consumer does not get either is none', async () => {
  const given = { ends: -1n };
  assert.match((await watch(() => 20, 17, given).stuck).message, /while 3 messages wait/);
  let [left, taken] = [0, 0];
  const again = watch(() => Math.max(20, ++left), 17, given);
  const done = watch(() => Math.max(20, ++taken), 20);
  const never = Promise.race([again.stuck, done.stuck]);
  while (left < 12 || taken < 12) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(await Promise.race([never, 'quiet']), 'quiet');
  again.end();
  done.end();
});
