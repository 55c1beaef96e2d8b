import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { storedAhead } from '../../services/live/ahead.ts';
import { partitionOf, REPLAYED_FROM } from '../../services/model/batch.ts';
import type { Venue } from '../../services/model/venue.ts';
import { openRecord } from '../../services/store/record.ts';
import type { Store } from '../../services/store/store.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { ROOT, type Service, startService } from '../service.ts';
import { type Again, again } from './again.ts';

/** Local midnight of the first day of the event that is recorded, UTC ms. */
const START = Date.UTC(2026, 10, 2);
const HOUR_MS = 3_600_000;

/** A recording is sorted before the service listens: time for that on a busy machine. */
const SORTED_MS = 300_000;

/** A recording of the simulated event, and its venue. */
export type Event = { file: string; venueFile: string; rows: number; hours: number };

/** Records hours of the event in a folder, counted from the midnight of its first day. */
export async function record(folder: string, from: number, until: number): Promise<Event> {
  const [file, venueFile] = [join(folder, 'event.ndjson'), join(folder, 'venue.json')];
  const hours = [`--from=${START + from * HOUR_MS}`, `--until=${START + until * HOUR_MS}`];
  const words = ['simulate', `--start=${START}`, '--zone=UTC', ...hours, `--venue=${venueFile}`];
  const child = spawn(process.execPath, [join(ROOT, 'dist/services/cli/hallway.js'), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'exit');
  await pipeline(child.stdout, createWriteStream(file));
  assert.deepEqual(await ended, [0, null], said);
  return { file, venueFile, rows: Number(/(\d+) observations/.exec(said)![1]), hours: until - from };
}

export const replayOf = ({ file, venueFile }: Event, dataDir: string, speed = '2000'): Record<string, string> => ({
  DATA_DIR: dataDir,
  SOURCE: 'replay',
  REPLAY: file,
  SPEED: speed,
  VENUE: venueFile,
  LOG_LEVEL: 'warn',
});

/** Waits until so much of a recording is replayed. */
async function replayedTo(service: Service, share: number): Promise<void> {
  const status = async () => (await (await fetch(`${service.address}/readyz`)).json()) as { replayed: number };
  while ((await status()).replayed < share) await sleep(100);
}

/** Replays an event to its end; `killedAt`: a kill −9 when so much was replayed, and a start after it. */
export async function replay(env: Record<string, string>, killedAt: number | null): Promise<void> {
  if (killedAt !== null) {
    const service = await startService(env, '', SORTED_MS);
    await replayedTo(service, killedAt);
    await service.kill();
  }
  const service = await startService(env, '', SORTED_MS);
  await replayedTo(service, 1);
  assert.equal(await service.stop(), 0, service.log());
}

export function venueIn({ venueFile }: Event): Venue {
  const read = parseVenue(readFileSync(venueFile, 'utf8'));
  assert.ok('venue' in read, 'a venue');
  return { ...read.venue, members: [] };
}

/** The record of a folder, made again from a store. */
export function madeOf(event: Event, dataDir: string, read: Store['read']): Promise<Again> {
  const venue = venueIn(event);
  const record = openRecord(join(dataDir, 'main', 'as-seen'), venue.zone);
  const stored = storedAhead(read, Number.NEGATIVE_INFINITY, new Map(), [0, partitionOf(REPLAYED_FROM)]);
  return again(record.after(0), stored, venue);
}
