import assert from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text as words } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { newFolder } from '../service.ts';
import { type App, rows, send, startApp } from './app.ts';

const VENUE = {
  name: 'Test house',
  zone: 'Europe/Dublin',
  rooms: [{ id: 'hall' }],
  gateways: [
    { id: 'pi-1', room: 'hall' },
    { id: 'B8:27:EB:45:21:B4', room: 'hall' },
  ],
};

/** A file as it is. */
const FILE = '/v1/schedules/{id}/windows/{until}/{revision}/{name}';
const FILM = '/v1/films/{id}/file';
/** Routes whose answer is no table. */
const ALONE = [
  '/v1/status',
  '/v1/live',
  '/v1/demo',
  '/v1/session',
  '/v1/sign-in',
  '/v1/pivot/fields',
  '/v1/replay',
  '/v1/marks',
  '/v1/notes',
  '/v1/programme',
  '/v1/schedules/{id}/windows/{until}',
  '/v1/schedules/{id}/windows/{until}/totals',
  FILE,
  FILM,
];
/** What may be sent, by how the address begins. */
const SENT: [string, RegExp][] = [
  ['/v1/jobs', /"from".*"until"|undefined/],
  ['/v1/schedules/{id}/deliveries', /"until".*"destination"/],
  ['/v1/schedules/preview', /"cron"/],
  ['/v1/destinations', /undefined/],
  ['/v1/films', /"layer".*"speed"|"speed".*"layer"/],
  ['/v1/plans', /svg/],
  ['/v1/pivot', /"measures"/],
  ['/v1/views', /"measures"/],
  ['/v1/notices', /"text"|undefined/],
  ['/v1/rules', /"coolDown"/],
  ['/v1/schedules', /"from".*"until"|undefined/],
  ['/v1/gateways/{id}/places', /"room".*"height"/],
  ['/v1/tokens', /"scope"|"hours"|undefined/],
  ['/v1/forgettings', /"badge"/],
  ['/v1/groups', /string|"version"/],
  ['/v1/programme', /undefined|"url"/],
  ['/v1/', /"rssi".*-127/],
];

