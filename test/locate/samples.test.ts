import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SAMPLES_MAX } from '../../services/locate/rule.ts';
import { areLate, keep, newSamples, quantileSince } from '../../services/locate/samples.ts';

const NOW = Date.UTC(2018, 10, 5, 12);

test('keep(…) keeps the newest in the order of t, whatever the order of arrival', () => {
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 299_999 }), { maxLength: 40 });
  fc.assert(
    fc.property(times, (ages) => {
      const samples = newSamples();
      for (const age of ages) keep(samples, NOW - age, NOW - age, -50, NOW);
      const newest = [...ages]
        .sort((a, b) => a - b)
        .slice(0, SAMPLES_MAX)
        .reverse();
      assert.deepEqual(
        samples.kept.filter((_, i) => i % 3 === 1),
        newest.map((age) => NOW - age),
      );
    }),
  );
});

test('keep(…) of a repeat is known, also where the clock is ahead and it has long made way for newer ones', () => {
  const samples = newSamples();
  const ahead = 5000;
  for (let s = 1; s <= 40; s += 1) {
    assert.equal(keep(samples, NOW + s * 1000 + ahead, NOW + s * 1000, -50, NOW + s * 1000), 'new');
  }
  const before = structuredClone(samples);
  for (let s = 1; s <= 40; s += 1) {
    const time = NOW + s * 1000 + ahead;
    assert.equal(keep(samples, time, Math.min(time, NOW + 60_000), -50, NOW + 60_000), 'known', `of second ${s}`);
  }
  assert.deepEqual(samples, before);
});

test('keep(…) hears a gateway whose clock was far ahead and is put right', () => {
  const samples = newSamples();
  for (let s = 1; s <= 40; s += 1) keep(samples, NOW + s * 1000 + 3_000_000, NOW + s * 1000, -50, NOW + s * 1000);
  assert.equal(keep(samples, NOW + 41_000, NOW + 41_000, -50, NOW + 41_000), 'new');
});

test('keep(…) of a louder copy makes it louder; of an older one than all that are kept says so', () => {
  const samples = newSamples();
  for (let s = 1; s <= SAMPLES_MAX; s += 1) keep(samples, NOW - s, NOW - s, -50, NOW);
  assert.equal(keep(samples, NOW - 3, NOW - 3, -49, NOW), 'louder');
  assert.equal(keep(samples, NOW - 3, NOW - 3, -60, NOW), 'known');
  assert.equal(keep(samples, NOW - 100, NOW - 100, -40, NOW), 'old');
  assert.equal(keep(newSamples(), NOW - 300_000, NOW - 300_000, -40, NOW), 'old');
});

test('quantileSince(samples, since, 0.8) is the level that four readings of five do not exceed', () => {
  const samples = newSamples();
  for (const [i, rssi] of [-50, -90, -70, -60, -80].entries()) keep(samples, NOW - 5 + i, NOW - 5 + i, rssi, NOW);
  assert.equal(quantileSince(samples, NOW - 10, 0.8), -60);
  assert.equal(quantileSince(samples, NOW - 10, 0.5), -70);
  assert.equal(quantileSince(samples, NOW - 5, 0.8), -60, 'the bound itself is out: four are left');
  assert.equal(quantileSince(samples, NOW, 0.8), Number.NaN);
});

test('areLate(samples) once a repeat of each would be late', () => {
  const samples = newSamples();
  keep(samples, NOW, NOW, -50, NOW);
  assert.deepEqual([areLate(samples, NOW + 299_999), areLate(samples, NOW + 300_000)], [false, true]);
});
