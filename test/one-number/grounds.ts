import type { Coverage } from '../../services/model/frame.ts';
import type { Presence } from '../../services/model/presence.ts';
import { countedIn } from '../../services/model/venue.ts';
import { bytesOf, TYPES } from './ask.ts';
import type { Laid } from './laid.ts';
import { type Ground, type Stay, type Told, toldBy } from './oracle.ts';

const HOUR_MS = 3_600_000;

/** What each revision of a world is made of: as seen what screens were sent, corrected its seconds; and who was where. */
export type Grounds = Record<'as-seen' | 'latest', Ground>;

export async function groundsOf(laid: Laid): Promise<Grounds> {
  const { venue, frames } = laid;
  const shown = new Map([...frames].map(([time, frame]) => [time, toldBy(frame)]));
  return {
    'as-seen': { venue, seconds: shown, stays: await staysOf(laid, 'as-seen') },
    latest: { venue, seconds: await correctedSeconds(laid), stays: await staysOf(laid, 'latest') },
  };
}

async function staysOf({ app, world, venue }: Laid, revision: string): Promise<Stay[]> {
  const counted = countedIn(venue);
  const asked = `from=${world.from}&until=${world.until}&revision=${revision}&limit=all`;
  const body = await bytesOf(`${app.address}/v1/presences?${asked}`, 'application/x-ndjson');
  const lines = body.toString().trim().split('\n');
  return lines.filter(Boolean).map((line) => {
    const { badge, room, from, until, parked, visit } = JSON.parse(line) as Presence;
    const counts = !parked && counted(badge, from);
    return { badge, room, from, until: until ?? world.until, counts, parked, visit };
  });
}

type Row = Record<'room' | 'coverage', string> & Record<'time' | 'average' | 'claps' | 'frames', number>;

async function correctedSeconds({ app, world }: Laid): Promise<Ground['seconds']> {
  const seconds = new Map<number, Map<string, Told>>();
  for (let from = world.from; from < world.until; from += HOUR_MS) {
    const asked = `from=${from}&until=${Math.min(from + HOUR_MS, world.until)}&step=1s&revision=latest`;
    const body = await bytesOf(
      `${app.address}/v1/frames?${asked}&measures=average,claps,temperature,coverage,frames`,
      TYPES.json,
    );
    for (const row of (JSON.parse(body.toString()) as { rows: (Row & { temperature: number | null })[] }).rows) {
      if (row.frames === 0) continue;
      const frame = seconds.get(row.time) ?? new Map<string, Told>();
      seconds.set(row.time, frame);
      frame.set(row.room, {
        occupancy: row.average,
        claps: Math.round(row.claps * 10),
        temperature: row.temperature === null ? null : Math.round(row.temperature * 100),
        coverage: row.coverage as Coverage,
      });
    }
  }
  return seconds;
}
