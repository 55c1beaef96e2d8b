import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SECRETS } from '../services/settings/secrets.ts';
import { ROOT } from './service.ts';

type Service = {
  image: string;
  user: string;
  build?: { dockerfile: string };
  command?: string[];
  restart: string;
  stop_grace_period: string;
  mem_limit: string;
  cpus: number;
  healthcheck: { test: string[] };
  volumes: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string | number>;
};
type Compose = { services: Record<string, Service>; volumes: Record<string, object> };

const noCompose =
  spawnSync('docker-compose', ['version']).status === 0 ? false : 'no docker-compose: apt-get install docker-compose';

/** What `docker-compose` makes of the file; it prints YAML, which the Python that it needs can read. */
function readCompose(): Compose {
  const env = { PATH: process.env.PATH };
  const yaml = execFileSync('docker-compose', ['config'], { cwd: ROOT, env, encoding: 'utf8' });
  const toJson = 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)';
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', toJson], { input: yaml, encoding: 'utf8' })) as Compose;
}

describe('docker-compose.yml', { skip: noCompose }, () => {
  const { services, volumes } = noCompose ? { services: {}, volumes: {} } : readCompose();
  const all = Object.entries(services);
  const lasting = all.filter(([name]) => name !== 'secrets');
  const ours = all.filter(([, { image }]) => image === 'hallway');

  it('has the engines, every role, a standby, and what makes the secrets', () => {
    const engines = ['influxdb', 'kafka', 'mosquitto', 'secrets'];
    const names = ['bridge', 'ingest', 'jobs', 'jobs-standby', 'live', 'live-standby', 'serve', ...engines].sort();
    assert.deepEqual(Object.keys(services).sort(), names);
    const roles = Object.fromEntries(ours.map(([name, { environment }]) => [name, environment?.ROLE]));
    const live = { live: 'live', 'live-standby': 'live' };
    const jobs = { jobs: 'jobs', 'jobs-standby': 'jobs' };
    assert.deepEqual(roles, {
      ingest: 'ingest',
      ...live,
      ...jobs,
      serve: 'serve',
      bridge: 'bridge',
      secrets: undefined,
    });
    for (const [name, { build }] of ours) assert.equal(build?.dockerfile, 'services/Dockerfile', name);
  });

  it('nobody is root, and everybody has limits and time to stop', () => {
    for (const [name, { user, mem_limit, cpus, stop_grace_period }] of all) {
      assert.match(user, /^(?!0\b|root\b)\w+/, name);
      assert.match(mem_limit, /^\d+[mg]$/, name);
      assert.ok(cpus > 0 && cpus <= 2, `${name} has ${cpus} cpus`);
      assert.ok(
        Number.parseInt(stop_grace_period, 10) >= 20 || /m/.test(stop_grace_period),
        `${name} has time to stop`,
      );
    }
  });

  it('what lasts is looked at, comes back, and keeps what it has in a named volume', () => {
    for (const [name, service] of lasting) {
      assert.ok(service.healthcheck.test[0] === 'CMD' && service.healthcheck.test.length > 2, `${name} is looked at`);
      assert.equal(service.restart, 'unless-stopped', name);
      const named = service.volumes.map((volume) => volume.split(':')[0]!).filter((volume) => volume in volumes);
      assert.ok(named.length > 0, `${name} has a volume`);
    }
    assert.equal(services.secrets!.restart, 'no');
    const data = ours.filter(([, service]) => service.volumes.includes('data:/data:rw')).length;
    assert.equal(data, ours.length, 'the roles share one folder');
  });

  it('nobody starts before what it needs is there', () => {
    const needs = (name: string) =>
      Object.entries(services[name]!.depends_on ?? {})
        .map(([of, { condition }]) => `${of} ${condition}`)
        .sort();
    const made = 'secrets service_completed_successfully';
    const [kafka, influx, mqtt] = ['kafka', 'influxdb', 'mosquitto'].map((name) => `${name} service_healthy`);
    assert.deepEqual(needs('ingest'), [influx, kafka, made]);
    for (const name of ['serve', 'jobs', 'jobs-standby']) assert.deepEqual(needs(name), [influx, kafka, made], name);
    for (const name of ['live', 'live-standby']) assert.deepEqual(needs(name), [kafka, made], name);
    assert.deepEqual(needs('bridge'), [kafka, mqtt, made]);
    for (const name of ['influxdb', 'mosquitto']) assert.deepEqual(needs(name), [made], name);
  });

  it('only people and gateways get in from elsewhere', () => {
    const ports = Object.fromEntries(all.flatMap(([name, { ports }]) => (ports ? [[name, ports.join()]] : [])));
    assert.deepEqual(ports, {
      influxdb: '127.0.0.1:8086:8086/tcp',
      mosquitto: '0.0.0.0:1883:1883/tcp',
      serve: '0.0.0.0:3000:3000/tcp',
    });
  });

  it('no secret is in the file: each comes from one that `secrets` made, and that may be read only', () => {
    for (const [name, { environment = {}, volumes }] of lasting) {
      const given = Object.keys(environment);
      assert.deepEqual(
        given.filter((key) => SECRETS.includes(key) || /(PASSWORD|TOKEN)$/.test(key)),
        [],
        name,
      );
      const files = given.filter((key) => key.endsWith('_FILE'));
      for (const key of files) assert.match(String(environment[key]), /^\/secrets\/[A-Z_]+$/, `${name} ${key}`);
      if (files.length > 0) assert.ok(volumes.includes('secrets:/secrets:ro'), name);
    }
    for (const [name, { environment = {} }] of ours)
      for (const key of Object.keys(environment).filter((key) => key.endsWith('_FILE')))
        assert.ok(SECRETS.includes(key.replace(/_FILE$/, '')), `${name} cannot read ${key}`);
  });
});

describe('services/Dockerfile', () => {
  const lines = readFileSync(join(ROOT, 'services/Dockerfile'), 'utf8')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const final = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const one = (instruction: string) => final.filter((line) => line.startsWith(`${instruction} `)).join('\n');

  it('installs in its last stage what runs, and nothing that builds; no install needs a script', () => {
    assert.match(one('RUN'), /npm ci --omit=dev --ignore-scripts/);
    assert.ok(!/COPY (?!--from)(services|web|\.)/.test(one('COPY')), 'no sources');
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean; dev?: boolean }>;
    };
    const scripts = Object.entries(lock.packages).filter(
      ([at, { hasInstallScript, dev }]) => at !== '' && hasInstallScript && !dev,
    );
    assert.deepEqual(scripts, []);
  });

  it('has what runs for both architectures, and names none', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: object };
    for (const cpu of ['x64', 'arm64'])
      assert.ok(`node_modules/@duckdb/node-bindings-linux-${cpu}` in packages, `DuckDB for ${cpu}`);
    assert.ok(!/amd64|arm64|x86|--platform/.test(lines.join('\n')), 'no architecture');
  });

  it('is not root, has Node itself as process 1, is told to stop by SIGTERM, and looks after itself', () => {
    assert.equal(one('USER'), 'USER node');
    assert.ok(final.indexOf('USER node') > final.findLastIndex((line) => line.startsWith('RUN ')), 'to the end');
    assert.equal(one('CMD'), 'CMD ["node", "dist/services/main.js"]');
    assert.equal(one('ENTRYPOINT'), '');
    assert.equal(one('STOPSIGNAL'), 'STOPSIGNAL SIGTERM');
    assert.match(one('HEALTHCHECK'), /CMD \["node", "-e", ".*\/healthz/);
    assert.match(one('VOLUME'), /\/data/);
  });
});
