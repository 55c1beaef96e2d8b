import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Provider } from 'oidc-provider';
import { checkServers } from '../../services/cli/check/servers.ts';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { admitPerson, dropPerson, hasAdmin, readTokens } from '../../services/ledger/tokens.ts';
import { createDoor } from '../../services/serve/door.ts';
import { lookAtSettings, readConfig } from '../../services/settings/config.ts';
import { type App, startApp } from './app.ts';

/** Where people open the pages; what is asked there is asked of the app. */
const PAGES = 'https://hallway.example.org/inside';
const GROUPS: Record<string, string[] | string> = { ada: ['staff', 'ops'], bob: 'staff', eve: ['guests'] };
const HOUR_MS = 3_600_000;

/** A real provider, in which anybody is who they say they are; it listens once it is told to. */
async function createReal(): Promise<{ issuer: string; server: Server; begin(): Promise<unknown> }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  await new Promise((resolve) => server.close(resolve));
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'hallway',
        client_secret: 'a secret of the house',
        redirect_uris: [`${PAGES}/v1/sign-in/back`],
      },
    ],
    claims: { openid: ['sub'], email: ['email'], groups: ['groups'] },
    pkce: { required: () => true },
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, email: `${accountId}@example.org`, groups: GROUPS[accountId] }),
    }),
  });
  server.on('request', provider.callback());
  const begin = () => once(server.listen(port, '127.0.0.1'), 'listening');
  return { issuer, server, begin };
}

/** A browser: it keeps cookies by host, and follows nothing by itself. */
function createBrowser(app: () => App) {
  const jars = new Map<string, Map<string, string>>();
  return async (address: string, init: RequestInit = {}) => {
    const url = new URL(address.replace(PAGES, app().address));
    const jar = jars.get(url.host) ?? new Map<string, string>();
    jars.set(url.host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await fetch(url, { ...init, redirect: 'manual', headers: { cookie, ...init.headers } });
    for (const set of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '' || /Expires=Thu, 01 Jan 1970/i.test(set)) jar.delete(name);
      else jar.set(name, value);
    }
    return reply;
  };
}
type Browser = ReturnType<typeof createBrowser>;

/** Follows a browser to where nobody sends it on; at the provider it says who it is. Resolves to where it came to. */
async function signIn(browse: Browser, who: string, from = `${PAGES}/v1/sign-in/begin?to=panel.html%3Forder%3Dname`) {
  let [address, init]: [string, RequestInit] = [from, {}];
  for (let step = 0; step < 20; step++) {
    const reply = await browse(address, init);
    const next = reply.headers.get('location');
    if (next?.startsWith(PAGES) && !next.includes('/v1/')) return next;
    if (next) [address, init] = [new URL(next, address).href, {}];
    else {
      const asked = /action="([^"]+)"[\s\S]*?name="prompt" value="(\w+)"/.exec(await reply.text());
      assert.ok(asked, `a form of the provider at ${address}`);
      const form = new URLSearchParams({ prompt: asked[2]!, login: who, password: 'any' });
      [address, init] = [new URL(asked[1]!, address).href, { method: 'POST', body: form }];
    }
  }
  throw new Error('expected an end');
}

