import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LINE_MAX } from '../../services/validate/bounds.ts';
import { createReader } from '../../services/validate/reader.ts';
import { MARK, scrub } from '../../services/validate/scrub.ts';
import { context, json, RECEIVED, read } from './reading.ts';

const digits = fc
  .stringMatching(/^[0-9a-f]{12}$/)
  .filter((mac) => /[a-f]/.test(mac) && /[0-9]/.test(mac) && new Set(mac).size > 4);
const pairs = (mac: string) => mac.match(/../g) ?? [];
const NOTATIONS: ((mac: string) => string)[] = [
  (mac) => mac,
  (mac) => mac.toUpperCase(),
  (mac) => pairs(mac).join(':'),
  (mac) => pairs(mac).join('-').toUpperCase(),
  (mac) => pairs(mac).join('.'),
  (mac) => (mac.match(/..../g) ?? []).join('.'),
  (mac) =>
    pairs(mac)
      .map((pair, i) => (i % 2 ? pair.toUpperCase() : pair))
      .join(''),
  (mac) => [...mac].join(':'),
  (mac) => pairs(mac).join(' '),
  (mac) => pairs(mac).join('_').toUpperCase(),
  (mac) => pairs(mac).join('%3A'),
  (mac) => pairs(mac).join('/'),
  (mac) => (mac.match(/..../g) ?? []).join(' '),
  (mac) => (mac.match(/.{6}/g) ?? []).join(' '),
  (mac) => `${mac.slice(0, 2)} ${mac.slice(2)}`,
  (mac) => pairs(mac).join('–'),
  (mac) => `02 01 06 0a ff 4c ${pairs(mac).join(':')}`,
  (mac) => `AA BB CC DD EE FF ${mac}`,
  (mac) => `id${mac}`,
  (mac) => `00${mac}ff`,
  (mac) => `mac=${pairs(mac).join(':')}, rssi=-60`,
];
const escaped = (text: string) => [...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

/** Where a MAC may hide: each makes a body of which at least one observation is refused, or names are counted. */
const PLACES: ((mac: string) => string)[] = [
  (mac) => json({ badge: mac, rssi: 300 }),
  (mac) => json({ badge: mac, time: 'never' }),
  (mac) => json({ badge: `${mac} `, rssi: 300 }),
  (mac) => json({ badge: { mac }, rssi: 300 }),
  (mac) => json({ gateway: `${mac}/x`, rssi: mac }),
  (mac) => json({ kind: mac, time: mac }),
  (mac) => json({ [mac]: 1, rssi: 300 }),
  (mac) => json({ x: { [mac]: [{ y: mac }] }, temperature: mac }),
  (mac) => json({ badge: 'k1.AAAAAAAAAAAAAAAA', note: mac, rssi: 300 }),
  (mac) => json({ rssi: 300, x: 'x'.repeat(70) + mac }),
  (mac) => json({ time: `${'0'.repeat(60)} ${mac}` }),
  (mac) => json({ rssi: 300, badge: '@' }).replace('"@"', `"${escaped(mac)}"`),
  (mac) => json({ rssi: 300, x: '@' }).replace('"@"', `"${escaped(mac)}"`),
  (mac) => json({ rssi: 300 }).replace('"rssi"', `"${escaped(mac)}":1,"rssi"`),
  (mac) => `{"badge":"${mac}","rssi":}`,
  (mac) => `{"badge":"${escaped(mac)}","rssi":}`,
  (mac) => `{"badge":${mac}}`,
  (mac) => `{${mac}`,
  (mac) => `{"badge":"${mac}`,
  (mac) => `[{"badge":"${mac},{"badge":"${mac}"}]`,
  (mac) => `{"x":"${'x'.repeat(990)}${mac}${'x'.repeat(LINE_MAX)}"}`,
  (mac) => `{"x":"${'x'.repeat(1005)}${mac}${'x'.repeat(LINE_MAX)}"}`,
  (mac) => `{"x":"${'x'.repeat(950)}${escaped(mac)}${'x'.repeat(LINE_MAX)}"}`,
  (mac) => JSON.stringify({ sensor: 'th-1', quantity: mac, value: mac }),
  (mac) => JSON.stringify({ sensor: 'th-1', quantity: 'co2', value: 1, time: 1, note: mac }),
  (mac) => JSON.stringify({ gateway: 'g', status: mac, info: mac }),
  (mac) => JSON.stringify({ gateway: 'g', status: 'online', info: { [mac]: { of: mac } }, time: RECEIVED }),
  (mac) => JSON.stringify({ transmitterId: mac, rssiSignature: [{ receiverId: 'g', rssi: 300 }], packets: [mac] }),
  (mac) => JSON.stringify({ transmitterId: mac, rssiSignature: [{ receiverId: 'g', rssi: 300 }], timestamp: mac }),
  (mac) => JSON.stringify({ transmitterId: mac, rssiSignature: mac }),
  (mac) =>
    JSON.stringify({
      type: 'proximity received',
      data: { member: mac, badge_address: mac, rssi_distances: { g: { rssi: 99 } } },
    }),
  (mac) => JSON.stringify({ type: mac, data: { member: mac, badge_address: mac } }),
  (mac) =>
    JSON.stringify({ type: 'proximity received', data: { member: 'b', rssi_distances: { [`${mac}?`]: { rssi: 9 } } } }),
  (mac) => `"${mac}"\n`.replace('"', '{}\n"'),
  (mac) => `time,gateway,badge,rssi\n${RECEIVED},g,${mac},300\n${RECEIVED},g,${mac}\n`,
  (mac) => `time,gateway,badge,rssi\n${RECEIVED},g,${mac},"3"00\n${mac},${mac}?,${mac} x,${mac}`,
  (mac) => `time,gateway,badge,rssi\n"${mac}\n`,
  (mac) => `time,gateway,badge,rssi,${mac}\n${RECEIVED},g,b,1,1\n`,
  (mac) => `time,gateway,badge,rssi,x\n${RECEIVED},g,b,1,${'x'.repeat(1000)}${mac}${'x'.repeat(LINE_MAX)}\n`,
  (mac) => `${mac}\n`,
  (mac) => `mac ${mac},rssi ${mac}`,
];

/** Bodies in which a gateway is said to have a badge's id: the id of a gateway stays, but not of this one. */
const TWINS: typeof PLACES = [
  (mac) => json({ badge: mac, gateway: mac, rssi: 300 }),
  (mac) => json({ badge: mac, gateway: mac.replace(/[:.-]/g, ''), rssi: mac, temperature: mac }),
  (mac) =>
    JSON.stringify({ type: 'proximity received', data: { member: mac, rssi_distances: { [mac]: { rssi: 99 } } } }),
];

/** All that a reader tells of a body: rejects, names, errors, and texts that are stored. */
function told(body: string, source: string): string {
  try {
    const { rejects, dropped, observations } = read(body, { source });
    const infos = observations.map((o) => 'info' in o && o.info);
    return JSON.stringify([rejects, dropped, infos]);
  } catch (error) {
    return `${error} ${JSON.stringify(error)} ${(error as Error).stack}`;
  }
}

/** Text as somebody reads it who looks for a MAC: escapes decoded, separators left out. */
const bareOf = (text: string) =>
  text
    .replace(/\\+u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/%(3a|2d|2e|20|5f)|[:.\-–\s_/+]/gi, '')
    .toLowerCase();

describe('no MAC of a badge', () => {
  for (const [place, bodyOf] of [...PLACES, ...TWINS].entries())
    it(`is in what is told of a body with one in place ${place}: ${bodyOf('MAC').slice(0, 50)}`, () => {
      fc.assert(
        fc.property(digits, fc.constantFrom(...NOTATIONS), (mac, notation) => {
          const all = told(bodyOf(notation(mac)), `file ${notation(mac)}`);
          const bare = bareOf(all);
          // neither the whole nor a half that a cut might leave
          assert.ok(!bare.includes(mac.slice(0, 8)) && !bare.includes(mac.slice(4)), `${mac}: ${all}`);
        }),
        { numRuns: 30 },
      );
    });

  it('is in the text of a reject, whatever was broken where', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.constantFrom(...Buffer.from('"{}[],:\\ x0\n')) });
    fc.assert(
      fc.property(digits, fc.constantFrom(...PLACES), fc.array(change, { maxLength: 3 }), (mac, bodyOf, changes) => {
        const body = Buffer.from(bodyOf(pairs(mac).join(':')));
        const planted = body.indexOf(pairs(mac).join(':'));
        for (const { at, byte } of changes)
          if (planted < 0 || at % body.length < planted) body[at % body.length] = byte;
        const text = body.toString();
        // Broken so that it stands where a gateway does it is the id of one, which is told.
        fc.pre(!text.split('\n').some((line) => line.split(',')[1] === pairs(mac).join(':')));
        const bare = bareOf(told(text, 'x'));
        assert.ok(!bare.includes(mac), `${mac}: ${bare}`);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('scrub(text, keep)', () => {
  it('replaces every run of 12 hex digits, and longer ones whole', () => {
    assert.equal(scrub('of aabbccddeeff, AA:BB:CC:DD:EE:FF and aabb.ccdd.eeff'), `of ${MARK}, ${MARK} and ${MARK}`);
    assert.equal(scrub('aabbccddeef'), 'aabbccddeef');
    assert.equal(scrub('aabbccddeeff00112233'), MARK);
    assert.equal(
      scrub('of aa bb cc dd ee ff, AA_BB_CC_DD_EE_FF, aa%3Abb%3acc%3Add%3Aee%3Aff'),
      `of ${MARK}, ${MARK}, ${MARK}`,
    );
    for (const text of ['a bad face', '2026-11-03 10:00:00', '1 2 3 4 5 6 7', '10 20 30 40 50', 'pi_01_02'])
      assert.equal(scrub(text), text);
  });

  it('leaves the ids of keep, in any notation', () => {
    assert.equal(scrub('AA-BB-CC-DD-EE-FF 112233445566', new Set(['aabbccddeeff'])), `AA-BB-CC-DD-EE-FF ${MARK}`);
    assert.equal(scrub('pi-aabbccddeeff', new Set(['pi-aabbccddeeff'])), 'pi-aabbccddeeff');
    assert.equal(scrub('aabbccddeeff00', new Set(['aabbccddeeff'])), MARK);
  });
});

describe('the text of a reject', () => {
  const text = (body: string) => read(body).rejects[0]!.text;

  it('keeps the ids of gateways and sensors, and says what the badge is called', () => {
    const item = JSON.parse(
      text(json({ gateway: 'AA:BB:CC:DD:EE:FF', badge: 'E0:B2:0B:E3:09:8C', rssi: 300, x: 'e0b20be3098c' })),
    );
    const pseudonym = context().pseudonym('e0b20be3098c', RECEIVED);
    assert.deepEqual([item.gateway, item.badge, item.x], ['AA:BB:CC:DD:EE:FF', pseudonym, pseudonym]);
    assert.equal(JSON.parse(text('{"sensor":"aabbccddeeff","value":"x"}')).sensor, 'aabbccddeeff');
  });

  it('has a mark where a badge cannot be read, be it a number', () => {
    for (const badge of [101, 946684800001, 'a b', true, ['a'], { a: 1 }])
      assert.equal(JSON.parse(text(json({ badge }))).badge, '[badge]');
    assert.equal(text('{"badge":"alice","rssi":}'), '{"badge":"[badge]","rssi":}');
  });

  it('tells instants as dates, since ms have as many digits as a MAC', () => {
    assert.equal(JSON.parse(text(json({ time: RECEIVED, rssi: 300 }))).time, '2018-11-05T10:00:00.000Z');
    assert.equal(JSON.parse(text(json({ time: 1541412000, rssi: 300 }))).time, 1541412000);
    assert.equal(JSON.parse(text(json({ x: 123456789012, rssi: 300 }))).x, MARK);
  });

  it('is whole, and is JSON again, where it was', () => {
    const odd = { n: [null, true, -1.5e-7, 1e300], 's"\\': '\u2028\n', '': {}, badge: 'k1.AAAAAAAAAAAAAAAA' };
    assert.deepEqual(JSON.parse(text(json({ ...odd, rssi: 300, time: 1541412000 }))), {
      ...JSON.parse(json(odd)),
      rssi: 300,
      time: 1541412000,
    });
  });
});

describe('dropped names', () => {
  it('are scrubbed, and short', () => {
    const reader = createReader(context());
    reader.push(Buffer.from(json({ ['x'.repeat(500)]: 1, 'aabb.ccdd.eeff': 2 })));
    reader.end();
    assert.deepEqual(
      [...reader.dropped.keys()].map((name) => name.length),
      [64, MARK.length],
    );
  });
});
