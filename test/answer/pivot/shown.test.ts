import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { createShown } from '../../../services/answer/pivot/shown.ts';
import { daysIn } from '../../../services/model/day.ts';
import type { RoomFrame } from '../../../services/model/frame.ts';
import { lineOf, type Rooms, roomsOf } from '../../../services/model/line.ts';
import { memoryRecord, openRecord } from '../../../services/store/record.ts';
import { venueOf } from '../../locate/world.ts';
import { newFolder, remove } from '../../service.ts';

const T0 = Date.UTC(2026, 10, 3, 9, 58);
const venue = venueOf([['gw-1', 'hall']]);
const [DAY] = daysIn({ from: T0, until: T0 + 1 }, venue.zone);

const room = (occupancy: number): RoomFrame => ({
  room: 'hall',
  ...{ occupancy, parked: 0, claps: 0, temperature: null, coverage: 'good', gateways: 1, age: 0 },
  ...{ expected: null, low: null, high: null },
});

it('a day that is folded on, question by question, is the day that is folded at once', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 61, maxLength: 400 }),
      fc.array(fc.nat(9), { maxLength: 6 }),
      async (counts, asks) => {
        const record = memoryRecord(venue.zone);
        const kept = createShown(record);
        const pauses = [...asks].sort((a, b) => a - b);
        let before: Rooms | null = null;
        for (const [second, occupancy] of counts.entries()) {
          const time = T0 + second * 1000;
          const frame = { time, positions: [second], venue: 'v', rule: '1', baseline: null, rooms: [room(occupancy)] };
          const was = second === 0 ? 0 : counts[second - 1]!;
          const badge = (i: number) => `k1.${'ABC'[i]!.repeat(16)}`;
          const said = { reason: '', heard: time, visit: time, rule: '1', room: 'hall', parked: false, until: null };
          const began = [0, 1, 2]
            .filter((i) => i >= was && i < occupancy)
            .map((i) => ({ badge: badge(i), from: time, ...said }));
          const ended = [0, 1, 2]
            .filter((i) => i < was && i >= occupancy)
            .map((i) => ({ badge: badge(i), until: time, heard: time }));
          record.append(lineOf(frame, time % 60_000 === 0 ? null : before, { anew: second === 0, began, ended }));
          before = roomsOf(frame);
          if (second % 60 !== 59 || !pauses.includes(Math.floor(second / 60))) continue;
          const part = { from: T0, until: time + 1000 };
          assert.deepEqual(await kept.of(DAY!, part, venue), await createShown(record).of(DAY!, part, venue));
        }
        const whole = { from: T0, until: T0 + Math.floor(counts.length / 60) * 60_000 };
        const found = await kept.of(DAY!, whole, venue);
        assert.deepEqual(found, await createShown(record).of(DAY!, whole, venue));
        const present = found.sums.reduce((sum, one) => sum + one.present, 0);
        assert.equal(
          present,
          counts.slice(0, (whole.until - T0) / 1000).reduce((a, b) => a + b, 0),
        );
        const earlier = { from: T0, until: T0 + 60_000 };
        assert.deepEqual(await kept.of(DAY!, earlier, venue), await createShown(record).of(DAY!, earlier, venue));
      },
    ),
    { numRuns: 25 },
  ));

it('a fold that is broken off goes on from there, and an earlier end is folded beside it', async () => {
  const record = memoryRecord(venue.zone);
  const badge = `k1.${'A'.repeat(16)}`;
  const said = { reason: '', heard: T0, visit: T0, rule: '1', room: 'hall', parked: false, until: null };
  let before: Rooms | null = null;
  for (let second = 0; second < 240; second++) {
    const time = T0 + second * 1000;
    const frame = { time, positions: [second], venue: 'v', rule: '1', baseline: null, rooms: [room(second % 7)] };
    const began = second === 0 ? [{ badge, from: time, ...said }] : [];
    // Before the fold is broken off, and after the first end that is asked for then.
    const ended = second === 130 ? [{ badge, until: time, heard: time }] : [];
    record.append(lineOf(frame, time % 60_000 === 0 ? null : before, { anew: second === 0, began, ended }));
    before = roomsOf(frame);
  }
  let read = 0;
  const leaves = new AbortController();
  const texts = async function* (day: string, skipped?: number) {
    for await (const text of record.texts(day, skipped)) {
      read += 1;
      if (read === 150) leaves.abort();
      yield text;
    }
  };
  const kept = createShown({ ...record, texts });
  const until = (seconds: number) => ({ from: T0, until: T0 + seconds * 1000 });
  await assert.rejects(kept.of(DAY!, until(240), venue, leaves.signal), { name: 'AbortError' });
  for (const seconds of [120, 240, 180])
    assert.deepEqual(
      await kept.of(DAY!, until(seconds), venue),
      await createShown(record).of(DAY!, until(seconds), venue),
    );
});

it('texts(day, skipped) are the lines but the first so many, of a file in any number of pieces and of memory', async () => {
  const folder = newFolder();
  const records = [openRecord(folder, venue.zone), memoryRecord(venue.zone)];
  // Some thousand lines of every length: a file of several pieces, and packs in memory.
  for (let second = 0; second < 1300; second++) {
    const time = T0 + second * 1000;
    const said = { reason: 'x'.repeat((second * 37) % 500), heard: time, visit: time, rule: '1', room: 'hall' };
    const began = [{ badge: `k1.${'A'.repeat(16)}`, from: time, ...said, parked: false, until: null }];
    const frame = { time, positions: [second], venue: 'v', rule: '1', baseline: null, rooms: [room(1)] };
    for (const record of records) record.append(lineOf(frame, null, { anew: false, began, ended: [] }));
  }
  const read = async (of: number, skipped?: number) => {
    const found: string[] = [];
    for await (const text of records[of]!.texts(DAY!.day, skipped)) found.push(text);
    return found;
  };
  const all = await read(0);
  assert.equal(all.length, 1300);
  for (const skipped of [0, 1, 599, 600, 601, 1200, 1299, 1300, 1301])
    for (const of of [0, 1]) assert.deepEqual(await read(of, skipped), all.slice(skipped), `${of} ${skipped}`);
  remove(folder);
});
