import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Line } from '../../services/model/line.ts';
import { openRecord } from '../../services/store/record.ts';
import type { Stored } from '../../services/store/store.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { madeAgain, recorded } from '../live/scene.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';

const KILLS = Number(process.env.KILLS ?? 3);

it(`a demo that is killed ${KILLS} times goes on: nothing doubled, nothing torn, the record is made again from the store`, {
  skip: notBuilt,
}, async () => {
  const dataDir = newFolder();
  const env = { DATA_DIR: dataDir, SOURCE: 'inbox,simulate', LOG_LEVEL: 'warn' };
  const dead: number[] = [];
  let killed = Number.POSITIVE_INFINITY;
  const begin = async () => {
    const service = await startService(env);
    if (killed < Number.POSITIVE_INFINITY) dead.push(Date.now() - killed);
    return service;
  };
  for (let kill = 0; kill < KILLS; kill++) {
    const service = await begin();
    // Where nothing was shown yet, the next start learns from what is stored, second by second, before its first frame.
    if (kill === 0) await framesAfter(service);
    await sleep(2500 + Math.random() * 5000);
    await service.kill();
    killed = Date.now();
    // once long enough for a gap
    await sleep(kill === 1 ? 14_000 : Math.random() * 3000);
  }
  const service = await begin();
  await framesAfter(service);
  const rows = await stored(service);
  await service.stop();

  const venue = parseVenue(readFileSync(join(dataDir, 'venue.json'), 'utf8'));
  assert.ok('venue' in venue);
  const folder = join(dataDir, 'main', 'as-seen');
  for (const day of readdirSync(folder))
    for (const line of readFileSync(join(folder, day), 'utf8').trimEnd().split('\n')) JSON.parse(line) as Line;
  const { lines, frames } = await recorded(openRecord(folder, venue.venue.zone));
  const steps = lines.slice(1).map(({ time }, i) => (time - lines[i]!.time) / 1000);
  assert.ok(steps.every((step) => step >= 1));
  const gaps = lines.slice(1).filter((_, i) => steps[i]! > 1);
  // What is overdue by ten seconds is still made; a start of a busy machine takes some of its own.
  const atLeast = dead.filter((ms) => ms > 13_000).length;
  const atMost = dead.filter((ms) => ms > 7000).length;
  assert.ok(
    atLeast >= 1 && gaps.length >= atLeast && gaps.length <= atMost,
    `gaps of ${steps.filter((step) => step > 1)} s; dead for ${dead} ms`,
  );
  assert.ok(gaps.every(({ anew, whole }) => anew && whole));
  // Until it stops it goes on: its last frames know more than was read of the store before.
  const last = rows.at(-1)!.position;
  const read = frames.filter(({ positions }) => positions.every((position) => position <= last));
  assert.ok(frames.length - read.length < 20, `${frames.length - read.length} frames after the store was read`);
  assert.deepEqual(
    read.map(({ rooms }) => rooms),
    madeAgain(read, rows, venue.venue),
  );
  assert.ok(
    frames.some(({ rooms }) => rooms.some(({ occupancy }) => occupancy! > 10)),
    'somebody was there',
  );
  remove(dataDir);
});

/** Waits for a few frames of a process that has just started. */
async function framesAfter(service: Service): Promise<void> {
  const frame = async () =>
    ((await (await fetch(`${service.address}/readyz`)).json()) as { frame: number | null }).frame ?? 0;
  const first = await frame();
  for (let n = 0; n < 300 && (await frame()) < first + 3000; n++) await sleep(100);
}

/** All that is stored, in the order of positions. */
async function stored(service: Service): Promise<Stored[]> {
  const reply = await fetch(`${service.address}/v1/observations?sort=position&limit=all`, {
    headers: { accept: 'application/x-ndjson' },
  });
  return (await reply.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Stored);
}
