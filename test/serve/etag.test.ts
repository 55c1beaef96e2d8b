import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { type App, send, startApp } from './app.ts';

let app: App;
before(async () => {
  app = await startApp();
});
after(() => app.end());

const get = (path: string, accept: string, etag?: string) =>
  fetch(app.address + path, { headers: { accept, ...(etag && { 'if-none-match': etag }) } });

it('every list is revalidated by its ETag: 304 while it says the same, in that format alone', async () => {
  const day = 'from=2026-11-03T09:00:00Z&until=2026-11-03T10:00:00Z';
  const lists = ['observations', 'rejects', 'presences', 'frames', 'heatmap', 'anomalies'].map(
    (name) => `/v1/${name}?${day}`,
  );
  const others = ['venue', 'replay', 'gateways', 'notices', 'tokens', 'screens', 'regressions', 'retention', 'rules'];
  for (const path of [...lists, ...others.map((name) => `/v1/${name}`)]) {
    const first = await get(path, 'application/json');
    assert.equal(first.status, 200, path);
    const etag = first.headers.get('etag')!;
    assert.match(etag ?? '', /^(W\/)?"[\w-]+"$/, path);
    assert.equal(first.headers.get('cache-control'), 'no-cache', path);
    const again = await get(path, 'application/json', etag);
    assert.deepEqual([again.status, await again.text()], [304, ''], path);
    assert.equal((await get(path, 'text/csv', etag)).status, 200, path);
  }
});

it('what was stored since is another answer', async () => {
  const path = '/v1/observations?from=2026-11-03T09:00:00Z&until=2026-11-03T10:00:00Z';
  const etag = (await get(path, 'application/json')).headers.get('etag')!;
  await send(app, '{"gateway":"pi-1","badge":"c0:ff:ee:00:00:01","rssi":-60,"time":"2026-11-03T09:30:00Z"}');
  const later = await get(path, 'application/json', etag);
  assert.equal(later.status, 200);
  assert.notEqual(later.headers.get('etag'), etag);
});
