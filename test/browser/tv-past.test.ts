import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';
import { type Ask, NoAnswer } from '../../web/read/ask.ts';
import type { DayRow, Grid, Lane } from '../../web/read/tiles.ts';
import { createPast, type PastShown } from '../../web/view/tv/past.ts';

const DAY = Date.UTC(2026, 10, 3);
const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];
const NOON = DAY + 12 * HOUR_MS;
const PAUSES_MAX = 200;
const LOOKS = { layer: 'occupancy' as const, chosen: null, isTable: false };
const VENUE = { zone: 'UTC', rooms: [{ id: 'hall' }], gateways: [{ id: 'pi', room: 'hall' }] };

const dayRow = (revision: number): DayRow => ({
  ...{ day: '2026-11-03', from: DAY, until: DAY + 24 * HOUR_MS, known: DAY + 24 * HOUR_MS, whole: true },
  ...{ revision, tag: 't', address: `v1/tiles/frames/2026-11-03?revision=${revision}&step=60&tag=t` },
});

/** One room over a span; each of its steps counts what `count` says, null where no frame was made. */
function gridOf(from: number, steps: number, stepMs: number, count: (at: number) => number | null): Grid {
  const counts = Array.from({ length: steps }, (_, i) => count(from + i * stepMs));
  const lane = {
    frames: Int32Array.from(counts, (n) => (n === null ? 0 : stepMs / 1000)),
    present: Int32Array.from(counts, (n) => (n ?? 0) * (stepMs / 1000)),
    coverage: Int32Array.from(counts, (n) => (n === null ? 1 : 5)),
  };
  const none = new Int32Array(steps).fill(-(2 ** 31));
  const rest = Object.fromEntries(['claps', 'temperature', 'gateways', 'low', 'high'].map((name) => [name, none]));
  return { from, stepMs, steps, lanes: new Map([['hall', { ...rest, ...lane } as Lane]]) };
}

/** A wall in front of a service of one day: a minute counts 60, a second its place in the minute, and 30 has no frame. */
function wallAt(at: number | null, { isCorrected = false, rounded = 0, days = [dayRow(0), dayRow(1)] } = {}) {
  let isDown = false;
  const asked: string[] = [];
  const answers: Record<string, unknown> = {
    'v1/venue': { rows: [{ version: '1', name: null, zone: 'UTC', venue: VENUE, changes: [] }] },
    'v1/plans': { rows: [] },
    'v1/usual': { rows: [] },
    'v1/replay': { rows: days, meta: rounded > 0 ? { rounded } : {} },
  };
  const ask = (async (path: string) => ({ body: answers[path.split('?')[0]!], clock: null })) as unknown as Ask;
  const tile = async (_: string, address: string, stepMs: number) => {
    asked.push(address);
    if (isDown) throw new NoAnswer('down');
    const words = new URLSearchParams(address.split('?')[1]);
    const from = Number(words.get('from') ?? DAY);
    if (stepMs === MINUTE_MS) return gridOf(from, 1440, stepMs, () => 60);
    return gridOf(from, 60, stepMs, (time) => (time % MINUTE_MS === 30_000 ? null : (time % MINUTE_MS) / 1000));
  };
  // What goes on reading for ever rests for ever in the end.
  let pauses = 0;
  const pause = (): Promise<void> => (pauses++ < PAUSES_MAX ? settled() : new Promise(() => undefined));
  const reads = { ask, base: 'http://house/', tile, pause };
  const past = createPast(
    reads,
    { at, isCorrected },
    () => undefined,
    () => 0,
  );
  const down = (is: boolean) => {
    isDown = is;
  };
  return { past, asked, shown: () => past.shown(LOOKS), down };
}

async function until(shown: () => PastShown, kind: PastShown['kind']): Promise<PastShown> {
  for (let i = 0; i < 200; i++) {
    const found = shown();
    if (found.kind === kind) return found;
    await settled();
  }
  assert.fail(`still ${shown().kind}`);
}

const countOf = (shown: PastShown) => ('scene' in shown ? shown.scene.rooms.get('hall')! : assert.fail(shown.kind));

describe('createPast', () => {
  it('has no picture of a moment until it is read, and says when nobody answers', async () => {
    const { shown, down } = wallAt(NOON);
    down(true);
    assert.deepEqual(shown(), { kind: 'reading', at: NOON });
    assert.deepEqual(await until(shown, 'failed'), { kind: 'failed', at: NOON });
    down(false);
    const found = await until(shown, 'seen');
    assert.equal(countOf(found).count, 60);
    assert.ok('isMinute' in found && found.isMinute);
  });

  it('shows no other day in place of one that is not there', async () => {
    for (const at of [Date.UTC(2020, 0, 1), DAY + 30 * HOUR_MS]) {
      const { past, shown } = wallAt(at);
      assert.deepEqual(await until(shown, 'nothing'), { kind: 'nothing', at });
      past.press('Escape', NOON);
      assert.equal(shown().kind, 'live');
    }
    const { past, shown } = wallAt(NOON, { days: [] });
    assert.equal((await until(shown, 'nothing')).kind, 'nothing');
    past.press('Escape', NOON);
  });

  it('an address of a second shows that second, and a gap where it has no frame', async () => {
    const { shown, past } = wallAt(NOON + 17_000);
    const found = await until(shown, 'seen');
    assert.equal(countOf(found).count, 17);
    assert.ok('isMinute' in found && !found.isMinute && found.scene.frameTime === NOON + 17_000);
    past.press('ArrowLeft', NOON + HOUR_MS);
    assert.equal(countOf(shown()).count, 60);
    assert.equal(countOf(await until(wallAt(NOON + 30_000).shown, 'seen')).coverage, 'gap');
  });

  it('an address of the corrected picture shows that one', async () => {
    const { shown, asked } = wallAt(NOON, { isCorrected: true });
    await until(shown, 'corrected');
    assert.match(asked[0]!, /revision=1/);
  });

  it('rounded counts are of minutes: their seconds are not asked for', async () => {
    const { shown, asked } = wallAt(NOON + 17_000, { rounded: 5 });
    const found = await until(shown, 'seen');
    const room = countOf(found);
    assert.deepEqual([room.isRounded, room.heard, room.count], [true, null, 60]);
    assert.ok('scene' in found && found.scene.rounded?.minute === NOON && found.scene.rounded.to === 5);
    assert.ok(!asked.some((address) => address.includes('step=1&')));
  });

  it('the arrows go back from live and End leads there again', async () => {
    const { past, shown } = wallAt(null);
    assert.equal(shown().kind, 'live');
    assert.ok(past.press('Shift+ArrowLeft', NOON));
    const found = await until(shown, 'seen');
    assert.ok('scene' in found && found.scene.frameTime === NOON - HOUR_MS);
    past.press('End', NOON);
    assert.equal(shown().kind, 'live');
  });
});
