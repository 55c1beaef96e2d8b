import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connectAsync, type MqttClient } from 'mqtt';
import { soon } from '../ledger/contract.ts';
import { newFolder } from '../service.ts';
import { type App, rows, send, startApp } from './app.ts';

const HOUR = 3_600_000;
const VENUE = {
  name: 'Test house',
  zone: 'UTC',
  floors: [{ id: 'ground', name: 'Ground floor' }],
  rooms: [
    { id: 'hall', name: 'Hall', floor: 'ground', capacity: 2 },
    { id: 'bar', name: 'Bar', floor: 'ground' },
  ],
  gateways: [
    { id: 'pi-1', room: 'hall' },
    { id: 'pi-2', room: 'bar' },
  ],
  sessions: [
    { id: 'keynote', title: 'Keynote', room: 'hall', from: Date.now() - HOUR, until: Date.now() + HOUR },
    { id: 'coffee', title: 'Coffee', room: 'bar', from: Date.now() + HOUR, until: Date.now() + 2 * HOUR },
  ],
  notices: [{ id: 'wifi', text: 'Wifi: guest / guest', from: '2026-01-01T00:00:00Z' }],
  rules: [
    {
      id: 'full',
      name: 'Hall is full',
      measure: 'occupancy',
      where: 'room:hall',
      above: 90,
      unit: 'percent',
      notice: {},
    },
  ],
};

type Told = {
  id: string;
  notices: { id: string; text: string }[];
  badge: { adverts: { bytes: string; kind: string; text: string }[] };
};

/** A gateway that listens and says that it has what it was told. */
async function gatewayAt(url: string, name: string): Promise<{ told: Told[]; client: MqttClient }> {
  const told: Told[] = [];
  const client = await connectAsync(url, { clientId: name, protocolVersion: 4 });
  client.on('message', (_topic, payload) => {
    const one = JSON.parse(payload.toString()) as Told;
    told.push(one);
    client.publish(`hallway/notices/${name}/ack`, JSON.stringify({ notices: one.notices.map(({ id }) => id) }), {
      qos: 1,
    });
  });
  await client.subscribeAsync(`hallway/notices/${name}`, { qos: 1 });
  return { told, client };
}

