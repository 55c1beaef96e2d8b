import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Demo } from '../../services/demo/demo.ts';
import type { ShownRoom } from '../../services/model/frame.ts';
import { openRecord } from '../../services/store/record.ts';
import { soon } from '../ledger/contract.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';

const SECOND = 1000;
const LAID_MS = 180_000;

type Shown = { demo: { state: string; share: number; from: number; problem: string | null } | null; own: number };
type Event = { name: string; time: number; said: string };

const json = async <T>(service: Service, path: string): Promise<T> =>
  (await (await fetch(service.address + path)).json()) as T;

/** Waits until the demo is in a state; fails after three minutes. */
async function until(service: Service, holds: (shown: Shown) => boolean): Promise<Shown> {
  for (const end = Date.now() + LAID_MS; Date.now() < end; await sleep(200)) {
    const shown = await json<Shown>(service, '/v1/demo');
    if (holds(shown)) return shown;
  }
  throw new Error(`the demo did not come so far: ${JSON.stringify(await json(service, '/v1/demo'))}`);
}

/** What /v1/live says, as it comes, until the service ends. */
async function listen(service: Service, events: Event[]): Promise<void> {
  const reply = await fetch(`${service.address}/v1/live`);
  let text = '';
  try {
    for await (const part of reply.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + part).split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const name = /^event: (\w+)/m.exec(block)?.[1];
        if (name) events.push({ name, time: Number(/^id: (\d+)/m.exec(block)?.[1] ?? 0), said: block });
      }
    }
  } catch (error) {
    // It was killed.
    assert.ok(error instanceof Error, String(error));
  }
}

it('a new folder lives at once, its past is laid behind it, and it goes on there without a gap, also after kills', {
  skip: notBuilt,
}, async () => {
  const dataDir = newFolder();
  const env = { DATA_DIR: dataDir, DEMO: 'on', LOG_LEVEL: 'warn' };
  const first = await startService(env);
  await until(first, ({ demo }) => demo!.share > 0);
  await first.kill();
  assert.equal(existsSync(join(dataDir, 'main')), false, 'what was half laid is not lived in');

  let service = await startService(env);
  const events: Event[] = [];
  const listening = listen(service, events);
  const sent = fetch(`${service.address}/v1/observations`, {
    method: 'POST',
    body: JSON.stringify({ gateway: 'own-1', badge: 'own-badge', rssi: -60 }),
  });
  const laying = await until(service, ({ demo }) => demo!.share > 0.1);
  assert.deepEqual([laying.demo!.state, laying.own], ['laying', 0], 'the POST waits');
  const picture = events.find(({ name }) => name === 'frame');
  const { rooms } = JSON.parse(/^data: (.*)$/m.exec(picture!.said)![1]!) as { rooms: ShownRoom[] };
  const deaf = rooms.find(({ room }) => room === 'maginnes-1')!;
  assert.equal(deaf.coverage, 'deaf', 'since 9:47');
  assert.ok(deaf.occupancy! > 5, `${deaf.occupancy} of those who were there`);
  const view = JSON.stringify({ name: 'Early', query: { dataset: 'frames', measures: ['peak'] } });
  const early = await fetch(`${service.address}/v1/views/early`, { method: 'PUT', body: view });
  assert.deepEqual([early.status, early.headers.get('retry-after')], [503, '30'], 'nothing is decided that is lost');
  const told = await until(service, ({ demo }) => demo!.state === 'told');
  assert.equal(told.demo!.problem, null);
  assert.deepEqual(await (await sent).json(), { stored: 1, duplicate: 0, rejected: 0, rejects: [] });
  await until(service, ({ own }) => own === 1);

  // Screens: frames while it was laid, one word that the past is another, frames after it; no second is missing.
  const anewAt = () => events.findIndex(({ name }) => name === 'anew');
  await soon(async () => anewAt() >= 0 && events.length > anewAt() + 3);
  const at = anewAt();
  const seconds = [...new Set(events.filter(({ name }) => name === 'frame').map(({ time }) => time))];
  assert.ok(at > 5, `anew came as ${at} of ${events.length}`);
  assert.deepEqual(
    seconds.filter((time, i) => i > 0 && time !== seconds[i - 1]! + SECOND),
    [],
  );
  const { observations, frame } = await json<{ observations: number; frame: number }>(service, '/readyz');
  assert.ok(observations > 1_200_000, `${observations} observations`);

  const killed = Date.now();
  await service.kill();
  await listening;
  service = await startService(env);
  // Seconds more than ten overdue are a gap: only a machine that has no time for us is dead for so long.
  const wasLong = Date.now() - killed > 8000;
  await until(service, ({ demo }) => demo!.state === 'told');
  for (let last = 0; last < frame + 5000; await sleep(200))
    last = (await json<{ frame: number }>(service, '/readyz')).frame;
  await service.stop();

  const { start, zone } = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as Demo;
  assert.equal(start - 12 * 3_600_000, told.demo!.from, 'the same event');
  const record = openRecord(join(dataDir, 'main', 'as-seen'), zone);
  let [last, lines, anew] = [told.demo!.from, 0, 0];
  const breaks: number[] = [];
  for await (const line of record.after(0)) {
    if (line.time !== last + SECOND) breaks.push(line.time - last);
    if (line.anew) anew += 1;
    last = line.time;
    lines += 1;
  }
  if (wasLong) assert.ok(breaks.length <= 1, `gaps of ${breaks} ms`);
  else assert.deepEqual({ breaks, anew }, { breaks: [], anew: 1 }, 'a line a second since noon of the day before');
  assert.ok(lines >= 70 * 3600, `${lines} lines`);
  remove(dataDir);
});
