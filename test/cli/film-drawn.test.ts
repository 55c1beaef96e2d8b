import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { createCanvas } from '@napi-rs/canvas';
import { encoderFor } from '../../services/cli/film/encode.ts';
import type { VenueFile } from '../../services/model/venue.ts';
import { type FilmLook, frameOf, titleOf } from '../../web/draw/film/frame.ts';
import { tokensOf } from '../../web/draw/film/tokens.ts';
import { floorsOf } from '../../web/draw/plan/floor.ts';
import { paletteOf } from '../../web/draw/plan/palette.ts';
import { MEASURES, NONE } from '../../web/read/tiles.ts';
import { createHouse } from '../../web/view/live/house.ts';
import type { Layer } from '../../web/view/live/room.ts';
import { createBook, enter } from '../../web/view/replay/book.ts';
import { replaySceneOf } from '../../web/view/replay/scene.ts';
import { newFolder, ROOT, remove } from '../service.ts';

/** How long each picture of a GIF stands, hundredths of a second. */
function delaysOf(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf('21f904', 0, 'hex'); at >= 0; at = bytes.indexOf('21f904', at + 8, 'hex'))
    found.push(bytes.readUInt16LE(at + 4));
  return found;
}

it('a GIF takes as long as its pictures a second say, however it is written in parts', async () => {
  const folder = newFolder();
  const canvas = createCanvas(16, 16);
  try {
    for (const fps of [7, 12, 50]) {
      const out = join(folder, `${fps}.gif`);
      const encoder = encoderFor('gif', { out, width: 16, height: 16, fps });
      for (let i = 0; i < 7 * fps; i++) await encoder.add(canvas);
      await encoder.close();
      const delays = delaysOf(readFileSync(out));
      assert.equal(delays.length, 7 * fps);
      assert.equal(
        delays.reduce((sum, delay) => sum + delay, 0),
        700,
      );
      assert.ok(Math.min(...delays) >= 2, `${fps} a second`);
    }
  } finally {
    remove(folder);
  }
});

/** Of each room its place in `COVERAGES`; ten people in each, 21.5 °C. */
function pictureOf(coverages: Record<string, number>, layer: Layer, width = 1280): string {
  const venue: VenueFile = {
    zone: 'UTC',
    rooms: Object.keys(coverages).map((id) => ({ id })),
    gateways: Object.keys(coverages).map((room) => ({ id: `g-${room}`, room })),
  };
  const book = createBook(0, 60_000, 60_000);
  const cell = { frames: 60, present: 600, claps: 0, temperature: 2150, gateways: 1 } as Record<string, number>;
  const laneOf = (coverage: number) =>
    Object.fromEntries(
      MEASURES.map((name) => [name, Int32Array.of(name === 'coverage' ? coverage : (cell[name] ?? NONE))]),
    ) as never;
  const lanes = new Map(Object.entries(coverages).map(([room, coverage]) => [room, laneOf(coverage)]));
  enter(book, { from: 0, stepMs: 60_000, steps: 1, lanes });
  const house = createHouse({ version: '', venue, plans: [], name: null, zone: 'UTC' });
  const token = tokensOf(readFileSync(join(ROOT, 'web/look.css'), 'utf8'), 'dark');
  const look: FilmLook = {
    ...{ floors: floorsOf(venue, 16 / 9), palette: paletteOf(token), token, width, height: 720 },
    measure: (text, size) => text.length * size * 0.6,
    ...{ title: titleOf(null, layer), note: '', bySecond: false },
  };
  return frameOf(replaySceneOf({ layer, chosen: null, isTable: false }, house, book, 0, null), look);
}

const [DEAF, GOOD] = [3, 5];
it('a picture says what its total leaves out, and nothing where that is nothing', () => {
  const some = pictureOf({ a: GOOD, b: DEAF, c: DEAF, d: 0 }, 'occupancy');
  assert.match(some, />10 badges in the building</);
  assert.match(some, />2 rooms not counted, 1 room not measured</);
  assert.doesNotMatch(pictureOf({ a: GOOD, b: GOOD }, 'occupancy'), /not counted|not measured/);
});

it('a picture of temperatures says where badges feel them, as far as its width has room', () => {
  const note = />Temperature, without a sensor: felt by badges, which wearers warm</;
  assert.match(pictureOf({ a: GOOD }, 'temperature'), note);
  assert.doesNotMatch(pictureOf({ a: GOOD }, 'occupancy'), note);
  assert.match(pictureOf({ a: GOOD }, 'temperature', 320), />Temperature</);
});
