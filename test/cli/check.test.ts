import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { servers } from '../servers/servers.ts';
import { newFolder, notBuilt, remove, startService } from '../service.ts';
import { run } from './hallway.ts';

type Finding = { what: string; state: 'ok' | 'warn' | 'fail'; said: string; todo: string | null };

describe('hallway check', { skip: notBuilt }, () => {
  const folder = newFolder();
  const at = (name: string) => join(folder, name);
  after(() => remove(folder));

  const check = async (env: Record<string, string>): Promise<{ code: number | null; findings: Finding[] }> => {
    const usual = { PORT: '0', DATA_DIR: at('new'), DESTINATIONS: '' };
    const ran = await run(process.execPath, ['dist/services/cli/hallway.js', 'check', '--json'], { ...usual, ...env });
    assert.doesNotMatch(ran.stderr, /\n\s+at /);
    return { code: ran.code, findings: JSON.parse(ran.stdout) as Finding[] };
  };
  const of = (findings: Finding[], what: string) => findings.filter((one) => one.what === what);

  it('in a folder that is not there yet all is well, and nothing is made', async () => {
    const { code, findings } = await check({});
    assert.equal(code, 0, JSON.stringify(findings));
    for (const what of [
      'settings',
      'data folder',
      'schema',
      'disk',
      'keys',
      'venue',
      'node',
      'clock',
      'port',
      'access',
    ])
      assert.equal(of(findings, what).length, 1, what);
    assert.ok(!existsSync(at('new')));
  });

  it('a line for each, with what to do; a fault is exit code 1', async () => {
    writeFileSync(at('venue.json'), JSON.stringify({ zone: 'Mars', rooms: [{}], gateways: [] }));
    const env = { PORT: '0', DATA_DIR: at('new'), VENUE: at('venue.json') };
    const { code, stdout } = await run(process.execPath, ['dist/services/cli/hallway.js', 'check'], env);
    assert.equal(code, 1);
    assert.match(stdout, /^fail {2}venue +\/zone: expected .*, found .* — mend it in .*venue\.json$/m);
    assert.match(stdout, /^fail {2}venue +\/rooms\/0\/id: /m);
    assert.match(stdout, /^ok {4}port +/m);
  });

  it('a rule that tells a destination that there is not', async () => {
    const rule = { id: 'busy', measure: 'occupancy', where: 'room:hall', above: 2, to: ['nowhere'] };
    writeFileSync(
      at('told.json'),
      JSON.stringify({ zone: 'UTC', rooms: [{ id: 'hall' }], gateways: [], rules: [rule] }),
    );
    const { findings } = await check({ VENUE: at('told.json') });
    assert.ok(
      of(findings, 'venue').some(({ state, said }) => state === 'warn' && /rule busy tells nowhere/.test(said)),
    );
  });

  it('settings: every fault of them, beside what else a start would meet', async () => {
    const { code, findings } = await check({ KEEP_DAYS: 'x', STORE: 'y', VENUE: at('venue.json') });
    assert.equal(code, 1);
    assert.deepEqual(
      of(findings, 'settings').map(({ state, said }) => `${state} ${said.split(':')[0]}`),
      ['fail STORE', 'fail KEEP_DAYS'],
    );
    assert.ok(of(findings, 'venue').length >= 2);
    assert.equal(of(findings, 'disk').length, 1);
  });

  it('a folder of a newer Hallway, one that is a file, keys that others read, a clock that was put back', async () => {
    mkdirSync(at('newer'));
    writeFileSync(join(at('newer'), 'schema.json'), '{"version":99}');
    writeFileSync(join(at('newer'), 'pseudonym-keys'), `1:${'k'.repeat(32)}`, { mode: 0o644 });
    chmodSync(join(at('newer'), 'pseudonym-keys'), 0o644);
    const ahead = Date.now() / 1000 + 3600;
    utimesSync(join(at('newer'), 'schema.json'), ahead, ahead);
    const { code, findings } = await check({ DATA_DIR: at('newer'), PSEUDONYM_KEYS: '' });
    assert.equal(code, 1);
    assert.match(of(findings, 'schema')[0]!.said, /newer Hallway \(version 99/);
    assert.equal(of(findings, 'keys')[0]!.state, 'warn');
    assert.equal(of(findings, 'clock')[0]!.state, 'fail');
    assert.match((await check({ DATA_DIR: at('venue.json') })).findings[1]!.said, /is a file/);
  });

  it('a port that is taken, the service itself, a destination that nobody answers at', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(gone.address() as { port: number }).port}`;
    await new Promise((resolve) => gone.close(resolve));
    const hook = { kind: 'webhook', url: `http://${host}/x`, secret: `whsec_${'A'.repeat(32)}` };
    const taken = await check({ PORT: String(port), DESTINATIONS: JSON.stringify({ office: hook }) });
    other.close();
    assert.match(of(taken.findings, 'port')[0]!.said, /expected a free port, found \d+ taken/);
    assert.match(of(taken.findings, 'destination office')[0]!.said, new RegExp(`${host}, found ECONNREFUSED`));
    assert.doesNotMatch(JSON.stringify(taken.findings), /whsec_/);
    const service = await startService({ DATA_DIR: at('runs') });
    const running = await check({ DATA_DIR: at('runs') });
    assert.match(of(running.findings, 'service')[0]!.said, new RegExp(`runs at ${service.address}`));
    await service.stop();
  });

  const { servers: found, skip } = servers('kafka', 'influx');
  it('Kafka and InfluxDB: there, with rights, and their clocks; or who is not', { skip }, async () => {
    const { url, token, org, bucket } = found!.influx;
    const kafka = { KAFKA_BROKERS: found!.brokers.join(), KAFKA_PREFIX: 'check-test.' };
    const influx = { INFLUX_URL: url, INFLUX_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket };
    const well = await check({ SOURCE: 'kafka', STORE: 'influx', ...kafka, ...influx });
    assert.match(of(well.findings, 'kafka')[0]!.said, /will make check-test\.observations, /);
    assert.deepEqual(
      [of(well.findings, 'influx')[0]!.state, of(well.findings, 'influx clock')[0]!.state],
      ['ok', 'ok'],
    );
    const ill = await check({
      SOURCE: 'kafka',
      STORE: 'influx',
      ...influx,
      KAFKA_BROKERS: '127.0.0.1:9',
      INFLUX_TOKEN: 'no',
    });
    assert.equal(ill.code, 1);
    for (const what of ['kafka', 'influx']) assert.equal(of(ill.findings, what)[0]!.state, 'fail');
  });
});
