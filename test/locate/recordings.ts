import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Sighting } from '../../services/model/observation.ts';
import type { Venue } from '../../services/model/venue.ts';
import { ROOT } from '../service.ts';
import { sighting, venueOf } from './world.ts';

/** Where the real recordings lie, beside the repository; nothing of them is copied into it. */
export const SHARED = join(ROOT, '../shared/');

/** For `test(…, { skip })`: false, or the one line that says why. */
export const isAbsent = existsSync(`${SHARED}data/walks`) ? false : `no recordings at ${SHARED}data: skipped`;

export const FIVE = `${SHARED}data/walks`;
export const TURNING = `${SHARED}data/walks-turning`;

/** A walk: what was heard, and where the badge truly was, room and time (ms), at each sighting. */
export type Walk = { name: string; sightings: Sighting[]; truth: { time: number; room: string }[] };

/** The walks of a folder, all times moved on by `phase` ms. */
export function readWalks(folder: string, phase = 0): Walk[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  return names.sort().map((name) => {
    const rows = readFileSync(`${folder}/${name}`, 'utf8').trim().split('\n').slice(1);
    const cells = rows.map((row) => row.split(','));
    const timeOf = (cell: string): number => Math.round(Number(cell) * 1000) + phase;
    return {
      name,
      sightings: cells.map(([time, gateway, badge, rssi]) => sighting(badge!, gateway!, timeOf(time!), Number(rssi))),
      truth: cells.map(([time, , , , x, y]) => ({ time: timeOf(time!), room: quadrant(Number(x), Number(y)) })),
    };
  });
}

/** The lab's venue, for which `lab.venue.json` is the only list of its gateways. */
export function labVenue(): Venue {
  const { gateways } = JSON.parse(readFileSync(join(ROOT, 'test/locate/lab.venue.json'), 'utf8')) as LabFile;
  return venueOf(gateways.map(({ id, room }) => [id, room]));
}

type LabFile = { gateways: { id: string; room: string }[] };

/** Two badges on a table for a week, once a minute (data/README), in the order of `received`. */
export function readBadgeWeek(): Sighting[] {
  const lines = gunzipSync(readFileSync(`${SHARED}data/badges/proximity_archive.txt.gz`))
    .toString()
    .trim()
    .split('\n');
  const sightings = lines.flatMap((line) => {
    const { data, log_timestamp } = JSON.parse(line) as HubLine;
    return Object.entries(data.rssi_distances).map(([peer, { rssi }]) =>
      sighting(data.member, peer, Math.round(data.timestamp * 1000), rssi, Math.round(log_timestamp * 1000)),
    );
  });
  return sightings.sort((a, b) => a.received - b.received);
}

type HubLine = {
  log_timestamp: number;
  data: { member: string; timestamp: number; rssi_distances: Record<string, { rssi: number }> };
};

const quadrant = (x: number, y: number): string => (x < 10 ? (y < 9 ? 'a' : 'b') : y < 9 ? 'd' : 'c');
