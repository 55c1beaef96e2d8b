import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { S3Client } from '@bradenmacdonald/s3-lite-client';
import { influxEngine } from '../../services/house/engine.ts';
import { exportsIn } from '../../services/ledger/exported.ts';
import { readParts } from '../../services/ledger/manifest.ts';
import { daysIn } from '../../services/model/day.ts';
import type { Delivery } from '../../services/model/delivery.ts';
import type { Receipt } from '../../services/model/forgetting.ts';
import type { WindowRow } from '../../services/model/schedule.ts';
import type { WindowTotals } from '../../services/model/window-told.ts';
import { influxStore } from '../../services/store/influx.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { mailSink } from '../deliver/receiver.ts';
import { type Deployment, deployment, dropDeployments, noServers, stored, until } from '../servers/deployment.ts';
import { isBuilt, ownServer } from '../servers/servers.ts';
import { type Service, startService } from '../service.ts';
import { batchOf, sighting } from '../sightings.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const running: Service[] = [];
const ends: (() => Promise<unknown>)[] = [];
after(dropDeployments);
/** A test that fails leaves nobody running. */
afterEach(async () => {
  for (const service of running.splice(0)) await service.kill();
  for (const end of ends.splice(0)) await end();
});

const open = ({ bucket }: Deployment) =>
  influxStore({ ...bucket.influx, keepDays: 0, seriesMax: 1000, deadLetter: () => undefined });

/** Where files go beside the folder: a bucket, and who reads mails. */
async function receivers() {
  const [storage, sink] = [await ownServer('s3'), await mailSink()];
  const { s3 } = storage.servers;
  const client = new S3Client({ endPoint: s3.endpoint, ...s3, bucket: 'weir-house', region: 'us-east-1' });
  await client.makeBucket('weir-house');
  const DESTINATIONS = JSON.stringify({
    archive: { kind: 's3', bucket: 'weir-house', ...s3 },
    office: { kind: 'mail', server: sink.url, from: 'h@h.example', to: ['ann@h.example', 'bob@h.example'] },
  });
  const close = () => Promise.all([sink.close(), storage.close()]);
  return { client, mails: sink.mails, DESTINATIONS, close };
}
type Receivers = Awaited<ReturnType<typeof receivers>>;

/**
 * A schedule of observations is kept by `serve`, filled by one `jobs` and sent by one: the day has so many, as the pivot of `serve`
 * says, and its files are in the bucket and with each reader once, byte for byte.
 */
async function exported({ address }: Service, house: string, since: number, count: number, to: Receivers) {
  const destinations = ['archive', 'office'];
  const query = { dataset: 'observations', rows: ['gateway', 'hour'], measures: ['count'] };
  const body = JSON.stringify({
    name: 'By hour',
    cron: '0 0 * * *',
    formats: ['csv', 'parquet'],
    since,
    query,
    destinations,
  });
  const kept = await fetch(`${address}/v1/schedules/by-hour`, { method: 'PUT', body });
  assert.equal(kept.status, 200, await kept.text());
  const first = async () => {
    const reply = await fetch(`${address}/v1/schedules/by-hour/windows`);
    return ((await reply.json()) as { rows: WindowRow[] }).rows.at(-1);
  };
  await until(async () => ['done', 'failed'].includes((await first())?.state ?? ''), 'the day is exported', 90_000);
  const { error, published, until: end } = (await first())!;
  assert.deepEqual([error, published?.revision], [null, 1]);
  const totals = await fetch(`${address}/v1/schedules/by-hour/windows/${new Date(end).toISOString()}/totals`);
  const { state, totals: found } = (await totals.json()) as WindowTotals;
  assert.deepEqual([state, found.map(({ file }) => file)], ['equal', [count]]);
  const deliveries = async () => {
    const reply = await fetch(`${address}/v1/schedules/by-hour/deliveries`);
    return ((await reply.json()) as { rows: Delivery[] }).rows.filter(({ until }) => until === end);
  };
  const sent = async () => (await deliveries()).every(({ state }) => state === 'sent');
  await until(sent, 'all is sent', 120_000);
  assert.deepEqual((await deliveries()).map(({ destination, attempt }) => [destination, attempt]).sort(), [
    ['archive', 1],
    ['office', 1],
  ]);
  const { folder, files } = published!;
  const [mailed] = (await deliveries()).filter(({ destination }) => destination === 'office');
  const mails = to.mails.filter(({ text }) => text.includes(`<${mailed!.id}@h.example>`));
  for (const name of [...files.map((file) => file.name), 'manifest.json']) {
    const bytes = readFileSync(join(exportsIn(house), folder, name));
    const stored = await (await to.client.getObject(`${folder}/${name}`)).arrayBuffer();
    assert.ok(bytes.equals(Buffer.from(stored)), name);
    // A line of a mail has 76 characters.
    const line = bytes.toString('base64').slice(0, 76);
    if (name !== 'manifest.json')
      assert.ok(
        mails.some(({ text }) => text.includes(line)),
        name,
      );
  }
  assert.deepEqual(
    mails.map((mail) => mail.to),
    [['ann@h.example', 'bob@h.example']],
    'one mail to both, once',
  );
}

