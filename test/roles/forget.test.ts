import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { publish, readParts } from '../../services/ledger/manifest.ts';
import type { Receipt } from '../../services/model/forgetting.ts';
import { influxStore } from '../../services/store/influx.ts';
import { type App, rows, startApp } from '../serve/app.ts';
import { ownBucket, servers } from '../servers/servers.ts';
import { forget as forgetTopics, fresh, produce, until } from '../source/kafka-broker.ts';

const { servers: found, skip } = servers('kafka', 'influx');
const LOOK_MS = 300;
const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 10, 3, 12);
const HIDDEN = 'k1.AAAAAAAAAAAAAAAA';
const OTHER = 'k1.BBBBBBBBBBBBBBBB';
const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});

const messageOf = (badge: string, ms: number) => ({
  key: 'pi-1',
  value: JSON.stringify({ kind: 'sighting', gateway: 'pi-1', badge, rssi: -60, time: NOON + ms }),
});
const badgesIn = async (app: App) => (await rows(app, '/v1/observations')).map(({ badge }) => badge);
/** Looks now and then: who asks too often has to wait. */
const stored = (app: App, count: number) =>
  until(async () => {
    await sleep(LOOK_MS);
    return (await badgesIn(app)).length === count;
  }, 60_000);

describe('a badge that is forgotten with Kafka and InfluxDB, in one process', { skip, timeout: 120_000 }, () => {
  it('goes from bucket and Parquet, what Kafka still brings of it is not stored, and the receipt says until when', async () => {
    const options = fresh({ partitions: 1 });
    const bucket = await ownBucket(found!.influx);
    ends.push(bucket.drop, () => forgetTopics(options));
    const { url, token, org, bucket: name } = bucket.influx;
    const app = await startApp({
      ...{ SOURCE: 'kafka', STORE: 'influx', SERIES_MAX: '1', KAFKA_PARTITIONS: '1', KAFKA_PREFIX: options.prefix },
      ...{ KAFKA_BROKERS: found!.brokers.join(), INFLUX_URL: url, INFLUX_TOKEN: token, INFLUX_ORG: org },
      INFLUX_BUCKET: name,
    });
    ends.push(app.end);
    const first = [OTHER, HIDDEN].flatMap((badge) => [messageOf(badge, 0), messageOf(badge, 1000)]);
    await produce(options, first);
    await stored(app, 4);
    const main = join(app.dataDir, 'main');
    await closeHour(main, bucket.influx);

    const answer = await fetch(`${app.address}/v1/forgettings`, {
      method: 'POST',
      body: JSON.stringify({ badge: HIDDEN }),
    });
    const receipt = (await answer.json()) as Receipt;

    assert.deepEqual([receipt.sightings, receipt.days], [2, ['2026-11-03']], JSON.stringify(receipt));
    assert.deepEqual(receipt.files, [{ dataset: 'observations', day: '2026-11-03T12', revision: 0 }]);
    assert.equal(readParts(main, 'observations')[0]!.rows, 2);
    assert.deepEqual(
      receipt.left.map(({ where }) => where),
      ['InfluxDB', ...['observations', 'dead-letters'].map((topic) => `Kafka's topic ${options.prefix}${topic}`)],
    );
    assert.ok(receipt.left[1]!.until! >= receipt.time + 7 * 24 * HOUR_MS);
    assert.deepEqual(await badgesIn(app), [OTHER, OTHER]);
    await produce(options, [...first, messageOf(HIDDEN, 2000), messageOf(OTHER, 3000)]);
    await stored(app, 3);
    assert.deepEqual(await badgesIn(app), [OTHER, OTHER, OTHER]);
  });
});

/** What the job of that name does with an hour that is over. */
async function closeHour(main: string, influx: NonNullable<typeof found>['influx']): Promise<void> {
  const store = await influxStore({ ...influx, keepDays: 0, seriesMax: 1, deadLetter: () => undefined });
  const span = { from: NOON, until: NOON + HOUR_MS };
  const said = { span, positions: [], venue: '', rule: '', made: NOON, note: null, asSeen: true };
  await publish(main, 'observations', { day: '2026-11-03T12', ...said }, async (aside) => {
    await store.copy(span, aside);
    return 4;
  });
  store.close();
}
