import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import { forget } from '../../services/forget/forget.ts';
import { forgetInState } from '../../services/forget/record.ts';
import { createSift, forgetful, LET_IN_MS, sifted } from '../../services/house/forgotten.ts';
import { openHouse } from '../../services/house/house.ts';
import { MANIFEST } from '../../services/ledger/exported.ts';
import { forgottenKey } from '../../services/ledger/forgetting.ts';
import { kafkaLedger, type Topic } from '../../services/ledger/kafka.ts';
import { publish, readParts } from '../../services/ledger/manifest.ts';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { KEYS, say, valueAt } from '../../services/ledger/runs.ts';
import { rowKey } from '../../services/ledger/schedules.ts';
import type { Batch, Receipt } from '../../services/model/batch.ts';
import { lineOf } from '../../services/model/line.ts';
import { readConfig } from '../../services/settings/config.ts';
import { openMemory } from '../../services/store/database.ts';
import { memoryRecord } from '../../services/store/record.ts';
import { newFolder, remove } from '../service.ts';
import { batchOf, sighting } from '../sightings.ts';

const DAY = '2026-11-03';
const NOON = Date.UTC(2026, 10, 3, 12);
const HIDDEN = 'k1.AAAAAAAAAAAAAAAA';
const OTHER = 'k1.BBBBBBBBBBBBBBBB';
const LEFT = 'k1.CCCCCCCCCCCCCCCC';
const dataDir = newFolder();
after(() => remove(dataDir));

describe('forget(house, badges)', () => {
  it('leaves no trace of a badge in store, record, state, derived files and exports, and of others everything', async () => {
    mkdirSync(dataDir, { recursive: true });
    const venue = { zone: 'UTC', rooms: [{ id: 'hall' }], gateways: [{ id: 'pi-1', room: 'hall' }] };
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(venue));
    const house = await openHouse(readConfig({ DATA_DIR: dataDir, DEMO: 'off' }));
    const folder = house.folder!;
    const heard = [HIDDEN, OTHER].flatMap((badge) =>
      [0, 60_000, 86_400_000].map((ms) => sighting({ badge, time: NOON + ms, received: NOON + ms })),
    );
    await house.store.append(batchOf(heard));
    const began = [HIDDEN, OTHER].map((badge) => ({
      ...{ badge, room: 'hall', from: NOON, until: null, heard: NOON, visit: 1 },
      ...{ reason: 'x', rule: '1', parked: false },
    }));
    const frame = { time: NOON, positions: [1], venue: '', rule: '1', baseline: null, rooms: [] };
    house.record.append(lineOf(frame, null, { anew: true, ended: [], began: began as never }));
    writeFileSync(
      join(folder, 'live-state'),
      serialize({
        open: new Map(began.map((one) => [one.badge, one])),
        early: new Map([[1, new Map([[`pi-1 ${HIDDEN}`, 2]])]]),
      }),
    );
    await derive(folder);
    assert.equal((await house.sift(batchOf(heard))).places, null);
    await exportOf(folder, house.ledger, 'w1');
    // Of the second somebody has taken the manifest away.
    await exportOf(folder, house.ledger, 'w2');
    rmSync(join(folder, 'exports', 'all', 'w2', MANIFEST));

    const receipt = await forget(house, folder, { badges: [HIDDEN, 'k2.AAAAAAAAAAAAAAAA'], who: 'Ada' }, { now: NOON });

    assert.deepEqual([receipt.pseudonyms, receipt.sightings, receipt.days], [2, 3, [DAY, '2026-11-04']]);
    assert.deepEqual(receipt.shown, [DAY]);
    assert.deepEqual(receipt.files, [
      { dataset: 'presences', day: DAY, revision: 1 },
      { dataset: 'anomalies', day: DAY, revision: 1 },
    ]);
    assert.deepEqual(
      receipt.windows.map(({ schedule, revision }) => [schedule, revision]),
      [
        ['all', 1],
        ['all', 1],
      ],
    );
    assert.ok(!JSON.stringify(receipt).includes('AAAA'), 'the receipt names nobody');
    assert.equal((await house.sift(batchOf(heard))).places?.length, 3, 'from this moment on');
    const rows = await asked(house);
    assert.deepEqual([...new Set(rows)], [OTHER]);
    assert.equal(rows.length, 3);
    const record = readFileSync(join(folder, 'as-seen', `${DAY}.ndjson`), 'utf8');
    assert.ok(!record.includes(HIDDEN) && record.includes(OTHER));
    const state = deserialize(readFileSync(join(folder, 'live-state'))) as {
      open: Map<string, unknown>;
      early: Map<number, Map<string, number>>;
    };
    assert.deepEqual([[...state.open.keys()], state.early.get(1)!.size], [[OTHER], 0]);
    for (const dataset of ['presences', 'anomalies'] as const) {
      const [part] = readParts(folder, dataset);
      const text = await textOf(folder, join(folder, 'derived', dataset, part!.file));
      assert.ok(!text.includes(HIDDEN) && text.includes(OTHER), `${dataset}: ${text}`);
      assert.equal(part!.rows, 1);
      assert.equal(readdirSync(join(folder, 'derived', dataset)).length, 2, 'the file before is gone');
    }
    for (const window of ['w1', 'w2'])
      assert.ok(!existsSync(join(folder, 'exports', 'all', window)), `the files of the export are gone: ${window}`);
    const row = (await valueAt(house.ledger, 'window/all/2026-11-04T00:00:00.000Z')) as { state: string };
    assert.equal(row.state, 'planned', 'and planned again');
    assert.ok(((await valueAt(house.ledger, KEYS.touched(DAY))) as { since: number }).since > 0);
    const kept = readFileSync(join(folder, 'ledger'), 'latin1');
    assert.ok(!kept.includes(HIDDEN), 'the ledger has no name of it');

    writeFileSync(
      join(folder, 'forgetting.json'),
      JSON.stringify({ badges: [LEFT], who: 'Ada', heard: { quarters: [NOON], sightings: 4 } }),
    );
    const again = await forget(house, folder, { badges: [HIDDEN], who: 'Ada' }, { now: NOON });
    assert.deepEqual([again.sightings, again.files.length, again.windows.length], [0, 0, 0]);
    assert.ok(await house.ledger.get(forgottenKey(LEFT)), 'a wish that was broken off is not lost to the next');
    const receipts = (await house.ledger.list('forgetting/')).map(({ value }) => value as typeof receipt);
    assert.deepEqual(
      receipts.filter(({ sightings }) => sightings === 4).map(({ days }) => days),
      [[DAY]],
    );
    assert.ok(!existsSync(join(folder, 'forgetting.json')));
    await house.close();
  });

  const asked = async (house: Awaited<ReturnType<typeof openHouse>>): Promise<unknown[]> => {
    const answer = await house.ask({ dataset: 'observations' }, { scope: 'system' });
    const found: unknown[] = [];
    for await (const rows of answer.rows) found.push(...rows.map(({ badge }) => badge));
    return found;
  };
});

