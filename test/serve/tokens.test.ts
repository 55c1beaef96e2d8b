import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import mqtt from 'mqtt';
import type { Token } from '../../services/model/token.ts';
import { hallway } from '../cli/hallway.ts';
import { newFolder, notBuilt, remove } from '../service.ts';
import { type App, startApp } from './app.ts';

type Told = { token: string; row: Token };
const sighting = (gateway: string, badge: string) => `{"gateway":"${gateway}","badge":"${badge}","rssi":-60}`;

describe('tokens', () => {
  let app: App;
  let admin: string;
  before(async () => {
    app = await startApp({ SOURCE: 'inbox,mqtt', MQTT_PORT: '0' });
  });
  after(() => app.end());
  const ask = (path: string, token: string | null, method = 'GET', body?: unknown) =>
    fetch(app.address + path, {
      method,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const make = async (body: object, token: string | null = admin ?? null): Promise<Told> => {
    const reply = await ask('/v1/tokens', token, 'POST', body);
    assert.equal(reply.status, 200, await reply.clone().text());
    return (await reply.json()) as Told;
  };

  it('a screen may be let in without shutting this machine out; an admin’s token shuts the door', async () => {
    const screen = await make({ name: 'Foyer', scope: 'screen' }, null);
    assert.equal((await ask('/v1/venue', null)).status, 200, 'nobody needs a token yet');
    assert.equal((await ask('/v1/observations', screen.token)).status, 403, 'who comes with one has what it may');
    assert.equal((await ask('/v1/venue', `${screen.token.slice(0, -1)}_`)).status, 401);
    ({ token: admin } = await make({ name: 'Ada', scope: 'admin' }, null));
    assert.equal((await ask('/v1/venue', null)).status, 401);
    assert.equal((await ask('/v1/observations', admin)).status, 200);
    assert.equal((await ask('/v1/venue', screen.token)).status, 200);
  });

  it('a list tells no secret, who made each, and whether it was used', async () => {
    const { token } = await make({ name: 'Read', scope: 'viewer', expires: Date.now() + 60_000 });
    const { rows } = (await (await ask('/v1/tokens', admin)).json()) as { rows: Token[] };
    assert.deepEqual(
      rows.map(({ name, scope, state }) => [name, scope, state]),
      [
        ['Read', 'viewer', 'good'],
        ['Ada', 'admin', 'good'],
        ['Foyer', 'screen', 'good'],
      ],
    );
    assert.match(rows[0]!.by, /^Ada \([a-z2-7]{8}\), from /);
    assert.equal(rows[2]!.by, 'this machine');
    assert.ok(rows[1]!.used! > Date.now() - 60_000 && rows[0]!.used === null);
    const kept = readFileSync(join(app.dataDir, 'main', 'ledger'), 'latin1');
    for (const secret of [token, admin].map((text) => text.split('_').slice(2).join('_'))) {
      assert.ok(!kept.includes(secret), 'the ledger holds a hash alone');
      assert.ok(!JSON.stringify(rows).includes(secret));
    }
  });

  it('a rotation gives another secret, the old one opens as long as was said, its sessions too', async () => {
    const first = await make({ name: 'Turn', scope: 'viewer' });
    const entered = await ask('/v1/session', null, 'POST', { token: first.token });
    const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
    const inSession = async () => (await fetch(`${app.address}/v1/venue`, { headers: { cookie } })).status;
    const path = `/v1/tokens/${first.row.id}/rotations`;
    const second = (await (await ask(path, admin, 'POST', { hours: 1 })).json()) as Told;
    for (const { token } of [first, second]) assert.equal((await ask('/v1/venue', token)).status, 200);
    assert.equal(await inSession(), 200);
    const third = (await (await ask(path, admin, 'POST', { hours: 0 })).json()) as Told;
    assert.equal((await ask('/v1/venue', third.token)).status, 200);
    for (const { token } of [first, second]) assert.equal((await ask('/v1/venue', token)).status, 401);
    assert.equal(await inSession(), 401);
    assert.equal((await ask(path, admin, 'POST', { hours: 721 })).status, 400);
  });

  it('one that is taken back or has expired opens nothing: no request, no session, no stream that is open', async () => {
    const { token, row } = await make({ name: 'Gone', scope: 'public' });
    const brief = await make({ name: 'Brief', scope: 'public', expires: Date.now() + 3000 });
    const entered = await ask('/v1/session', null, 'POST', { token });
    const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
    const live = await fetch(`${app.address}/v1/live`, { headers: { cookie } });
    assert.equal(live.status, 200);
    assert.equal((await ask(`/v1/tokens/${row.id}`, admin, 'DELETE')).status, 200);
    assert.equal((await ask('/v1/venue', token)).status, 401);
    assert.equal((await fetch(`${app.address}/v1/venue`, { headers: { cookie } })).status, 401);
    for await (const _ of live.body!);
    while (Date.now() <= brief.row.expires!) await new Promise((done) => setTimeout(done, 50));
    assert.equal((await ask('/v1/venue', brief.token)).status, 401);
    assert.equal((await ask(`/v1/tokens/${row.id}/rotations`, admin, 'POST', {})).status, 404);
  });

  it('what cannot be a token is refused with every fault', async () => {
    const faulty: [object, string][] = [
      [{ name: '', scope: 'admin' }, '/name'],
      [{ name: 'x', scope: 'king' }, '/scope'],
      [{ name: 'x', scope: 'viewer', gateway: 'pi-1' }, '/gateway'],
      [{ name: 'x', scope: 'gateway' }, '/gateway'],
      [{ name: 'x', scope: 'viewer', expires: 1 }, '/expires'],
      [{ name: 'x', scope: 'viewer', expires: 'soon' }, '/expires'],
    ];
    for (const [body, pointer] of faulty) {
      const reply = await ask('/v1/tokens', admin, 'POST', body);
      assert.equal(reply.status, 400, JSON.stringify(body));
      const { errors } = (await reply.json()) as { errors: { pointer: string }[] };
      assert.ok(
        errors.some((error) => error.pointer === pointer),
        JSON.stringify(errors),
      );
    }
  });

  it('a gateway speaks for itself alone, over HTTP and MQTT, and reads nothing', async () => {
    const { token } = await make({ name: 'Pi 1', scope: 'gateway', gateway: 'pi-1' });
    const sent = await ask('/v1/observations', token, 'POST', `${sighting('pi-1', 'a')}\n${sighting('pi-2', 'b')}`);
    const told = (await sent.json()) as { stored: number; rejects: { reasons: object[] }[] };
    assert.equal(told.stored, 1);
    assert.deepEqual(told.rejects[0]!.reasons, [
      { pointer: '/gateway', expected: 'pi-1, as its token says', found: 'pi-2' },
    ]);
    for (const path of ['/v1/observations', '/v1/venue', '/v1/live', '/metrics', '/openapi.json', '/v1/session'])
      assert.equal((await ask(path, token)).status, 403, path);
    assert.equal((await ask('/v1/loads', token, 'POST', sighting('pi-2', 'b'))).status, 403);
    assert.equal((await ask('/v1/session', null, 'POST', { token })).status, 403);
    await publish('pi-1', token, sighting('pi-1', 'm'));
    await assert.rejects(publish('pi-2', token, sighting('pi-2', 'm')), /Not authorized|Bad user/i);
    await assert.rejects(publish('pi-1', undefined, sighting('pi-1', 'm')), /Not authorized|Bad user/i);
    const { rows } = (await (await ask('/v1/observations', admin)).json()) as { rows: { gateway: string }[] };
    assert.deepEqual(
      rows.map(({ gateway }) => gateway),
      ['pi-1', 'pi-1'],
    );
  });

  const publish = async (clientId: string, password: string | undefined, body: string) => {
    const options = { clientId, reconnectPeriod: 0, ...(password && { username: clientId, password }) };
    const client = await mqtt.connectAsync(app.mqtt!, options);
    try {
      await client.publishAsync(`hallway/${clientId}/observations`, body, { qos: 1 });
    } finally {
      await client.endAsync(true);
    }
  };

  it('what was done stands in the audit, by name', async () => {
    const { rows } = (await (await ask('/v1/audit', admin)).json()) as { rows: { did: string; who: string }[] };
    const made = rows.filter(({ did }) => did === 'made a token');
    assert.ok(made.some(({ who }) => who === 'this machine') && made.some(({ who }) => who.startsWith('Ada (')));
    assert.ok(rows.some(({ did }) => did === 'took a token back'));
  });

  it('the last admin’s that is taken back opens the door to this machine again', async () => {
    const { rows } = (await (await ask('/v1/tokens', admin)).json()) as { rows: Token[] };
    const { id } = rows.find(({ scope }) => scope === 'admin')!;
    assert.equal((await ask(`/v1/tokens/${id}`, admin, 'DELETE')).status, 200);
    assert.equal((await ask('/v1/venue', null)).status, 200);
  });
});

describe('hallway token', { skip: notBuilt }, () => {
  it('makes one in the folder before the first start, which may then listen anywhere; and asks the service while it runs', async () => {
    const dataDir = newFolder();
    const env = { DATA_DIR: dataDir };
    const first = await hallway(['token', 'create', 'Ada', '--expires=2d'], env);
    assert.deepEqual([first.code, /^hallway_[a-z2-7]{8}_[\w-]{43}\n$/.test(first.stdout)], [0, true], first.stderr);
    const app = await startApp({ ...env, HOST: '0.0.0.0' });
    try {
      const address = app.address.replace('0.0.0.0', '127.0.0.1');
      assert.equal((await fetch(`${address}/v1/venue`)).status, 401);
      const headers = { authorization: `Bearer ${first.stdout.trim()}` };
      assert.equal((await fetch(`${address}/v1/venue`, { headers })).status, 200);
      const second = await hallway(['token', 'create', 'Foyer', '--scope=screen'], env);
      assert.match(second.stderr, /Open http:\S+\/tv\.html#token=hallway_/);
      const listed = await hallway(['token', 'list'], env);
      assert.match(listed.stdout, /Foyer +screen +good/);
      const id = /hallway_(\w{8})_/.exec(second.stdout)![1]!;
      assert.equal((await hallway(['token', 'revoke', id], env)).code, 0);
      assert.match((await hallway(['token', 'list'], env)).stdout, /Foyer +screen +revoked/);
      assert.equal((await hallway(['token', 'rotate', id], env)).code, 1);
    } finally {
      await app.stop();
    }
    for (const args of [
      ['create'],
      ['make'],
      ['create', 'x', '--scope=king'],
      ['create', 'x', '--expires=soon'],
      ['revoke'],
    ])
      assert.equal((await hallway(['token', ...args], env)).code, 2, args.join(' '));
    remove(dataDir);
  });
});
