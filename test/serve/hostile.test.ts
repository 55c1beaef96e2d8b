import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Registry } from 'prom-client';
import { createFanout } from '../../services/live/fanout.ts';
import { buildServer } from '../../services/serve/server.ts';
import { ROOT } from '../service.ts';
import { type App, send, startApp } from './app.ts';
import { unguarded } from './bare.ts';

const MIB = 2 ** 20;
/** What no answer to a request may take, however it is made, on a machine that does other things too. */
const PATIENCE_MS = 60_000;

/** How long an answer to bytes that are no request is waited for, ms. */
const SILENT_MS = 10_000;

/** Bodies that nobody means well with. */
const BODIES: [name: string, type: string, body: () => Uint8Array<ArrayBuffer> | string][] = [
  ['a gzip bomb', 'application/json', () => gzipSync(Buffer.alloc(70 * MIB, 0x20))],
  ['a gzip bomb of rejects', 'application/gzip', () => gzipSync('{}\n'.repeat(30_000))],
  ['a bomb in a bomb', 'application/gzip', () => gzipSync(gzipSync(Buffer.alloc(70 * MIB)))],
  ['9 MiB', 'application/octet-stream', () => Buffer.alloc(9 * MIB, 0x61)],
  ['brackets without end', 'application/json', () => '['.repeat(100_000)],
  ['objects in objects', 'application/json', () => '{"a":'.repeat(50_000)],
  ['keys of the prototype', 'application/json', () => '{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}}}'],
  ['NULs', 'text/csv', () => '\0'.repeat(10_000)],
  [
    'a table of formulas',
    'text/csv',
    () => `time,gateway,badge,rssi\n${"=cmd|' /C calc'!A0,@SUM(1),+1,-1\n".repeat(100)}`,
  ],
  [
    'entities that grow',
    'image/svg+xml',
    () =>
      `<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa">${'bcdefgh'
        .split('')
        .map((x, i) => `<!ENTITY ${x} "${`&${'abcdefg'[i]};`.repeat(10)}">`)
        .join('')}]><svg xmlns="http://www.w3.org/2000/svg"><text>&h;</text></svg>`,
  ],
  ['lists in lists, all of them closed', 'application/json', () => '['.repeat(100_000) + ']'.repeat(100_000)],
  [
    'a question whose rows are lists in lists',
    'application/json',
    () => `{"rows":${'['.repeat(5000)}${']'.repeat(5000)}}`,
  ],
  ['a type that is none', 'x/y; charset=utf-7; boundary="', () => '{}'],
];

type Route = { method: string; path: string };

