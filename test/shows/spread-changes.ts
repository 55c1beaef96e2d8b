import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { putNotice } from '../../services/ledger/notices.ts';
import { readingsIn } from '../../services/live/readings.ts';
import { type Change, type Standings, stepRule } from '../../services/live/rules.ts';
import type { Receipt } from '../../services/model/forgetting.ts';
import type { Frame } from '../../services/model/frame.ts';
import type { Notice } from '../../services/model/notice.ts';
import { type Firing, type GivenRule, settledRule } from '../../services/model/rule.ts';
import type { Venue, VenueFile } from '../../services/model/venue.ts';
import { ledgerIn } from '../../services/roles/ledger.ts';
import type { Stored } from '../../services/store/store.ts';
import type { hookReceiver } from '../deliver/receiver.ts';
import { type Deployment, stored, until } from '../servers/deployment.ts';
import type { Service } from '../service.ts';
import { produce, readTopic } from '../source/kafka-broker.ts';

const DAY_MS = 86_400_000;
const RULE: GivenRule = { measure: 'occupancy', where: 'rooms', above: 0, for: 4, coolDown: 2, to: ['hook'] };

const say = async ({ address }: Service, method: string, path: string, body: unknown) => {
  const reply = await fetch(address + path, { method, body: typeof body === 'string' ? body : JSON.stringify(body) });
  const text = await reply.text();
  assert.equal(reply.status, 200, `${method} ${path}: ${text}`);
  return JSON.parse(text);
};
export const rowsOf = async <T = Record<string, unknown>>({ address }: Service, path: string): Promise<T[]> =>
  ((await (await fetch(address + path)).json()) as { rows: T[] }).rows;

/** The panel of one `serve` has the screens of another, and every process. */
export async function assertOneHouse([serve, other]: [Service, Service]): Promise<void> {
  const leaving = new AbortController();
  await fetch(`${other.address}/v1/live?screen=foyer`, { signal: leaving.signal });
  const screens = () => rowsOf<{ screen: string | null }>(serve, '/v1/screens');
  await until(async () => (await screens()).some(({ screen }) => screen === 'foyer'), 'its screen is listed', 15_000);
  leaving.abort();
  const roles = (await rowsOf<{ role: string }>(serve, '/v1/application')).map(({ role }) => role);
  assert.deepEqual([...new Set(roles)].sort(), ['ingest', 'jobs', 'live', 'serve']);
}

/** Which destinations there are is known as soon as the jobs have said so. */
export const putRule = (serve: Service, rule = RULE) =>
  until(async () => (await say(serve, 'PUT', '/v1/rules/busy', rule)) !== null, 'the rule is taken');

/** What has fired is what the frames that everybody reads say, once, whoever made them; who is told hears each once. */
export async function assertFired(
  serve: Service,
  frames: readonly Frame[],
  venue: Venue,
  hook: Awaited<ReturnType<typeof hookReceiver>>,
): Promise<void> {
  const rule = settledRule('busy', RULE, 'page');
  const standings: Standings = new Map();
  const changes = frames.flatMap(({ time, rooms }) =>
    stepRule(rule, standings, time, readingsIn(rule, venue, rooms)).map((change) => ({ ...change })),
  );
  const endOf = ({ place, since }: Change) =>
    changes.find((one) => one.is === 'cleared' && one.place === place && one.since === since)?.time ?? null;
  const expected = changes.flatMap((one) => (one.is === 'fired' ? [[one.place, one.since, one.time, endOf(one)]] : []));
  assert.ok(expected.length > 1, `${expected.length} firings`);
  const last = frames.at(-1)!.time;
  const fired = async () =>
    (await rowsOf<Firing>(serve, '/v1/firings'))
      .filter(({ fired }) => fired <= last)
      .map(({ place, since, fired, cleared }) => [
        place,
        since,
        fired,
        cleared !== null && cleared <= last ? cleared : null,
      ])
      .sort();
  await until(async () => (await fired()).length >= expected.length, 'all has fired');
  assert.deepEqual(await fired(), expected.sort());
  const ids = (await rowsOf<Firing>(serve, '/v1/firings')).map(({ id }) => `${id}-fired`);
  const heard = () => hook.calls.map(({ headers }) => headers['webhook-id']!).filter((id) => id.endsWith('-fired'));
  await until(async () => ids.every((id) => heard().includes(id)), 'all is told');
  assert.equal(heard().length, new Set(heard()).size, 'nothing is told twice');
}

/** What is changed at one `serve` holds at every other, and in the frames that are made from then on. */
export async function assertVenueChanges(serve: Service, second: Service, frames: () => Promise<Frame[]>) {
  const file = (await rowsOf<{ venue: VenueFile }>(serve, '/v1/venue'))[0]!.venue;
  const at = (time: string | number | undefined) => (time === undefined ? Number.NaN : new Date(time).getTime());
  const gateway = file.gateways.find(({ from, until }) => !(at(from) > Date.now()) && !(at(until) < Date.now()))!;
  const room = file.rooms.find(({ id }) => id !== gateway.room)!.id;
  const now = new Date().toISOString();
  const moved = file.gateways.flatMap((one) =>
    one === gateway
      ? [
          { ...one, until: now },
          { ...one, room, from: now },
        ]
      : [one],
  );
  await say(serve, 'PUT', '/v1/venue', { ...file, name: 'Elsewhere', gateways: moved });
  // At once at the other one: what was changed first is not lost.
  await say(second, 'PUT', '/v1/groups/crew', { counted: false });
  const calendar = calendarOf('From a calendar', room, Date.now() + 30 * DAY_MS);
  const programme = await say(serve, 'PUT', '/v1/programme', { calendar });
  assert.deepEqual([programme.error, programme.report.sessions], [null, 1]);
  const found = async (one: Service) => (await rowsOf<{ version: string; venue: VenueFile }>(one, '/v1/venue'))[0]!;
  const { version, venue } = await found(serve);
  assert.equal(venue.name, 'Elsewhere');
  assert.ok(venue.groups!.some(({ id }) => id === 'crew'));
  assert.ok(venue.sessions!.some(({ title }) => title === 'From a calendar'));
  await until(async () => (await found(second)).version === version, 'the other serve has it');
  assert.deepEqual((await found(second)).venue, venue);
  await until(async () => (await frames()).at(-1)?.venue === version, 'frames are made in it');
}

