import assert from 'node:assert/strict';
import { test } from 'node:test';
import { presencesOf } from '../../services/locate/run.ts';
import type { Presence } from '../../services/model/presence.ts';
import { isAbsent, readBadgeWeek } from './recordings.ts';
import { venueOf } from './world.ts';

const H = 3_600_000;
/** The peers that lie still in the venue; all others are ghosts or pass by (data/README). */
const PEERS = ['22100', '37312', '54504', '11866', '11958', '43001', '21394', '56612'];

async function presencesByBadge(places: [string, string][]): Promise<Map<string, Presence[]>> {
  const byBadge = new Map<string, Presence[]>();
  for await (const one of presencesOf([readBadgeWeek()], venueOf(places))) {
    byBadge.set(one.badge, [...(byBadge.get(one.badge) ?? []), one]);
  }
  return byBadge;
}

test('a week of two real badges on a table: parked ≥ 95 % of the time after the fourth hour', {
  skip: isAbsent,
}, async (t) => {
  const week = readBadgeWeek();
  const byBadge = await presencesByBadge([
    ['22100', 'table'],
    ['37312', 'table'],
  ]);
  assert.equal(byBadge.size, 2);
  for (const [badge, presences] of byBadge) {
    const fourth = presences[0]!.from + 4 * H;
    const last = week.filter((one) => one.badge === badge).at(-1)!.received;
    const parked = presences.filter((one) => one.parked);
    const ms = parked.reduce((sum, { from, until }) => sum + (until ?? last) - Math.max(from, fourth), 0);
    const share = (100 * ms) / (last - fourth);
    t.diagnostic(`${badge}: parked ${share.toFixed(1)} % of the time after the fourth hour`);
    assert.ok(share >= 95, `${badge}: ${share.toFixed(1)} %`);
    assert.equal(presences.findIndex((one) => one.parked) > 0, true);
  }
});

test('`heard` stops exactly where the badges fell silent', { skip: isAbsent }, async (t) => {
  const week = readBadgeWeek();
  for (const [badge, presences] of await presencesByBadge([
    ['22100', 'table'],
    ['37312', 'table'],
  ])) {
    const ends = presences.filter(({ until }, i) => until !== null && presences[i + 1]?.from !== until);
    const silences = silencesOf(week.filter((one) => one.badge === badge).map(({ time }) => time));
    const unseen = silences.filter((time) => !ends.some(({ heard }) => heard === time));
    t.diagnostic(
      `${badge}: ${silences.length} silences, ${ends.length} presences ended, ${unseen.length} silences unseen`,
    );
    for (const { heard, until } of ends) assert.equal(until! - heard, 150_000, 'given up after 2.5 minutes');
    // one report came 158 s late: as seen, the badge had been given up before and was silent again at once
    const late = unseen.every((time) => week.some((one) => one.time === time && one.received - time > 150_000));
    assert.ok(late && unseen.length <= 1, `${badge}: ${unseen}`);
  }
});

/** Last times before a silence of more than 2.5 × 60 s. */
function silencesOf(times: number[]): number[] {
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  return sorted.filter((time, i) => (sorted[i + 1] ?? time) - time > 150_000);
}

test('with a room for each of eight peers one badge changes once and the other never', {
  skip: isAbsent,
}, async (t) => {
  const flips = [...(await presencesByBadge(PEERS.map((peer) => [peer, `room-${peer}`]))).values()].map(
    (presences) => presences.filter(({ room }, i) => i > 0 && presences[i - 1]!.room !== room).length,
  );
  t.diagnostic(`changes of room in a week: ${flips.join(' and ')}`);
  assert.deepEqual(flips.sort(), [0, 1]);
});