/** A revision of presences that has both badges, and an anomaly about each. */
async function derive(folder: string): Promise<void> {
  const part = {
    ...{ day: DAY, span: { from: NOON, until: NOON + 1000 }, positions: [], venue: '', rule: '1', made: NOON },
    ...{ note: null, asSeen: false },
  };
  const memory = await openMemory(folder);
  const write = (select: string) => async (aside: string) => {
    await memory.connection.run(`COPY (${select}) TO '${aside}' (FORMAT parquet)`);
    return 2;
  };
  await publish(folder, 'presences', part, write(`SELECT unnest(['${HIDDEN}', '${OTHER}']) AS badge, 1 AS n`));
  const sentences = [HIDDEN, OTHER].map((badge) => `'Badge ${badge} has said 9 claps'`).join();
  await publish(folder, 'anomalies', part, write(`SELECT unnest([${sentences}]) AS sentence`));
  memory.close();
}

/** An export of both, as its folder and its row say. */
async function exportOf(folder: string, ledger: Parameters<typeof say>[0], window: 'w1' | 'w2'): Promise<void> {
  const published = join('all', window);
  mkdirSync(join(folder, 'exports', published), { recursive: true });
  const csv = `badge\n${HIDDEN}\n${OTHER}\n`;
  const files = [{ name: 'a.csv', format: 'csv', bytes: csv.length, sha256: '', rows: 2 }];
  writeFileSync(join(folder, 'exports', published, 'a.csv'), csv);
  writeFileSync(join(folder, 'exports', published, MANIFEST), JSON.stringify({ files }));
  const until = Date.UTC(2026, 10, window === 'w1' ? 4 : 5);
  await say(ledger, rowKey('all', until), {
    ...{ schedule: 'all', from: until - 86_400_000, until, due: until, state: 'done', why: 'timetable', attempt: 1 },
    published: { revision: 1, folder: published, files, time: NOON, read: [] },
  });
}

async function textOf(folder: string, file: string): Promise<string> {
  const memory = await openMemory(folder);
  const found = await memory.connection.runAndReadAll(`SELECT * FROM read_parquet('${file}')`);
  memory.close();
  return JSON.stringify(found.getRows(), (_, value) => (typeof value === 'bigint' ? Number(value) : value));
}