/** A calendar of one hour that begins at an instant, UTC ms. */
function calendarOf(title: string, room: string, from: number): string {
  const [start, end] = [from, from + 3_600_000].map((at) => `${new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')}`);
  const event = ['BEGIN:VEVENT', 'UID:1', `DTSTAMP:${start}`, `DTSTART:${start}`, `DTEND:${end}`, `SUMMARY:${title}`];
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//y//EN', ...event, `LOCATION:${room}`, 'END:VEVENT'];
  return [...lines, 'END:VCALENDAR', ''].join('\r\n');
}

/** A badge is forgotten in all that the roles share, and nothing more of it is let in. */
export async function assertForgotten(
  deployed: Deployment,
  [serve, second]: [Service, Service],
  rows: readonly Stored[],
  frames: () => Promise<Frame[]>,
): Promise<void> {
  const { kafka, dataDir } = deployed;
  const counts = new Map<string, number>();
  for (const one of rows) if (one.kind === 'sighting') counts.set(one.badge, (counts.get(one.badge) ?? 0) + 1);
  const [[badge, sightings], [control]] = [...counts].sort((a, b) => b[1] - a[1]) as [[string, number], [string]];
  await say(serve, 'PUT', `/v1/groups/crew/badges/${badge}`, {});
  const present = async (one: Service) =>
    (await rowsOf<{ badge: string }>(one, '/v1/presences?limit=1000')).filter((row) => row.badge === badge).length;
  assert.ok((await present(second)) > 0, 'it was somewhere');

  const receipt = (await say(serve, 'POST', '/v1/forgettings', { badge })) as Receipt;

  assert.deepEqual([receipt.sightings, receipt.lists], [sightings, 1], JSON.stringify(receipt));
  assert.ok(receipt.texts >= 1 && receipt.shown.length > 0, JSON.stringify(receipt));
  assert.deepEqual(
    receipt.left.map(({ where }) => where.split(kafka.prefix).at(-1)),
    ['InfluxDB', 'observations', 'dead-letters', 'frames', 'ledger'],
  );
  const names = async () => (await stored(deployed)).filter((one) => one.kind === 'sighting' && one.badge === badge);
  assert.deepEqual(await names(), []);
  for (const one of [serve, second]) {
    assert.equal(await present(one), 0, 'no presence of it');
    assert.doesNotMatch(await (await fetch(`${one.address}/v1/audit`)).text(), new RegExp(badge));
  }
  const states = readdirSync(join(dataDir, 'live')).map((name) => readFileSync(join(dataDir, 'live', name), 'latin1'));
  assert.ok(states.length > 0);
  assert.ok(
    states.every((state) => !state.includes(badge)),
    'no state has it',
  );
  const gateway = (rows.find((one) => one.kind === 'sighting' && one.badge === badge) as { gateway: string }).gateway;
  const sent = [badge, control].flatMap((badge) =>
    [0, 1, 2].map((i) => ({ kind: 'sighting', gateway, badge, rssi: -51, time: Date.now() + i })),
  );
  await produce(
    kafka,
    sent.map((one) => ({ key: gateway, value: JSON.stringify(one) })),
  );
  await say(second, 'POST', '/v1/observations', sent);
  const last = sent.at(-1)!.time;
  await until(async () => (await stored(deployed)).some(({ time }) => time === last), 'the other badge is let in');
  const until_ = (await frames()).at(-1)!.time + 3000;
  await until(async () => (await frames()).at(-1)!.time >= until_, 'frames go on');
  assert.deepEqual(await names(), []);
  for (const topic of ['frames', 'ledger'])
    assert.ok(
      (await readTopic(kafka, topic)).every(({ bytes }) => !bytes.includes(badge)),
      `nothing in ${topic} names it`,
    );
}

/** A notice of the ledger is a retained message of each gateway; what one acknowledges stands in the ledger. */
export async function assertToldToGateways({ kafka, dataDir }: Deployment, url: string): Promise<void> {
  const ledger = await ledgerIn(kafka, () => undefined);
  const client = await connectAsync(url, { reconnectPeriod: 0 });
  try {
    const text = 'The doors are open';
    const notice = { id: 'doors', kind: 'info', text, targets: ['venue'], from: Date.now() - 1000, until: null };
    await putNotice(ledger, { ...notice, every: null, times: 1, ended: null, origin: 'page' } as Notice);
    const told = new Set<string>();
    client.on('message', (topic, payload) => String(payload).includes(text) && told.add(topic.split('/').at(-1)!));
    await client.subscribeAsync('hallway/notices/+');
    const venue = JSON.parse(readFileSync(join(dataDir, 'venue.json'), 'utf8')) as VenueFile;
    await until(async () => told.size > 0, 'gateways are told');
    const [gateway] = told;
    assert.ok(venue.gateways.some(({ id }) => id === gateway));
    await client.publishAsync(`hallway/notices/${gateway}/ack`, JSON.stringify({ notices: ['doors'] }), { qos: 1 });
    await until(async () => (await ledger.list('heard/')).length > 0, 'an acknowledgement is known');
  } finally {
    await client.endAsync();
    await ledger.close();
  }
}
