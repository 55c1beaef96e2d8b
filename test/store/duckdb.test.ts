import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { COPIES, openDatabase, openMemory } from '../../services/store/database.ts';
import { type DuckdbStore, duckdbStore } from '../../services/store/duckdb.ts';
import { LOADING, moduleOf } from '../service.ts';
import { batchOf, sighting, sightings } from '../sightings.ts';
import { everything, type Opened, storeContract } from './contract.ts';
import { forgettingContract } from './forgetting.ts';

type OpenedDuckdb = Omit<Opened, 'store' | 'reopen'> & {
  store: DuckdbStore;
  reopen(): Promise<DuckdbStore>;
  folder: string;
  expire(before: number): Promise<void>;
  copy: DuckdbStore['copy'];
  rejects(): Promise<number>;
};

async function open(): Promise<OpenedDuckdb> {
  const folder = mkdtempSync(join(tmpdir(), 'hallway-store-'));
  const copies = join(folder, COPIES);
  mkdirSync(copies);
  let database = await openDatabase(folder);
  let store = await duckdbStore(database);
  const shut = async () => {
    await store.close();
    database.close();
  };
  const reopen = async () => {
    await shut();
    database = await openDatabase(folder);
    store = await duckdbStore(database);
    return store;
  };
  const close = async () => {
    await shut();
    rmSync(folder, { recursive: true, force: true });
  };
  const rejects = async () => {
    const connection = await database.connect();
    const [[count]] = (await connection.runAndReadAll('SELECT count(*)::INTEGER FROM reject')).getRows() as [[number]];
    connection.closeSync();
    return count;
  };
  return {
    store,
    reopen,
    close,
    folder,
    copies,
    rejects,
    expire: (before) => store.expire(before),
    copy: (...args) => store.copy(...args),
  };
}

storeContract('duckdb', open);
forgettingContract('duckdb', open);

it('expire(before) forgets what is older, and no more', async () => {
  const opened = await open();
  await opened.store.append(batchOf(sightings(10)));
  await opened.expire(sightings(5)[4]!.time);
  assert.deepEqual(
    (await everything(opened.store)).map((row) => row.time),
    sightings(10)
      .slice(4)
      .map((row) => row.time),
  );
  await opened.close();
});

it('a reject that comes again with its position is one; without positions each is an event of its own', async () => {
  const opened = await open();
  const reject = { received: Date.UTC(2026, 10, 3), source: 'test', line: 1, text: '{', reasons: [] };
  const at = (...places: number[]) => ({
    ...batchOf([], [reject, reject]),
    positions: { observations: new Float64Array(), rejects: Float64Array.of(9, 9), places: Uint32Array.from(places) },
  });
  await opened.store.append(at(0, 1));
  await opened.store.append(at(1, 2));
  assert.equal(await opened.rejects(), 3);
  for (let i = 0; i < 2; i++) await opened.store.append(batchOf([], [reject]));
  assert.equal(await opened.rejects(), 5);
  await opened.close();
});

it('openDatabase closes the door: SQL reads and writes no other file, loads nothing, and cannot open it again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hallway-store-'));
  const database = await openDatabase(folder);
  const connection = await database.connect();
  for (const text of [
    `SELECT * FROM read_csv('/etc/passwd')`,
    `SELECT * FROM read_text('/etc/hostname')`,
    `COPY (SELECT 1) TO '${join(folder, 'out.csv')}'`,
    `ATTACH '${join(folder, 'other.duckdb')}'`,
    'INSTALL httpfs',
    'SET enable_external_access = true',
  ])
    await assert.rejects(connection.run(text), /disabled|locked|ermission|Cannot/, text);
  connection.closeSync();
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

it('openDatabase of a folder that is in use is refused with a sentence', async () => {
  const opened = await open();
  // The lock is the process's, so the second owner must be another one.
  const { spawnSync } = await import('node:child_process');
  const code = `import('${moduleOf('services/store/database')}').then(async (m) => {
    await m.openDatabase(process.argv[1]).catch((error) => console.log(error.message)); process.exit(0); })`;
  const { stdout } = spawnSync(process.execPath, [...LOADING, '-e', code, opened.folder], { encoding: 'utf8' });
  assert.match(stdout, /is in use by another process/);
  await opened.close();
});

it('append(batch) of a late straggler among fresh rows finds its repeat', async () => {
  const opened = await open();
  const old = sighting({ time: Date.UTC(2026, 9, 1) });
  await opened.store.append(batchOf([old]));
  await opened.store.append(batchOf(sightings(5)));
  const receipt = await opened.store.append(batchOf([...sightings(5, 100), old]));
  assert.deepEqual([...receipt.duplicates], [5]);
  await opened.close();
});

it('expire(before) keeps what came lately of old recordings rejects, and gives no number twice', async () => {
  const opened = await open();
  const old = { received: Date.UTC(2017, 0, 1), source: 'old.txt', line: 1, text: 'x', reasons: [] };
  const { position } = await opened.store.append(batchOf(sightings(2), [old]));
  await opened.expire(Date.now() - 1000);
  assert.equal((await everything(opened.store)).length, 0);
  assert.equal(await opened.rejects(), 1);
  await opened.expire(Date.now() + 1000);
  assert.equal(await opened.rejects(), 0, 'nothing is left that carries a number');
  const again = await opened.reopen();
  const next = await again.append(batchOf(sightings(1, 500)));
  assert.ok(next.position > position);
  await opened.close();
});

it('copy(span, file) writes what read(span) gives, in its order, and nowhere but among its copies', async () => {
  const opened = await open();
  await opened.store.append(batchOf(sightings(10)));
  await opened.store.append({ ...batchOf([sighting({ rssi: -33, claps: 2, temperature: 21.5 })]), past: true });
  const span = { from: sightings(3)[2]!.time, until: Number.POSITIVE_INFINITY };
  const file = join(opened.folder, COPIES, 'copy.parquet');
  await opened.copy(span, file);
  const memory = await openMemory(opened.folder);
  const found = await memory.connection.runAndReadAll('SELECT badge, rssi, position FROM read_parquet($file)', {
    file,
  });
  const there = (await everything(opened.store, span)).map((row) => row.kind === 'sighting' && [row.badge, row.rssi]);
  assert.deepEqual(
    found.getRows().map(([badge, rssi]) => [badge, rssi]),
    there,
  );
  memory.close();
  await assert.rejects(opened.copy(span, join(tmpdir(), 'elsewhere.parquet')), /disabled/);
  await opened.close();
});
