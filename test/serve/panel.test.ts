import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { layout } from '../../services/simulate/calendar.ts';
import { soon } from '../ledger/contract.ts';
import { newFolder } from '../service.ts';
import { type App, rows, send, startApp } from './app.ts';

/** It is between ten and eleven there: an hour ago it was the same day, of which answers begin with what was recorded. */
const { zone } = layout(Date.now());
const VENUE = {
  name: 'Test house',
  zone,
  rooms: [{ id: 'hall' }, { id: 'lounge', name: 'The Lounge' }],
  gateways: [
    { id: 'pi-1', room: 'hall' },
    { id: 'pi-2', room: 'lounge' },
  ],
  groups: [{ id: 'guest' }, { id: 'staff', counted: false }],
  badges: { default: 'guest' },
};
const MAC = 'c0:98:e5:00:00:01';

describe('what the panel asks and changes', () => {
  let app: App;
  const call = async (method: string, path: string, body?: unknown) => {
    const isText = typeof body === 'string';
    const reply = await fetch(app.address + path, {
      method,
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    });
    return { status: reply.status, body: (await reply.json()) as never };
  };
  const venueFile = () => JSON.parse(readFileSync(join(app.dataDir, 'venue.json'), 'utf8')) as typeof VENUE;
  const frames = async () =>
    (await rows(app, `/v1/frames?step=1s&from=${Date.now() - 60_000}`)).filter(({ room }) => room === 'lounge');
  const version = async () => (await rows(app, '/v1/venue'))[0]!.version;

  before(async () => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    app = await startApp({ DATA_DIR: dataDir });
    // Without a time: on a busy machine it would come late, and the clock of its gateway be called wrong.
    await send(
      app,
      JSON.stringify([
        { gateway: 'pi-1', badge: MAC, rssi: -60, battery: 2.2 },
        { gateway: 'pi-9', badge: MAC, rssi: -70 },
      ]),
    );
  });
  after(() => app.end());

  it('GET /v1/gateways says how each is, what it said last, and which nobody knows', async () => {
    await soon(
      async () => (await rows(app, '/v1/gateways')).find(({ gateway }) => gateway === 'pi-1')?.state === 'heard',
    );
    const found = await rows(app, '/v1/gateways');
    assert.deepEqual(
      found.map(({ gateway, state, room }) => [gateway, state, room]),
      [
        ['pi-1', 'heard', 'hall'],
        ['pi-2', 'silent', 'lounge'],
        ['pi-9', 'stranger', null],
      ],
    );
    const said = found[0]!.said as { kind: string; rssi: number; badge: string };
    assert.deepEqual([said.kind, said.rssi], ['sighting', -60]);
    assert.match(said.badge, /^k1\./);
    const [population] = await rows(app, '/v1/population');
    assert.deepEqual(population, { heard: 1, shared: 1, measured: 1, weak: 1, weakest: 2.2 });
  });

  it('GET /v1/screens lists a stream by the name that it gives itself, as long as it is open', async () => {
    const leaving = new AbortController();
    const stream = await fetch(`${app.address}/v1/live?screen=foyer&floor=ground`, { signal: leaving.signal });
    assert.equal(stream.status, 200);
    const [screen] = await rows(app, '/v1/screens');
    assert.deepEqual([screen!.screen, screen!.floor, screen!.skipped], ['foyer', 'ground', 0]);
    leaving.abort();
    await soon(async () => (await rows(app, '/v1/screens')).length === 0);
    assert.equal((await fetch(`${app.address}/v1/live?screen=${encodeURIComponent('<img>')}`)).status, 400);
  });

  it('GET /v1/application has memory, times of 95 % and nothing lost', async () => {
    const [found] = await rows(app, '/v1/application');
    assert.ok((found!.memory as number) > 1e7);
    assert.ok((found!.queries as number) > 0);
    assert.ok((found!.requests as number) > 0);
    assert.equal(found!.lost, 0);
  });

  it('POST /v1/gateways/:id/places makes a version of the venue in which the past is as it was, and goes on in it', async () => {
    const before = await version();
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const { status, body } = await call('POST', '/v1/gateways/pi-1/places', {
      room: 'lounge',
      x: 3,
      height: 2.5,
      from,
    });
    assert.equal(status, 200, JSON.stringify(body));
    assert.notEqual(await version(), before);
    assert.deepEqual(venueFile().gateways, [
      { id: 'pi-1', room: 'hall', until: from },
      { id: 'pi-2', room: 'lounge' },
      { id: 'pi-1', room: 'lounge', x: 3, height: 2.5, from },
    ]);
    assert.ok(readdirSync(join(app.dataDir, 'venues')).includes(`${before}.json`));
    await send(app, JSON.stringify({ gateway: 'pi-1', badge: MAC, rssi: -50 }));
    await soon(async () =>
      (await rows(app, '/v1/presences')).some(({ room, until }) => room === 'lounge' && until === null),
    );
    const [deed] = await rows(app, '/v1/audit');
    assert.equal(deed!.did, 'moved');
    assert.match(
      String(deed!.what),
      /^pi-1 to lounge from \w{3} \d+ \w{3,4} \d{4} \d\d:\d\d$/,
      'on the clock of the venue',
    );
    for (const path of ['frames?step=1m&', 'heatmap?', 'replay?']) {
      const reply = await fetch(
        `${app.address}/v1/${path}${path === 'replay?' ? '' : `from=${Date.parse(from) - 1000}&until=${Date.now()}`}`,
        {
          headers: { accept: 'application/json' },
        },
      );
      assert.equal(reply.status, 200, path);
      const { meta } = (await reply.json()) as { meta: { changes?: { sentence: string }[] } };
      assert.match(meta.changes?.[0]?.sentence ?? '', /^Gateway pi-1 was moved to .* and raised$/, path);
    }
  });

  /** One second after another, but where the machine had no time for us for so long that it is a gap. */
  const isNext = (time: number, last: number | null) => last === null || time === last + 1000 || time > last + 7000;

  it('what changes from now on costs the live picture nothing: who is there goes on, and no second is missing', async () => {
    const open = async () => (await rows(app, '/v1/presences')).find(({ until }) => until === null)!;
    const { from } = await open();
    assert.equal((await call('POST', '/v1/gateways/pi-2/places', { room: 'hall' })).status, 200);
    const { version } = (await call('PUT', '/v1/groups/guest', { name: 'Guests', counted: true })).body as {
      version: string;
    };
    const changed = Date.now();
    await soon(
      async () => (await rows(app, '/v1/heatmap')).length > 0 && Number((await frames()).at(-1)?.time) > changed,
    );
    assert.equal((await rows(app, '/v1/venue'))[0]!.version, version);
    assert.equal((await open()).from, from);
    const times = (await frames()).map(({ time }) => Number(time)).filter((time) => time > changed - 3000);
    assert.ok(times.length > 3 && times.every((time, i) => isNext(time, times[i - 1] ?? null)), times.join());
  });

  it('a place that would be wrong is refused with every fault, and nothing changes', async () => {
    const before = await version();
    const { status, body } = await call('POST', '/v1/gateways/pi-1/places', { room: 'cellar' });
    assert.equal(status, 400);
    assert.match(JSON.stringify(body), /gateways\/\d+\/room.*the id of one of the rooms.*cellar/);
    assert.equal((await call('POST', '/v1/gateways/pi-1/places', { x: 'left' })).status, 400);
    assert.equal(
      (await call('POST', '/v1/gateways/pi-1/places', { room: 'hall', from: '1990-01-01T00:00:00Z' })).status,
      400,
    );
    assert.equal(await version(), before);
  });

  it('groups: a list is hashed as it is read, counts from then on, and can be taken back', async () => {
    const groups = async () =>
      Object.fromEntries((await rows(app, '/v1/groups')).map(({ group, badges }) => [group, badges]));
    const inLounge = async () => (await rows(app, '/v1/heatmap')).find(({ room }) => room === 'lounge')?.average;
    await soon(async () => (await inLounge()) === 1);
    const { status, body } = await call('POST', '/v1/groups/badges', `id,group,from,until\n${MAC},staff,,\n`);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body, { version: 1, before: 0, badges: 1 });
    assert.equal((await groups()).staff, 1);
    await soon(async () => (await inLounge()) === 0);
    for (const name of readdirSync(join(app.dataDir, 'groups')))
      assert.ok(!/c0:?98/i.test(readFileSync(join(app.dataDir, 'groups', name), 'utf8')));
    const wrong = await call('POST', '/v1/groups/badges', `id,group,from,until\n${MAC},nobody,,\n`);
    assert.equal(wrong.status, 400);
    assert.ok(!JSON.stringify(wrong.body).includes('c0:98'), 'no id is quoted');
    const badge = (await rows(app, '/v1/presences')).find(({ until }) => until === null)!.badge as string;
    assert.equal((await call('PUT', `/v1/groups/guest/badges/${badge}`, {})).status, 200);
    assert.deepEqual(await groups(), { guest: 1, staff: 0 });
    assert.equal((await call('POST', '/v1/groups/undo', { version: 1 })).status, 200);
    assert.deepEqual(await groups(), { guest: 0, staff: 1 });
    assert.equal((await call('PUT', '/v1/groups/staff', { counted: true })).status, 200);
    await soon(async () => (await inLounge()) === 1);
    assert.equal((await call('PUT', `/v1/groups/crew/badges/${badge}`, {})).status, 404);
  });

  describe('the programme of a calendar', () => {
    let server: Server;
    let title = 'First';
    let isDown = false;
    const event = () =>
      [
        'BEGIN:VCALENDAR',
        'BEGIN:VEVENT',
        'UID:1',
        `DTSTART:${new Date().getUTCFullYear()}0601T100000`,
        `DTEND:${new Date().getUTCFullYear()}0601T110000`,
        `SUMMARY:${title}`,
        'LOCATION:the lounge',
        'END:VEVENT',
        'END:VCALENDAR',
      ].join('\r\n');
    const address = (path = '') => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

    before(async () => {
      server = createServer((request, reply) => {
        if (request.url === '/to-file') return void reply.writeHead(302, { location: 'file:///etc/passwd' }).end();
        if (request.url === '/to-it') return void reply.writeHead(302, { location: '/it.ics' }).end();
        reply.writeHead(isDown ? 500 : 200).end(event());
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    after(() => new Promise((resolve) => server.close(resolve)));

    it('PUT /v1/programme reads an address, also where it leads elsewhere; sessions get their rooms', async () => {
      const { body } = await call('PUT', '/v1/programme', { url: address('/to-it') });
      const { error, report } = body as { error: null; report: { sessions: number; unmatched: [] } };
      assert.equal(error, null);
      assert.equal(report.sessions, 1);
      const [session] = (venueFile() as unknown as { sessions: { title: string; room: string; from: string }[] })
        .sessions;
      const local = new Date(session!.from).toLocaleString('sv', { timeZone: zone }).slice(5, 16);
      assert.deepEqual([session!.title, session!.room, local], ['First', 'lounge', '06-01 10:00']);
    });

    it('POST /v1/programme/read makes a new version only where something differs; an outage keeps what was', async () => {
      const before = await version();
      await call('POST', '/v1/programme/read', {});
      assert.equal(await version(), before);
      title = 'Second';
      await call('POST', '/v1/programme/read', {});
      const second = await version();
      assert.notEqual(second, before);
      isDown = true;
      const { body } = await call('POST', '/v1/programme/read', {});
      assert.match((body as { error: string }).error, /expected a calendar of 127\.0\.0\.1.*found an answer 500/);
      assert.equal(await version(), second);
    });

    it('an address leads to http and https alone, a file is read once, and what is no calendar is refused', async () => {
      const led = await call('PUT', '/v1/programme', { url: address('/to-file') });
      assert.match((led.body as { error: string }).error, /expected a redirect to https, found one to file:/);
      assert.equal((await call('PUT', '/v1/programme', { url: 'file:///etc/passwd' })).status, 400);
      const sent = await call('PUT', '/v1/programme', { calendar: event().replace('the lounge', 'Saal 5') });
      assert.deepEqual((sent.body as { report: { unmatched: unknown[] } }).report.unmatched, [
        { location: 'Saal 5', sessions: 1 },
      ]);
      const said = await call('PUT', '/v1/programme', { rooms: { 'Saal 5': 'hall' } });
      assert.deepEqual((said.body as { report: { unmatched: unknown[] } }).report.unmatched, []);
      const wrong = await call('PUT', '/v1/programme', { calendar: 'nothing' });
      assert.match((wrong.body as { error: string }).error, /expected an iCalendar/);
    });
  });
});
