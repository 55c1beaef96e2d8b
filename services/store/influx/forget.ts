import { InfluxDB } from '@influxdata/influxdb-client';
import { TIME_MAX_MS, TIME_MIN_MS } from '../../model/fields.ts';
import type { Heard } from '../duckdb.ts';
import type { Query, Values } from './query.ts';
import { inNs } from './read.ts';
import type { Influx } from './refused.ts';
import { OTHER } from './series.ts';

/** How long a delete may take, ms. */
const SILENCE_MS = 300_000;
/** Deletes at once. */
const AT_ONCE = 4;
const QUARTER_MS = 15 * 60_000;
const ALL: Values = { from: inNs(TIME_MIN_MS), until: inNs(TIME_MAX_MS) };
/** Rejects stand at the time at which they were taken, whatever it was. */
const EVER: Values = { from: inNs(-9e12), until: inNs(9e12) };

/** A delete: of what a predicate names, at one instant (ns, in digits), or whenever. */
type Delete = { predicate: string; ns: string | null };

/**
 * Deletes badges from a bucket, and rejects that name them. A predicate can name tags alone; so what stands under `badge=other` is looked
 * up and deleted point by point, by its series and its own nanosecond. Resolves to when they were heard, and how often. Deleting
 * again comes to the same.
 */
export async function forgetBadges(influx: Influx, query: Query, badges: readonly string[]): Promise<Heard> {
  const remove = remover(influx);
  const heard = new Map<number, number>();
  const add = (time: number, count: number) => {
    const quarter = Math.floor(time / QUARTER_MS) * QUARTER_MS;
    heard.set(quarter, (heard.get(quarter) ?? 0) + count);
  };
  for (const badge of badges) {
    // In nanoseconds a time is no exact number; in ms it is.
    for (const { time, count } of await query.ask('badge_quarters', { badge, ...ALL }))
      add(Math.round(Number(time) / 1e6), Number(count));
    const deletes: Delete[] = [{ predicate: `_measurement="sighting" AND badge="${badge}"`, ns: null }];
    for await (const records of query.stream('badge_others', { badge, ...ALL }))
      for (const [, , ns, , gateway] of records) {
        add(+ns!.slice(0, -6), 1);
        deletes.push({ predicate: `_measurement="sighting" AND badge="${OTHER}" AND gateway="${gateway}"`, ns: ns! });
      }
    const naming = { badge: { regex: badge.replace('.', '\\.') }, ...EVER };
    // Of an earlier form there is no lot, and their instant is all that tells them.
    for await (const records of query.stream('rejects_naming', naming))
      for (const [, , ns, , lot] of records)
        deletes.push({ predicate: `_measurement="reject"${lot ? ` AND lot="${lot}"` : ''}`, ns: ns! });
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(deletes, remove)));
  }
  return {
    quarters: [...heard.keys()].sort((a, b) => a - b),
    sightings: [...heard.values()].reduce((sum, count) => sum + count, 0),
  };
}

/** Takes one task after another, until there are no more. */
async function work<T>(tasks: T[], act: (task: T) => Promise<unknown>): Promise<void> {
  for (let task = tasks.shift(); task; task = tasks.shift()) await act(task);
}

function remover({ url, token, org, bucket }: Influx): (task: Delete) => Promise<unknown> {
  const { transport } = new InfluxDB({ url, token, timeout: SILENCE_MS });
  const path = `/api/v2/delete?${new URLSearchParams({ org, bucket })}`;
  const headers = { 'Content-Type': 'application/json' };
  return ({ predicate, ns }) => {
    // Both ends are included.
    const [start, stop] =
      ns === null ? ['1684-01-01T00:00:00Z', '2255-01-01T00:00:00Z'] : [instantOf(ns), instantOf(ns)];
    return transport.request(path, JSON.stringify({ start, stop, predicate }), { method: 'POST', headers });
  };
}

/** RFC 3339 with all nine digits. */
const instantOf = (ns: string): string => `${new Date(+ns.slice(0, -6)).toISOString().slice(0, -1)}${ns.slice(-6)}Z`;
