import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FORMATS } from '../../services/formats/formats.ts';
import { mayAs, type Scope, TOKEN_SCOPES, type TokenScope } from '../../services/model/scope.ts';
import { LEAST } from '../../services/serve/least.ts';
import { soon } from '../ledger/contract.ts';
import { newFolder } from '../service.ts';
import { type App, startApp } from './app.ts';
import { addressOf, EXPECTED, PIVOTS, unrounded, ZONE } from './expected-least.ts';
import { textOf } from './shown.ts';
import { keepStuck } from './stuck.ts';

const VENUE = {
  zone: ZONE,
  rooms: [{ id: 'hall', capacity: 50 }, { id: 'bar' }],
  gateways: [
    { id: 'pi-1', room: 'hall' },
    { id: 'pi-2', room: 'bar' },
  ],
};
type Route = { method: string; path: string; least: Scope | null };

describe('scopes', () => {
  let app: App;
  let tokens: Record<TokenScope, string>;
  let badges: string[];
  before(async () => {
    const dataDir = newFolder();
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    app = await startApp({ DATA_DIR: dataDir, MIN_COUNT: '5' });
    const made = async (scope: TokenScope, admin?: string): Promise<string> => {
      const body = { name: `a ${scope}`, scope, ...(scope === 'gateway' && { gateway: 'pi-1' }) };
      const headers = admin ? { authorization: `Bearer ${admin}` } : undefined;
      const init = { method: 'POST', body: JSON.stringify(body), ...(headers && { headers }) };
      return ((await (await fetch(`${app.address}/v1/tokens`, init)).json()) as { token: string }).token;
    };
    const admin = await made('admin');
    const others = TOKEN_SCOPES.filter((scope) => scope !== 'admin');
    const texts = await Promise.all(others.map(async (scope) => [scope, await made(scope, admin)] as const));
    tokens = { ...Object.fromEntries(texts), admin } as Record<TokenScope, string>;
    const people = Array.from({ length: 12 }, (_, n) => `c0:ff:ee:00:00:${String(n + 10)}`);
    for (let s = 0; s < 3; s++) {
      const lines = people.map((badge, n) => ({
        gateway: n < 9 ? 'pi-1' : 'pi-2',
        badge,
        rssi: -50,
        temperature: 24,
        claps: 3,
      }));
      await ask('POST', '/v1/observations', admin, { body: lines.map((line) => JSON.stringify(line)).join('\n') });
      await sleep(1000);
    }
    const { rows } = (await (await ask('GET', '/v1/observations?kind=sighting', admin)).json()) as {
      rows: { badge: string }[];
    };
    badges = [...new Set(rows.map(({ badge }) => badge))];
    assert.equal(badges.length, people.length);
    await keepStuck(join(dataDir, 'main'), VENUE.zone, badges[0]!);
  });
  after(() => app.end());

  const ask = (method: string, path: string, token: string | null, more: { accept?: string; body?: string } = {}) =>
    fetch(app.address + path, {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(more.accept && { accept: more.accept }) },
      ...(more.body !== undefined && { body: more.body }),
    });

  /** Every route that the document names, with the least that may ask it; null: anybody. */
  async function routes(): Promise<Route[]> {
    const openapi = (await (await ask('GET', '/openapi.json', tokens.admin)).json()) as {
      paths: Record<string, Record<string, { security?: object[] }>>;
    };
    return Object.entries(openapi.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]): Route => {
        const named = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
        return {
          method: method.toUpperCase(),
          path,
          least: security?.length === 0 ? null : (EXPECTED[named] ?? 'admin'),
        };
      }),
    );
  }
  /** Those that answer until somebody leaves. */
  const isStream = (path: string) => path === '/v1/live';

  it('the table of the service is the one that is written down here', () => assert.deepEqual(LEAST, EXPECTED));

  it('each route lets in who may ask it, and nobody else: 401 without a token, 403 below its scope', async () => {
    const all = await routes();
    assert.ok(all.length > 60, `${all.length} routes`);
    for (const { method, path, least } of all.filter((route) => !isStream(route.path))) {
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{' };
      const to = (token: string | null) => ask(method, addressOf(path), token, body);
      const words = `${method} ${path}`;
      if (least === null) {
        assert.ok(![401, 403].includes((await to(null)).status) || path === '/v1/session', words);
        continue;
      }
      assert.equal((await to(null)).status, 401, words);
      for (const scope of TOKEN_SCOPES) {
        const isLet: boolean = mayAs(scope, least) || (scope === 'gateway' && words === 'POST /v1/observations');
        const reply = await to(tokens[scope]);
        const text = await reply.text();
        assert.equal(reply.status === 403, !isLet, `${words} as ${scope}: ${reply.status} ${text.slice(0, 200)}`);
        assert.ok(
          reply.status < 500 || reply.status === 503,
          `${words} as ${scope}: ${reply.status} ${text.slice(0, 200)}`,
        );
        if (!mayAs(scope, 'analyst')) hasNoBadge(Buffer.from(text), `${words} as ${scope}`);
      }
    }
  });

  it('below analyst no route names a badge, in any format', async () => {
    const all = (await routes()).filter(({ method, path }) => method === 'GET' && !isStream(path));
    for (const scope of ['public', 'screen', 'viewer'] as const)
      for (const { path } of all.filter(({ least }) => least !== null && mayAs(scope, least)))
        for (const accept of Object.keys(FORMATS))
          for (const asked of PIVOTS[path] ?? [addressOf(path)]) {
            const reply = await ask('GET', asked, tokens[scope], { accept });
            const bytes = Buffer.from(await reply.arrayBuffer());
            const shown = reply.ok ? await textOf(bytes, reply.headers.get('content-type') ?? '') : bytes;
            hasNoBadge(shown, `GET ${asked} as ${scope} in ${accept}`);
          }
  });

  it('the public and screens get no number of people that was not rounded, by any route', async () => {
    const asked = (await routes()).filter(
      ({ method, path, least }) => method === 'GET' && least !== null && mayAs('screen', least) && !isStream(path),
    );
    const second = new Date(Date.now() - 1000).toISOString();
    const more = ['/v1/frames?step=all', '/v1/frames?step=1m', `/v1/heatmap?at=${second}`, '/v1/replay?step=1m'];
    let numbers = 0;
    for (const path of [...asked.map(({ path }) => addressOf(path)), ...more].filter(
      (one) => !/docs|openapi/.test(one),
    ))
      for (const scope of ['public', 'screen'] as const) {
        const reply = await ask('GET', path, tokens[scope]);
        const text = await reply.text();
        if (!reply.ok || !/json/.test(reply.headers.get('content-type') ?? '')) continue;
        assert.deepEqual(unrounded(JSON.parse(text), 5), [], `GET ${path} as ${scope}`);
        numbers += 1;
      }
    assert.ok(numbers > 15, `${numbers} answers`);
    assert.ok(unrounded(await (await ask('GET', '/v1/status', tokens.viewer)).json(), 5).length > 0);
  });

  it('that a badge is stuck is told to all who may read anomalies, and which one to those who may read badges', async () => {
    const about = async (path: string, scope: TokenScope) => {
      const { rows } = (await (await ask('GET', path, tokens[scope])).json()) as { rows: { sentence: string }[] };
      return rows.map(({ sentence }) => sentence).filter((sentence) => sentence?.includes('9 claps'));
    };
    // The analyst asks first, so that what is kept for one is asked for by the other.
    for (const path of ['/v1/anomalies?measure=badge', PIVOTS['/v1/pivot']![1]!]) {
      assert.deepEqual(await about(path, 'analyst'), [`Badge ${badges[0]} has said 9 claps.`], path);
      assert.deepEqual(await about(path, 'viewer'), ['A badge has said 9 claps.'], path);
      assert.deepEqual(await about(path, 'analyst'), [`Badge ${badges[0]} has said 9 claps.`], path);
    }
  });

  it('no filter, key, sort or measure brings one out', async () => {
    const hostile = [
      '/v1/frames?by=badge',
      '/v1/frames?badge=a',
      '/v1/frames?by=group',
      '/v1/frames?measures=badge',
      '/v1/heatmap?by=badge',
      '/v1/heatmap?sort=badge',
      '/v1/replay?badge=a',
      '/v1/tiles/frames/2026-11-03?by=badge',
      '/v1/venue?badge=a',
    ];
    for (const scope of ['public', 'screen'] as const)
      for (const path of hostile) {
        const reply = await ask('GET', path, tokens[scope]);
        assert.equal(reply.status, 400, path);
        hasNoBadge(Buffer.from(await reply.text()), path);
      }
    const pivots = [
      'rows=badge&measures=count',
      'columns=badge&measures=count',
      'rows=room&measures=listUnique(badge)',
      'rows=room&measures=first(badge)',
      'rows=room&measures=maximum(badge)',
      'rows=room&measures=count&filter=badge:in:x',
    ];
    for (const query of pivots)
      for (const path of ['/v1/pivot', '/v1/pivot/preflight', '/v1/pivot/records']) {
        const reply = await ask('GET', `${path}?dataset=presences&${query}`, tokens.viewer);
        const text = await reply.text();
        assert.ok([400, 403].includes(reply.status), `${path}?${query}: ${reply.status} ${text.slice(0, 100)}`);
        hasNoBadge(Buffer.from(text), query);
      }
    const counted = await ask(
      'GET',
      '/v1/pivot?dataset=presences&rows=room&measures=countUnique(badge)',
      tokens.viewer,
    );
    assert.equal(counted.status, 200);
  });

  it('the stream of the public has rounded counts of a minute that has ended, and no badge', async () => {
    const [shown, whole] = [await eventOf('screen', 'frame'), await eventOf('viewer', 'frame')];
    assert.equal(shown.rounded.to, 5);
    assert.ok(shown.rounded.minute + 60_000 <= shown.time + 1000);
    for (const { occupancy, parked, age, expected, low, high } of shown.rooms) {
      assert.ok(occupancy === null || occupancy % 5 === 0);
      assert.deepEqual([parked, age, expected, low, high], [null, null, null, null, null]);
    }
    assert.equal(whole.rounded, undefined);
    assert.equal(whole.rooms.find(({ room }: { room: string }) => room === 'hall').occupancy, 9);
    hasNoBadge(Buffer.from(JSON.stringify([shown, whole])), '/v1/live');
  });

  it('to the public nothing counts people, or tells it exactly: no counter of observations, no notice of a rule', async () => {
    const rule = { measure: 'occupancy', where: 'room:hall', above: 2, for: 0, notice: { kind: 'info' } };
    const put = await ask('PUT', '/v1/rules/three', tokens.admin, { body: JSON.stringify(rule) });
    assert.ok(put.ok, await put.text());
    const page = { kind: 'info', text: 'Lunch is late', targets: ['venue'] };
    assert.equal((await ask('POST', '/v1/notices', tokens.admin, { body: JSON.stringify(page) })).status, 201);
    const toldTo = async (scope: TokenScope) =>
      ((await (await ask('GET', '/v1/notices', tokens[scope])).json()) as { rows: { origin: string }[] }).rows.map(
        ({ origin }) => origin,
      );
    await soon(async () => (await toldTo('viewer')).includes('rule'));
    assert.deepEqual((await toldTo('viewer')).sort(), ['page', 'rule']);
    for (const scope of ['public', 'screen'] as const) {
      assert.deepEqual(await toldTo(scope), ['page']);
      const told = await eventOf(scope, 'notice');
      assert.deepEqual(
        told.notices.map(({ text }: { text: string }) => text),
        ['Lunch is late'],
      );
      const { own } = (await (await ask('GET', '/v1/demo', tokens[scope])).json()) as { own: number | null };
      assert.equal(own, null);
    }
    assert.deepEqual(Object.keys((await (await ask('GET', '/readyz', null)).json()) as object), ['ready', 'instance']);
  });

  it('a change of the venue changes nothing of it', async () => {
    const place = JSON.stringify({ room: 'bar', x: 1, y: 1 });
    const moved = await ask('POST', '/v1/gateways/pi-2/places', tokens.admin, { body: place });
    assert.equal(moved.status, 200, await moved.text());
    for (const scope of ['public', 'screen'] as const) {
      const map = (await (await ask('GET', '/v1/heatmap', tokens[scope])).json()) as { meta: { readFrom: string } };
      assert.equal(map.meta.readFrom, 'rounded minutes as seen');
      assert.equal((await ask('GET', '/v1/frames?step=1s', tokens[scope])).status, 400);
      const frame = await eventOf(scope, 'frame');
      assert.equal(frame.rounded.to, 5);
      for (const { occupancy } of frame.rooms) assert.ok(occupancy === null || occupancy % 5 === 0);
    }
    const second = new Date(Date.now() - 90_000).toISOString();
    const at = (await (await ask('GET', `/v1/heatmap?at=${second}`, tokens.public)).json()) as { rows: object[] };
    assert.equal(at.rows.length, 2, 'the minute that holds it');
  });

  it('each address of the replay answers the public, rounded; a finer step of it does not', async () => {
    for (const scope of ['public', 'screen'] as const) {
      const days = (await (await ask('GET', '/v1/replay', tokens[scope])).json()) as { rows: { address: string }[] };
      assert.ok(days.rows.length > 0);
      for (const { address } of days.rows) {
        const reply = await ask('GET', `/${address}`, tokens[scope]);
        const text = await reply.text();
        assert.equal(reply.status, 200, text.slice(0, 200));
        const { rows, meta } = JSON.parse(text) as { rows: Record<string, number>[]; meta: { rounded?: number } };
        for (const { present, frames, gateways } of rows) {
          assert.ok(!present || (present / frames!) % 5 === 0);
          assert.equal(gateways, null);
        }
        assert.equal(meta.rounded, 5);
        const finer = await ask('GET', `/${address.replace('step=60', 'step=1')}`, tokens[scope]);
        assert.equal(finer.status, 400);
      }
    }
    const whole = (await (await ask('GET', '/v1/replay', tokens.viewer)).json()) as { meta: { rounded?: number } };
    assert.equal(whole.meta.rounded, undefined);
  });

  it('a question about all time there could be is answered at once, from the first day that is known', async () => {
    for (const path of ['/v1/heatmap?', '/v1/frames?step=all&', '/v1/frames?step=day&', '/v1/replay?'])
      for (const year of ['0000', '1900', '2000'])
        assert.ok(
          [200, 400].includes((await ask('GET', `${path}from=${year}-01-01T00:00:00Z`, tokens.public)).status),
          `${path} ${year}`,
        );
    const all = await ask('GET', '/v1/presences?from=0000-01-01T00:00:00Z', tokens.analyst);
    assert.equal(all.status, 200);
  });

  /** The first event of a name that a stream has. */
  async function eventOf(scope: TokenScope, name: string) {
    const reply = await ask('GET', '/v1/live', tokens[scope]);
    let text = '';
    for await (const chunk of reply.body!) {
      text += Buffer.from(chunk).toString();
      const found = new RegExp(`event: ${name}\ndata: (.*)\n\n`).exec(text)?.[1];
      if (found) return JSON.parse(found);
    }
  }

  const hasNoBadge = (shown: Buffer, words: string) => {
    const text = shown.toString('latin1');
    for (const badge of badges) assert.ok(!text.includes(badge), `${words} names ${badge}`);
    assert.ok(!/c0:?ff:?ee/i.test(text), `${words} has an address`);
  };
});
