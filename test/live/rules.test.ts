import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anomalyChanges, QUIET_MS } from '../../services/live/anomalies.ts';
import { readingsIn, silences } from '../../services/live/readings.ts';
import { type Change, type Standings, stepRule } from '../../services/live/rules.ts';
import { sentenceAfter, sentenceFor } from '../../services/live/sentence.ts';
import type { Anomaly } from '../../services/model/anomaly.ts';
import type { Coverage, RoomFrame } from '../../services/model/frame.ts';
import { type Firing, type GivenRule, ruleFaultsOf, settledRule } from '../../services/model/rule.ts';
import type { VenueFile } from '../../services/model/venue.ts';

const SECOND = 1000;
const venue: VenueFile = {
  zone: 'UTC',
  floors: [{ id: 'ground' }],
  rooms: [
    { id: 'hall', name: 'Maginnes', floor: 'ground', capacity: 60 },
    { id: 'bar', floor: 'ground', capacity: 40 },
  ],
  gateways: [{ id: 'pi-1', room: 'hall' }],
};
const rule = (given: Partial<GivenRule>) => settledRule('r', { measure: 'occupancy', above: 50, ...given }, 'page');
const room = (
  id: string,
  occupancy: number | null,
  coverage: Coverage = 'good',
  more: Partial<RoomFrame> = {},
): RoomFrame => ({
  ...{ room: id, occupancy, coverage, parked: 0, claps: 0, temperature: 21, gateways: 1, age: 1 },
  ...{ expected: null, low: null, high: null },
  ...more,
});

type Value = number | null;
/** What a rule should do, from its words: every second looks back over all that was known. */
function expectedOf(
  values: Value[],
  { threshold, clear, lasting, coolDown }: { threshold: number; clear: number; lasting: number; coolDown: number },
): string[] {
  const said: string[] = [];
  let firing = false;
  let begun = 0;
  let cleared = Number.NEGATIVE_INFINITY;
  let from = 0;
  values.forEach((value, t) => {
    if (value === null) return;
    if (firing) {
      if (value > clear) return;
      said.push(`cleared ${begun} ${t}`);
      [firing, cleared, from] = [false, t, t + 1];
      return;
    }
    const known = values.map((one, at) => ({ one, at })).filter(({ one, at }) => one !== null && at >= from && at <= t);
    // Back from now, over what was unknown for a while, to the first that did not hold or that is too long ago.
    const run: typeof known = [];
    for (let i = known.length - 1; i >= 0 && known[i]!.one! > threshold; i--) {
      run.unshift(known[i]!);
      if (i > 0 && known[i]!.at - known[i - 1]!.at > Math.max(lasting, 60)) break;
    }
    if (run.length < Math.max(1, lasting) || t - cleared < coolDown) return;
    begun = run[0]!.at;
    firing = true;
    said.push(`fired ${begun} ${t}`);
  });
  return said;
}

describe('stepRule(rule, standings, time, readings)', () => {
  const stretch = fc.tuple(
    fc.oneof(fc.integer({ min: 0, max: 10 }), fc.constant(null)),
    fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 58, max: 66 })),
  );
  const asked = fc.record({
    lasting: fc.nat(6),
    coolDown: fc.nat(12),
    threshold: fc.integer({ min: 3, max: 7 }),
    less: fc.nat(3),
  });
  const run = (
    values: Value[],
    { lasting, coolDown, threshold, less }: { lasting: number; coolDown: number; threshold: number; less: number },
    cut = -1,
  ) => {
    const one = rule({ above: threshold, clear: threshold - less, for: lasting, coolDown });
    let standings: Standings = new Map();
    return values.flatMap((value, t) => {
      // What is saved is all that is needed to go on.
      if (t === cut) standings = new Map(JSON.parse(JSON.stringify([...standings])) as [string, never][]);
      const bounds = value === null ? { low: 0, high: Number.POSITIVE_INFINITY } : { low: value, high: value };
      return stepRule(one, standings, t * SECOND, [{ place: 'room:hall', ...bounds }]).map(
        ({ is, since, time }: Change) => `${is} ${since / SECOND} ${time / SECOND}`,
      );
    });
  };

  it('fires once an episode, after it held long enough, and again no sooner than it may: as an oracle by hand has it', () => {
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 20 }), asked, fc.nat(100), (stretches, of, cut) => {
        const values = stretches.flatMap(([value, seconds]) => Array.from({ length: seconds }, () => value));
        const expected = expectedOf(values, { ...of, clear: of.threshold - of.less });
        assert.deepEqual(run(values, of), expected);
        assert.deepEqual(run(values, of, cut), expected, 'a start anew in between changes nothing');
      }),
      { numRuns: 2000 },
    );
  });

  it('what is not known neither fires nor clears', () => {
    const of = { lasting: 2, coolDown: 0, threshold: 5, less: 0 };
    assert.deepEqual(run([9, null, null, 9, null, null, 2], of), ['fired 0 3', 'cleared 0 6']);
    assert.deepEqual(run([9, ...Array<null>(70).fill(null), 9], of), [], 'an hour ago is not now');
  });

  it('below a value is the mirror of above', () => {
    const one = rule({ above: null, below: 5, clear: 8 });
    const standings: Standings = new Map();
    const said = [6, 4, 7, 8].flatMap((value, t) =>
      stepRule(one, standings, t, [{ place: 'p', low: value, high: value }]).map(({ is, time }) => `${is} ${time}`),
    );
    assert.deepEqual(said, ['fired 1', 'cleared 3']);
  });
});

