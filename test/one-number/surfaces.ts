import { COVERAGES } from '../../services/model/frame.ts';
import type { Row } from '../../services/store/rows.ts';
import { bytesOf, FORMATS, readRows, TYPES } from './ask.ts';
import { type Draw, secondsBy, widthOf } from './draw.ts';
import type { Grounds } from './grounds.ts';
import type { Laid } from './laid.ts';
import { existsAt, measuresOf } from './oracle.ts';
import type { Tally } from './tally.ts';

/** Whom a draw is asked of, and where it is counted what they say. */
export type Asking = { laid: Laid; grounds: Grounds; tally: Tally };

/** The rows of an address, in JSON; every other time once more in another format, which must hold the same. */
export async function rowsAt({ laid, tally }: Asking, surface: string, path: string, turn: number): Promise<Row[]> {
  const { address, dataDir } = laid.app;
  const rows = await readRows(await bytesOf(address + path, TYPES.json), 'json', dataDir);
  const format = FORMATS[1 + (turn % 6)];
  if (!format) return rows;
  const others = await readRows(await bytesOf(address + path, TYPES[format]), format, dataDir);
  tally.same(`${surface} as ${format}`, path, rows, others);
  return rows;
}

/** `/v1/frames`: each room in each step, all measures. */
export async function askFrames(asking: Asking, draw: Draw): Promise<void> {
  const { grounds, laid, tally } = asking;
  const { from, until, step, revision, turn } = draw;
  const path = `/v1/frames?from=${from}&until=${until}&step=${step}&revision=${revision}`;
  const rows = await rowsAt(asking, 'frames', path, turn);
  const ground = grounds[revision];
  const bins = [...secondsBy(draw, step, laid.venue.zone).values()];
  const there = bins.flatMap((seconds) => roomsIn(asking, revision, seconds).map((room) => `${room} ${seconds[0]}`));
  tally.compare(
    'frames',
    path,
    { rooms: there.join() },
    { rooms: rows.map(({ room, time }) => `${room} ${time}`).join() },
  );
  for (const { room, time, ...found } of rows) {
    const seconds = bins.find(([first]) => first === time) ?? [];
    tally.compare('frames', `${path} ${room} ${time}`, measuresOf(ground, [room as string], seconds), found);
  }
}

/** Rooms that a step has rows of, in the venue's order: those of its frames, or those that there are where it has none. */
function roomsIn({ grounds, laid }: Asking, revision: Draw['revision'], seconds: number[]): string[] {
  const frames = seconds.flatMap((time) => grounds[revision].seconds.get(time) ?? []);
  return laid.venue.rooms.filter((room) =>
    frames.length > 0 ? frames.some((frame) => frame.has(room)) : existsAt(laid.venue, room, seconds[0]!),
  );
}

/** `/v1/heatmap`: as seen, over the span. */
export async function askHeatmap(asking: Asking, draw: Draw): Promise<void> {
  const { grounds, tally } = asking;
  const { from, until, turn } = draw;
  const path = `/v1/heatmap?from=${from}&until=${until}`;
  const seconds = secondsBy(draw, 'all', 'UTC').get(from)!;
  for (const row of await rowsAt(asking, 'heatmap', path, turn + 1)) {
    const expected = measuresOf(grounds['as-seen'], [row.room as string], seconds);
    const { average, peak, visitors, badgeMinutes, claps, temperature, coverage, covered, frames } = expected;
    const said = { average, peak, visitors, badgeMinutes, claps, temperature, coverage, covered, frames };
    tally.compare('heatmap', `${path} ${row.room}`, said, row);
  }
}

/** `/v1/tiles/frames/{day}`: the grid of a replay, for the part of the span that lies in its first day. */
export async function askTile(asking: Asking, draw: Draw): Promise<void> {
  const { laid, tally } = asking;
  const { zone } = laid.venue;
  const [[midnight, inDay]] = [...secondsBy(draw, 'day', zone)] as [[number, number[]]];
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(midnight);
  const span = { from: draw.from, until: inDay.at(-1)! + 1000 };
  const step = Math.min(widthOf(draw.step) ?? 3_600_000, 3_600_000);
  const asked = `from=${span.from}&until=${span.until}&step=${step / 1000}&revision=${draw.revision}`;
  const path = `/v1/tiles/frames/${day}?${asked}`;
  const bins = [...secondsBy(span, `${step / 1000}s`, zone).values()];
  const rows = await rowsAt(asking, 'tile', path, draw.turn + 2);
  tally.compare('tile', path, { rows: bins.length * laid.venue.rooms.length }, { rows: rows.length });
  for (const { room, time, ...found } of rows) {
    const seconds = bins.find(([first]) => first === time) ?? [];
    tally.compare('tile', `${path} ${room} ${time}`, tileOf(asking, draw, room as string, seconds), found);
  }
}

function tileOf({ grounds, laid }: Asking, { revision }: Draw, room: string, seconds: number[]): Row {
  const ground = grounds[revision];
  const isThere = roomsIn({ grounds, laid } as Asking, revision, seconds).includes(room);
  const { frames, badgeMinutes, claps, temperature, coverage } = measuresOf(ground, [room], seconds);
  const whole = (value: unknown, scale: number) => (value === null ? null : Math.round(Number(value) * scale));
  return {
    frames,
    present: whole(badgeMinutes, 60),
    claps: whole(claps, 10),
    temperature: whole(temperature, 100),
    coverage: isThere ? COVERAGES.indexOf(coverage as (typeof COVERAGES)[number]) : null,
  };
}

/** The live frame of a second, and what one of the surfaces says of that second as seen. */
export async function askSecond(asking: Asking, draw: Draw): Promise<void> {
  const { grounds, laid, tally } = asking;
  const { second } = draw;
  const frame = laid.frames.get(second);
  const fine = { ...draw, from: second, until: second + 1000, step: '1s', revision: 'as-seen' as const };
  for (const { room, occupancy, claps, temperature, coverage } of frame?.rooms ?? []) {
    const expected = measuresOf(grounds['as-seen'], [room], [second]);
    const said = { average: occupancy, claps: Math.round(claps * 10) / 10, temperature, coverage };
    const { average, claps: clapped, temperature: felt, coverage: held } = expected;
    const where = `${new Date(second).toISOString()} ${room}`;
    tally.compare('live frame', where, { average, claps: clapped, temperature: felt, coverage: held }, said);
  }
  await [askFrames, askHeatmap, askTile][draw.turn % 3]!(asking, fine);
}
