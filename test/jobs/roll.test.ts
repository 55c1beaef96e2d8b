import assert from 'node:assert/strict';
import { it } from 'node:test';
import { roll } from '../../jobs/roll.ts';
import { framesOf } from '../../services/answer/frames.ts';
import { presencesOf } from '../../services/answer/presences-of.ts';
import { createFramer } from '../../services/locate/frames.ts';
import { begun } from '../../services/locate/presences.ts';
import { daysIn } from '../../services/model/day.ts';
import { type Began, lineOf, type Rooms, roomsOf } from '../../services/model/line.ts';
import type { AsSeen } from '../../services/store/record.ts';
import { type Row, rowsOf } from '../../services/store/rows.ts';
import { bySecond, randomWorld, secondsOf, type World } from '../locate/world.ts';
import { workshop } from './bench.ts';

/** Records what a world shows, as live does; every 97th second to the 99th there is a gap. */
function show(world: World, record: AsSeen): void {
  const framer = createFramer(world.venue);
  const received = bySecond(world.sightings);
  const open = new Map<string, Began>();
  let before: Rooms | null = null;
  for (const [i, time] of secondsOf(world).entries()) {
    for (const one of received.get(time) ?? []) framer.take(one);
    const { rooms, changes } = framer.tick(time);
    if (i % 100 > 96) {
      before = null;
      continue;
    }
    const anew = before === null;
    const heard = new Map(framer.present().map((one) => [one.badge, one.heard]));
    const touched = anew ? [...open.keys()] : changes.map(({ badge }) => badge).filter((badge) => open.has(badge));
    const ended = touched.map((badge) => ({ badge, until: time, heard: heard.get(badge) ?? time }));
    const began = framer
      .present()
      .filter(({ badge }) => anew || changes.some((change) => change.badge === badge))
      .map((one) => ({ ...begun(one, time), until: null }));
    for (const badge of touched) open.delete(badge);
    for (const one of began) open.set(one.badge, one);
    const frame = { time, positions: [i], venue: world.venue.version, rule: '2', baseline: null, rooms };
    const isWhole = anew || time % 60_000 === 0;
    record.append(lineOf(frame, isWhole ? null : before, { anew, ended: anew ? [] : ended, began }));
    before = roomsOf(frame);
  }
}

it('a day of the record that is rolled answers as its fold does, by every key and step, and is rolled once', async () => {
  for (const seed of [1, 2, 11]) {
    const world = randomWorld(seed, 1500, 5);
    const one = await workshop(world.venue, world.sightings);
    try {
      const record = one.bench.record as AsSeen;
      show(world, record);
      const span = { from: Math.ceil(world.start / 60_000) * 60_000, until: Math.floor(record.last / 60_000) * 60_000 };
      const days = daysIn(span, world.venue.zone);
      const from = { record, venue: () => world.venue, tables: () => Promise.reject(new Error('no store')) };
      const ask = (house: string | null, by: string, step: string) =>
        framesOf({ dataset: 'frames', span, by, step, revision: 'as-seen' }, { ...from, house });
      const stays = async (house: string | null) => {
        const { memory, readFrom } = await presencesOf({ dataset: 'presences', span }, { ...from, house });
        const rows: Row[] = [];
        for await (const chunk of rowsOf(await memory.connection.stream('FROM presence ORDER BY ALL')))
          rows.push(...chunk);
        memory.close();
        // One that the newest line leaves open is so no more once its day is over.
        return { readFrom, rows: rows.map((row) => ({ ...row, until: row.until ?? record.last + 1000 })) };
      };
      const folded = await stays(null);
      assert.ok(folded.rows.length > 0);
      for (const day of days) await roll.run(day, one.bench);
      for (const day of days) {
        const { revisions } = await roll.run(day, one.bench);
        assert.ok(revisions.every(({ isNew, revision }) => !isNew && revision === 0));
      }
      const rolled = await stays(one.bench.house);
      assert.deepEqual(rolled.rows, folded.rows);
      assert.deepEqual([folded.readFrom, rolled.readFrom], ['as-seen record', 'presences']);
      for (const by of ['room', 'floor', 'group'])
        for (const step of ['1m', '7m', '1h', 'day', 'all', '20s']) {
          const [fold, files] = [await ask(null, by, step), await ask(one.bench.house, by, step)];
          assert.ok(fold.rows.some(({ visitors }) => (visitors as number) > 0));
          assert.deepEqual(files.rows, fold.rows, `seed ${seed}, by ${by}, step ${step}`);
        }
    } finally {
      await one.end();
    }
  }
});