describe('what comes of a badge that is forgotten', () => {
  it('is let in no more from the moment on at which it is', async () => {
    const ledger = memoryLedger();
    const sift = createSift(
      () => ledger,
      () => NOON,
    );
    const heard = batchOf([sighting({ badge: HIDDEN })]);
    assert.equal((await sift(heard)).batch, heard);
    await say(ledger, forgottenKey(HIDDEN), { time: NOON });
    sift.anew();
    assert.deepEqual((await sift(heard)).batch.observations, []);
  });

  it('is left out of each batch with its position, and counts as known', async () => {
    const ledger = memoryLedger();
    await say(ledger, forgottenKey(HIDDEN), { time: NOON });
    const batch: Batch = {
      ...batchOf([HIDDEN, OTHER, HIDDEN, OTHER].map((badge, i) => sighting({ badge, time: NOON + i }))),
      positions: { observations: Float64Array.of(5, 6, 7, 8), rejects: new Float64Array(), places: new Uint32Array() },
    };
    let told: Receipt | null = null;
    const source = sifted(
      async function* () {
        told = yield batch;
      },
      createSift(() => ledger),
    );
    const batches = source(new AbortController().signal);
    const { value } = await batches.next();
    assert.ok(value);
    assert.deepEqual([...value.positions!.observations], [6, 8]);
    assert.deepEqual(
      value.observations.map((one) => one.kind === 'sighting' && one.badge),
      [OTHER, OTHER],
    );
    await batches.next({ position: 8, stored: 1, duplicates: Uint32Array.of(0) });
    assert.deepEqual([...told!.duplicates], [0, 1, 2]);
  });

  it('what was on its way into a store that others forget in is taken out again', async () => {
    const ledger = memoryLedger();
    let now = NOON;
    const sift = createSift(
      () => ledger,
      () => now,
    );
    const gone: string[][] = [];
    const slow = {
      async append({ observations }: Batch): Promise<Receipt> {
        await say(ledger, forgottenKey(HIDDEN), { time: NOON });
        now += LET_IN_MS;
        return { position: 1, stored: observations.length, duplicates: new Uint32Array() };
      },
    };
    const into = forgetful(slow, sift, async (badges) => void gone.push(badges));
    const batch = batchOf([HIDDEN, OTHER, HIDDEN].map((badge, i) => sighting({ badge, time: NOON + i })));
    assert.equal((await into.append((await sift(batch)).batch)).stored, 3);
    assert.deepEqual(gone, [[HIDDEN]]);
  });

  it('a ledger in a topic names it no more, and renewed its bytes do not either', async () => {
    const texts: string[] = [];
    const readers: Parameters<Topic['follow']>[0][] = [];
    const topic: Topic = {
      async send(more) {
        for (const text of more) {
          const offset = texts.push(text) - 1;
          for (const take of readers) take(text, offset);
        }
      },
      follow(each, caughtUp) {
        for (const [offset, text] of texts.entries()) if (text) each(text, offset);
        readers.push(each);
        caughtUp();
      },
      drop: async (offset) => void texts.fill('', 0, offset),
      close: async () => undefined,
    };
    const first = await kafkaLedger(topic);
    await first.put('note/1', 1, { text: `${HIDDEN} and ${OTHER}` });
    await say(first, forgottenKey(HIDDEN), { time: NOON });
    for (const ledger of [first, await kafkaLedger(topic)]) {
      assert.deepEqual((await ledger.get('note/1'))!.value, { text: `k0.forgotten_______ and ${OTHER}` });
      assert.equal(await ledger.put('note/1', 1, {}), false);
    }
    assert.ok(texts.join().includes(HIDDEN));
    assert.equal(await first.renew((entries) => entries), 0);
    assert.ok(!texts.join().includes(HIDDEN));
    assert.deepEqual((await (await kafkaLedger(topic)).get('note/1'))!.value, {
      text: `k0.forgotten_______ and ${OTHER}`,
    });
  });

  it('a record in memory is rewritten where it stands, packed or not', async () => {
    const record = memoryRecord('UTC');
    const rooms = { time: NOON, positions: [], venue: 'v', rule: 'r', baseline: null, rooms: [] };
    const began = { badge: HIDDEN, room: 'hall', from: NOON, until: null, heard: NOON } as never;
    const turn = (i: number) => ({ anew: false, ended: [], began: i % 700 === 5 ? [began] : [] });
    for (let i = 0; i < 1400; i++) record.append(lineOf({ ...rooms, time: NOON + 1000 * i }, null, turn(i)));
    const all = async () => {
      const found: string[] = [];
      for await (const text of record.texts(DAY)) found.push(text);
      return found;
    };
    const before = await all();
    assert.deepEqual(await record.rewrite((text) => text.replace(HIDDEN, OTHER)), [DAY]);
    assert.deepEqual(
      await all(),
      before.map((text) => text.replace(HIDDEN, OTHER)),
    );
    assert.deepEqual(await record.rewrite((text) => text), []);
  });

  it('the state is walked to its depth', () => {
    const deep = {
      a: [
        { badge: HIDDEN, n: 1 },
        { badge: OTHER, n: 2 },
      ],
      b: new Set([HIDDEN, OTHER]),
      last: HIDDEN,
      n: new Float64Array([1]),
    };
    const left = deserialize(forgetInState(serialize(deep), [HIDDEN]));
    assert.deepEqual(left, { a: [{ badge: OTHER, n: 2 }], b: new Set([OTHER]), last: null, n: new Float64Array([1]) });
  });
});