describe('readingsIn(rule, venue, rooms)', () => {
  const rooms = [room('hall', 54), room('bar', 20, 'deaf')];

  it('is a value where a room is heard, else anything that it may be', () => {
    assert.deepEqual(readingsIn(rule({}), { file: venue }, rooms), [
      { place: 'room:hall', low: 54, high: 54 },
      { place: 'room:bar', low: 0, high: Number.POSITIVE_INFINITY },
    ]);
    assert.deepEqual(readingsIn(rule({ where: 'room:hall', unit: 'percent' }), { file: venue }, rooms), [
      { place: 'room:hall', low: 90, high: 90 },
    ]);
    assert.deepEqual(
      readingsIn(rule({ measure: 'claps', where: 'room:hall' }), { file: venue }, [
        room('hall', 1, 'good', { claps: 4.2 }),
      ])[0]!.low,
      42,
    );
    assert.deepEqual(
      readingsIn(rule({ measure: 'temperature', where: 'room:hall' }), { file: venue }, [
        room('hall', 1, 'good', { temperature: null }),
      ])[0]!.low,
      Number.NEGATIVE_INFINITY,
    );
  });

  it('a floor is at least what is heard of it, and a merged-out room is no place', () => {
    assert.deepEqual(readingsIn(rule({ where: 'floor:ground' }), { file: venue }, rooms), [
      { place: 'floor:ground', low: 54, high: Number.POSITIVE_INFINITY },
    ]);
    assert.deepEqual(
      readingsIn(rule({ where: 'venue', unit: 'percent' }), { file: venue }, [room('hall', 30), room('bar', 20)]),
      [{ place: 'venue', low: 50, high: 50 }],
    );
    assert.deepEqual(readingsIn(rule({ where: 'room:hall' }), { file: venue }, [room('both', 9)]), []);
  });
});

describe('silences(rule, gateways, heard, when)', () => {
  const gateways = [{ id: 'pi-1', room: 'hall', x: null, y: null, offset: 0, from: 0, until: 1e12 }];
  const silent = (heard: [string, number][], time: number, listening: number) =>
    silences(rule({ measure: 'silence', above: 120 }), gateways, new Map(heard), { time, listening })[0];

  it('is how long nobody heard it while somebody listened: a stop of our own is no silence of theirs', () => {
    assert.deepEqual(silent([['pi-1', 10_000]], 70_000, 0), { place: 'gateway:pi-1', low: 60, high: 60 });
    assert.deepEqual(silent([['pi-1', 10_000]], 600_000, 590_000), { place: 'gateway:pi-1', low: 10, high: 590 });
    assert.deepEqual(silent([], 130_000, 0), { place: 'gateway:pi-1', low: 130, high: Number.POSITIVE_INFINITY });
    assert.equal(silent([], 2e12, 0), undefined, 'it is not there any more');
  });
});

