import type { Ask } from '../answer/answer.ts';
import type { Fanout } from '../live/fanout.ts';
import { roundedFanout } from '../live/rounded.ts';
import { COVERAGES, type ShownFrame, type ShownRoom } from '../model/frame.ts';
import type { Row } from '../store/rows.ts';

const MINUTE_MS = 60_000;

/** What the public sees live: the same as everybody, or, where counts are rounded, the last minute as `answer` tells it to them. */
export function publicView(
  fanout: Fanout,
  minCount: number,
  ask: Ask,
  failed: (error: unknown) => void,
): Fanout<ShownFrame> {
  if (minCount === 0) return fanout;
  const minuteOf = async (until: number): Promise<ShownRoom[]> => {
    const span = { from: until - MINUTE_MS, until };
    const { rows } = await ask({ dataset: 'tiles', span, step: '1m' }, { scope: 'public' });
    const shown: ShownRoom[] = [];
    for await (const chunk of rows) shown.push(...chunk.filter(isThere).map(roomOf));
    return shown;
  };
  return roundedFanout(fanout, minCount, minuteOf, failed);
}

/** A room that does not exist in a minute has a row without values. */
const isThere = ({ coverage }: Row): boolean => coverage !== null;

/** A minute of a tile as a second of it: sums over its frames, tenths of a clap, hundredths of a degree. */
function roomOf({ room, frames, present, claps, temperature, coverage }: Row): ShownRoom {
  const [count, tenths, hundredths] = [present, claps, temperature] as (number | null)[];
  const seconds = Number(frames);
  return {
    room: String(room),
    occupancy: count === null || seconds === 0 ? null : count! / seconds,
    parked: null,
    claps: tenths === null || seconds === 0 ? null : Math.round(tenths! / seconds) / 10,
    temperature: hundredths === null ? null : hundredths! / 100,
    coverage: COVERAGES[Number(coverage)]!,
    gateways: 0,
    age: null,
    expected: null,
    low: null,
    high: null,
  };
}
