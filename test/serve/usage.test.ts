import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { Registry } from 'prom-client';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { putUsage, readUsage } from '../../services/ledger/usage.ts';
import { createFanout } from '../../services/live/fanout.ts';
import { createUsage } from '../../services/roles/usage.ts';
import type { Deps } from '../../services/serve/deps.ts';
import { buildServer } from '../../services/serve/server.ts';
import { layout } from '../../services/simulate/calendar.ts';
import { newFolder, ROOT } from '../service.ts';
import { rows, startApp } from './app.ts';
import { unguarded } from './bare.ts';

const noPages = existsSync(join(ROOT, 'dist/web/index.html')) ? false : 'dist/web is not built: npm run build';

it('GET /v1/usage counts pages and questions by day; no address, no query; a restart loses nothing', async () => {
  const dataDir = newFolder();
  // It is between ten and eleven there: the day stays the same.
  const { zone } = layout(Date.now());
  writeFileSync(join(dataDir, 'venue.json'), JSON.stringify({ zone, rooms: [], gateways: [] }));
  const app = await startApp({ DATA_DIR: dataDir });
  await (await fetch(`${app.address}/v1/observations?from=2018-11-05T09:00:00Z`)).text();
  await (await fetch(`${app.address}/v1/observations`)).text();
  await (await fetch(`${app.address}/v1/frames?step=all&from=2018-11-05T09:00:00Z&until=2018-11-05T10:00:00Z`)).text();
  await (await fetch(`${app.address}/v1/nothing/secret.html`)).text();
  const counts = (await rows(app, '/v1/usage')).map(({ kind, name, count }) => [kind, name, count]);
  assert.deepEqual(counts, [
    ['query', 'observations', 2],
    ['query', 'frames', 1],
  ]);
  await app.stop();
  const text = readFileSync(join(dataDir, 'main/ledger'), 'utf8');
  assert.doesNotMatch(text, /127\.0\.0\.1|secret|2018-11-05/);
  const again = await startApp({ DATA_DIR: dataDir });
  await (await fetch(`${again.address}/v1/observations`)).text();
  const [first] = await rows(again, '/v1/usage');
  assert.deepEqual([first!.name, first!.count], ['observations', 3]);
  assert.equal((await fetch(`${again.address}/v1/usage?since=yesterday`)).status, 400);
  assert.deepEqual(await rows(again, '/v1/usage?since=2200-01-01'), []);
  await again.end();
});

it('a page is counted by its file, however its address is written', { skip: noPages }, async () => {
  const viewed: string[] = [];
  const deps = {
    pages: join(ROOT, 'dist/web'),
    usage: { viewed: (page: string) => void viewed.push(page), read: async () => [] },
  };
  const base = { fanout: createFanout(), metrics: new Registry(), ...unguarded(), jobs: null, logLevel: 'silent' };
  const app = await buildServer({ ...base, ...deps } as unknown as Deps);
  const paths = [
    '/',
    '/index.html',
    '/?theme=dark',
    '/explore.html?x=1',
    '/%65xplore.html',
    '/nothing.html',
    '/guide/',
  ];
  for (const url of paths) await app.inject({ url, headers: { host: 'localhost' } });
  assert.deepEqual(viewed, ['index.html', 'index.html', 'index.html', 'explore.html', 'guide/index.html']);
  await app.close();
});

it('counts of several processes are added; a day ends at midnight of the venue', async () => {
  const ledger = memoryLedger();
  await putUsage(ledger, '2026-11-03', 'a', { pages: { 'index.html': 2 }, queries: {} });
  await putUsage(ledger, '2026-11-03', 'b', { pages: { 'index.html': 3, 'in.html': 9 }, queries: {} });
  let time = Date.UTC(2026, 10, 3, 23, 30);
  const usage = createUsage({
    ledger: () => ledger,
    zone: () => 'Europe/Berlin',
    failed: (error) => assert.fail(String(error)),
    now: () => time,
  });
  usage.viewed('index.html');
  time += 24 * 3_600_000;
  usage.viewed('index.html');
  await usage.end();
  const found = (await readUsage(ledger)).map(({ day, name, count }) => `${day} ${name} ${count}`);
  assert.deepEqual(found, [
    '2026-11-05 index.html 1',
    '2026-11-04 index.html 1',
    '2026-11-03 in.html 9',
    '2026-11-03 index.html 5',
  ]);
});
