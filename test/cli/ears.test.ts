import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEars } from '../../services/cli/gateway/ears.ts';

const bulletin = (...notices: [string, number][]) =>
  JSON.stringify({ id: 'x', notices: notices.map(([id, turn]) => ({ id, turn, text: id })), badge: { adverts: [] } });

describe('what a gateway is told', () => {
  it('is told on once however often it comes, each of its times by itself, and acknowledged each time', () => {
    const told: string[] = [];
    const ears = createEars((one) => {
      const { notice } = one as { notice?: { id: string; turn: number } };
      if (notice) told.push(`${notice.id}/${notice.turn}`);
    });
    for (let i = 0; i < 1000; i++) assert.equal(ears.hear(bulletin(['lunch', 0])), '{"notices":["lunch"]}');
    assert.equal(ears.hear(bulletin(['lunch', 1], ['fire', 0])), '{"notices":["lunch","fire"]}');
    assert.deepEqual(told, ['lunch/0', 'lunch/1', 'fire/0']);
  });

  it('is not acknowledged where it cannot be read', () => {
    const ears = createEars(() => assert.fail('nothing was told'));
    for (const payload of ['', '{', 'null', '[]', '{"notices":3}']) assert.equal(ears.hear(payload), null, payload);
    assert.equal(ears.hear('{"notices":[1,null,{}]}'), '{"notices":[]}');
  });
});
