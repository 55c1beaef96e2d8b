import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dropAsides, isBelow } from '../../services/backup/files.ts';
import { run } from '../cli/hallway.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';

const hallway = (args: string[], env: Record<string, string>) =>
  run(process.execPath, ['dist/services/cli/hallway.js', ...args], env);

const SENDERS = 2;
const GATEWAYS = 4;
const VENUE = {
  zone: 'Europe/London',
  rooms: [{ id: 'a', capacity: 20 }],
  gateways: Array.from({ length: GATEWAYS }, (_, n) => ({ id: `pi-${n}`, room: 'a' })),
};

const VIEW = {
  name: 'Mine',
  query: { dataset: 'frames', rows: ['room'], columns: [], measures: ['occupancy'], totals: false },
};

/** Body number `n`: sightings that nobody else sends, of now, and one line that cannot pass. */
const SIZE = 25;
const bodyOf = (n: number, now: number): string => {
  const lines = Array.from({ length: SIZE }, (_, i) => ({
    ...{ time: now - i, gateway: `pi-${n % GATEWAYS}`, badge: `b-${n}-${i}`, rssi: -60 },
  }));
  return [...lines.map((line) => JSON.stringify(line)), '{"rssi":300}'].join('\n');
};

type Sending = { acknowledged: Set<number>; sent: Set<number>; stop(): Promise<void> };

/** Clients that post bodies, one after another, until they are stopped. */
function sendTo(service: Service): Sending {
  const [acknowledged, sent] = [new Set<number>(), new Set<number>()];
  let [alive, next] = [true, 0];
  const senders = Array.from({ length: SENDERS }, async () => {
    while (alive) {
      const n = next++;
      sent.add(n);
      const body = bodyOf(n, Date.now());
      const reply = await fetch(`${service.address}/v1/observations`, { method: 'POST', body }).catch(() => null);
      if (reply?.status === 200) acknowledged.add(n);
    }
  });
  return {
    acknowledged,
    sent,
    async stop() {
      alive = false;
      await Promise.all(senders);
    },
  };
}

/** How many observations are stored of each badge, by its place in its body. */
async function storedIn(service: Service): Promise<{ rows: number; badges: Set<string> }> {
  const headers = { accept: 'application/x-ndjson' };
  const reply = await fetch(`${service.address}/v1/observations?limit=all`, { headers });
  const lines = (await reply.text()).split('\n').filter(Boolean);
  const badges = new Set(lines.map((line) => (JSON.parse(line) as { badge: string }).badge));
  return { rows: lines.length, badges };
}

const statusOf = async (service: Service) =>
  (await (await fetch(`${service.address}/readyz`)).json()) as Record<'observations' | 'rejects' | 'frame', number>;

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 1200; n++) {
    if (await isSo()) return;
    await sleep(50);
  }
  assert.fail('it never came');
}

