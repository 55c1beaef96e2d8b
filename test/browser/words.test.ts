import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { age, isOld, isPast } from '../../web/draw/age.ts';
import { evidence } from '../../web/draw/evidence.ts';
import { instantsIn } from '../../web/draw/instant.ts';
import { amount, counted, number, perSecond } from '../../web/draw/number.ts';
import { curlText } from '../../web/draw/send.ts';

/** Narrow spaces as `_`, so that they can be seen. */
const seen = (text: string) => text.replaceAll('\u202f', '_');

describe('numbers in words', () => {
  it('number(value) has narrow spaces in thousands and a true minus', () => {
    assert.deepEqual(
      [0, 999, 1000, 12480, 1234567, -61, -0.4].map((value) => seen(number(value))),
      ['0', '999', '1_000', '12_480', '1_234_567', '−61', '0'],
    );
    assert.deepEqual(
      [21.375, 21.4, 21, 1234.5, -0.04].map((value) => seen(number(value, 2))),
      ['21.38', '21.4', '21', '1_234.5', '−0.04'],
    );
  });

  it('amount(null) is a dash, never 0', () => {
    assert.equal(amount(null, 'dBm'), '—');
    assert.equal(perSecond(null), '—');
    assert.equal(seen(amount(0, 'dBm')), '0_dBm');
  });

  it('perSecond(value) is finer where there is little', () => {
    assert.deepEqual([0, 0.5, 9.94, 9.96, 871.4].map(perSecond), ['0', '0.5', '9.9', '10', '871']);
  });

  it('counted(n, noun) has its plural', () => {
    assert.deepEqual([counted(1, 'gateway'), counted(0, 'gateway')], ['1 gateway', '0 gateways']);
  });
});

describe('times in words', () => {
  it('age(ms) grows coarser, and a clock that is ahead makes no negative one', () => {
    const ages = [-5000, 0, 59_999, 60_000, 3_599_999, 3_900_000, 86_399_999, 86_400_000, 3424 * 86_400_000];
    assert.deepEqual(
      ages.map((ms) => seen(age(ms))),
      ['0_s', '0_s', '59_s', '1_min', '59_min', '1_h_05', '23_h_59', '1_d', '3_424_d'],
    );
  });

  it('isOld(ms) from 30 s on, until it is the past', () => {
    assert.deepEqual([29_999, 30_000, 86_399_999, 86_400_000].map(isOld), [false, true, true, false]);
    assert.deepEqual([86_399_999, 86_400_000].map(isPast), [false, true]);
  });

  it('instantsIn(zone) says what tells it from beside, in that zone', () => {
    const dublin = instantsIn('Europe/Dublin');
    const now = Date.UTC(2026, 10, 3, 10, 42, 17);
    assert.equal(`${dublin.day(now)} ${dublin.minute(now)} ${dublin.zone(now)}`, 'Tue 3 Nov 10:42 GMT');
    const summer = Date.UTC(2017, 5, 30, 21, 44, 4);
    assert.equal(dublin.whole(summer), 'Fri 30 Jun 2017 22:44:04 GMT+1');
    assert.deepEqual([dublin.short(now, now), dublin.short(summer, now)], ['10:42:17', '30 Jun 2017']);
    assert.equal(dublin.short(now - 86_400_000, now), '2 Nov');
    assert.deepEqual([dublin.dayBeside(now, now), dublin.dayBeside(summer, now)], ['Tue 3 Nov', 'Fri 30 Jun 2017']);
    assert.equal(dublin.long(summer, now), '30 Jun 2017 22:44');
    assert.equal(instantsIn('Asia/Kolkata').minute(Date.UTC(2026, 0, 1, 18, 30)), '00:00', 'midnight is 00, not 24');
  });
});

describe('what is shown of a reject', () => {
  const faults = (text: string, pointer: string, found: string) =>
    evidence(text, [{ pointer, found }])
      .filter(({ isFault }) => isFault)
      .map(({ part }) => part);

  it('evidence(text, reasons) marks the value that a pointer names, and no other', () => {
    assert.deepEqual(faults('{"x":"61","rssi": 61}', '/rssi', '61'), ['61']);
    assert.deepEqual(faults('{"rssi":1,"x":61}', '/rssi', '61'), []);
    assert.deepEqual(faults('{"data":{"rssi":"loud"}}', '/data/rssi', '"loud"'), ['"loud"']);
    assert.deepEqual(faults('hello', '', '"hello"'), []);
    assert.deepEqual(faults('{"rssi":1}', '/time', 'nothing'), []);
  });

  it('evidence(text, reasons) leaves the text whole, whatever the reasons', () => {
    const text = '{"time":"yesterday","rssi":"loud"}';
    const reasons = [
      { pointer: '/rssi', found: '"loud"' },
      { pointer: '/time', found: '"yesterday"' },
      { pointer: '/time', found: '"yesterday"' },
    ];
    const pieces = evidence(text, reasons);
    assert.equal(pieces.map(({ part }) => part).join(''), text);
    assert.equal(pieces.filter(({ isFault }) => isFault).length, 2);
  });
});

describe('how to send', () => {
  it('curlText(service, gateway) fits a phone: no line has more than 46 characters', () => {
    const lines = curlText({ base: 'http://127.0.0.1:30000/', tokens: true }, 'pi-1').split('\n');
    assert.deepEqual(
      lines.filter((line) => line.length > 46),
      [],
    );
  });
});