describe('anomalyChanges(rule, anomalies, known, when)', () => {
  const anomaly = (time: number, more: Partial<Anomaly> = {}): Anomaly => ({
    ...{ room: 'hall', measure: 'occupancy', time, until: time + 300_000, value: 11, expected: 42, low: 38, high: 46 },
    ...{ score: 1, severity: 'major', rung: 'slot', n: 6, sentence: 'Few.', session: null },
    ...more,
  });
  const known = (since: number, more: Partial<Firing> = {}) =>
    ({ place: 'room:hall', since, about: 'occupancy', fired: since, cleared: null, ...more }) as Firing;
  const when = { since: 0, now: 1e7 };
  const one = settledRule('r', { measure: 'anomaly', coolDown: 600 }, 'page');

  it('each fires once, whatever it grows to; minor ones, older ones and other rooms do not', () => {
    const all = [anomaly(1e6), anomaly(2e6, { severity: 'minor' }), anomaly(3e6, { room: 'bar' }), anomaly(-1)];
    assert.deepEqual(
      anomalyChanges(one, all, [], when).fire.map(({ time }) => time),
      [1e6, 3e6],
    );
    const grown = anomaly(1e6, { until: 9.9e6 });
    assert.deepEqual(anomalyChanges(one, [grown], [known(1e6)], when), { fire: [], clear: [] });
    const there = settledRule('r', { measure: 'anomaly', where: 'room:bar' }, 'page');
    assert.deepEqual(
      anomalyChanges(there, all, [], when).fire.map(({ time }) => time),
      [3e6],
    );
  });

  it('is over when it has been quiet, and rests after', () => {
    const { clear } = anomalyChanges(one, [anomaly(1e6)], [known(1e6)], { since: 0, now: 1.3e6 + QUIET_MS + 1 });
    assert.deepEqual(
      clear.map(({ time }) => time),
      [1.3e6],
    );
    const soon = anomalyChanges(one, [anomaly(1e6), anomaly(1.35e6)], [known(1e6, { cleared: 1.3e6 })], when);
    assert.deepEqual(soon.fire, [], 'within the cool-down');
  });
});

describe('a rule', () => {
  it('says all that is wrong with it', () => {
    const faults = (given: Partial<GivenRule>) =>
      ruleFaultsOf(settledRule('r', { measure: 'occupancy', ...given }, 'page'), venue).map(({ pointer }) => pointer);
    assert.deepEqual(faults({ above: 5 }), []);
    assert.deepEqual(faults({}), ['/above']);
    assert.deepEqual(faults({ above: 5, clear: 6, where: 'room:attic' }), ['/where', '/clear']);
    assert.deepEqual(faults({ measure: 'silence', below: 5, where: 'rooms' }), ['/where', '/below']);
    assert.deepEqual(faults({ measure: 'temperature', above: 25, unit: 'percent' }), ['/unit']);
    assert.deepEqual(faults({ measure: 'anomaly', above: 1, for: 300 }), ['/above', '/for']);
    // What always holds, and what never does.
    assert.deepEqual(faults({ above: -5 }), ['/above']);
    assert.deepEqual(faults({ below: 0 }), ['/below']);
    assert.deepEqual(faults({ above: 90, clear: -1, unit: 'percent', where: 'room:hall' }), ['/clear']);
    assert.deepEqual(faults({ above: 1001, unit: 'percent', where: 'room:hall' }), ['/above']);
    assert.deepEqual(faults({ measure: 'temperature', above: 85 }), ['/above']);
    assert.deepEqual(faults({ measure: 'temperature', above: -40, clear: -40 }), []);
    assert.deepEqual(faults({ measure: 'silence', where: 'gateways', above: 1e9 }), ['/above']);
  });

  it('says what it found', () => {
    const one = rule({ unit: 'percent', above: 90, for: 300 });
    assert.equal(
      sentenceFor(one, 'room:hall', 93.3, venue).replaceAll('\u202f', ' '),
      'Maginnes: 93 % of capacity, above 90 % for 5 min',
    );
    assert.equal(
      sentenceFor(rule({ measure: 'silence', above: 120 }), 'gateway:pi-1', 121, venue).replaceAll('\u202f', ' '),
      'Gateway pi-1: silent for 2 min 1 s',
    );
  });

  it('counts one person as one', () => {
    assert.match(sentenceFor(rule({ above: null, below: 2 }), 'room:hall', 1, venue), /^Maginnes: 1 person, below 2$/);
    assert.match(sentenceFor(rule({ above: null, below: 2 }), 'room:hall', 0, venue), /^Maginnes: 0 people, below 2$/);
  });

  it('says what it found when it was over', () => {
    const after = (one: typeof given, place: string, value: number | null) =>
      sentenceAfter(one, place, value, venue).replaceAll('\u202f', ' ');
    const given = rule({ unit: 'percent', above: 90, for: 300 });
    assert.equal(after(given, 'room:hall', 63.3), 'Maginnes: 63 % of capacity, no longer above 90 %');
    assert.equal(after(given, 'room:hall', null), 'Maginnes: no longer above 90 % of capacity');
    assert.equal(after(rule({ measure: 'silence', above: 120 }), 'gateway:pi-1', 0), 'Gateway pi-1: heard again');
  });
});
