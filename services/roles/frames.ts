import type { KafkaMessage } from 'kafkajs';
import type { Frame } from '../model/frame.ts';
import { frameOf, type Line, parseLine, type Rooms, roomsOf } from '../model/line.ts';

const TERM = 'term';

/** A line of the record as an entry of the topic `frames`, said in a term; without a line it begins that term. */
export const entryOf = (line: Line | null, term: number) => ({
  value: line && JSON.stringify(line),
  ...(line && { headers: { [TERM]: String(term) } }),
});

/**
 * Entries of `frames` → lines that hold. A term is named by the offset of the entry that began it: what a maker of an
 * older one still says, who does not know yet that it is over, counts no more; of two lines of one second the first.
 */
export function createFence(): (entry: KafkaMessage) => Line | null {
  let term = -1;
  let last = Number.NEGATIVE_INFINITY;
  return ({ offset, value, headers }) => {
    if (value === null) term = Math.max(term, Number(offset));
    const line = value && parseLine(value.toString());
    const said = Number(headers?.[TERM] ?? -1);
    if (!line || said < term || line.time <= last) return null;
    term = said;
    last = line.time;
    return line;
  };
}

/** Lines → the frames they lead to; null before the first whole one. */
export function createFold(): (line: Line) => Frame | null {
  let rooms: Rooms | null = null;
  return (line) => {
    if (rooms === null && !line.whole) return null;
    const frame = frameOf(line, rooms ?? new Map());
    rooms = roomsOf(frame);
    return frame;
  };
}