describe('the service', () => {
  let app: App;
  before(async () => {
    const dataDir = newFolder();
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    app = await startApp({ DATA_DIR: dataDir });
    await send(
      app,
      '{"gateway":"pi-1","badge":"a","rssi":-60}\n{"gateway":"pi-2","badge":"a","rssi":-70}\n{"gateway":"pi-1","status":"online"}',
    );
  });
  after(() => app.end());

  it('GET /v1/gateways lists each that spoke or is known, and marks the unknown', async () => {
    const found = await rows(app, '/v1/gateways');
    assert.deepEqual(
      found.map((row) => [row.gateway, row.known, row.room, row.observations, row.badges, row.status]),
      [
        ['b827eb4521b4', true, 'hall', 0, 0, null],
        ['pi-1', true, 'hall', 2, 1, 'online'],
        ['pi-2', false, null, 1, 1, null],
      ],
    );
  });

  it('GET /v1/venue gives the venue with its version, kept in DATA_DIR/venues', async () => {
    const reply = await fetch(`${app.address}/v1/venue`);
    const { rows, meta } = (await reply.json()) as {
      rows: { version: string; name: string }[];
      meta: { venue: string };
    };
    assert.equal(rows[0]!.name, 'Test house');
    assert.equal(meta.venue, rows[0]!.version);
    assert.ok(statSync(join(app.dataDir, 'venues', `${rows[0]!.version}.json`)).isFile());
    const csv = await fetch(`${app.address}/v1/venue`, { headers: { accept: 'text/csv' } });
    assert.match(await csv.text(), /^version,name,zone,venue,changes\r\n/);
    assert.equal((await fetch(`${app.address}/v1/venue?colour=red`)).status, 400);
  });

  it('GET /healthz, /readyz, /metrics, /openapi.json and /docs answer', async () => {
    const get = async (path: string) => (await fetch(app.address + path)).text();
    assert.deepEqual(JSON.parse(await get('/healthz')), { ok: true });
    const ready = JSON.parse(await get('/readyz'));
    assert.deepEqual([ready.ready, ready.observations, ready.rejects, ready.waiting], [true, 3, 0, 0]);
    assert.match(await get('/metrics'), /hallway_observations_stored_total 3/);
    const openapi = JSON.parse(await get('/openapi.json'));
    assert.equal(openapi.openapi, '3.1.0');
    for (const path of ['/v1/observations', '/v1/rejects', '/v1/gateways', '/v1/venue', '/v1/loads', '/readyz'])
      assert.ok(path in openapi.paths, path);
    assert.match(await get('/docs/'), /swagger/i);
  });

  it('GET /openapi.json says what may be sent, what comes back, in which formats, and how it is refused', async () => {
    type Described = { content: Record<string, { schema: object }> };
    const { paths } = (await (await fetch(`${app.address}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { requestBody?: Described; responses: Record<string, Described> }>>;
    };
    for (const [path, { get, post }] of Object.entries(paths)) {
      if (!path.startsWith('/v1/') || ALONE.includes(path) || path.includes('/requests/')) continue;
      const types = Object.keys(get?.responses['200']?.content ?? {});
      if (get) assert.ok(types.includes('text/csv') && types.includes('application/x-ndjson'), `${path}: ${types}`);
      if (get) assert.ok('application/problem+json' in get.responses['4XX']!.content, path);
      const [, sent] = SENT.find(([begin]) => path.startsWith(begin))!;
      if (post) assert.match(String(JSON.stringify(post.requestBody)), sent, path);
    }
    const text = JSON.stringify(paths['/v1/observations']!.get!.responses['200']);
    for (const word of ['rssi', 'temperature', 'claps', '-127', 'dBm']) assert.ok(text.includes(word), word);
    assert.ok('application/geo+json' in paths['/v1/heatmap']!.get!.responses['200']!.content);
  });

  it('what is not there is a problem', async () => {
    const reply = await fetch(`${app.address}/v1/nothing`);
    assert.equal(reply.status, 404);
    assert.match(reply.headers.get('content-type')!, /problem\+json/);
  });

  it('another Host or Origin is refused: a page elsewhere must not reach an admin', async () => {
    const status = (headers: Record<string, string>) =>
      new Promise<number>((resolve) => {
        const asked = request(`${app.address}/v1/venue`, { headers }, (reply) => {
          reply.resume();
          resolve(reply.statusCode!);
        });
        asked.end();
      });
    const own = new URL(app.address).host;
    assert.equal(await status({ host: 'evil.example' }), 403);
    assert.equal(await status({ host: own, origin: 'http://evil.example' }), 403);
    assert.equal(await status({ host: own, origin: 'null' }), 403);
    assert.equal(await status({ host: own, origin: `http://${own}` }), 200);
    assert.equal(await status({ host: `localhost:${new URL(app.address).port}` }), 200);
  });

  it('security headers: a strict CSP, no sniffing', async () => {
    const { headers } = await fetch(`${app.address}/healthz`);
    assert.match(headers.get('content-security-policy')!, /default-src 'self'/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    const policy = headers.get('content-security-policy')!;
    assert.doesNotMatch(policy, /data:|blob:|unsafe|\*/);
    for (const path of ['/', '/panel.html', '/v1/venue', '/explore.html', '/docs/', '/docs/static/swagger-ui.css'])
      assert.equal((await fetch(app.address + path)).headers.get('content-security-policy'), policy, path);
  });

  it('POST /v1/loads streams progress and keeps the received times of the recording', async () => {
    const at = Date.UTC(2020, 1, 1);
    const lines = Array.from({ length: 12_000 }, (_, i) =>
      JSON.stringify({ gateway: 'pi-1', badge: 'a', rssi: -60, time: at + i, received: at + i + 500 }),
    );
    const reply = await fetch(`${app.address}/v1/loads?name=old.ndjson`, {
      method: 'POST',
      body: [...lines, '{"bad":1}'].join('\n'),
    });
    const progress = (await reply.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { stored, duplicate, rejected, done } = progress.at(-1);
    assert.deepEqual({ stored, duplicate, rejected, done }, { stored: 12_000, duplicate: 0, rejected: 1, done: true });
    const [row] = await rows(app, `/v1/observations?until=${at + 1}&limit=1`);
    assert.equal(row!.received, at + 500);
    const [kept] = await rows(app, '/v1/rejects?source=old.ndjson');
    assert.equal(kept!.line, 12_001);
  });

  it('GET /v1/rejects begins with what was taken last, whatever a recording says of its times; pages follow', async () => {
    const begun = Date.now();
    const post = (body: string) => fetch(`${app.address}/v1/observations`, { method: 'POST', body });
    await post('{"gateway": 1}');
    const load = { method: 'POST', body: '{"bad":1}\n{"bad":2}' };
    await (await fetch(`${app.address}/v1/loads?name=untimed`, load)).text();
    await post('{"gateway": 2}');
    const found = await rows(app, '/v1/rejects?limit=4');
    assert.deepEqual(
      found.map(({ source }) => source),
      ['inbox', 'untimed', 'untimed', 'inbox'],
    );
    assert.ok(found.every(({ taken }) => (taken as number) >= begun));
    assert.ok((found[1]!.received as number) < begun);
    const { next } = (await (await fetch(`${app.address}/v1/rejects?limit=2`)).json()) as { next: string };
    assert.deepEqual(await rows(app, `/v1/rejects?limit=2&cursor=${next}`), found.slice(2));
  });

  it('POST /v1/loads of nothing says that it found nothing', async () => {
    const reply = await fetch(`${app.address}/v1/loads`, { method: 'POST' });
    const { stored, error } = JSON.parse((await reply.text()).trim().split('\n').at(-1)!);
    assert.deepEqual({ stored, error }, { stored: 0, error: 'expected observations, found an empty body' });
  });

  it('POST /v1/loads that breaks off says why, while the client still sends', async () => {
    const body = new ReadableStream({
      async pull(controller) {
        controller.enqueue(Buffer.from([0x1f, 0x8b, 8, 0, ...Buffer.alloc(60_000, 7)]));
        await new Promise((resolve) => setTimeout(resolve, 5));
      },
    });
    const reply = await fetch(`${app.address}/v1/loads`, { method: 'POST', body, duplex: 'half' } as RequestInit);
    const last = JSON.parse((await reply.text()).trim().split('\n').at(-1)!) as { error?: string };
    assert.match(last.error ?? '', /expected gzip, found broken gzip/);
  });

  it('GET /v1/venue is revalidated by its ETag', async () => {
    const { headers } = await fetch(`${app.address}/v1/venue`);
    const again = await fetch(`${app.address}/v1/venue`, { headers: { 'if-none-match': headers.get('etag')! } });
    assert.equal(again.status, 304);
  });

  it('what is no HTTP, or has no end of headers, is answered with a problem too', async () => {
    for (const [text, status] of [
      ['hello\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ] as const) {
      const socket = connect(Number(new URL(app.address).port), '127.0.0.1');
      socket.end(text);
      const [head, body] = (await words(socket)).split('\r\n\r\n');
      assert.match(head!, new RegExp(`^HTTP/1.1 ${status} `));
      assert.equal(JSON.parse(body!).status, status);
    }
  });

  it('service.json, the keys and the database with its log are for their owner only', async () => {
    await send(app, JSON.stringify({ gateway: 'pi-1', badge: 'b-1', rssi: -60, time: Date.now() }));
    for (const file of [
      'service.json',
      'pseudonym-keys',
      'owner.duckdb',
      'main/hallway.duckdb',
      'main/hallway.duckdb.wal',
    ])
      assert.equal(statSync(join(app.dataDir, file)).mode & 0o777, 0o600, file);
  });
});
