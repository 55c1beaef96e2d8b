import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { createHealth } from '../../services/answer/gateway-health.ts';
import { daysBefore, SLOT_MS, usualAt } from '../../services/answer/usual.ts';
import { duckdbEngine, type Engine } from '../../services/house/engine.ts';
import type { Observation } from '../../services/model/observation.ts';
import { sighting } from '../locate/world.ts';

const ZONE = 'Europe/Dublin';
/** Two days after the clocks went back. */
const NOW = Date.parse('2026-10-27T10:34:20Z');
const DAY = 86_400_000;

const store = async (engine: Engine, observations: Observation[]) => {
  if (observations.length > 0) await engine.store.append({ observations, rejects: [], past: true });
};

/** What is usual, worked out one observation after another. */
function oracle(told: Observation[], now: number): Map<string, number> {
  const at = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(ZONE);
  const slotOf = (ms: number) => `${at(ms).hour}:${Math.floor(at(ms).minute / 10)}`;
  const today = at(now).toPlainDate();
  const byDay = new Map<number, Map<string, number>>();
  for (const one of told) {
    if (one.kind !== 'sighting' || slotOf(one.time) !== slotOf(now)) continue;
    const back = today.since(at(one.time).toPlainDate()).total('days');
    if (back < 1 || back > 7) continue;
    const day = byDay.get(back) ?? new Map<string, number>();
    byDay.set(back, day.set(one.gateway, (day.get(one.gateway) ?? 0) + 1));
  }
  const ids = new Set([...byDay.values()].flatMap((day) => [...day.keys()]));
  return new Map(
    [...ids].map((id) => {
      const counts = [...byDay.values()].map((day) => day.get(id) ?? 0).sort((a, b) => a - b);
      const middle = (counts[(counts.length - 1) >> 1]! + counts[counts.length >> 1]!) / 2;
      return [id, middle / 600];
    }),
  );
}

describe('what is usual of a gateway', () => {
  it('usualAt(now) is the median over the same ten minutes of seven days, by the clock on the wall', async () => {
    const one = fc.record({
      gateway: fc.constantFrom('a', 'b', 'c'),
      back: fc.integer({ min: 0, max: 9 }),
      offset: fc.integer({ min: -1200, max: 1200 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 120 }), async (rows) => {
        const engine = await duckdbEngine(null);
        try {
          const told = rows.map(({ gateway, back, offset }, i) =>
            sighting(`k1.${String(i).padStart(16, '0')}`, gateway, NOW - back * DAY + offset * 1000, -60),
          );
          await store(engine, told);
          const expected = oracle(told, NOW);
          const { days, rates } = await usualAt(engine.tables, NOW, ZONE);
          if (expected.size > 0) assert.deepEqual(new Map([...rates].sort()), new Map([...expected].sort()));
          else assert.equal(days, 0);
        } finally {
          await engine.close();
        }
      }),
      { numRuns: 25 },
    );
  });

  it('a day before a clock change has its slot at the same local time', () => {
    const [yesterday, , third] = daysBefore(NOW, ZONE);
    assert.deepEqual(yesterday, {
      from: Date.parse('2026-10-26T10:30:00Z'),
      until: Date.parse('2026-10-26T10:40:00Z'),
    });
    assert.equal(third!.from, Date.parse('2026-10-24T09:30:00Z'));
  });
});

describe('how gateways are', () => {
  let engine: Engine;
  before(async () => {
    engine = await duckdbEngine(null);
    const badge = (i: number) => `k1.${String(i).padStart(16, '0')}`;
    const told: Observation[] = [];
    // In each of the last 45 minutes: a is right, b is 2 s ahead, c is 47 s behind in a steady way.
    for (let at = NOW - 45 * 60_000; at < NOW; at += 10_000)
      for (const [gateway, off] of [
        ['a', 0],
        ['b', 2000],
        ['c', -47_000],
      ] as const)
        told.push(sighting(badge(at % 7), gateway, at + off, -60, at));
    await store(engine, told);
  });
  after(() => engine.close());

  it('createHealth() gives rates of the last minute, what is usual, and clocks as the corrected past takes them off', async () => {
    const { gateways, population, usual } = await createHealth(engine.tables)(NOW, ZONE);
    assert.equal(usual.days, 0);
    assert.equal(gateways.get('a')!.rate, 0.1);
    assert.equal(gateways.get('a')!.usual, 0.1);
    assert.deepEqual(
      ['a', 'b', 'c'].map((id) => [gateways.get(id)!.delay, gateways.get(id)!.skew]),
      [
        [0, null],
        [-2000, -2000],
        [47_000, 47_000],
      ],
    );
    assert.equal(gateways.get('a')!.shared, 1);
    assert.deepEqual([population.heard, population.measured], [7, 0]);
  });

  it('what is usual is worked out once a slot', async () => {
    let asked = 0;
    const health = createHealth(async (query) => {
      asked += 1;
      return engine.tables(query);
    });
    await health(NOW, ZONE);
    const first = asked;
    await health(NOW + 1000, ZONE);
    assert.equal(asked, first + 1);
    await health(NOW + SLOT_MS, ZONE);
    assert.ok(asked > first + 2);
  });
});
