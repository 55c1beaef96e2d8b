import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Histogram, Registry } from 'prom-client';
import { createFanout, type Fanout } from '../../services/live/fanout.ts';
import type { Frame } from '../../services/model/frame.ts';
import type { Line } from '../../services/model/line.ts';
import type { Observation } from '../../services/model/observation.ts';
import { behindIn } from '../../services/roles/beyond.ts';
import { createCounts } from '../../services/roles/counts.ts';
import { entryOf, newsOf } from '../../services/roles/frames.ts';
import { applicationOf } from '../../services/serve/application.ts';
import { soon } from '../ledger/contract.ts';
import { newFolder, ROOT } from '../service.ts';
import { type App, send, startApp } from './app.ts';

const PROMETHEUS = join(ROOT, 'services/prometheus');
/** What the page of a service with Kafka has beside that of any. */
const BEYOND = new Set(['hallway_kafka_behind', 'hallway_replay_share', 'up']);

type Sample = { name: string; labels: Record<string, string>; value: number };

function samplesOf(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line)!;
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
      return { name: name!, labels: Object.fromEntries(pairs), value: Number(value) };
    });
}

const sum = (samples: Sample[], name: string, labels: Record<string, string> = {}) =>
  samples
    .filter((one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value))
    .reduce((all, { value }) => all + value, 0);

describe('GET /metrics', () => {
  let app: App;
  const samples = async () => samplesOf(await (await fetch(`${app.address}/metrics`)).text());
  before(async () => {
    const dataDir = newFolder();
    const gateways = [
      { id: 'pi-1', room: 'a' },
      { id: 'pi-2', room: 'a' },
    ];
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify({ zone: 'UTC', rooms: [{ id: 'a' }], gateways }));
    app = await startApp({ DATA_DIR: dataDir });
  });
  after(() => app.end());

  it('is anything lost: stored, known already, late, ahead, rejected by field and way', async () => {
    const now = Date.now();
    const line = (fields: object) => JSON.stringify({ time: now, gateway: 'pi-1', badge: 'b', rssi: -60, ...fields });
    const late = line({ time: now - 10 * 60_000 });
    const ahead = line({ time: now + 5 * 60_000 });
    const body = [line({}), line({}), late, ahead, line({ rssi: 300 }), '{'].join('\n');
    assert.equal((await send(app, body)).status, 200);
    const found = await samples();
    const totals = ['stored', 'duplicate', 'late', 'ahead'].map((one) =>
      sum(found, `hallway_observations_${one}_total`),
    );
    assert.deepEqual(totals, [3, 1, 1, 1]);
    const rejected = (field: string) => sum(found, 'hallway_observations_rejected_total', { field, source: 'inbox' });
    assert.deepEqual([rejected('rssi'), rejected('body')], [1, 1]);
  });

  it('how late is the picture: an observation is timed by the frame that has it', async () => {
    const before = sum(await samples(), 'hallway_frame_lag_seconds_count');
    await send(app, JSON.stringify({ time: Date.now(), gateway: 'pi-1', badge: 'c', rssi: -60 }));
    await soon(async () => sum(await samples(), 'hallway_frame_lag_seconds_count') > before);
    const found = await samples();
    assert.ok(sum(found, 'hallway_frame_delay_seconds_count') > 0);
    assert.equal(sum(found, 'hallway_rooms'), 1);
    assert.equal(sum(found, 'hallway_gateways'), 2);
  });

  it('which question is slow: by the template of its route, whatever a client asks for', async () => {
    const before = new Set((await samples()).map(({ name, labels }) => JSON.stringify([name, labels])));
    for (let n = 0; n < 50; n++) await fetch(`${app.address}/v1/nothing/${n}?x=${n}`);
    await send(app, `{"kind":"made-up-${Math.random()}","${Math.random()}":1}`);
    await (
      await fetch(`${app.address}/v1/loads?name=${Math.random()}`, { method: 'POST', body: '{"rssi":300}' })
    ).text();
    await (await fetch(`${app.address}/v1/venue`)).text();
    const found = await samples();
    const fresh = found.filter(({ name, labels }) => !before.has(JSON.stringify([name, labels])));
    const labelled = new Set(fresh.flatMap(({ labels: { le: _, ...rest } }) => Object.values(rest)));
    for (const value of labelled) assert.doesNotMatch(value, /\d\.\d|nothing|made-up/);
    assert.equal(sum(found, 'hallway_http_seconds_count', { route: 'none', status: '404', method: 'GET' }), 50);
    assert.ok(sum(found, 'hallway_query_seconds_count', { dataset: 'venue' }) >= 1);
    assert.equal(sum(found, 'hallway_observations_rejected_total', { source: 'load' }), 1);
  });

  it('what runs out: the disk, the store, the ledger', async () => {
    const found = await samples();
    const [free, size] = [sum(found, 'hallway_disk_free_bytes'), sum(found, 'hallway_disk_bytes')];
    assert.ok(free > 0 && free <= size);
    assert.ok(sum(found, 'hallway_store_bytes') > 0);
  });

  it('alerts and dashboard name only metrics and labels that are there', async () => {
    const found = await samples();
    const families = new Map<string, Set<string>>();
    const page = await (await fetch(`${app.address}/metrics`)).text();
    for (const [, name] of page.matchAll(/^# TYPE (\w+) /gm)) families.set(name!, new Set());
    for (const { name, labels } of found) {
      const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
      for (const label of Object.keys(labels)) family?.add(label);
    }
    const expressions = expressionsIn();
    assert.ok(expressions.length > 30);
    for (const expression of expressions) {
      const named = [...expression.matchAll(/\b(?:hallway|process|nodejs)_\w+/g)].map(([name]) => name);
      assert.ok(named.length > 0 || /\bup\b/.test(expression), expression);
      for (const name of named)
        assert.ok(
          BEYOND.has(name) || families.has(name) || families.has(name.replace(/_(bucket|sum|count)$/, '')),
          `${expression}: ${name}`,
        );
    }
  });

  it('promtool reads the alerts', {
    skip: spawnSync('promtool', ['--version']).status === 0 ? false : 'no promtool',
  }, () => {
    for (const [what, file] of [
      ['rules', 'alerts.yml'],
      ['config', 'prometheus.yml'],
    ] as const)
      execFileSync('promtool', ['check', what, join(PROMETHEUS, file)], { stdio: 'pipe' });
  });
});

/** Every expression of the alerts and of the dashboard. */
function expressionsIn(): string[] {
  const alerts = [...readFileSync(join(PROMETHEUS, 'alerts.yml'), 'utf8').matchAll(/^ +expr: (.+)$/gm)].map(
    ([, text]) => text!,
  );
  type Panel = { targets?: { expr: string }[] };
  const { panels } = JSON.parse(readFileSync(join(PROMETHEUS, 'dashboard.json'), 'utf8')) as { panels: Panel[] };
  return [...alerts, ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))];
}

