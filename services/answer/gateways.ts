import { holds } from '../locate/floorplan.ts';
import type { Query } from '../model/query.ts';
import type { Venue } from '../model/venue.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/rows.ts';
import { sql } from '../store/sql.ts';
import { type Health, unheardHealth } from './gateway-health.ts';
import { all, run } from './run.ts';

/** No observation is stored outside these, so they stand for an open end (UTC ms). */
const ALL_TIME = { from: Date.UTC(2000, 0, 1), until: Date.UTC(2101, 0, 1) };

/**
 * Every gateway that spoke or that the venue knows, with its room there, and how it is now; counts are 0 for one that never
 * spoke.
 */
export async function gatewayRows(
  database: Pick<Database, 'connect'>,
  venue: Venue,
  span: NonNullable<Query['span']>,
  now: number,
  health: Pick<Health, 'gateways' | 'usual'>,
  signal?: AbortSignal,
): Promise<Row[]> {
  const { from, until } = { ...ALL_TIME, ...span };
  const values = { from: BigInt(from) * 1000n, until: BigInt(until) * 1000n };
  const heard = await all(run(database, { text: sql(import.meta.url, 'gateways'), values }, signal));
  const rows = new Map(heard.map((row) => [row.gateway as string, row]));
  // A gateway that was moved has a row for each place: the one that holds at the end of the span counts, or now.
  const standing = venue.gateways.filter((gateway) => holds(gateway, Math.min(until, now) - 1));
  const rooms = new Map(standing.map((gateway) => [gateway.id, gateway.room]));
  for (const id of rooms.keys()) if (!rows.has(id)) rows.set(id, unheard(id));
  return [...rows.values()]
    .map((row) => ({
      ...row,
      ...(health.gateways.get(row.gateway as string) ?? unheardHealth(row.gateway as string, health.usual)),
      known: rooms.has(row.gateway as string),
      room: rooms.get(row.gateway as string) ?? null,
    }))
    .sort((a, b) => ((a as Row).gateway! < (b as Row).gateway! ? -1 : 1));
}

const unheard = (gateway: string): Row => ({
  gateway,
  observations: 0,
  badges: 0,
  first: null,
  received: null,
  time: null,
  rssi: null,
  status: null,
});
