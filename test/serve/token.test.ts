import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { createDoor } from '../../services/serve/door.ts';
import { type App, startApp } from './app.ts';

const TOKEN = 'a token of the house+/='.replaceAll(' ', '-');
const DAY_MS = 86_400_000;
const FOREIGN = 'http://evil.example';

describe('with HALLWAY_TOKEN', () => {
  let app: App;
  before(async () => {
    app = await startApp({ HALLWAY_TOKEN: TOKEN });
  });
  after(() => app.end());
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET', body?: string) =>
    fetch(app.address + path, { method, headers, ...(body !== undefined && { body }) });
  const bearer = { authorization: `Bearer ${TOKEN}` };
  const enter = (token: string, headers: Record<string, string> = {}) =>
    ask('/v1/session', headers, 'POST', JSON.stringify({ token }));
  const cookieOf = (reply: Response) => reply.headers.get('set-cookie')!.split(';')[0]!;

  it('everything but probes, pages and the door itself is 401 as a problem, and says how to ask', async () => {
    const closed = ['/v1/observations', '/v1/venue', '/v1/live', '/v1/session', '/v1/demo', '/metrics', '/docs/'];
    for (const path of [...closed, '/docs', '/openapi.json', '/docs/static/index.html', '/v1/%76enue']) {
      const reply = await ask(path);
      assert.equal(reply.status, 401, path);
      assert.equal(reply.headers.get('www-authenticate'), 'Bearer');
      assert.match(reply.headers.get('content-type')!, /problem\+json/);
      assert.match(await reply.text(), /expected a token/);
    }
    assert.equal((await ask('/v1/observations', {}, 'POST', '{}')).status, 401);
    assert.equal((await ask('/v1/nothing', {}, 'POST', '{}')).status, 401);
    for (const path of ['/healthz', '/readyz', '/', '/index.html', '/in.html'])
      assert.equal((await ask(path)).status, 200, path);
  });

  it('a Bearer token opens, from any Host and Origin; so does what service.json says', async () => {
    for (const path of ['/v1/venue', '/metrics', '/openapi.json', '/docs/'])
      assert.equal((await ask(path, bearer)).status, 200, path);
    const body = '{"gateway":"pi-1","badge":"a","rssi":-60}';
    assert.equal((await ask('/v1/observations', { ...bearer, origin: FOREIGN }, 'POST', body)).status, 200);
    const { token } = JSON.parse(readFileSync(join(app.dataDir, 'service.json'), 'utf8'));
    assert.equal((await ask('/v1/venue', { authorization: `Bearer ${token}` })).status, 200);
    assert.equal(await statusAt('hallway.example', bearer), 200);
    assert.equal(await statusAt('hallway.example', {}), 401);
  });

  it('a wrong token is 401, slowly, and leaves the right one alone', async () => {
    const began = performance.now();
    const wrong = await ask('/v1/venue', { authorization: `Bearer ${TOKEN}x` });
    assert.equal(wrong.status, 401);
    assert.equal(wrong.headers.get('www-authenticate'), 'Bearer error="invalid_token"');
    assert.ok(performance.now() - began > 900, `it took ${performance.now() - began} ms`);
    assert.equal((await ask('/v1/venue', bearer)).status, 200);
  });

  it('POST /v1/session trades the token for a cookie that opens, SSE too, and that no script can read', async () => {
    const reply = await enter(TOKEN);
    assert.equal(reply.status, 200);
    const set = reply.headers.get('set-cookie')!;
    for (const part of [/^hallway=/, /; HttpOnly/, /; SameSite=Strict/, /; Path=\/(;|$)/, /; Expires=/])
      assert.match(set, part);
    assert.ok(!/Secure/.test(set), set);
    assert.ok(!set.includes(TOKEN), set);
    const { expires } = (await reply.json()) as { expires: number };
    assert.ok(Math.abs(expires - Date.now() - 30 * DAY_MS) < 60_000, String(expires));
    const cookie = cookieOf(reply);
    assert.equal((await ask('/v1/venue', { cookie })).status, 200);
    assert.deepEqual(await (await ask('/v1/session', { cookie })).json(), {
      tokens: true,
      expires,
      scope: 'admin',
      name: 'HALLWAY_TOKEN',
    });
    const leaving = new AbortController();
    const live = await fetch(`${app.address}/v1/live`, { headers: { cookie }, signal: leaving.signal });
    assert.deepEqual([live.status, live.headers.get('content-type')], [200, 'text/event-stream; charset=utf-8']);
    leaving.abort();
  });

  it('the cookie is Secure where the request came by https', async () => {
    const reply = await enter(TOKEN, { 'x-forwarded-proto': 'https' });
    assert.match(reply.headers.get('set-cookie')!, /; Secure/);
  });

  it('DELETE /v1/session takes the cookie back', async () => {
    const cookie = cookieOf(await enter(TOKEN));
    const reply = await ask('/v1/session', { cookie }, 'DELETE');
    assert.equal(reply.status, 204);
    assert.match(reply.headers.get('set-cookie')!, /^hallway=;.*Expires=Thu, 01 Jan 1970/);
  });

  it('a cookie that was changed, and what is no token, open nothing and set nothing', async () => {
    const cookie = cookieOf(await enter(TOKEN));
    for (const changed of [cookie.replace(/=./, '=9'), `${cookie}x`, 'hallway=', `hallway=${TOKEN}`])
      assert.equal((await ask('/v1/venue', { cookie: changed })).status, 401, changed);
    assert.equal((await ask('/v1/venue', { cookie, authorization: 'Bearer wrong' })).status, 401);
    for (const body of ['', 'token', 'null', '{}', '{"token":1}', `${TOKEN}`]) {
      const reply = await ask('/v1/session', {}, 'POST', body);
      assert.equal(reply.status, 400, body);
      assert.ok(!(await reply.text()).includes(TOKEN), 'what was sent is not quoted');
    }
    const wrong = await enter(`${TOKEN}x`);
    assert.equal(wrong.status, 401);
    assert.equal(wrong.headers.get('set-cookie'), null);
    assert.equal((await enter('x'.repeat(5000))).status, 413);
  });

  it('another origin may not change anything with a cookie', async () => {
    const own = new URL(app.address).host;
    const cookie = cookieOf(await enter(TOKEN));
    const post = (origin: string) =>
      ask('/v1/observations', { cookie, origin }, 'POST', '{"gateway":"pi-1","badge":"a","rssi":-60}');
    for (const origin of [FOREIGN, 'null', `http://${own}.evil.example`])
      assert.equal((await post(origin)).status, 403, origin);
    for (const origin of [`http://${own}`, `https://${own}`]) assert.equal((await post(origin)).status, 200, origin);
    assert.equal((await ask('/v1/venue', { cookie, origin: FOREIGN })).status, 200);
    assert.equal((await enter(TOKEN, { origin: FOREIGN })).status, 403);
    assert.equal((await ask('/v1/session', { cookie, origin: FOREIGN }, 'DELETE')).status, 403);
  });

  it('GET /openapi.json names both ways in, and what needs neither', async () => {
    const openapi = (await (await ask('/openapi.json', bearer)).json()) as {
      components: { securitySchemes: Record<string, { type: string; name?: string }> };
      security: object[];
      paths: Record<string, Record<string, { security?: object[] }>>;
    };
    const { token, session } = openapi.components.securitySchemes;
    assert.deepEqual([token!.type, session!.type, session!.name], ['http', 'apiKey', 'hallway']);
    assert.deepEqual(openapi.security, [{ token: [] }, { session: [] }]);
    const open = Object.entries(openapi.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security }]) =>
        security?.length === 0 ? [`${method} ${path}`] : [],
      ),
    );
    assert.deepEqual(open.sort(), ['get /healthz', 'get /readyz', 'get /v1/sign-in', 'post /v1/session']);
    assert.match(JSON.stringify(openapi.paths['/v1/session']!.post), /"token"/);
  });

  /** The answer to another Host, which `fetch` cannot send. */
  const statusAt = (host: string, headers: Record<string, string>) =>
    new Promise<number>((resolve) => {
      const asked = request(`${app.address}/v1/venue`, { headers: { ...headers, host } }, (reply) => {
        reply.resume();
        resolve(reply.statusCode!);
      });
      asked.end();
    });
});

