import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { demoIn, keepDemo, moveIn } from '../../services/demo/demo.ts';
import { readConfig } from '../../services/settings/config.ts';
import { layout } from '../../services/simulate/calendar.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';

const [HOUR, DAY] = [3_600_000, 86_400_000];
/** It took 70 s on two cores with the other tests beside it, 130 s with as much again. */
const WAIT_MS = 280_000;

/** `GET /v1/demo`, once the years before are told. */
async function told({ address }: Service): Promise<void> {
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const { demo } = (await (await fetch(`${address}/v1/demo`)).json()) as { demo: { hasHistory: boolean } };
    if (demo.hasHistory) return;
    assert.ok(Date.now() < until, 'nothing was told of before');
    await new Promise((done) => setTimeout(done, 200));
  }
}

async function heard(
  { address }: Service,
  from: number,
  until: number,
): Promise<{ count: number; simulated: boolean }> {
  const query = new URLSearchParams({ from: `${from}`, until: `${until}`, limit: 'all' });
  const reply = await fetch(`${address}/v1/observations?${query}`, { headers: { accept: 'application/x-ndjson' } });
  const rows = (await reply.text()).split('\n').filter(Boolean);
  return { count: rows.length, simulated: rows.every((row) => JSON.parse(row).simulated === true) };
}

it('after its past a demo tells last year’s event and the ordinary weeks, once', { skip: notBuilt }, async () => {
  const folder = newFolder();
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: folder });
  const few = { ...(await demoIn(config, Date.now()))!.demo, people: 8 };
  mkdirSync(join(folder, 'laying'));
  keepDemo(config, moveIn(config, few));
  const { lastYear, weeks } = layout(few.laid);
  const spans = [
    [lastYear + DAY + 10 * HOUR, lastYear + DAY + 11 * HOUR],
    [weeks.from + 10 * HOUR, weeks.from + 11 * HOUR],
    [weeks.until - DAY + 10 * HOUR, weeks.until - DAY + 11 * HOUR],
    [weeks.from - DAY, weeks.from],
  ] as const;
  const env = { DATA_DIR: folder, DEMO: 'on', LOG_LEVEL: 'warn' };
  let service = await startService(env);
  try {
    await told(service);
    const before = await Promise.all(spans.map(([from, until]) => heard(service, from, until)));
    assert.deepEqual(
      before.map(({ count, simulated }) => [count > 0, simulated]),
      [...Array(3).fill([true, true]), [false, true]],
      'the second morning of last year’s event, a morning of the first week, one of the last, and the day before them',
    );
    await service.stop();
    service = await startService(env);
    await told(service);
    assert.deepEqual(await Promise.all(spans.map(([from, until]) => heard(service, from, until))), before);
  } finally {
    await service.stop();
    remove(folder);
  }
});