describe('notices', () => {
  let app: App;
  const write = (body: object) =>
    fetch(`${app.address}/v1/notices`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const listed = async (state = 'now') => rows(app, `/v1/notices?state=${state}`);
  const ids = async (state = 'now') => (await listed(state)).map(({ id }) => id);
  before(async () => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    app = await startApp({ DATA_DIR: dataDir, SOURCE: 'inbox,mqtt', MQTT_PORT: '0' });
  });
  after(() => app.end());

  it('are those of the file and those that are written; a thousand with one id are one', async () => {
    const body = { id: 'lunch', kind: 'alert', text: ' Lunch is late ', targets: ['floor:ground'] };
    const all: Response[] = [];
    // No more at once than wait for a port.
    for (let i = 0; i < 10; i++) all.push(...(await Promise.all(Array.from({ length: 100 }, () => write(body)))));
    assert.equal(all.filter(({ status }) => status === 201).length, 1);
    assert.ok(all.every(({ status }) => status === 201 || status === 200));
    assert.equal((await write({ ...body, text: 'Other words' })).status, 200);
    assert.deepEqual(
      (await listed()).map(({ id, text, kind, origin }) => [id, text, kind, origin]),
      [
        ['lunch', 'Lunch is late', 'alert', 'page'],
        ['wifi', 'Wifi: guest / guest', 'info', 'venue'],
      ],
    );
  });

  it('are ended, which can be taken back, wherever they come from', async () => {
    const end = (id: string) => fetch(`${app.address}/v1/notices/${id}`, { method: 'DELETE' });
    assert.equal((await end('wifi')).status, 200);
    assert.deepEqual([await ids(), await ids('over')], [['lunch'], ['wifi']]);
    assert.equal((await end('wifi')).status, 409);
    await fetch(`${app.address}/v1/notices/wifi/resume`, { method: 'POST' });
    assert.deepEqual(await ids(), ['lunch', 'wifi']);
    assert.equal((await end('nothing')).status, 404);
    const deeds = await rows(app, '/v1/audit');
    assert.deepEqual(
      deeds.slice(0, 3).map(({ did }) => did),
      ['resumed', 'ended', 'wrote'],
    );
  });

  it('come in every format, and faults say what was expected, found, and where', async () => {
    const csv = await (await fetch(`${app.address}/v1/notices`, { headers: { accept: 'text/csv' } })).text();
    assert.match(csv, /^id,kind,text,targets,from,until,/);
    const refused = await write({ text: '', kind: 'shout' });
    assert.equal(refused.status, 400);
    const { errors } = (await refused.json()) as { errors: { pointer: string }[] };
    assert.deepEqual([...new Set(errors.map(({ pointer }) => pointer))].sort(), ['/kind', '/text']);
    const nowhere = await write({ text: 'x', targets: ['room:attic'], until: '2020-01-01T00:00:00Z' });
    assert.equal(nowhere.status, 422);
    const faults = ((await nowhere.json()) as { errors: { pointer: string; found: string }[] }).errors;
    assert.deepEqual(
      faults.map(({ pointer }) => pointer),
      ['/targets/0', '/until'],
    );
  });

  it('reach each gateway under a topic of its own, with what its badges hear, and are acknowledged', async () => {
    const { told, client } = await gatewayAt(app.mqtt!, 'pi-1');
    try {
      await soon(async () => told.length > 0);
      assert.deepEqual(
        told[0]!.notices.map(({ id }) => id),
        ['wifi', 'lunch'],
      );
      const kinds = told[0]!.badge.adverts.map(({ kind, text }) => [kind, text]);
      assert.deepEqual(kinds, [
        ['alert', 'Lunch is late'],
        ['info', 'Wifi: guest / guest'],
        ['now', 'Keynote'],
        ['next', 'Coffee'],
      ]);
      assert.equal(told[0]!.badge.adverts[0]!.bytes, Buffer.from('\u0005Lunch is late').toString('hex'));
      await soon(async () => (await listed()).every(({ heard }) => (heard as unknown[]).length === 1));
      await write({ id: 'bar', text: 'For the bar', targets: ['room:bar'] });
      const other = await gatewayAt(app.mqtt!, 'pi-2');
      await soon(async () => other.told.at(-1)?.notices.some(({ id }) => id === 'bar') ?? false);
      assert.ok(!told.some(({ notices }) => notices.some(({ id }) => id === 'bar')), 'it is not for the hall');
      await assert.rejects(other.client.subscribeAsync('hallway/notices/pi-1'), 'nobody hears what another is told');
      await other.client.endAsync();
    } finally {
      await client.endAsync();
    }
  });

  it('stand in the stream of frames, at once and for who comes later; a note for the wall is one', async () => {
    const stopping = new AbortController();
    const stream = await fetch(`${app.address}/v1/live`, { signal: stopping.signal });
    let text = '';
    void (async () => {
      for await (const bytes of stream.body!) text += Buffer.from(bytes).toString();
    })().catch(() => undefined);
    await soon(async () => text.includes('"id":"lunch"'));
    const note = { time: Date.now() - 1000, text: 'Doors are open', wall: true };
    await fetch(`${app.address}/v1/notes/doors`, { method: 'PUT', body: JSON.stringify(note) });
    await soon(async () => /event: notice\ndata: .*"id":"note-doors"/.test(text));
    stopping.abort();
  });

  it('now and next come from the programme, room by room', async () => {
    const parts = await rows(app, '/v1/programme/now');
    assert.deepEqual(
      parts.map(({ room, kind, title }) => [room, kind, title]),
      [
        ['hall', 'now', 'Keynote'],
        ['bar', 'next', 'Coffee'],
      ],
    );
  });
});