describe('without HALLWAY_TOKEN', () => {
  it('nobody needs a session, and a page is told so', async () => {
    const app = await startApp();
    const reply = await fetch(`${app.address}/v1/session`);
    assert.deepEqual(await reply.json(), { tokens: false, expires: null, scope: 'admin', name: null });
    const openapi = (await (await fetch(`${app.address}/openapi.json`)).json()) as { security: object[] };
    assert.deepEqual(openapi.security[0], {}, 'nothing is needed');
    await app.end();
  });
});

describe('door', () => {
  const doorOf = (secret: string, now: () => number, wait?: typeof sleep) => {
    const ledger = memoryLedger(now);
    const own = [{ id: 'HALLWAY_TOKEN', name: 'HALLWAY_TOKEN', secret }];
    return createDoor({ own, isShut: true, key: secret, ledger: () => ledger, now, ...(wait && { wait }) });
  };

  it('a session ends after 30 days, with another token, and not before', async () => {
    let now = Date.UTC(2026, 10, 3);
    const door = doorOf(TOKEN, () => now);
    const { cookie, expires } = await door.admit(await door.check(TOKEN));
    assert.equal(expires, now + 30 * DAY_MS);
    assert.equal((await doorOf(TOKEN, () => now).sessionOf(cookie))?.expires, expires, 'a restart ends no session');
    assert.equal(await doorOf(`${TOKEN}x`, () => now).sessionOf(cookie), null);
    now = expires - 1;
    assert.equal((await door.sessionOf(cookie))?.expires, expires);
    now = expires;
    assert.equal(await door.sessionOf(cookie), null);
    assert.equal(await door.sessionOf(undefined), null);
  });

  it('at most 100 wrong tokens wait at once, the others are told to come again; a good one is let in meanwhile', async () => {
    const waiting: (() => void)[] = [];
    const wait = () => new Promise<void>((resolve) => waiting.push(resolve));
    const door = doorOf(TOKEN, Date.now, wait as never);
    const guesses = Array.from({ length: 100 }, (_, n) =>
      door.check(`guess-${n}`).catch((error) => error.problem.status),
    );
    while (waiting.length < 100) await sleep(1);
    await assert.rejects(door.check('one more'), { message: /fewer wrong tokens/ });
    assert.equal((await door.check(TOKEN)).scope, 'admin');
    for (const end of waiting) end();
    assert.deepEqual(new Set(await Promise.all(guesses)), new Set([401]));
    assert.equal((await door.check(TOKEN)).scope, 'admin');
  });
});