describe('hostile requests', () => {
  let app: App;
  let routes: Route[];
  before(async () => {
    app = await startApp();
    const { paths } = (await (await fetch(`${app.address}/openapi.json`)).json()) as { paths: Record<string, object> };
    routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== 'get')
        .map((method) => ({ method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, 'x') })),
    );
    routes.push({ method: 'POST', path: '/v1/backups' }, { method: 'POST', path: '/v1/answers' });
  });
  after(() => app.end());

  const isWell = async () => assert.equal((await fetch(`${app.address}/healthz`)).status, 200);

  for (const [name, type, made] of BODIES)
    it(`${name}: every route that takes a body refuses it, and others are served on`, async () => {
      assert.ok(routes.length > 15, String(routes.length));
      const body = made();
      for (const { method, path } of routes) {
        if (path === '/v1/demo' || path.endsWith('/session')) continue;
        const headers = { 'content-type': type };
        const signal = AbortSignal.timeout(PATIENCE_MS);
        const reply = await fetch(app.address + path, { method, body, headers, signal }).catch((error: Error) => error);
        // A body that is far too long may be cut off while it is sent.
        if (reply instanceof Error)
          assert.match(String(reply.cause), /EPIPE|ECONNRESET|other side closed/, `${method} ${path}`);
        else {
          const text = await reply.text();
          const isTold = reply.status === 503 && /no process runs jobs|past is/.test(text);
          assert.ok(reply.status < 500 || isTold, `${method} ${path}: ${reply.status} ${text}`);
          if (reply.status >= 400)
            assert.match(reply.headers.get('content-type')!, /problem\+json/, `${method} ${path}`);
        }
      }
      assert.equal(({} as Record<string, unknown>).x, undefined);
      await isWell();
    });

  it('headers and lines that are not HTTP are refused, and nothing of them comes back as a header', async () => {
    const host = 'Host: localhost\r\n';
    const attacks: [text: string, expected: RegExp][] = [
      [`GET /healthz HTTP/1.1\r\n${host}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`, /^HTTP\/1\.1 400 /],
      [
        `POST /v1/observations HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /`,
        /^HTTP\/1\.1 400 /,
      ],
      [
        `POST /v1/observations HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n`,
        /^HTTP\/1\.1 400 /,
      ],
      [`GET /healthz HTTP/1.1\r\n${host}X: a\0b\r\n\r\n`, /^HTTP\/1\.1 400 /],
      [`GET /healthz HTTP/1.1\r\n${host} folded: 1\r\n\r\n`, /^HTTP\/1\.1 400 /],
      [`GET /v1/%0d%0aSet-Cookie:%20evil=1 HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1\.1 404 /],
      [`GET /v1/%ff%fe HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1\.1 400 /],
      [`GET /${'a'.repeat(9000)} HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1\.1 414 /],
      [`GET /..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1\.1 (400|403|404) /],
      [`GET /../../../etc/passwd HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1\.1 (400|403|404) /],
      [
        `GET /healthz HTTP/1.1\r\n${Array.from({ length: 3000 }, (_, i) => `X${i}: 1\r\n`).join('')}\r\n`,
        /^HTTP\/1\.1 431 /,
      ],
      [`GET /healthz HTTP/1.1\r\n\r\n`, /^HTTP\/1\.1 400 /],
      [`BREW / HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1\.1 400 /],
      [`GET /v1/live?after=-1 HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1\.1 400 /],
      [`GET /v1/live HTTP/1.1\r\n${host}Last-Event-ID: ${'9'.repeat(400)}\r\n\r\n`, /^HTTP\/1\.1 400 /],
      [
        `GET /v1/venue HTTP/1.1\r\n${host}If-None-Match: ${'"x",'.repeat(3000)}\r\nAccept: ${'a/b;q=0.1,'.repeat(200)}\r\n\r\n`,
        /^HTTP\/1\.1 406 /,
      ],
      [
        `GET /v1/venue HTTP/1.1\r\n${host}Accept-Encoding: ${'gzip;q=0,'.repeat(500)}\r\n\r\n`,
        /^HTTP\/1\.1 (200|406) /,
      ],
    ];
    for (const [text, expected] of attacks) {
      const answer = await asked(app, text);
      assert.match(answer, expected, text.slice(0, 80));
      const [head] = answer.split('\r\n\r\n');
      assert.doesNotMatch(head!, /evil|root:/, text.slice(0, 80));
    }
    await isWell();
  });

  it('many clients that send a header a while do not keep others from their answers; what is begun has to end', async () => {
    const sockets = await Promise.all(Array.from({ length: 300 }, () => slow(app)));
    const began = performance.now();
    for (let n = 0; n < 20; n++) {
      for (const socket of sockets) socket.write(`X-${n}: y\r\n`);
      await isWell();
      assert.equal((await send(app, `{"time":${Date.now()},"gateway":"g","badge":"b${n}","rssi":-60}`)).status, 200);
    }
    assert.ok(performance.now() - began < PATIENCE_MS);
    for (const socket of sockets) socket.destroy();
    const built = await buildServer({
      pages: join(ROOT, 'web'),
      usage: null,
      ...unguarded(),
      jobs: null,
      metrics: new Registry(),
      fanout: createFanout(),
      logLevel: 'silent',
    } as never);
    const { headersTimeout, timeout, maxHeadersCount } = built.server;
    assert.ok(headersTimeout > 0 && headersTimeout <= 60_000, String(headersTimeout));
    assert.ok(timeout > 0 && timeout <= 120_000, String(timeout));
    assert.ok(maxHeadersCount === null || maxHeadersCount <= 2000);
    await built.close();
  });

  it('addresses: parameters many times, not at all, of every type are refused or answered, never a fault of ours', async () => {
    const values = [
      '',
      '%00',
      '1e999',
      '-1',
      '[]',
      '{}',
      "' OR 1=1 --",
      '../..',
      'null',
      '٣',
      'x'.repeat(3000),
      '%F0%9F%92%A9',
    ];
    const { paths } = (await (await fetch(`${app.address}/openapi.json`)).json()) as {
      paths: Record<string, { get?: { parameters?: { in: string; name: string }[] } }>;
    };
    for (const [path, { get }] of Object.entries(paths)) {
      if (!get || path === '/v1/live') continue;
      for (const [i, value] of values.entries()) {
        const names = (get.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name);
        const query = names.flatMap((name) => [`${name}=${encodeURI(value)}`, `${name}[]=${i}`]).join('&');
        const address = `${app.address}${path.replaceAll(/\{\w+\}/g, encodeURIComponent(value) || 'x')}?${query}`;
        const reply = await fetch(address.slice(0, 8000));
        const text = await reply.text();
        assert.ok(reply.status < 500, `${path} with ${value.slice(0, 20)}: ${reply.status} ${text}`);
      }
    }
  });
});

/** Sends bytes on a connection of its own; what comes first, or nothing where the connection is closed or silent. */
async function asked(app: App, text: string): Promise<string> {
  const socket = connect(Number(new URL(app.address).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.setTimeout(SILENT_MS, () => socket.destroy());
  socket.write(text, 'latin1');
  const first = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  socket.destroy();
  return first[0] instanceof Buffer ? first[0].toString('latin1') : '';
}

async function slow(app: App): Promise<Socket> {
  const socket = connect(Number(new URL(app.address).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n');
  return socket;
}
