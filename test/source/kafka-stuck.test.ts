import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Admin } from 'kafkajs';
import { type Stuck, watchStuck } from '../../services/source/kafka/stuck.ts';

it('a message that came after a long quiet is no silence until it has lain there as long as it takes', async () => {
  const quiet = 10;
  let looks = 0;
  const admin = {
    fetchTopicOffsets: async () => [{ partition: 0, high: ++looks > quiet ? '20' : '0' }],
  } as unknown as Admin;
  const watched = { state: { topic: 'observations', progress: 7, partitions: [0] }, isBusy: () => false };
  const error = await new Promise<Stuck>((fail) => {
    const end = watchStuck(watched, { admin, stuckMs: 80 }, (given) => {
      end();
      fail(given);
    });
  });
  assert.match(error.message, /while 20 messages went in/);
  // However late it looks: not at first sight.
  assert.ok(looks > quiet + 1, `${looks} looks, of which ${quiet} found a quiet topic`);
});