describe('signing in', () => {
  let provider: Awaited<ReturnType<typeof createReal>>;
  let app: App;
  before(async () => {
    provider = await createReal();
    app = await startApp({
      ...{ OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: 'hallway', OIDC_CLIENT_SECRET: 'a secret of the house' },
      ...{ OIDC_SCOPE: 'openid email groups', OIDC_GRANTS: '{"staff":"viewer","ops":"admin"}', PUBLIC_URL: PAGES },
    });
  });
  after(async () => {
    await app?.end();
    provider?.server.closeAllConnections();
    provider?.server.close();
  });
  const browser = () => createBrowser(() => app);
  const session = async (browse: Browser) => (await browse(`${PAGES}/v1/session`)).json();
  const statusOf = async (browse: Browser, path: string, init?: RequestInit) =>
    (await browse(`${PAGES}${path}`, init)).status;

  it('the door is closed without a token, and says where people sign in', async () => {
    const browse = browser();
    assert.equal(app.isClosed, true);
    assert.equal(await statusOf(browse, '/v1/venue'), 401);
    assert.deepEqual(await (await browse(`${PAGES}/v1/sign-in`)).json(), { issuer: provider.issuer });
  });

  it('a provider that is not there keeps nobody out who has a token; the page is told, and it is asked again', async () => {
    const browse = browser();
    const begun = async () => (await browse(`${PAGES}/v1/sign-in/begin?to=tv.html`)).headers.get('location')!;
    assert.equal(await begun(), `${PAGES}/tv.html#sign-in=provider`);
    const { token } = JSON.parse(readFileSync(join(app.dataDir, 'service.json'), 'utf8'));
    assert.equal(await statusOf(browse, '/v1/venue', { headers: { authorization: `Bearer ${token}` } }), 200);
    await provider.begin();
    assert.ok((await begun()).startsWith(`${provider.issuer}/auth?`));
  });

  it('a group gives its scope, the highest of many; the page that was asked for is opened', async () => {
    const [ada, bob] = [browser(), browser()];
    assert.equal(await signIn(ada, 'ada'), `${PAGES}/panel.html?order=name`);
    const found = (await session(ada)) as { expires: number };
    assert.ok(Math.abs(found.expires - Date.now() - 12 * HOUR_MS) < 60_000);
    assert.deepEqual(found, { tokens: true, expires: found.expires, scope: 'admin', name: 'ada@example.org' });
    await signIn(bob, 'bob', `${PAGES}/v1/sign-in/begin`);
    assert.equal(await statusOf(bob, '/v1/gateways'), 200);
    assert.equal(await statusOf(bob, '/v1/presences'), 403);
    const { rows } = (await (await ada(`${PAGES}/v1/tokens`)).json()) as { rows: Record<string, unknown>[] };
    assert.deepEqual(
      rows.map(({ name, scope, issuer, state }) => ({ name, scope, issuer, state })),
      [
        { name: 'bob@example.org', scope: 'viewer', issuer: provider.issuer, state: 'good' },
        { name: 'ada@example.org', scope: 'admin', issuer: provider.issuer, state: 'good' },
      ],
    );
    const own = { method: 'POST', body: '{}', headers: { origin: new URL(app.address).origin } };
    assert.equal(await statusOf(ada, `/v1/tokens/${rows[0]!.id}/rotations`, own), 404, 'nobody speaks for bob');
    const audit = await (await ada(`${PAGES}/v1/audit`)).text();
    assert.match(audit, /"who":"ada@example.org \([a-z2-7]{8}\), from 127.0.0.1","did":"signed in"/);
  });

  it('who is in no group gets nothing, and the page is told why', async () => {
    const eve = browser();
    assert.equal(await signIn(eve, 'eve'), `${PAGES}/panel.html?order=name#sign-in=rights`);
    assert.equal(await statusOf(eve, '/v1/venue'), 401);
  });

  it('signing out ends every session of whoever does, and a new one may begin', async () => {
    const [here, there] = [browser(), browser()];
    await signIn(here, 'bob');
    await signIn(there, 'bob');
    assert.equal(await statusOf(here, '/v1/session', { method: 'DELETE' }), 204);
    for (const browse of [here, there]) assert.equal(await statusOf(browse, '/v1/venue'), 401);
    await signIn(here, 'bob');
    assert.equal(await statusOf(here, '/v1/venue'), 200);
    assert.equal(await statusOf(there, '/v1/venue'), 401, 'an old cookie opens nothing again');
  });

  it('an answer that this browser did not ask for, or of another provider’s making, opens nothing', async () => {
    const browse = browser();
    for (const search of ['', '?code=stolen&state=guessed', '?error=access_denied'])
      assert.equal(
        (await browse(`${PAGES}/v1/sign-in/back${search}`)).headers.get('location'),
        `${PAGES}/#sign-in=late`,
      );
    const begun = await browse(`${PAGES}/v1/sign-in/begin`);
    const asked = new URL(begun.headers.get('location')!);
    assert.equal(asked.searchParams.get('code_challenge_method'), 'S256');
    const { state, nonce } = Object.fromEntries(asked.searchParams);
    assert.ok(state && nonce && asked.searchParams.get('code_challenge'));
    assert.match(begun.headers.get('set-cookie')!, /^hallway-sign-in=.*HttpOnly; SameSite=Lax/);
    const answered = async (search: string) => {
      const tried = browser();
      const cookie = begun.headers.get('set-cookie')!.split(';')[0]!;
      const reply = await tried(`${PAGES}/v1/sign-in/back${search}`, { headers: { cookie } });
      return reply.headers.get('location');
    };
    assert.equal(await answered(`?code=stolen&state=guessed&iss=${provider.issuer}`), `${PAGES}/#sign-in=provider`);
    assert.equal(await answered(`?code=stolen&state=${state}&iss=${provider.issuer}`), `${PAGES}/#sign-in=provider`);
    assert.equal(
      await answered(`?error=access_denied&state=${state}&iss=${provider.issuer}`),
      `${PAGES}/#sign-in=denied`,
    );
  });

  it('hallway check asks the provider, and says what to do about one that is none', async () => {
    const signIn = async (issuer: string) => {
      const found = await checkServers(
        readConfig({ OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'hallway', PUBLIC_URL: PAGES }),
      );
      const { state, said, todo } = found.find(({ what }) => what === 'sign-in')!;
      return { state, said, todo };
    };
    const well = `${provider.issuer} tells how to sign in; it sends back to ${PAGES}/v1/sign-in/back`;
    assert.deepEqual(await signIn(provider.issuer), { state: 'ok', said: well, todo: null });
    const { state, said, todo } = await signIn(app.address);
    assert.equal(state, 'fail');
    assert.match(said, /^OIDC_ISSUER: expected an OpenID provider at http:\S+, found \S/);
    assert.match(todo!, /well-known/);
  });

  it('it leads to pages of ours alone', async () => {
    for (const to of ['//evil.example', 'https://evil.example', '../x', 'a/b.html', 'x.html#a', '\\\\evil'])
      assert.equal(await statusOf(browser(), `/v1/sign-in/begin?to=${encodeURIComponent(to)}`), 400, to);
  });
});

