import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { run } from './cli/hallway.ts';
import { servers } from './servers/servers.ts';
import { newFolder, notBuilt, ROOT, remove, startService } from './service.ts';
import { configure, forgetTopics, noKafka, topics } from './source/kafka-broker.ts';

/** Of whoever is nobody: a folder of root's is closed to them. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

type Ended = { code: number | null; stderr: string };

/** Starts the built service as a person does, and waits for its end. */
async function refused(env: Record<string, string>, uid?: number): Promise<Ended> {
  const child = spawn(process.execPath, [join(ROOT, 'dist/services/main.js')], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', DEMO: 'off', JOBS: 'off', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(uid !== undefined && { uid }),
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

function assertRefused({ code, stderr }: Ended, said: RegExp): void {
  assert.equal(code, 2, stderr);
  assert.match(stderr, said);
  assert.doesNotMatch(stderr, /\n\s+at /, 'a stack');
}

describe('what cannot be started is said in a sentence, and the process ends with 2', { skip: notBuilt }, () => {
  const folder = newFolder();
  after(() => remove(folder));

  it('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const ended = await refused({ DATA_DIR: join(folder, 'port'), PORT: String(port) });
    assertRefused(ended, new RegExp(`PORT: expected a free port, found ${port} taken; PORT=0 takes any free one`));
    other.close();
  });

  it('an address that is not of this machine', async () => {
    const env = { DATA_DIR: join(folder, 'host'), HOST: '192.0.2.1', HALLWAY_TOKEN: 'x'.repeat(16) };
    assertRefused(await refused(env), /HOST: expected an address of this machine, found 192\.0\.2\.1/);
  });

  it('a folder that is closed to whoever starts it', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o555 });
    chmodSync(folder, 0o755);
    const ended = await refused({ DATA_DIR: join(closed, 'data') }, isRoot ? NOBODY : undefined);
    assertRefused(ended, /DATA_DIR: expected a folder that can be written, found .*closed\/data \(EACCES/);
  });

  it('a venue with faults: all of them, each with its place', async () => {
    const file = join(folder, 'venue.json');
    const venue = { zone: 'Mars/Olympus', rooms: [{ id: 'a', capacity: 0 }], gateways: [{ id: 'g', room: 'none' }] };
    writeFileSync(file, JSON.stringify(venue));
    const ended = await refused({ DATA_DIR: join(folder, 'venue'), VENUE: file });
    for (const pointer of ['/zone', '/rooms/0/capacity', '/gateways/0/room'])
      assertRefused(
        ended,
        new RegExp(`^fail  venue +${pointer}: expected .+, found .+ — mend it in .*venue\\.json$`, 'm'),
      );
  });

  it('settings with faults: all of them, no secret among them', async () => {
    const env = { DATA_DIR: join(folder, 'set'), HALLWAY_TOKEN: 'too short', KEEP_DAYS: 'many', STORE: 'floppy' };
    const ended = await refused(env);
    assertRefused(ended, /HALLWAY_TOKEN: expected a secret of 16 to 512 characters.*, found 9 characters/);
    assert.match(ended.stderr, /KEEP_DAYS: expected days that .* a whole number .*, found "many"/);
    assert.match(ended.stderr, /STORE: expected duckdb or influx .*, found "floppy"/);
    assert.doesNotMatch(ended.stderr, /too short/);
  });

  it('every fault of a start at once, each with its place, and hallway check says the same', async () => {
    const dataDir = join(folder, 'all');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'schema.json'), '{"version":2}');
    writeFileSync(join(folder, 'badges.csv'), 'id,group,from,until\nE0:B2:01:E3:09:8C,crew,,\nb-2,staff,yesterday,\n');
    writeFileSync(join(folder, 'first.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const floors = [
      { id: 'ground', plan: 'ground.svg' },
      { id: 'first', plan: 'first.svg' },
    ];
    const named = { floors, groups: [{ id: 'staff' }], badges: { file: 'badges.csv' } };
    const venue = { zone: 'Mars/Olympus', rooms: [{ id: 'a', capacity: 0 }], gateways: [], ...named };
    writeFileSync(join(folder, 'ill.json'), JSON.stringify(venue));
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const env = {
      ...{ DATA_DIR: dataDir, VENUE: join(folder, 'ill.json'), PORT: String(port), KEEP_DAYS: 'many' },
      ...{ SOURCE: 'replay', REPLAY: join(folder, 'none.ndjson'), PSEUDONYM_KEYS: '1:short' },
    };
    const ended = await refused(env);
    const checked = await run(process.execPath, ['dist/services/cli/hallway.js', 'check', '--json'], env);
    other.close();
    const places = [
      'KEEP_DAYS: expected .+ found "many"',
      'REPLAY: expected a file that can be read, found ENOENT',
      'DATA_DIR: .+ newer Hallway',
      'PSEUDONYM_KEYS: key 1: expected a secret',
      '/zone: expected ',
      '/rooms/0/capacity: expected ',
      '/badges/file: line 2: expected a group of the venue \\(staff\\), found crew',
      '/badges/file: line 3: expected RFC 3339',
      '/floors/0/plan: expected a drawing that can be read, found .*ground\\.svg \\(ENOENT\\)',
      '/floors/1/plan: expected shapes .* in .*first\\.svg',
      `PORT: expected a free port, found ${port} taken`,
    ];
    for (const place of places) assertRefused(ended, new RegExp(`^(fail|warn)  .+  ${place}`, 'm'));
    assert.ok(!existsSync(join(dataDir, 'main')), 'nothing was made');
    const findings = JSON.parse(checked.stdout) as { what: string; state: string; said: string }[];
    const told = findings.filter(({ state, what }) => state === 'fail' || what === 'plan').map(({ said }) => said);
    assert.ok(told.length >= places.length);
    for (const said of told) assert.ok(ended.stderr.includes(said), said);
  });

  it('a folder that another process works in', async () => {
    const service = await startService({ DATA_DIR: join(folder, 'held') });
    const ended = await refused({ DATA_DIR: service.dataDir, KEEP_DAYS: 'many' });
    await service.stop();
    for (const said of [/DATA_DIR: .*held is in use by another process/, /KEEP_DAYS: /]) assertRefused(ended, said);
  });

  const { servers: found, skip } = servers('kafka', 'influx');
  for (const ROLE of ['all', 'ingest', 'serve', 'jobs'])
    it(`a token that InfluxDB does not know, as ROLE=${ROLE}`, { skip }, async () => {
      const { url: INFLUX_URL, org: INFLUX_ORG } = found!.influx;
      const own = { DATA_DIR: join(folder, `influx-${ROLE}`), KAFKA_PREFIX: `start-${process.pid}-${ROLE}.` };
      const env = { ...own, ROLE, STORE: 'influx', INFLUX_URL, INFLUX_ORG, KAFKA_BROKERS: found!.brokers.join() };
      const ended = await refused({
        ...env,
        ...(ROLE !== 'all' && { SOURCE: 'kafka' }),
        INFLUX_TOKEN: 'not-the-token',
      });
      assertRefused(ended, /INFLUX_TOKEN: expected /);
      assert.doesNotMatch(ended.stderr, /not-the-token/);
    });

  it('a topic that does not stamp, as ROLE=bridge, before any gateway has spoken', { skip: noKafka }, async () => {
    const stamped = await topics();
    const { brokers, prefix: KAFKA_PREFIX } = stamped;
    await configure(stamped, 'observations', { 'message.timestamp.type': 'CreateTime' });
    const env = { DATA_DIR: join(folder, 'bridge'), ROLE: 'bridge', KAFKA_BROKERS: brokers.join(), KAFKA_PREFIX };
    // Nobody is there, and that is waited out.
    const ended = await refused({ ...env, MQTT_URL: 'mqtt://127.0.0.1:9' });
    assertRefused(ended, /--add-config message\.timestamp\.type=LogAppendTime/);
    await forgetTopics();
  });

  it('a folder of a newer Hallway, one whose mark is none, and half a restore', async () => {
    const cases: [string, string, RegExp][] = [
      ['schema.json', '{"version":2}', /was written by a newer Hallway \(version 2, this one knows 1\)/],
      ['schema.json', '{"version":"1"', /schema\.json: expected \{"version":1\}, found \{"version":"1"/],
      ['restoring', '', /expected a whole restore, found half of one/],
    ];
    for (const [i, [name, content, said]] of cases.entries()) {
      const dataDir = join(folder, `mark-${i}`);
      mkdirSync(dataDir);
      writeFileSync(join(dataDir, name), content);
      assertRefused(await refused({ DATA_DIR: dataDir }), said);
      assert.ok(!existsSync(join(dataDir, 'main')), 'nothing else was made');
    }
  });
});

it('a folder from before there were marks is marked with version 1 when it is opened', { skip: notBuilt }, async () => {
  const dataDir = newFolder();
  const service = await startService({ DATA_DIR: dataDir });
  await service.stop();
  assert.deepEqual(JSON.parse(readFileSync(join(dataDir, 'schema.json'), 'utf8')), { version: 1 });
  remove(dataDir);
});