describe('rules', () => {
  let app: App;
  const put = (id: string, body: object) =>
    fetch(`${app.address}/v1/rules/${id}`, { method: 'PUT', body: JSON.stringify(body) });
  const firings = () => rows(app, '/v1/firings');
  before(async () => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    app = await startApp({ DATA_DIR: dataDir, LIVE_GRACE_MS: '50' });
  });
  after(() => app.end());

  it('of the file and of the page are listed, kept, refused with every fault, and deleted', async () => {
    assert.equal((await put('crowded', { measure: 'occupancy', above: 1000, where: 'venue' })).status, 200);
    assert.deepEqual(
      (await rows(app, '/v1/rules')).map(({ id, origin }) => [id, origin]),
      [
        ['crowded', 'page'],
        ['full', 'venue'],
      ],
    );
    const refused = await put('crowded', { measure: 'occupancy', above: 5, clear: 9, to: ['nobody'] });
    assert.equal(refused.status, 422);
    assert.equal((await fetch(`${app.address}/v1/rules/full`, { method: 'DELETE' })).status, 409);
    assert.equal((await fetch(`${app.address}/v1/rules/crowded`, { method: 'DELETE' })).status, 200);
    assert.equal((await put('hook', { measure: 'occupancy', above: 5, to: ['hook'] })).status, 422);
  });

  it('fire when a frame shows it, tell a notice as long as it holds, and can be paused', async () => {
    await put('silent', {
      measure: 'silence',
      where: 'gateway:pi-2',
      above: 1,
      notice: { kind: 'info', text: 'pi-2 is silent' },
    });
    const badges = Array.from({ length: 3 }, (_, i) => ({
      kind: 'sighting',
      gateway: 'pi-1',
      badge: `badge-${i}`,
      rssi: -50,
    }));
    const talking = setInterval(
      () => void send(app, JSON.stringify(badges.map((one) => ({ ...one, time: Date.now() })))),
      250,
    );
    try {
      await soon(async () => (await firings()).some(({ rule }) => rule === 'full'));
      await soon(async () => (await firings()).some(({ rule }) => rule === 'silent'));
    } finally {
      clearInterval(talking);
    }
    const full = (await firings()).find(({ rule }) => rule === 'full')!;
    assert.deepEqual([full.place, full.measure], ['room:hall', 'occupancy']);
    assert.match(String(full.sentence), /^Hall: 1[05]0\u202f% of capacity, above 90\u202f%$/);
    const told = await rows(app, '/v1/notices?state=now');
    assert.ok(
      told.some(
        ({ id, kind, targets }) => id === `rule-${full.id}` && kind === 'alert' && String(targets) === 'room:hall',
      ),
    );
    // Anybody may read a screen: what it says has no count.
    assert.equal(told.find(({ id }) => id === `rule-${full.id}`)!.text, 'Hall: above 90\u202f% of capacity');
    const { holds } = (await rows(app, '/v1/rules')).find(({ id }) => id === 'full')!;
    assert.deepEqual(holds, ['room:hall']);
    await put('full', { ...VENUE.rules[0], id: undefined, paused: true });
    await soon(async () => (await firings()).find(({ rule }) => rule === 'full')!.cleared !== null);
    assert.ok(!(await rows(app, '/v1/notices?state=now')).some(({ id }) => id === `rule-${full.id}`));
  });

  it('can be tried on the last day: what the record shows, by the same fold', async () => {
    const tried = await fetch(`${app.address}/v1/rules/try`, {
      method: 'POST',
      body: JSON.stringify({ measure: 'occupancy', where: 'room:hall', above: 1 }),
    });
    const found = ((await tried.json()) as { rows: { place: string; sentence: string }[] }).rows;
    assert.equal(found.length, 1);
    assert.match(found[0]!.sentence, /^Hall: [23] people, above 1$/);
    const none = await fetch(`${app.address}/v1/rules/try`, {
      method: 'POST',
      body: JSON.stringify({ measure: 'silence', above: 1 }),
    });
    assert.equal(none.status, 409);
  });
});
