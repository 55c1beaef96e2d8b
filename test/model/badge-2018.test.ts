import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bulletinFor } from '../../services/live/bulletin.ts';
import {
  BODY_MAX,
  colour,
  control,
  latin,
  onAir,
  session,
  sides,
  slotOf,
  unlike,
  words,
} from '../../services/model/badge-2018.ts';
import type { Notice } from '../../services/model/notice.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('the badge of 2018', () => {
  it('gets the bytes that its firmware reads: control, alert, next', () => {
    // 6 November 10:00, active, Maginnes (3); next 10:30 Coffee.
    assert.equal(hex(control(Date.UTC(2018, 10, 6, 10), 2, 3)), '0120ec97010203');
    assert.equal(hex(session('next', 0, 10 * 60 + 30, 'Coffee').bytes), '093f436f66666565');
    assert.equal(hex(words('alert', 'Hi').bytes), `05${Buffer.from('Hi').toString('hex')}`);
    assert.equal(hex(words('info', 'a\r\nb').bytes), '06610a62');
    assert.equal(hex(session('now', 1, 0, 'x').bytes), '080078');
    assert.equal(hex(session('next', 1, 1439, 'x').bytes), '0a8f78');
    assert.equal(hex(onAir(words('alert', 'Hi').bytes)), '9005054869');
  });

  it('gets lights as blue, green, red: top, bottom, four of the backlight', () => {
    const lights = Array.from({ length: 6 }, (_, i) => [i, 100 + i, 200 + i] as const);
    const bytes = colour(lights);
    assert.deepEqual([...bytes.slice(0, 7)], [2, 200, 100, 0, 201, 101, 1]);
    assert.equal(bytes.length, 19);
    assert.throws(() => colour(lights.slice(1)), /expected 6 lights, found 5/);
  });

  it('text is cut at a character where 24 bytes are full (27 without flags), and how much is said', () => {
    const long = 'The wall between McCurdy 1 and 2 opens';
    const cut = words('alert', long);
    assert.equal(hex(cut.bytes), hex(Buffer.from(`\u0005${long.slice(0, 23)}`)));
    assert.deepEqual([cut.bytes.length, cut.cut, cut.replaced], [24, long.length - 23, 0]);
    assert.equal(words('alert', long, [], 'bare').bytes.length, 27);
    assert.equal(session('now', 0, 600, long).cut, long.length - 22);
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.constantFrom('flags' as const, 'bare' as const),
        (text, room) => {
          const { bytes, cut } = words('info', text, [], room);
          assert.ok(bytes.length <= BODY_MAX[room]);
          assert.equal(Buffer.from(bytes.slice(1)).toString('latin1'), latin(text).slice(0, BODY_MAX[room] - 1));
          assert.equal(bytes.length - 1 + cut, latin(text).length);
        },
      ),
    );
  });

  it('text is Latin-1: what it lacks is plainer, else ?, and is counted', () => {
    assert.equal(latin('Čaj “für” Zoë – 5 € …'), 'Caj "für" Zoë - 5 EUR ...');
    assert.equal(latin('☕ now'), '? now');
    assert.equal(latin('e\u0301'), 'é');
    assert.equal(words('info', 'Č☕').replaced, 2);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) =>
        [...latin(text)].every((one) => one.codePointAt(0)! <= 0xff),
      ),
    );
  });

  it('a long text that is told again says how much of it is lost, its blanks too', () => {
    const long = 'The wall between McCurdy 1 and 2 opens';
    const first = words('alert', long);
    const again = words('alert', long, [unlike(long, [], 23)]);
    assert.deepEqual([first.cut, again.cut, again.replaced], [long.length - 23, long.length - 22, 0]);
    assert.equal(words('alert', 'Coffee', ['Coffee']).cut, 0);
    const holding = { kind: 'alert', text: long, targets: ['venue'], from: 0, until: 9e9, every: 5, times: 3 };
    const notice = { id: 'n', ...holding } as unknown as Notice;
    const told = { notices: [notice], programme: [], zone: 'UTC' };
    const cuts = [0, 300_001].map((at) => {
      const { adverts } = bulletinFor({ gateway: 'g', rooms: ['hall'], floor: null }, { ...told, at }).badge;
      return adverts.map(({ cut }) => cut);
    });
    assert.deepEqual(cuts, [[long.length - 23], [long.length - 22]]);
  });

  it('text never equals one of the last three that the badge remembers, cut as it is', () => {
    const letters = fc.constantFrom('Coffee', 'Lunch', 'Doors open', 'x'.repeat(40), `${'x'.repeat(40)}y`);
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 30 }), (texts) => {
        const said: string[] = [];
        const sent = texts.map((text) => {
          const own = unlike(text, said, 23);
          said.push(own);
          return hex(words('alert', own).bytes);
        });
        sent.forEach((one, i) => {
          assert.ok(!sent.slice(Math.max(0, i - 3), i).includes(one), `${i}: ${texts[i]}`);
        });
      }),
    );
  });

  it('each advert is on air in any second, and sides are told in turn only where they begin together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(10_000), (adverts, from) => {
        const slot = slotOf(adverts);
        const heard = new Set(Array.from({ length: 1000 }, (_, ms) => Math.floor((from + ms) / slot) % adverts));
        assert.equal(heard.size, adverts);
      }),
    );
    assert.deepEqual(
      sides([600, 605, 609, 610], (one) => one),
      [600, 605],
    );
    assert.deepEqual(
      sides([600, 610], (one) => one),
      [600],
    );
    assert.deepEqual(
      sides([], (one: number) => one),
      [],
    );
  });
});