const frameOf = (positions: number[]): Frame => ({
  ...{ time: Date.now() - 300, positions, venue: '', rule: '', baseline: null, rooms: [] },
});
const sighting = (time: number): Observation =>
  ({
    kind: 'sighting',
    time,
    received: Date.now(),
    gateway: 'g',
    badge: 'k1.AAAAAAAAAAAAAAAA',
    rssi: -60,
  }) as Observation;

it('a batch is pending until a frame has read as far, partition by partition; what is late is not timed', async () => {
  const counts = createCounts({ waiting: 0 }, createFanout());
  const took = (observation: Observation, position: number) =>
    counts.took(
      { observations: [observation], rejects: [] },
      { position, stored: 1, duplicates: new Uint32Array() },
      1,
    );
  const timed = async () => sum(samplesOf(await counts.registry.metrics()), 'hallway_frame_lag_seconds_count');
  took(sighting(Date.now()), 7);
  took(sighting(Date.now() - 400_000), 8);
  took(sighting(Date.now()), 2 ** 44 + 3);
  counts.framed(frameOf([6]));
  assert.equal(await timed(), 0);
  counts.framed(frameOf([8]));
  assert.equal(await timed(), 1);
  counts.framed(frameOf([8, 2 ** 44 + 3]));
  assert.equal(await timed(), 2);
});

it('a frame says of what it is the first to have when that was received, of many batches some; who is told so counts it', async () => {
  const live = createCounts({ waiting: 0 }, createFanout());
  const now = Date.now();
  for (let i = 1; i <= 250; i++) {
    const observations = [{ ...sighting(now - 900), received: now - 800 }];
    live.took({ observations, rejects: [] }, { position: i, stored: 1, duplicates: new Uint32Array() }, 1);
  }
  assert.equal(live.newIn([250]).length, 84);
  assert.deepEqual(live.newIn([2]), [now - 800, now - 800]);
  live.framed(frameOf([249]));
  const { headers } = entryOf({ time: now } as Line, 7, live.newIn([250]));
  assert.deepEqual(newsOf({ headers }), [now - 800]);
  assert.deepEqual([newsOf({}), newsOf({ headers: entryOf({ time: now } as Line, 7).headers })], [[], []]);
  const fanout: Fanout = createFanout(
    (frame) => serve.framed(frame, newsOf({ headers })),
    () => serve.shown(),
  );
  const serve = createCounts({ waiting: 0 }, fanout);
  fanout.watch(() => undefined);
  fanout.push({ ...frameOf([250]), time: now });
  assert.equal((await applicationOf(serve.registry)).screen !== null, true);
});