it('settings of signing in are refused by name, without the secret', () => {
  const faultsOf = (settings: Record<string, string>) => lookAtSettings(settings).faults;
  assert.deepEqual(faultsOf({ OIDC_ISSUER: 'https://accounts.example.org' }), [
    'OIDC_CLIENT_ID: expected one beside OIDC_ISSUER, found nothing',
    'PUBLIC_URL: expected one beside OIDC_ISSUER, found nothing',
  ]);
  assert.match(faultsOf({ OIDC_ISSUER: 'http://accounts.example.org' })[0]!, /^OIDC_ISSUER: expected the address/);
  assert.match(faultsOf({ OIDC_GRANTS: 'staff' })[0]!, /^OIDC_GRANTS: expected a JSON object .* 5 characters/);
  assert.match(
    faultsOf({ OIDC_GRANTS: '{"staff":"gateway"}' })[0]!,
    /^OIDC_GRANTS\/staff: expected public or screen or/,
  );
});

it('admitPerson(): one token for each, with other sessions after its end; none makes the house a closed one', async () => {
  let now = Date.UTC(2026, 10, 3);
  const ledger = memoryLedger(() => now);
  const door = createDoor({ own: [], isShut: true, key: 'key', ledger: () => ledger, now: () => now });
  const ada = { issuer: 'https://a.example', subject: '1', name: 'Ada', scope: 'admin' as const };
  const enter = async (person: typeof ada) => {
    const { id, name } = await admitPerson(ledger, person, now + HOUR_MS, now);
    return (await door.admit({ scope: 'admin', token: { id, name } })).cookie;
  };
  const first = await enter(ada);
  assert.equal((await readTokens(ledger, now)).length, 1);
  assert.equal(await hasAdmin(ledger), false);
  await enter({ ...ada, issuer: 'https://b.example' });
  assert.equal((await readTokens(ledger, now)).length, 2, 'the same name elsewhere is somebody else');
  now += HOUR_MS - 1;
  assert.equal((await door.sessionOf(first))?.viewer.token?.name, 'Ada');
  now += 1;
  assert.equal(await door.sessionOf(first), null);
  const second = await enter(ada);
  assert.equal(await door.sessionOf(first), null);
  assert.equal((await readTokens(ledger, now)).length, 2);
  await dropPerson(ledger, ada, now);
  assert.equal(await door.sessionOf(second), null);
});
