import assert from 'node:assert/strict';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DESTINATION_KEY, deliveryKey } from '../../services/ledger/deliveries.ts';
import { exportsIn } from '../../services/ledger/exported.ts';
import { fileLedger } from '../../services/ledger/file.ts';
import { KEYS, say } from '../../services/ledger/runs.ts';
import { goneKey, rowKey } from '../../services/ledger/schedules.ts';
import type { Delivery } from '../../services/model/delivery.ts';
import type { WindowRow } from '../../services/model/schedule.ts';
import { FROM, HOUR, publish, windowOf } from '../deliver/parcels.ts';
import { type App, rows, startApp } from './app.ts';
import { verified } from './verified.ts';

const UNTIL = FROM + HOUR;
const GIVEN = {
  name: 'Rooms by hour',
  query: { dataset: 'frames', rows: ['room'], measures: ['occupancy'] },
  ...{ cron: '0 * * * *', zone: 'Europe/Dublin', formats: ['csv'], destinations: ['hook'] },
};
type Said = { errors?: { pointer: string; expected: string; found: string }[] } & Record<string, unknown>;

describe('destinations, deliveries and deeds over HTTP', () => {
  let app: App;
  let ledger: Awaited<ReturnType<typeof fileLedger>>;
  const call = async (method: string, path: string, body?: unknown) => {
    const reply = await fetch(app.address + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: reply.status, said: (await reply.json()) as Said };
  };
  const deeds = async () => (await rows(app, '/v1/audit')).map(({ did, schedule }) => [did, schedule]);

  before(async () => {
    app = await startApp();
    ledger = await fileLedger(join(app.dataDir, 'main', 'ledger'));
  });
  after(async () => {
    ledger.close();
    await app.end();
  });

  it('a schedule may name what is configured, and is told what there is', async () => {
    const refused = await call('PUT', '/v1/schedules/hourly', GIVEN);
    assert.equal(refused.status, 422);
    assert.deepEqual(refused.said.errors, [
      { pointer: '/destinations/0', expected: 'one that DESTINATIONS names: none yet', found: 'hook' },
    ]);
    await say(ledger, DESTINATION_KEY('hook'), { name: 'hook', kind: 'webhook', where: 'h.example', announces: false });
    const kept = await call('PUT', '/v1/schedules/hourly', { ...GIVEN, keep: { days: 30, revisions: null } });
    assert.deepEqual(
      [kept.status, kept.said.destinations, kept.said.keep],
      [200, ['hook'], { days: 30, revisions: null }],
    );
    for (const keep of [{ days: 0, revisions: null }, {}, { days: 1 }])
      assert.equal((await call('PUT', '/v1/schedules/hourly', { ...GIVEN, keep })).status, 400, JSON.stringify(keep));
    const { said: why } = await call('PUT', '/v1/schedules/hourly', { ...GIVEN, keep: {} });
    assert.deepEqual(why.errors, [
      {
        pointer: '/keep',
        expected: 'an object of days and revisions, both named, null for all or null',
        found: 'an object',
      },
    ]);
    assert.deepEqual(await rows(app, '/v1/destinations'), [
      { name: 'hook', kind: 'webhook', where: 'h.example', announces: false, tried: null, error: null },
    ]);
  });

  it('what a schedule named before may stay named when it is gone; it is a trouble', async () => {
    await say(ledger, DESTINATION_KEY('hook'), null);
    const { status, said } = await call('PUT', '/v1/schedules/hourly', { ...GIVEN, paused: true });
    assert.deepEqual([status, said.destinations], [200, ['hook']]);
    const published = publish(join(app.dataDir, 'main'), { 'hourly.csv': 'a' });
    await say(ledger, rowKey('hourly', UNTIL), windowOf({ ...published, to: ['hook'] }));
    const [trouble] = await rows(app, '/v1/schedules/troubles');
    assert.equal(trouble!.reason, 'expected a destination that DESTINATIONS names (none), found hook');
    await say(ledger, DESTINATION_KEY('hook'), { name: 'hook', kind: 'webhook', where: 'h.example', announces: false });
    assert.deepEqual(await rows(app, '/v1/schedules/troubles'), []);
  });

  it('lists how files stand with each destination, and sends again what has failed alone', async () => {
    const [row] = (await rows(app, '/v1/schedules/hourly/deliveries')) as unknown as Delivery[];
    assert.deepEqual([row!.state, row!.destination, row!.revision, row!.id], ['waiting', 'hook', 1, null]);
    const path = '/v1/schedules/hourly/deliveries';
    assert.equal((await call('POST', path, { until: UNTIL })).status, 409, 'nothing has failed');
    const failed = { ...row!, id: 'x', state: 'failed', attempt: 8, error: 'no', retry: null, time: UNTIL } as const;
    await say(ledger, deliveryKey(row!), failed satisfies Delivery);
    assert.equal((await rows(app, '/v1/schedules/troubles')).length, 1);
    assert.equal((await call('POST', path, { until: UNTIL, destination: 'other' })).status, 409);
    assert.deepEqual((await call('POST', path, { until: UNTIL, destination: 'hook' })).said, { again: 1 });
    const [asked] = (await rows(app, path)) as unknown as Delivery[];
    assert.deepEqual([asked!.attempt, asked!.id], [0, 'x']);
    assert.ok(asked!.retry! <= Date.now());
    await say(ledger, deliveryKey(row!), { ...failed, state: 'sent' } satisfies Delivery);
    assert.equal((await call('POST', path, { until: UNTIL })).status, 409, 'what was sent stays sent');
    assert.equal((await call('POST', '/v1/schedules/none/deliveries', { until: UNTIL })).status, 404);
    assert.equal((await call('POST', path, { until: 'soon' })).status, 400);
  });

  it('a destination is tried by whoever sends', async () => {
    const { status, said } = await call('POST', '/v1/destinations/hook/test', {});
    assert.deepEqual([status, said.tried], [202, 'asked']);
    assert.equal((await call('POST', '/v1/destinations/none/test', {})).status, 404);
    assert.deepEqual((await ledger.get('trial/hook'))!.value, { state: 'asked', error: null });
  });

  it('says of files that were removed since when they are; verify looks at every other revision, superseded or not', async () => {
    const house = join(app.dataDir, 'main');
    const [first, second] = [1, 2].map((revision) => publish(house, { 'hourly.csv': 'a' }, { revision }));
    await say(ledger, rowKey('hourly', UNTIL), windowOf({ ...second!, to: [] }));
    await say(ledger, goneKey('hourly', UNTIL, 2), { time: UNTIL });
    const [row] = (await rows(app, '/v1/schedules/hourly/windows')) as unknown as { published: { gone?: number } }[];
    assert.ok(row!.published.gone);
    const file = join(exportsIn(house), first!.folder, 'hourly.csv');
    writeFileSync(file, 'b');
    const [found, ...more] = await verified(app.address, 'hourly');
    assert.deepEqual([found!.folder, found!.found!.faults.length, more], [first!.folder, 1, []]);
    assert.match(found!.found!.faults[0]!, /^hourly\.csv: expected SHA-256/);
    writeFileSync(file, 'a');
  });

  it('says of files that somebody has removed or changed that they are not at their place; of what is no window, that', async () => {
    const house = join(app.dataDir, 'main');
    const published = publish(house, { 'hourly.csv': 'a', 'hourly.tsv': 'a', 'hourly.json': 'a' }, { revision: 3 });
    await say(ledger, rowKey('hourly', UNTIL), windowOf({ ...published, to: [] }));
    const path = (end: number | string) => `/v1/schedules/hourly/windows/${end}`;
    const lost = async () => {
      const { said } = await call('GET', path(new Date(UNTIL).toISOString()));
      return (said.revisions as { revision: number; lost: string[] }[]).find(({ revision }) => revision === 3)!.lost;
    };
    assert.deepEqual(await lost(), []);
    rmSync(join(exportsIn(house), published.folder, 'hourly.csv'));
    writeFileSync(join(exportsIn(house), published.folder, 'hourly.tsv'), 'longer');
    assert.deepEqual(await lost(), ['hourly.csv', 'hourly.tsv']);
    const waits = await call('GET', path(new Date(UNTIL + HOUR).toISOString()));
    assert.deepEqual([waits.status, waits.said.revisions], [200, []], 'a window that waits has none yet');
    for (const end of [new Date(UNTIL + 1).toISOString(), 'soon'])
      for (const more of ['', '/totals']) {
        const { status, said } = await call('GET', path(end) + more);
        assert.deepEqual([status, /the end of a window/.test(said.detail as string)], [404, true], end + more);
      }
  });

  it('a file is had by the name of a file alone: no dots, no links out of the folder', async () => {
    const house = join(app.dataDir, 'main');
    const revision = 7;
    const published = publish(house, { 'hourly.csv': 'a', 'link.csv': 'hush', up: 'hush' }, { revision });
    await say(ledger, rowKey('hourly', UNTIL), windowOf({ ...published, to: [] }));
    const folder = join(exportsIn(house), published.folder);
    writeFileSync(join(app.dataDir, 'secret'), 'hush');
    for (const [name, to] of [
      ['link.csv', join(app.dataDir, 'secret')],
      ['up', app.dataDir],
    ] as const) {
      rmSync(join(folder, name));
      symlinkSync(to, join(folder, name));
    }
    writeFileSync(join(folder, 'other.csv'), 'hush');
    const get = (name: string) =>
      fetch(`${app.address}/v1/schedules/hourly/windows/${new Date(UNTIL).toISOString()}/${revision}/${name}`);
    assert.equal(await (await get('hourly.csv')).text(), 'a');
    for (const name of [
      'link.csv',
      'up',
      'other.csv',
      '..',
      '.rows.parquet',
      '%2e%2e%2fsecret',
      'up%2fsecret',
      '..%5csecret',
    ]) {
      const reply = await get(name);
      assert.ok(reply.status === 404 || reply.status === 400, `${name}: ${reply.status}`);
      assert.doesNotMatch(await reply.text(), /hush/);
    }
  });

  it('a file is of the type of its format, whatever its template calls it; its window is named with or without milliseconds', async () => {
    const published = publish(join(app.dataDir, 'main'), { plain: 'a' }, { revision: 4 });
    const files = published.files.map((one) => ({ ...one, format: 'csv' as const }));
    await say(ledger, rowKey('hourly', UNTIL), windowOf({ ...published, files, to: [] }));
    const end = new Date(UNTIL).toISOString().replace('.000Z', 'Z');
    const reply = await fetch(`${app.address}/v1/schedules/hourly/windows/${end}/4/plain`);
    assert.match(reply.headers.get('content-type')!, /^text\/csv/);
    assert.equal(await reply.text(), 'a');
  });

  it('says of the one window that is being filled how far it is', async () => {
    const [row] = (await rows(app, '/v1/schedules/hourly/windows')) as unknown as WindowRow[];
    await say(ledger, rowKey('hourly', UNTIL), { ...row!, state: 'running' });
    for (const [until, expected] of [
      [UNTIL, { share: 0.25, words: 'hourly.csv, 3 rows' }],
      [UNTIL + HOUR, null],
    ] as const) {
      const part = { key: rowKey('hourly', until), share: 0.25, words: 'hourly.csv, 3 rows' };
      await say(ledger, KEYS.progress('exports'), { day: null, share: 0.5, words: 'all', parts: [part] });
      assert.deepEqual((await rows(app, '/v1/schedules/hourly/windows'))[0]!.progress, expected);
    }
  });

  it('keeps who did what, newest first, of one schedule or of all', async () => {
    await call('PUT', '/v1/schedules/hourly', { ...GIVEN, paused: false });
    await call('POST', '/v1/schedules/hourly/windows', { from: UNTIL - 1, until: UNTIL + 1 });
    await call('DELETE', '/v1/schedules/hourly');
    const made = [
      ['made', 'hourly'],
      ['paused', 'hourly'],
      ['sent again', 'hourly'],
      ['tested', null],
      ['verified', 'hourly'],
      ['downloaded', 'hourly'],
      ['downloaded', 'hourly'],
      ['resumed', 'hourly'],
      ['ran', 'hourly'],
      ['deleted', 'hourly'],
    ];
    assert.deepEqual((await deeds()).reverse(), made);
    const own = await rows(app, '/v1/audit?schedule=hourly');
    assert.equal(own.length, made.length - 1);
    assert.ok(own.every(({ who }) => who === 'this machine'));
  });
});