describe('hallway backup and restore', { skip: notBuilt }, () => {
  const folder = newFolder();
  const at = (name: string) => join(folder, name);
  const env = { DATA_DIR: at('data'), PSEUDONYM_KEYS: `1:${'k'.repeat(32)}` };
  let service: Service;
  let sending: Sending;
  let atLeast: number;
  before(async () => {
    mkdirSync(at('data'));
    writeFileSync(join(at('data'), 'venue.json'), JSON.stringify(VENUE));
    service = await startService(env);
    sending = sendTo(service);
    await until(async () => sending.acknowledged.size >= 20 && (await statusOf(service)).frame > 0);
    const kept = await fetch(`${service.address}/v1/views/mine`, { method: 'PUT', body: JSON.stringify(VIEW) });
    assert.equal(kept.status, 200, await kept.text());
    atLeast = sending.acknowledged.size;
    const { code, stdout, stderr } = await hallway(['backup', at('kept')], env);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^backed up \d+ observations and \d+ rejects as of \S+Z, [\d.]+ MiB, into /);
    const upTo = sending.acknowledged.size;
    await until(() => sending.acknowledged.size > upTo + 10);
    await service.kill();
    await sending.stop();
  });
  after(() => remove(folder));

  const manifest = () =>
    (
      JSON.parse(readFileSync(join(at('kept'), 'backup.json'), 'utf8')) as {
        manifest: { instant: number; observations: number; rejects: number; files: { path: string }[] };
      }
    ).manifest;

  it('what is restored elsewhere after a kill −9 is what there was at the instant: every count, the ledger, what was shown', async () => {
    const { code, stderr } = await hallway(['restore', at('kept')], { ...env, DATA_DIR: at('restored') });
    assert.equal(code, 0, stderr);
    for (const file of [
      'main/ledger',
      ...readdirSync(join(at('restored'), 'main/as-seen')).map((day) => `main/as-seen/${day}`),
    ]) {
      const [kept, lived] = [at('restored'), at('data')].map((base) => readFileSync(join(base, file)));
      assert.ok(kept!.length > 0 && lived!.length > kept!.length - 1, file);
      assert.ok(lived!.subarray(0, kept!.length).equals(kept!), `${file} is what was there first`);
    }
    const restored = await startService({ ...env, DATA_DIR: at('restored') });
    const { instant, observations, rejects } = manifest();
    const status = await statusOf(restored);
    assert.deepEqual([status.observations, status.rejects], [observations, rejects]);
    const { rows, badges } = await storedIn(restored);
    assert.equal(rows, observations);
    assert.ok(rows >= atLeast * SIZE, 'what was acknowledged before it began');
    // A body is one batch: it is in it whole or not at all.
    assert.equal(rows % SIZE, 0);
    assert.equal(badges.size, rows);
    assert.equal(rejects, rows / SIZE);
    assert.ok(rows <= sending.sent.size * SIZE);
    await until(async () => (await statusOf(restored)).frame > instant);
    const views = (await (await fetch(`${restored.address}/v1/views`)).json()) as { rows: { id: string }[] };
    assert.deepEqual(
      views.rows.map(({ id }) => id),
      ['mine'],
    );
    // Positions go on where they were: what comes now is stored beside it.
    const reply = await fetch(`${restored.address}/v1/observations`, { method: 'POST', body: bodyOf(1e6, Date.now()) });
    assert.equal(((await reply.json()) as { stored: number }).stored, SIZE);
    await restored.stop();
  });

  it('nothing of the moment is in a backup, and nothing of it is left where it was made', () => {
    const paths = manifest().files.map(({ path }) => path);
    assert.ok(
      paths.includes('main/hallway.duckdb') && paths.includes('schema.json') && paths.includes('main/live-state'),
    );
    assert.deepEqual(
      paths.filter((path) => /service\.json|owner|copies|aside|\.tmp|\.wal/.test(path)),
      [],
    );
    assert.deepEqual(
      readdirSync(at('data')).filter((name) => name.startsWith('aside-')),
      [],
    );
  });

  it('a backup of a folder that nobody works in is the same command', async () => {
    const { code, stdout, stderr } = await hallway(['backup', at('quiet')], env);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^backed up \d+ observations/);
    assert.ok(existsSync(join(at('quiet'), 'backup.json')));
  });

  it('a target that is not empty, or lies in the data folder, is refused', async () => {
    for (const target of [at('kept'), join(at('data'), 'inside')]) {
      const { code, stderr } = await hallway(['backup', target], env);
      assert.equal(code, 1);
      assert.match(stderr, /expected a folder (that is empty or not there|outside of)/);
    }
    assert.ok(existsSync(join(at('kept'), 'backup.json')), 'the one that was there stays');
  });

  it('a torn, edited or incomplete backup is refused with the name of the file, and nothing is restored', async () => {
    const seen = manifest().files.find(({ path }) => path.startsWith('main/as-seen/'))!.path;
    const spoilt: [string, (base: string) => void, RegExp][] = [
      ['edited', (base) => flip(join(base, 'main/hallway.duckdb')), /main\/hallway\.duckdb: expected the SHA-256/],
      ['torn', (base) => truncateSync(join(base, seen), 10), /main\/as-seen\/.*: expected \d+ bytes, found 10/],
      ['longer', (base) => appendFileSync(join(base, 'main/ledger'), '\n'), /main\/ledger: expected \d+ bytes, found/],
      ['missing', (base) => rmSync(join(base, 'schema.json')), /schema\.json: expected \d+ bytes, found no such file/],
      [
        'counted',
        (base) => recount(join(base, 'backup.json')),
        /backup\.json: expected the manifest as it was written/,
      ],
      ['unfinished', (base) => rmSync(join(base, 'backup.json')), /expected a whole backup, found no backup\.json/],
    ];
    for (const [name, spoil, said] of spoilt) {
      cpSync(at('kept'), at(name), { recursive: true });
      spoil(at(name));
      const { code, stderr } = await hallway(['restore', at(name)], { ...env, DATA_DIR: at(`from-${name}`) });
      assert.equal(code, 1, `${name}: ${stderr}`);
      assert.match(stderr, said);
      assert.deepEqual(existsSync(at(`from-${name}`)) ? readdirSync(at(`from-${name}`)) : [], [], name);
    }
  });

  it('a folder that is not empty is refused, half a restore is begun again', async () => {
    const { code, stderr } = await hallway(['restore', at('kept')], env);
    assert.equal(code, 1);
    assert.match(stderr, /DATA_DIR: expected an empty folder, found /);
    mkdirSync(join(at('half'), 'restoring/main'), { recursive: true });
    writeFileSync(join(at('half'), 'schema.json'), '{"version":1}');
    const again = await hallway(['restore', at('kept')], { ...env, DATA_DIR: at('half') });
    assert.equal(again.code, 0, again.stderr);
    assert.ok(!existsSync(join(at('half'), 'restoring')));
  });
});

it('dropAsides(folder) removes what a kill has left of a backup, and nothing that is like it', () => {
  const folder = newFolder();
  const names = ['aside-6f1b8f0e-3a1d-4c52-9b8e-0242ac120002', 'aside-mine', 'main'];
  for (const name of names) mkdirSync(join(folder, name, 'main'), { recursive: true });
  dropAsides(folder);
  assert.deepEqual(readdirSync(folder).sort(), ['aside-mine', 'main']);
  remove(folder);
});

it('isBelow(folder, path) is about folders, not about letters', () => {
  assert.ok(isBelow('/data', '/data/x') && isBelow('/data', '/data') && isBelow('/data', '/data/..x'));
  assert.ok(!isBelow('/data', '/data-2') && !isBelow('/data', '/') && !isBelow('/data/a', '/data'));
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(file, bytes);
}

const recount = (file: string): void =>
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"observations": (\d+)/, '"observations": 1$1'));
