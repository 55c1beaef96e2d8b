import { tile } from '../../services/formats/tile.ts';
import { daysIn } from '../../services/model/day.ts';
import { COVERAGES } from '../../services/model/frame.ts';
import type { DayRow } from '../../web/read/tiles.ts';
import { frameAt, type World } from './world.ts';

const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000];
/** Of each day there are frames from this hour on, and none for these nine minutes, ms of the day. */
const OPENS_MS = 6 * 3_600_000;
export const GAP = { from: 13 * 3_600_000 + 5 * MINUTE_MS, until: 13 * 3_600_000 + 14 * MINUTE_MS };

/** The last days of a world, the newest up to now. */
export function daysOf({ venue }: World, count: number, now: number): DayRow[] {
  if (count === 0) return [];
  return daysIn({ from: now - (count - 1) * DAY_MS, until: now }, venue.zone).map(({ day, from, until }) => ({
    day,
    from,
    until,
    known: Math.min(until, now),
    revision: 0,
    whole: until <= now,
    tag: `${day} ${Math.floor(Math.min(until, now) / 1000)}`,
    address: `v1/tiles/frames/${day}?revision=0&step=60&tag=${day}`,
  }));
}

/** The grid of a span as the service would make it, if nothing changed within a step. */
export async function tileOf(
  world: World,
  { from, until }: { from: number; until: number },
  stepMs: number,
): Promise<Buffer> {
  const times = Array.from({ length: Math.ceil((until - from) / stepMs) }, (_, i) => from + i * stepMs);
  const frames = times.map((time) => (isOpen(world, time) ? frameAt(world, time) : null));
  const rows = world.venue.rooms.flatMap(({ id }) =>
    times.map((time, i) => ({ room: id, time, ...cellOf(frames[i] ?? null, id, stepMs / 1000) })),
  );
  const chunks = (async function* () {
    yield rows;
  })();
  const parts: Uint8Array[] = [];
  for await (const part of tile.write({ columns: {}, rows: chunks, meta: {} as never, next: null }))
    parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

function isOpen({ venue }: World, time: number): boolean {
  const ofDay = time - daysIn({ from: time, until: time + 1 }, venue.zone)[0]!.from;
  return ofDay >= OPENS_MS && (ofDay < GAP.from || ofDay >= GAP.until);
}

const NOTHING = { frames: 0, present: null, claps: null, temperature: null, gateways: null, low: null, high: null };

function cellOf(frame: ReturnType<typeof frameAt> | null, room: string, seconds: number) {
  const of = frame?.rooms.find((one) => one.room === room);
  if (!of) return { ...NOTHING, coverage: frame === null ? COVERAGES.indexOf('gap') : null };
  const tenths = (value: number | null) => (value === null ? null : Math.round(value * 10));
  return {
    frames: seconds,
    present: of.occupancy === null ? null : of.occupancy * seconds,
    claps: Math.round(of.claps * 10 * seconds),
    temperature: of.temperature === null ? null : Math.round(of.temperature * 100),
    coverage: COVERAGES.indexOf(of.coverage),
    gateways: of.gateways,
    low: tenths(of.low),
    high: tenths(of.high),
  };
}

/** When yesterday began. */
const yesterday = ({ venue }: World, now: number): number =>
  daysIn({ from: now - DAY_MS, until: now - DAY_MS + 1 }, venue.zone)[0]!.from;

/** One anomaly, at 11:07 of yesterday. */
export function anomaliesOf(world: World, now: number) {
  const time = yesterday(world, now) + 11 * 3_600_000 + 7 * MINUTE_MS;
  const sentence = 'Lounge: 90 people at 11:07. Usually 2 to 20.';
  return [{ room: 'lounge', time, until: time + 5 * MINUTE_MS, severity: 'major', sentence }];
}

/** Seven badges that went from the lounge to Maginnes, at 10:40 of yesterday. */
export const flowsOf = (world: World, now: number) => [
  { time: yesterday(world, now) + 10 * 3_600_000 + 40 * MINUTE_MS, room: 'lounge', to: 'maginnes', count: 7 },
];
