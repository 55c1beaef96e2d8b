import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Batch } from '../../services/model/batch.ts';
import type { VenueFile } from '../../services/model/venue.ts';
import { demoVenue } from '../../services/simulate/venue.ts';
import { createWorld } from '../../services/simulate/world.ts';
import { createBatches } from '../../services/source/simulate.ts';
import { type Context, createReader } from '../../services/validate/reader.ts';
import { readBadgeWeek, SHARED } from '../locate/recordings.ts';
import { randomWorld } from '../locate/world.ts';

const HOUR_MS = 3_600_000;
const BATCH = 2000;

/** A place, and what came in: batches in the order of `received`, read as any source reads them. Times are UTC ms. */
export type World = {
  name: string;
  venue: VenueFile;
  from: number;
  until: number;
  /** nobody makes frames between these */
  dead: { from: number; until: number } | null;
  batches(context: Context): Iterable<Batch>;
};

/** Hours of the simulated event's second day, about the opening of its movable wall. */
export function demoHours(hours: number): World {
  const start = Date.UTC(2025, 10, 3, 5);
  const venue = demoVenue(start, 'Etc/GMT+5');
  const opened = Math.max(...(venue.merges ?? []).map(({ from }) => new Date(from).getTime()));
  const from = opened - (hours / 2) * HOUR_MS;
  const until = from + hours * HOUR_MS;
  return {
    name: `the demo event, ${hours} h`,
    venue,
    from,
    until,
    dead: { from: opened + 0.1 * HOUR_MS, until: opened + 0.1 * HOUR_MS + 47_000 },
    *batches(context) {
      const world = createWorld({ seed: 1, people: 300, start, from });
      const batches = createBatches(context);
      while (world.now < until) yield batches(world.advance(until));
    },
  };
}

const ARCHIVE = `${SHARED}data/badges/proximity_archive.txt.gz`;
/** Why the badge week cannot be asked, or false. */
export const noBadgeWeek = existsSync(ARCHIVE) ? false : `no recordings at ${SHARED}data: skipped`;

/** The first hours of the real badge week; each of its eight fixed peers stands in a room of its own. */
export function badgeHours(hours: number): World {
  const week = readBadgeWeek();
  const heard = new Map<string, number>();
  for (const { gateway } of week) heard.set(gateway, (heard.get(gateway) ?? 0) + 1);
  const peers = [...heard].filter(([, count]) => count > 102).map(([peer]) => peer);
  const from = Math.floor(week[0]!.received / 1000) * 1000;
  const until = from + hours * HOUR_MS;
  return {
    name: `the badge week, ${hours} h`,
    venue: {
      zone: 'America/New_York',
      rooms: peers.map((peer) => ({ id: `r${peer}` })),
      gateways: peers.map((id) => ({ id, room: `r${id}` })),
    },
    from,
    until,
    dead: null,
    *batches(context) {
      const lines = gunzipSync(readFileSync(ARCHIVE)).toString().trim().split('\n');
      const arrived = (line: string) => (JSON.parse(line) as { log_timestamp: number }).log_timestamp * 1000;
      const own = lines.filter((line) => arrived(line) < until).sort((a, b) => arrived(a) - arrived(b));
      yield* read(own, context);
    },
  };
}

/** A night in which clocks change, with walls that open, gateways that move, and what is late, ahead, repeated. */
export function smallWorld(seed: number): World {
  const [drawn = 0] = fc.sample(fc.integer({ min: 1, max: 1e6 }), { seed, numRuns: 1 });
  const { venue, sightings, start, seconds } = randomWorld(drawn, 4200, 20);
  const { zone, merges, gateways, rooms } = venue;
  const ends = ({ from, until }: { from: number; until: number }) => ({
    ...(Number.isFinite(from) && { from }),
    ...(Number.isFinite(until) && { until }),
  });
  const until = start + seconds * 1000;
  const crowd = sightings.flatMap((one, i) =>
    [0, 1, 2, 3].map((k) => ({
      ...one,
      badge: `${one.badge}${k}`,
      time: one.time + k * 7000,
      received: one.received + k * 7000,
      claps: (i * 7 + k) % 11 === 0 ? (i * 13) % 40 : 0,
      temperature: 27 + ((i * 17 + k * 31) % 500) / 100,
    })),
  );
  return {
    name: `a random world (${drawn})`,
    venue: {
      zone,
      floors: [{ id: 'ground' }],
      rooms: rooms.map((id) => ({ id, ...(id !== 'c' && { floor: 'ground' }) })),
      gateways: gateways.map(({ id, room, offset, ...span }) => ({ id, room, offset, ...ends(span) })),
      merges: merges.map(({ room, of, from, until }) => ({ room, of, from, until })),
    },
    from: start,
    until,
    dead: { from: start + 600_000, until: start + 600_000 + 95_000 },
    *batches(context) {
      const own = crowd.filter(({ received }) => received < until).sort((a, b) => a.received - b.received);
      yield* read(
        own.map((one) => JSON.stringify(one)),
        context,
      );
    },
  };
}

/** Lines as somebody's file has them. */
function* read(lines: string[], context: Context): Generator<Batch> {
  for (let i = 0; i < lines.length; i += BATCH) {
    const reader = createReader({ ...context, received: 'recorded' });
    reader.push(Buffer.from(`${lines.slice(i, i + BATCH).join('\n')}\n`));
    reader.end();
    while (reader.observations.length + reader.rejects.length > 0) yield reader.drain(BATCH);
  }
}
