import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, it, mock } from 'node:test';
import { connect } from 'node:tls';
import { connectAsync } from 'mqtt';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { makeToken } from '../../services/ledger/tokens.ts';
import { Misconfigured, readConfig } from '../../services/settings/config.ts';
import { selfSigned } from '../certificate.ts';
import { newFolder, remove } from '../service.ts';
import { type App, startApp } from './app.ts';

const TOKEN = 'a-token-of-this-house';

describe('TLS by files', () => {
  const folder = newFolder();
  let app: App;
  let pem: { cert: string; key: string };
  before(async () => {
    // It is looked for a new certificate once a minute.
    mock.timers.enable({ apis: ['setInterval'] });
    pem = selfSigned(folder);
    app = await startApp({
      ...{ TLS_CERT: pem.cert, TLS_KEY: pem.key, HALLWAY_TOKEN: TOKEN },
      ...{ SOURCE: 'inbox,mqtt', MQTT_PORT: '0' },
    });
  });
  after(async () => {
    await app.end();
    mock.timers.reset();
    remove(folder);
  });
  const ask = (path: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
      get(new URL(path, app.address), { headers, rejectUnauthorized: false }, (reply) => {
        reply.resume();
        resolve({ status: reply.statusCode!, headers: reply.headers });
      }).on('error', reject);
    });

  it('HTTPS is spoken, says so for a year, and plain HTTP is not', async () => {
    assert.match(app.address, /^https:/);
    const reply = await ask('/v1/venue', { authorization: `Bearer ${TOKEN}` });
    assert.equal(reply.status, 200);
    assert.equal(reply.headers['strict-transport-security'], 'max-age=31536000');
    assert.equal((await ask('/v1/venue')).status, 401);
    await assert.rejects(fetch(app.address.replace('https', 'http')));
  });

  it('so does the MQTT broker', async () => {
    assert.match(app.mqtt!, /^mqtts:/);
    const options = { clientId: 'pi-1', username: 'pi-1', password: TOKEN, rejectUnauthorized: false };
    await (await connectAsync(app.mqtt!, { ...options, reconnectPeriod: 0 })).endAsync();
  });

  it('commands on this machine need no name in the certificate', async () => {
    const { findService } = await import('../../services/settings/service-file.ts');
    const service = await findService(app.dataDir);
    assert.match(service!.address, /^http:\/\/127\.0\.0\.1:/);
    const headers = { authorization: `Bearer ${service!.token}` };
    assert.equal((await fetch(`${service!.address}/v1/venue`, { headers })).status, 200);
    assert.equal((await fetch(`${service!.address}/v1/venue`)).status, 401);
  });

  it('a certificate that was renewed is taken without a restart, by HTTPS and by MQTT', async () => {
    const serialOf = (address: string) =>
      new Promise<string>((resolve, reject) => {
        const { hostname: host, port } = new URL(address);
        const socket = connect({ host, port: Number(port), rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.destroy();
        }).on('error', reject);
      });
    const serials = () => Promise.all([app.address, app.mqtt!].map(serialOf));
    const [before] = await serials();
    const other = selfSigned(join(folder, 'other'));
    copyFileSync(other.cert, pem.cert);
    mock.timers.tick(60_000);
    assert.deepEqual(await serials(), [before, before], 'half of it is not taken');
    copyFileSync(other.key, pem.key);
    mock.timers.tick(60_000);
    const [after, ...others] = await serials();
    assert.notEqual(after, before);
    assert.deepEqual(others, [after]);
    const options = { clientId: 'pi-1', username: 'pi-1', password: TOKEN, rejectUnauthorized: false };
    await (await connectAsync(app.mqtt!, { ...options, reconnectPeriod: 0 })).endAsync();
  });

  it('files that are none, or do not fit each other, are refused with a sentence that has no key in it', () => {
    const other = selfSigned(join(folder, 'third'));
    for (const [TLS_CERT, TLS_KEY] of [
      [pem.cert, join(folder, 'none.pem')],
      [pem.cert, pem.cert],
      [pem.cert, other.key],
    ])
      assert.throws(
        () => readConfig({ TLS_CERT: TLS_CERT!, TLS_KEY: TLS_KEY! }),
        (error: Error) =>
          error instanceof Misconfigured && /^TLS_CERT, TLS_KEY: /.test(error.message) && !/BEGIN/.test(error.message),
      );
    assert.throws(() => readConfig({ TLS_CERT: pem.cert }), /TLS_KEY: expected one beside TLS_CERT/);
  });
});

describe('limits', () => {
  it('a token of the public asks 600 times a minute, then 429 with Retry-After; an admin is not bounded', async () => {
    const app = await startApp({ HALLWAY_TOKEN: TOKEN });
    try {
      const ask = (path: string, token: string, more: RequestInit = {}) =>
        fetch(app.address + path, { ...more, headers: { authorization: `Bearer ${token}` } });
      const body = JSON.stringify({ name: 'Many', scope: 'public' });
      const { token } = (await (await ask('/v1/tokens', TOKEN, { method: 'POST', body })).json()) as { token: string };
      const statuses: number[] = [];
      let last: Response | null = null;
      for (let n = 0; n < 610; n++) {
        last = await ask('/v1/session', token);
        statuses.push(last.status);
        await last.arrayBuffer().catch(() => undefined);
      }
      assert.deepEqual([statuses.filter((status) => status === 200).length, statuses.at(-1)], [600, 429]);
      assert.ok(Number(last!.headers.get('retry-after')) > 0);
      assert.match(last!.headers.get('content-type')!, /problem\+json/);
      assert.equal((await ask('/v1/session', TOKEN)).status, 200);
    } finally {
      await app.end();
    }
  });
});

it('the address of who asks is the proxy’s own, unless PROXIES believes what it says', async () => {
  const audited = async (env: Record<string, string>) => {
    const app = await startApp({ HALLWAY_TOKEN: TOKEN, ...env });
    const headers = { authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '203.0.113.7' };
    const body = JSON.stringify({ name: 'x', scope: 'viewer' });
    await fetch(`${app.address}/v1/tokens`, { method: 'POST', headers, body });
    const reply = (await (await fetch(`${app.address}/v1/audit`, { headers })).json()) as { rows: { who: string }[] };
    await app.end();
    return reply.rows[0]!.who;
  };
  assert.match(await audited({}), /from 127\.0\.0\.1$/);
  assert.match(await audited({ PROXIES: '127.0.0.0/8' }), /from 203\.0\.113\.7$/);
  assert.match(await audited({ PROXIES: '10.0.0.1' }), /from 127\.0\.0\.1$/);
});

it('a ledger that makes a token tells its secret once', async () => {
  const ledger = memoryLedger();
  const order = { name: 'x', scope: 'viewer' as const, gateway: null, expires: null };
  const { token } = await makeToken(ledger, order, 'a test');
  const kept = JSON.stringify(await ledger.list('', { history: true }));
  assert.ok(!kept.includes(token.split('_').slice(2).join('_')));
});
