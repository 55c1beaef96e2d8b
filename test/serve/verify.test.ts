import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { exportsIn, MANIFEST, sealOf } from '../../services/ledger/exported.ts';
import { fileLedger } from '../../services/ledger/file.ts';
import { say } from '../../services/ledger/runs.ts';
import { rowKey } from '../../services/ledger/schedules.ts';
import type { WindowTold } from '../../services/model/window-told.ts';
import { hallway } from '../cli/hallway.ts';
import { FROM, HOUR, publish, windowOf } from '../deliver/parcels.ts';
import { type App, startApp } from './app.ts';
import { verified } from './verified.ts';

const GIVEN = {
  name: 'Rooms by hour',
  query: { dataset: 'observations', rows: ['room'], measures: ['count'] },
  ...{ cron: '0 * * * *', zone: 'Europe/Dublin', formats: ['csv'], paused: true },
};
const CSV = 'room,count\r\nhall,1\r\nfoyer,1\r\n';

describe('verify of windows, one after another', () => {
  let app: App;
  let ledger: Awaited<ReturnType<typeof fileLedger>>;
  const folders: string[] = [];

  before(async () => {
    app = await startApp();
    ledger = await fileLedger(join(app.dataDir, 'main', 'ledger'));
    const reply = await fetch(`${app.address}/v1/schedules/hourly`, {
      method: 'PUT',
      body: JSON.stringify(GIVEN),
      headers: { 'content-type': 'application/json' },
    });
    assert.equal(reply.status, 200);
    const query = { dataset: 'observations' as const, rows: ['room'], columns: [], measures: ['count'] };
    for (const [i, more] of [
      { totals: {} },
      { totals: {}, rows: 3 },
      { totals: {} },
      { query: { ...query, filters: [{ field: 'wing', values: ['east'] }] } as never },
      {},
    ].entries()) {
      const until = FROM + (i + 1) * HOUR;
      const published = publish(
        join(app.dataDir, 'main'),
        { 'hourly.csv': CSV },
        { until: new Date(until).toISOString(), ...more },
      );
      folders.unshift(published.folder);
      const said = i === 2 ? { ...published, files: published.files.map((one) => ({ ...one, bytes: 1 })) } : published;
      await say(ledger, rowKey('hourly', until), windowOf(said, until));
    }
  });
  after(async () => {
    ledger.close();
    await app.end();
  });

  it('says of each what is wrong, and goes on where a question cannot be asked any more', async () => {
    const found = await verified(app.address, 'hourly');
    assert.deepEqual(
      found.map(({ folder, checked, of, found }) => [folder, checked, of, found!.faults, found!.totals]),
      [
        [folders[0], 1, 5, [], 'different'],
        [folders[1], 2, 5, [], 'unknown'],
        [folders[2], 3, 5, ['manifest.json: expected the files and rows that the ledger has'], 'equal'],
        [folders[3], 4, 5, ['hourly.csv: expected 3 rows, found 2'], 'equal'],
        [folders[4], 5, 5, [], 'equal'],
      ],
    );
    assert.match(found[0]!.found!.words!, /^revision 1: count: expected .*, found 2$/);
    assert.match(found[1]!.found!.words!, /^totals were not compared, since it cannot be asked any more: .*wing/);
  });

  it('hallway verify has the running service look, and names the same faults', async () => {
    const { code, stdout, stderr } = await hallway(['verify'], { DATA_DIR: app.dataDir });
    assert.equal(code, 1);
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(': ').slice(0, 2)),
      [
        [folders[0], 'revision 1'],
        [folders[1], 'totals were not compared, since it cannot be asked any more'],
        [folders[2], 'manifest.json'],
        [folders[3], 'hourly.csv'],
      ],
    );
    assert.match(stderr, /2 of 5 files are not as their manifests say/);
  });

  it('a manifest that somebody wrote anew is a fault, and nothing that it says is shown; where its hash was not kept, that is said', async () => {
    const house = join(app.dataDir, 'main');
    const until = FROM + 6 * HOUR;
    const published = publish(house, { 'hourly.csv': CSV }, { until: new Date(until).toISOString(), totals: {} });
    const file = join(exportsIn(house), published.folder, MANIFEST);
    await say(ledger, rowKey('hourly', until), windowOf({ ...published, manifest: await sealOf(file) }, until));
    const newest = async () => (await verified(app.address, 'hourly'))[0]!;
    const path = `/v1/schedules/hourly/windows/${new Date(until).toISOString()}`;
    const told = async () => ((await (await fetch(`${app.address}${path}`)).json()) as WindowTold).revisions[0]!;
    assert.deepEqual([(await newest()).found!.faults, (await newest()).found!.kept], [[], true]);
    assert.deepEqual([(await told()).lost, (await told()).asked?.zone], [[], 'Europe/Dublin']);
    const had = async (name: string) => fetch(`${app.address}${path}/1/${name}`);
    const csv = await had('hourly.csv');
    const digest = createHash('sha256').update(await csv.text());
    assert.equal(csv.headers.get('repr-digest'), `sha-256=:${digest.digest('base64')}:`);
    assert.equal((await had(MANIFEST)).status, 200);
    const forged = { zone: 'Asia/Tokyo', watermark: '2030-01-01T00:00:00.000Z', covered: 1, venue: 'v9' };
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...forged }));
    const { faults } = (await newest()).found!;
    assert.match(
      faults.join(),
      /^manifest\.json: expected SHA-256 [0-9a-f]{64}, as the ledger has it, found [0-9a-f]{64}$/,
    );
    const { there, lost, watermark, covered, asked } = await told();
    assert.deepEqual([there, lost, watermark, covered, asked], [true, [MANIFEST], null, null, null]);
    assert.equal((await fetch(`${app.address}${path}/totals`)).status, 404);
    const refused = await had(MANIFEST);
    assert.deepEqual([refused.status, (await refused.text()).includes('Asia/Tokyo')], [409, false], 'nor handed out');
    writeFileSync(join(exportsIn(house), published.folder, 'hourly.csv'), `${CSV}yard,1\r\n`);
    assert.equal((await had('hourly.csv')).status, 409);
    writeFileSync(join(exportsIn(house), published.folder, 'hourly.csv'), CSV);
    assert.deepEqual(
      (await verified(app.address, 'hourly')).slice(1).map(({ found }) => found!.kept),
      Array(5).fill(false),
    );
    const { stdout, stderr } = await hallway(['verify'], { DATA_DIR: app.dataDir });
    assert.match(stdout, /^hourly\/.*: manifest\.json: expected SHA-256/m);
    assert.match(stderr, /5 folders: the ledger has no SHA-256 of the manifest, which was not kept then/);
  });

  it('windows whose folders are gone, the whole schedule with them, are faults: the ledger knows of them', async () => {
    const lost = join(exportsIn(join(app.dataDir, 'main')), 'hourly');
    renameSync(lost, join(app.dataDir, 'elsewhere'));
    for (const args of [['verify'], ['verify', lost]]) {
      const { code, stdout } = await hallway(args, { DATA_DIR: app.dataDir });
      assert.equal(code, 1);
      for (const folder of folders) {
        const below = args.length > 1 ? folder.slice('hourly/'.length) : folder;
        assert.ok(
          stdout.includes(`${below}: hourly.csv: expected a file, found none\n`),
          `${args}: ${below}\n${stdout}`,
        );
      }
    }
    renameSync(join(app.dataDir, 'elsewhere'), lost);
  });
});
