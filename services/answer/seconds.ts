import { roomsAt } from '../locate/floorplan.ts';
import { COVERAGES, type RoomFrame } from '../model/frame.ts';
import type { Rooms } from '../model/line.ts';
import type { Span, Venue } from '../model/venue.ts';

const SECOND_MS = 1000;

/** What the frames of one bin said of a room; sums are of whole numbers, so that their order does not matter. */
export type RoomSums = {
  room: string;
  bin: Span;
  /** seconds that have a frame with this room, and seconds without any frame */
  frames: number;
  gap: number;
  /** badge-seconds of those who count, the most at once, and badge-seconds of those on tables */
  present: number;
  peak: number;
  parked: number;
  /** tenths of a clap; null where they are not told */
  claps: number | null;
  /** hundredths of a degree, and the seconds that had one */
  temperature: number;
  felt: number;
  /** seconds by coverage, in the order of `COVERAGES` */
  coverage: number[];
  /** of the usual band, in tenths, and the seconds that had one */
  usual: { low: number; high: number; seconds: number };
  /** the fewest gateways that spoke and heard */
  heard: number;
};

/** Adds up frames by bin and room. Bins are in order; frames come in the order of time. */
export type Seconds = { add(time: number, rooms: Rooms): void; sums(): RoomSums[] };

export function createSeconds(bins: Span[], venue: Venue): Seconds {
  const byBin = bins.map(() => new Map<string, RoomSums>());
  const made = bins.map(() => 0);
  let at = 0;
  return {
    add(time, rooms) {
      while (at < bins.length && time >= bins[at]!.until) at += 1;
      const bin = bins[at];
      if (!bin || time < bin.from) return;
      made[at]! += 1;
      for (const [room, frame] of rooms) {
        const sums = byBin[at]!.get(room) ?? newSums(room, bin);
        byBin[at]!.set(room, sums);
        addTo(sums, frame);
        addUsual(sums.usual, frame);
        sums.heard = Math.min(sums.heard, frame.gateways);
      }
    },
    sums: () =>
      bins.flatMap((bin, i) => {
        const gap = (bin.until - bin.from) / SECOND_MS - made[i]!;
        return inOrder(byBin[i]!, bin, venue).map((sums) => ({ ...sums, gap }));
      }),
  };
}

/** In the venue's order. A bin without a frame has the rooms that there are then; what does not exist has no row. */
function inOrder(rooms: Map<string, RoomSums>, bin: Span, venue: Venue): RoomSums[] {
  if (rooms.size === 0) return roomsAt(venue, bin.from).map(({ room }) => newSums(room, bin));
  return venue.rooms.flatMap((room) => rooms.get(room) ?? []);
}

const newSums = (room: string, bin: Span): RoomSums => ({
  room,
  bin,
  frames: 0,
  gap: 0,
  present: 0,
  peak: 0,
  parked: 0,
  claps: 0,
  temperature: 0,
  felt: 0,
  coverage: COVERAGES.map(() => 0),
  usual: { low: 0, high: 0, seconds: 0 },
  heard: Number.POSITIVE_INFINITY,
});

function addTo(sums: RoomSums, { occupancy, parked, claps, temperature, coverage }: RoomFrame): void {
  sums.frames += 1;
  sums.present += occupancy ?? 0;
  sums.peak = Math.max(sums.peak, occupancy ?? 0);
  sums.parked += parked ?? 0;
  sums.claps = (sums.claps ?? 0) + Math.round(claps * 10);
  sums.coverage[COVERAGES.indexOf(coverage)]! += 1;
  if (temperature === null) return;
  sums.temperature += Math.round(temperature * 100);
  sums.felt += 1;
}

function addUsual(usual: RoomSums['usual'], { low, high }: RoomFrame): void {
  if (low === null || high === null) return;
  usual.low += Math.round(low * 10);
  usual.high += Math.round(high * 10);
  usual.seconds += 1;
}
