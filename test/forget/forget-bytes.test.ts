import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ownKeys } from '../../services/house/house.ts';
import type { Receipt } from '../../services/model/forgetting.ts';
import { openMemory } from '../../services/store/database.ts';
import { openRecording } from '../../services/store/recording.ts';
import { parseKeys, pseudonymsOf } from '../../services/validate/pseudonym.ts';
import { type App, rows, send, startApp } from '../serve/app.ts';
import { newFolder, remove } from '../service.ts';

const HIDDEN = 'c0:ff:ee:00:00:01';
const OTHER = 'c0:ff:ee:00:00:02';
const [NOON, DAY] = [Date.UTC(2026, 10, 3, 12), '2026-11-03'];
const dataDir = newFolder();
let running: App | null = null;
const begin = async (): Promise<App> => (running = await startApp({ DATA_DIR: dataDir }));
const end = async () => {
  const one = running;
  running = null;
  await one?.stop();
};
after(async () => {
  await end();
  remove(dataDir);
});

/** The files below a folder that have a text, as bytes. */
const filesWith = (folder: string, text: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => {
    const file = join(folder, path);
    return statSync(file).isFile() && readFileSync(file).includes(text);
  });

const lineOf = (badge: string, time: number, rssi = -60) =>
  JSON.stringify({ kind: 'sighting', gateway: 'pi-1', badge, rssi, time });

describe('a badge that is forgotten', () => {
  it('is in no file of DATA_DIR any more, is not let in again, and after a restart DuckDB has no bytes of it', async () => {
    const venue = {
      ...{ zone: 'UTC', rooms: [{ id: 'hall' }], gateways: [{ id: 'pi-1', room: 'hall' }] },
      groups: [{ id: 'staff', counted: false }],
    };
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(venue));
    let app = await begin();
    const heard = [HIDDEN, OTHER].flatMap((badge) => [lineOf(badge, NOON), lineOf(badge, NOON + 1000)]);
    await send(app, heard.join('\n'));
    const keys = parseKeys(ownKeys(dataDir));
    const [hidden, other] = [HIDDEN, OTHER].map((id) => pseudonymsOf(keys, id)[0]!) as [string, string];
    assert.equal((await rows(app, '/v1/observations')).filter(({ badge }) => badge === hidden).length, 2);
    await send(app, lineOf(hidden, NOON, 999));
    assert.equal((await rows(app, '/v1/rejects')).length, 1);
    const list = `id,group,from,until\n${HIDDEN},staff,,\n${OTHER},staff,,\n`;
    assert.equal(await enroll(app, list), 2);
    await fetch(`${app.address}/v1/groups/staff/badges/${hidden}`, { method: 'PUT', body: '{}' });
    const before = ['groups/1.json', 'groups/2.json', 'main/ledger'];
    assert.deepEqual(
      before.filter((file) => !filesWith(dataDir, hidden).includes(file)),
      [],
      'it stood there',
    );
    await end();
    await layAside(join(dataDir, 'main'), hidden, other);
    app = await begin();
    const ledger = statSync(join(dataDir, 'main', 'ledger')).ino;

    const answer = await fetch(`${app.address}/v1/forgettings`, {
      method: 'POST',
      body: JSON.stringify({ badge: HIDDEN }),
    });
    const receipt = (await answer.json()) as Receipt;

    assert.deepEqual([receipt.sightings, receipt.days, receipt.lists, receipt.texts], [2, [DAY], 2, 1]);
    assert.deepEqual(
      receipt.left.map(({ where }) => where),
      ['hallway.duckdb'],
    );
    const isDatabase = (path: string) => path.includes('hallway.duckdb');
    assert.deepEqual(
      filesWith(dataDir, hidden).filter((path) => !isDatabase(path)),
      [],
    );
    assert.equal(statSync(join(dataDir, 'main', 'ledger')).ino, ledger, 'who has it open reads on');
    const audit = (await rows(app, '/v1/audit')).map(({ what }) => what);
    assert.ok(audit.includes('k0.forgotten_______ in staff'), audit.join());
    assert.equal((await rows(app, '/v1/rejects')).length, 0);
    const recording = await openRecording(join(dataDir, 'main', 'replay', 'a.parquet'));
    assert.equal(recording.count, 4);
    const told: number[] = [];
    for await (const some of recording.read(0)) told.push(...some.map(({ position }) => position));
    assert.deepEqual(told, [1, 3], 'who is left keeps its place');

    assert.equal(await enroll(app, list), 1, 'not by a list');
    await fetch(`${app.address}/v1/groups/undo`, { method: 'POST', body: '{"version":1}' });
    await fetch(`${app.address}/v1/groups/staff/badges/${hidden}`, { method: 'PUT', body: '{}' });
    await send(app, [lineOf(HIDDEN, NOON + 2000), lineOf(hidden, NOON, 999)].join('\n'));
    assert.equal((await rows(app, '/v1/rejects')).length, 0, 'nor as a reject');
    await send(app, lineOf('c0:ff:ee:00:00:03', NOON + 3000));
    const left = await rows(app, '/v1/observations');
    assert.equal(left.length, 3, 'a name that is new takes nobody else’s code');
    assert.equal(new Set(left.map(({ badge }) => badge)).size, 2);
    await end();
    app = await begin();
    assert.deepEqual(await rows(app, '/v1/observations'), left);
    await end();
    assert.deepEqual(filesWith(dataDir, hidden), []);
    assert.ok(filesWith(dataDir, other).some(isDatabase), 'the database has its names as they are');
    assert.deepEqual(
      readdirSync(join(dataDir, 'main')).filter((name) => name.startsWith('hallway.duckdb')),
      ['hallway.duckdb'],
    );
  });
});

async function enroll(app: App, body: string): Promise<number> {
  const headers = { 'Content-Type': 'text/csv' };
  const answer = await fetch(`${app.address}/v1/groups/badges`, { method: 'POST', headers, body });
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { badges: number }).badges;
}

/** What a house may have beside: a recording, files of a demo that was ended, of a revision that was replaced, of a run that was killed. */
async function layAside(main: string, hidden: string, other: string): Promise<void> {
  const memory = await openMemory(main);
  const folders = ['replay', 'derived-demo-x/presences', 'derived/presences', 'copies', 'as-seen-demo-x'];
  for (const folder of folders) mkdirSync(join(main, folder), { recursive: true });
  for (const folder of folders.slice(0, -1))
    await memory.connection.run(
      `COPY (
        SELECT 'sighting' AS kind, TIMESTAMP '2026-11-03 12:00:00' AS time, time AS received, 'pi-1' AS gateway,
          if(range % 2 = 0, '${hidden}', '${other}') AS badge, -60 AS rssi, NULL::DOUBLE AS temperature, NULL AS claps,
          NULL::DOUBLE AS battery, NULL AS sensor, NULL AS quantity, NULL::DOUBLE AS value, NULL AS status, NULL AS info,
          false AS simulated, range AS position
        FROM range(4)
      ) TO '${join(main, folder, 'a.parquet')}' (FORMAT parquet, COMPRESSION uncompressed)`,
    );
  memory.close();
  const said = (badge: string) => ({ badge, room: 'hall', from: NOON });
  const line = { time: NOON, ended: [], began: [said(hidden), said(other)] };
  writeFileSync(join(main, 'as-seen-demo-x', `${DAY}.ndjson`), `${JSON.stringify(line)}\n`);
  const letters = [hidden, other].map((badge) => JSON.stringify({ text: badge }));
  writeFileSync(join(main, 'dead-letters.ndjson'), `${letters.join('\n')}\n`);
}