const skip = noServers || (isBuilt('s3') ? false : 'no S3 server is built: npm run servers build s3');

describe('role jobs', { skip, timeout: 290_000 }, () => {
  it('two at once make of a day in InfluxDB, once, its closed hours, presences and frames; questions read those hours; an export goes to S3 and by mail, once; a badge that is forgotten goes from all of them', async () => {
    const deployed = await deployment();
    const house = join(deployed.dataDir, 'main');
    const parsed = parseVenue(readFileSync(join(deployed.dataDir, 'venue.json'), 'utf8'));
    assert.ok('venue' in parsed);
    const { venue } = parsed;
    const [day] = daysIn({ from: Date.now() - 2 * DAY, until: Date.now() - 2 * DAY + 1 }, venue.zone);
    const [gateway] = venue.gateways;
    const began = day!.from + 9 * 60 * MINUTE + 50 * MINUTE;
    const told = Array.from({ length: 3 * 20 * 6 }, (_, i) => {
      const time = began + Math.floor(i / 3) * 10_000;
      return sighting({
        time,
        received: time + 5,
        gateway: gateway!.id,
        badge: `k1.${String(i % 3).padStart(16, '0')}`,
      });
    });
    const store = await open(deployed);
    await store.append(batchOf(told));

    const to = await receivers();
    ends.push(to.close);
    const start = () => startService({ ...deployed.env, ROLE: 'jobs', JOBS: 'on', DESTINATIONS: to.DESTINATIONS });
    running.push(...(await Promise.all([start(), start()])));
    const parts = () => (['observations', 'presences', 'frames'] as const).map((dataset) => readParts(house, dataset));
    await until(async () => parts().every((found) => found.length > 0), 'all is made', 120_000);
    const [hours, presences, frames] = parts();
    assert.deepEqual(
      hours!.map(({ span, rows, revision }) => [span.from, rows, revision]),
      [began - 50 * MINUTE, began + 10 * MINUTE].map((from) => [from, told.length / 2, 0]),
    );
    assert.deepEqual([presences!.length, presences![0]!.day, presences![0]!.rows], [1, day!.day, 3]);
    assert.deepEqual([frames!.length, frames![0]!.day], [1, day!.day]);

    const live: number[] = [];
    const watched = {
      ...store,
      read: (span: { from: number; until: number }) => {
        live.push(span.from);
        return store.read(span);
      },
    };
    const span = { from: began - 50 * MINUTE, until: began + 70 * MINUTE };
    const tables = await influxEngine(watched, Date.now, house).tables({ dataset: 'gateways', span });
    const connection = await tables.connect();
    const found = await connection.runAndReadAll(
      'SELECT count(*)::INTEGER, count(DISTINCT badge)::INTEGER FROM observations',
    );
    assert.deepEqual(found.getRows(), [[told.length, 3]]);
    assert.deepEqual(live, [], 'nothing is copied of hours that are closed');
    assert.equal((await stored(deployed)).length, told.length);
    connection.closeSync();
    tables.close();
    store.close();

    const serve = await startService({ ...deployed.env, ROLE: 'serve' });
    running.push(serve);
    await exported(serve, house, day!.from, told.length, to);
    const made = parts()[2]![0]!.revision;
    const badge = 'k1.0000000000000001';
    const answer = await fetch(`${serve.address}/v1/forgettings`, { method: 'POST', body: JSON.stringify({ badge }) });
    const receipt = (await answer.json()) as Receipt;
    assert.equal(answer.status, 200, JSON.stringify(receipt));
    assert.deepEqual([receipt.sightings, receipt.days], [told.length / 3, [day!.day]]);
    assert.deepEqual(receipt.files.map(({ dataset }) => dataset).sort(), ['observations', 'observations', 'presences']);
    const rows = () => parts().map((found) => found.map((part) => part.rows));
    assert.deepEqual(rows()[0], [told.length / 3, told.length / 3]);
    assert.equal(parts()[1]!.at(-1)!.rows, 2);
    // Jobs look every five minutes what is due again; who asks has it at once.
    const again = JSON.stringify({ from: day!.from, until: day!.until });
    const asked = await fetch(`${serve.address}/v1/jobs/frames/runs`, { method: 'POST', body: again });
    assert.equal(asked.status, 202, await asked.text());
    await until(async () => parts()[2]!.some(({ revision }) => revision > made), 'the day is made again', 90_000);
    const shown = await fetch(`${serve.address}/v1/presences?from=${day!.from}&until=${day!.until}`);
    const badges = ((await shown.json()) as { rows: { badge: string }[] }).rows.map((row) => row.badge);
    assert.deepEqual(
      badges.sort(),
      [0, 2].map((i) => `k1.${String(i).padStart(16, '0')}`),
    );
    for (const service of running.splice(0)) assert.equal(await service.stop(), 0, service.log());
  });
});
