import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { newFolder, notBuilt, remove } from '../service.ts';
import { hallway as npmHallway, run } from './hallway.ts';

const hallway = (args: string[], env: Record<string, string> = {}) =>
  run(process.execPath, ['dist/services/cli/hallway.js', ...args], env);

describe('hallway', { skip: notBuilt }, () => {
  const folder = newFolder();
  const env = { DATA_DIR: join(folder, 'data') };
  const at = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  after(() => remove(folder));

  it('--help lists commands and settings; COMMAND --help has an example', async () => {
    const overview = await npmHallway(['--help']);
    assert.equal(overview.code, 0);
    for (const word of ['load', 'locate', 'DATA_DIR', 'PORT']) assert.ok(overview.stdout.includes(word), word);
    const { code, stdout } = await hallway(['locate', '--help']);
    assert.equal(code, 0);
    assert.match(stdout, /example\n {2}npx hallway locate/);
  });

  it('misuse is 2, and the nearest right word is offered', async () => {
    for (const [args, said] of [
      [['laod', 'x'], /unknown command laod, did you mean load/],
      [['locate', '--form=2020-01-01T00:00:00Z'], /unknown option --form, did you mean --(from|format)/],
      [['load', join(folder, 'nothing.csv')], /expected a file, found nothing at/],
      [['load'], /expected a file to load/],
      [['locate', '--from=yesterday'], /--from: expected RFC 3339/],
      [['locate', '--from=2020-01-02T00:00:00Z', '--until=2020-01-01T00:00:00Z'], /--from to be before --until/],
      [['locate', at('x.ndjson', '{}'), '--format=cvs'], /did you mean csv/],
      [['locate', at('x.ndjson', '{}'), '--venue=nowhere.json'], /--venue: expected a file/],
      [
        ['locate', at('x.ndjson', '{}'), '--frames=90m'],
        /--frames: expected all, day, session, event, or 1s to 1h .*, found 90m/,
      ],
    ] as [string[], RegExp][]) {
      const { code, stdout, stderr } = await hallway(args, env);
      assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
      assert.match(stderr, said);
      assert.ok(!stderr.includes('    at '), 'a stack is no sentence');
      assert.equal(stdout, '');
    }
  });

  it('a faulty setting lists every fault with the choices', async () => {
    const { code, stderr } = await hallway(['load', at('x.ndjson', '{}')], {
      ...env,
      PORT: 'http',
      STORE: 'mongo',
      KEEP_DAYS: '1.5',
    });
    assert.equal(code, 2);
    for (const part of ['PORT: expected', 'STORE: expected duckdb', 'KEEP_DAYS: expected'])
      assert.ok(stderr.includes(part), stderr);
  });

  it('a faulty venue file lists every fault with its pointer', async () => {
    const venue = at(
      'bad.json',
      JSON.stringify({ zone: 'Mars/Base', rooms: [{ id: 'a' }], gateways: [{ id: 'pi-1', room: 'b' }] }),
    );
    const { code, stderr } = await hallway(['locate', at('y.ndjson', '{}'), `--venue=${venue}`], env);
    assert.equal(code, 2);
    assert.match(stderr, /\/zone: expected/);
    assert.match(stderr, /\/gateways\/0\/room: expected/);
  });

  it('load of a file that cannot be read says why, and is 1', async () => {
    const { code, stderr } = await hallway(['load', at('words.txt', 'hello world\n')], env);
    assert.equal(code, 1);
    assert.match(stderr, /expected .*CSV/);
  });

  it('locate prints presences as CSV, NDJSON and JSON, frames by step, and nothing but data on stdout', async () => {
    const venue = at(
      'venue.json',
      JSON.stringify({
        zone: 'UTC',
        rooms: [{ id: 'hall' }, { id: 'foyer' }],
        gateways: [
          { id: 'pi-1', room: 'hall' },
          { id: 'pi-2', room: 'foyer' },
        ],
      }),
    );
    const lines = Array.from({ length: 1800 }, (_, i) =>
      JSON.stringify({
        time: Date.UTC(2026, 10, 3, 10) + i * 1000,
        gateway: i < 900 ? 'pi-1' : 'pi-2',
        badge: 'b',
        rssi: -50,
      }),
    );
    const file = at('walk.ndjson', lines.join('\n'));
    const csv = await hallway(['locate', file, `--venue=${venue}`], env);
    const [header, ...presences] = csv.stdout.trim().split('\r\n');
    assert.equal(header, 'badge,room,from,until,reason,parked,heard,visit,rule');
    assert.deepEqual(
      presences.map((row) => row.split(',')[1]),
      ['hall', 'foyer'],
    );
    assert.match(presences[0]!, /^k1\.[\w-]{16},hall,2026-11-03T10:00:0\d\.000Z,2026-11-03T10:15:/);
    const json = JSON.parse((await hallway(['locate', file, `--venue=${venue}`, '--format=json'], env)).stdout);
    assert.equal(json.rows.length, 2);
    assert.equal(json.meta.dataset, 'presences');
    assert.match(json.meta.venue, /^[0-9a-f]{64}$/);
    const frames = await hallway(['locate', file, `--venue=${venue}`, '--frames=15m', '-q'], env);
    const rows = frames.stdout
      .trim()
      .split('\r\n')
      .map((row) => row.split(','));
    assert.deepEqual(rows[0], ['room', 'time', 'occupancy', 'peak', 'visitors', 'badgeMinutes']);
    assert.deepEqual(
      rows.slice(1).map((row) => `${row[0]} ${row[1]} ${row[3]} ${row[4]}`),
      [
        'hall 2026-11-03T10:00:00.000Z 1 1',
        'hall 2026-11-03T10:15:00.000Z 1 1',
        'foyer 2026-11-03T10:00:00.000Z 0 0',
        'foyer 2026-11-03T10:15:00.000Z 1 1',
      ],
    );
    assert.equal(frames.stderr, '');
    const sum = rows.slice(1).reduce((minutes, row) => minutes + Number(row[5]), 0);
    assert.ok(sum > 29.5 && sum <= 30, `${sum} badge-minutes of 30`);
  });

  it('locate --from reads what was before it too: a badge that has lain there for hours is parked from the first second', async () => {
    const start = Date.UTC(2026, 10, 3, 10);
    const text = Array.from({ length: 360 }, (_, minute) =>
      JSON.stringify({ time: start + minute * 60_000, gateway: 'pi-1', badge: 'b', rssi: -50 }),
    ).join('\n');
    const store = { DATA_DIR: join(folder, 'warm') };
    await hallway(['load', at('table.ndjson', text)], store);
    const venue = at(
      'table.json',
      JSON.stringify({ zone: 'UTC', rooms: [{ id: 'hall' }], gateways: [{ id: 'pi-1', room: 'hall' }] }),
    );
    const span = ['--from=2026-11-03T15:00:00Z', '--until=2026-11-03T15:30:00Z', '--format=ndjson', '-q'];
    const { stdout } = await hallway(['locate', `--venue=${venue}`, ...span], store);
    const [presence, ...others] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(others, []);
    assert.deepEqual([presence.parked, presence.from], [true, start + 5 * 3_600_000]);
  });

  it('what needs the store says so where that is InfluxDB and no service runs, and makes no other', async () => {
    const influx = { INFLUX_URL: 'http://127.0.0.1:9', INFLUX_TOKEN: 't', INFLUX_ORG: 'o', INFLUX_BUCKET: 'b' };
    const dataDir = join(folder, 'elsewhere');
    const env = { DATA_DIR: dataDir, STORE: 'influx', ...influx };
    const { code, stderr } = await hallway(['load', at('elsewhere.ndjson', '')], env);
    assert.equal(code, 1);
    assert.match(stderr, /expected a running service for .*elsewhere, whose store is InfluxDB .*, found none/);
    assert.ok(!existsSync(dataDir));
  });

  it('backup says what to do where roles are spread out', async () => {
    const influx = { INFLUX_URL: 'http://127.0.0.1:9', INFLUX_TOKEN: 't', INFLUX_ORG: 'o', INFLUX_BUCKET: 'b' };
    const { code, stderr } = await hallway(['backup', join(folder, 'backup')], {
      ...{ DATA_DIR: join(folder, 'spread'), ROLE: 'serve', STORE: 'influx', KAFKA_BROKERS: '127.0.0.1:9', ...influx },
      PSEUDONYM_KEYS: '1:iG3GIY60mYdL1eLSmNdA_Jv83llBqjDXuNIpoxl3UVs',
    });
    assert.equal(code, 1);
    assert.match(stderr, /expected ROLE=all, .* found ROLE=serve: stop the roles, back up the bucket/);
  });
});