it('applicationOf(metrics) has what 95 of 100 took, within its bucket, and what was received and is nowhere', async () => {
  const counts = createCounts({ waiting: 0 }, createFanout());
  const asked = async () => applicationOf(counts.registry);
  assert.deepEqual(
    { ...(await asked()), memory: 0 },
    { screen: null, requests: null, queries: null, memory: 0, lost: 0 },
  );
  const seconds = new Histogram({
    ...{
      name: 'hallway_http_seconds',
      help: '-',
      labelNames: ['route'],
      buckets: [1, 3],
      registers: [counts.registry],
    },
  });
  for (let i = 0; i < 90; i++) seconds.observe({ route: `/${i % 2}` }, 0.5);
  for (let i = 0; i < 10; i++) seconds.observe({ route: '/slow' }, 2);
  const observations = [sighting(1), sighting(2), sighting(3)];
  const took = (duplicates: number[]) =>
    counts.took({ observations, rejects: [] }, { position: 1, stored: 2, duplicates: Uint32Array.from(duplicates) }, 1);
  took([2]);
  assert.deepEqual([(await asked()).requests, (await asked()).lost], [2, 0]);
  took([]);
  assert.equal((await asked()).lost, 1);
  for (let i = 0; i < 900; i++) seconds.observe({ route: '/slow' }, 9);
  assert.equal((await asked()).requests, 3);
});

it('what comes in is called simulated while that is told, here or to others who store, and not by what was stored before', async () => {
  const told = (observation: Observation, past = false) => {
    const counts = createCounts({ waiting: 0 }, createFanout());
    const batch = { observations: [observation], rejects: [], ...(past && { past }) };
    counts.took(batch, { position: 1, stored: 1, duplicates: new Uint32Array() }, 1);
    return counts.read().simulated;
  };
  const own = { ...sighting(1), simulated: false };
  const simulated = { ...own, simulated: true };
  assert.deepEqual([told(own), told(simulated), told(simulated, true)], [false, true, false]);
  const counts = createCounts({ waiting: 0 }, createFanout());
  const found: boolean[] = [];
  for (const [observations, of] of [
    [100, 50],
    [110, 60],
    [110, 50],
    [0, 0],
  ]) {
    await counts.recount(async () => ({ observations: observations!, rejects: 0, own: of!, received: null }));
    found.push(counts.read().simulated);
  }
  assert.deepEqual(found, [false, false, true, false]);
});

it('from received to the screen is told of what screens were sent, while there is one', async () => {
  const fanout: Fanout = createFanout(
    (frame) => counts.framed(frame),
    () => counts.shown(),
  );
  const counts = createCounts({ waiting: 0 }, fanout);
  const now = Date.now();
  const frameOf = (position: number): Frame => ({
    ...{ time: now, positions: [position], venue: 'v', rule: 'r', baseline: null, rooms: [] },
  });
  const took = (position: number) => {
    const observations = [{ ...sighting(position), time: now - 700, received: now - 600 }];
    counts.took({ observations, rejects: [] }, { position, stored: 1, duplicates: new Uint32Array() }, 1);
  };
  const screen = async () => (await applicationOf(counts.registry)).screen;
  took(1);
  fanout.push(frameOf(1));
  assert.equal(await screen(), null, 'nobody watches');
  fanout.watch(() => undefined);
  took(2);
  fanout.push(frameOf(2));
  const found = await screen();
  assert.ok(found !== null && found > 0.5 && found < 5, String(found));
});

it('how far Kafka is behind is one number a partition, the newest', async () => {
  const counts = createCounts({ waiting: 0 }, createFanout());
  const behind = behindIn(counts);
  behind(0, 100);
  behind(1, 5);
  behind(0, 0);
  const told = async () =>
    samplesOf(await counts.registry.metrics())
      .filter(({ name }) => name === 'hallway_kafka_behind')
      .map(({ labels, value }) => [labels.partition, value]);
  assert.deepEqual(await told(), [
    ['0', 0],
    ['1', 5],
  ]);
  // Another reads partition 1 now: what it is behind is told by it.
  behind(1, null);
  assert.deepEqual(await told(), [['0', 0]]);
  assert.ok(counts.registry instanceof Registry);
});
