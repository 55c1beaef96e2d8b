import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { PSEUDONYM_PATTERN } from '../../services/model/fields.ts';
import { formatKeys, newKey, parseKeys, pseudonymiser } from '../../services/validate/pseudonym.ts';

const ONE = 'secret-number-one';
const TWO = 'secret-number-two';
const BEGUN = Date.UTC(2026, 10, 5);
const hmac = (secret: string, id: string) =>
  createHmac('sha256', secret).update(id).digest().subarray(0, 12).toString('base64url');

describe('pseudonymiser(keys)', () => {
  const pseudonym = pseudonymiser(parseKeys(`1:${ONE},2@2026-11-05:${TWO}`));

  it('is k, the number of the key, and the first 12 bytes of HMAC-SHA-256 in base64url', () => {
    assert.equal(pseudonym('e0b20be3098c', 0), `k1.${hmac(ONE, 'e0b20be3098c')}`);
    assert.match(pseudonym('badge-1', 0), new RegExp(PSEUDONYM_PATTERN));
  });

  it('the newest key that had begun by the time signs, whatever the order of keys or times', () => {
    const turned = pseudonymiser(parseKeys(`2@2026-11-05:${TWO},1:${ONE}`));
    for (const sign of [pseudonym, turned])
      for (const [time, name] of [
        [BEGUN, `k2.${hmac(TWO, 'b')}`],
        [BEGUN - 1, `k1.${hmac(ONE, 'b')}`],
        [BEGUN, `k2.${hmac(TWO, 'b')}`],
      ] as const)
        assert.equal(sign('b', time), name);
    const three = pseudonymiser(parseKeys(`3@2026-11-06:${ONE}3,1:${ONE},2@2026-11-05:${TWO}`));
    assert.deepEqual(
      [0, BEGUN, BEGUN + 86_400_000].map((time) => three('b', time).slice(0, 2)),
      ['k1', 'k2', 'k3'],
    );
  });

  it('a MAC in any notation is one badge, another id is not changed', () => {
    for (const mac of ['E0:B2:0B:E3:09:8C', 'e0-b2-0b-e3-09-8c', 'E0B2.0BE3.098C'])
      assert.equal(pseudonym(mac, 0), pseudonym('e0b20be3098c', 0));
    assert.notEqual(pseudonym('Badge', 0), pseudonym('badge', 0));
  });

  it('what already is a pseudonym passes', () => {
    assert.equal(pseudonym('k7.AAAAAAAAAAAAAAAA', BEGUN), 'k7.AAAAAAAAAAAAAAAA');
    assert.match(pseudonym('k7.AAAAAAAAAAAAAAA', BEGUN), /^k2\./);
  });

  it('more badges than are remembered keep their names', () => {
    for (let i = 0; i < 110_000; i++) pseudonym(`b${i}`, 0);
    assert.equal(pseudonym('b7', 0), `k1.${hmac(ONE, 'b7')}`);
  });
});

describe('parseKeys(text)', () => {
  it('reads what formatKeys and newKey write', () => {
    const text = `1:${ONE},2@2026-11-05:${TWO}`;
    assert.deepEqual(parseKeys(text), [
      { number: 1, secret: ONE, begins: -Infinity },
      { number: 2, secret: TWO, begins: BEGUN },
    ]);
    assert.equal(formatKeys(parseKeys(text)), text);
    const [key] = parseKeys(newKey());
    assert.deepEqual([key!.number, key!.begins, Buffer.from(key!.secret, 'base64url').length], [1, -Infinity, 32]);
    assert.notEqual(newKey(), newKey());
  });

  it('refuses with the place of the fault, and never a secret', () => {
    const wrong: [string, RegExp][] = [
      ['', /key 1: expected number:secret or number@YYYY-MM-DD:secret/],
      [ONE, /key 1: expected number:secret/],
      [`x:${ONE}`, /key 1: expected number:secret/],
      [`0:${ONE}`, /key 1/],
      [`1234567:${ONE}`, /key 1/],
      [`1:${ONE},2@5.11.2026:${TWO}`, /key 2: expected number:secret/],
      [`1:${ONE},2@2026-02-30:${TWO}`, /key 2: expected a day of the calendar, found 2026-02-30/],
      ['1:short', /key 1: expected a secret of at least 16 characters, found 5/],
      [`1:${ONE},1@2026-11-05:${TWO}`, /found number 1 twice/],
      [`1:${ONE},2:${TWO}`, /found two that begin always/],
      [`1:${ONE},2@2026-11-05:${TWO},3@2026-11-05:${TWO}`, /found two that begin on 2026-11-05/],
      [`2@2026-11-05:${TWO}`, /one key without a day/],
    ];
    for (const [text, message] of wrong)
      assert.throws(
        () => parseKeys(text),
        (error: Error) => {
          assert.match(error.message, message, text);
          assert.doesNotMatch(error.message, /secret-number|short/);
          return true;
        },
      );
  });
});
