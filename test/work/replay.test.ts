import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type House, openHouse } from '../../services/house/house.ts';
import { forgottenKey } from '../../services/ledger/forgetting.ts';
import { say } from '../../services/ledger/runs.ts';
import { REPLAYED_FROM } from '../../services/model/batch.ts';
import type { Line } from '../../services/model/line.ts';
import { readConfig } from '../../services/settings/config.ts';
import { COPIES } from '../../services/store/database.ts';
import { openReplay } from '../../services/work/replay.ts';
import { flow } from '../../services/work/river.ts';
import { newFolder, remove } from '../service.ts';
import { everything } from '../store/contract.ts';

const T0 = Date.UTC(2026, 10, 3, 10);
const lineAt = (received: number, badge: number, at = T0) =>
  JSON.stringify({ time: at + badge, received: at + received, gateway: 'pi-1', badge: `own-${badge}`, rssi: -60 });
const log = { info: () => undefined };

let folder = '';
const open: House[] = [];
beforeEach(() => {
  folder = newFolder();
});
afterEach(async () => {
  for (const house of open.splice(0)) await house.close();
  remove(folder);
});

async function houseIn(name: string): Promise<House> {
  const house = await openHouse(readConfig({ DATA_DIR: join(folder, name), PSEUDONYM_KEYS: `1:${'k'.repeat(32)}` }));
  open.push(house);
  return house;
}

function write(name: string, text: string | Buffer): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** Replays a file to its end; what is in the store then, in order of position. */
async function replayed(file: string, house: House) {
  const replay = await openReplay({ file, speed: Number.POSITIVE_INFINITY }, house, 250, log);
  await flow(replay.source, house.store, new AbortController().signal);
  assert.equal(replay.share(), 1);
  return (await everything(house.store)).map(({ received, time, position }) => [received - T0, time - T0, position]);
}

/** Received out of order, two at once, and one without `received`, which is so at its own time. */
const LINES = [lineAt(9000, 1), lineAt(2000, 2), lineAt(2000, 3), lineAt(70_000, 4), '{"gateway":"pi-1"}'];
const PLAIN = JSON.stringify({ time: T0 + 5000, gateway: 'pi-1', badge: 'own-5', rssi: -60 });
const TOLD = [
  [2000, 2, REPLAYED_FROM],
  [2000, 3, REPLAYED_FROM + 1],
  [5000, 5000, REPLAYED_FROM + 2],
  [9000, 1, REPLAYED_FROM + 3],
  [70_000, 4, REPLAYED_FROM + 4],
];

describe('openReplay(settings, house)', () => {
  it('tells a file in the order of received, with its own stamps, packed or not', async () => {
    const text = [...LINES, PLAIN].join('\n');
    assert.deepEqual(await replayed(write('plain.ndjson', text), await houseIn('plain')), TOLD);
    assert.deepEqual(await replayed(write('packed.gz', gzipSync(text)), await houseIn('packed')), TOLD);
  });

  it('tells a Parquet copy of a span as the recording that it came from', async () => {
    const house = await houseIn('first');
    await replayed(write('plain.ndjson', [...LINES, PLAIN].join('\n')), house);
    const copies = join(folder, 'first', 'main', COPIES);
    mkdirSync(copies);
    const file = join(copies, 'span.parquet');
    await house.store.copy({ from: T0, until: T0 + 100_000 }, file);
    assert.deepEqual(await replayed(file, await houseIn('second')), TOLD);
  });

  it('again in the same folder it tells nothing twice, and another recording has positions of its own', async () => {
    const house = await houseIn('one');
    const file = write('one.ndjson', [...LINES, PLAIN].join('\n'));
    await replayed(file, house);
    assert.deepEqual(await replayed(file, house), TOLD);
    const later = await replayed(write('two.ndjson', lineAt(1, 1, T0 + 100_000)), house);
    assert.deepEqual(later.at(-1), [100_001, 100_001, REPLAYED_FROM + 5]);
  });

  it('sorts nothing of who is forgotten: neither rows nor rejects of a file, nor of a copy', async () => {
    const from = await houseIn('from');
    const bad = JSON.stringify({ ...JSON.parse(lineAt(3000, 2)), rssi: 'loud' });
    const file = write('all.ndjson', [...LINES, bad].join('\n'));
    const all = await replayed(file, from);
    mkdirSync(join(folder, 'from', 'main', COPIES));
    const copy = join(folder, 'from', 'main', COPIES, 'span.parquet');
    await from.store.copy({ from: T0, until: T0 + 100_000 }, copy);
    for (const recording of [file, copy]) {
      const house = await houseIn(`to-${basename(recording)}`);
      const [badge] = house.pseudonymsOf('own-2');
      await say(house.ledger, forgottenKey(badge!), { time: T0 });
      const told = await replayed(recording, house);
      assert.deepEqual(
        told.map(([received]) => received),
        all.map(([received]) => received).filter((_, i) => all[i]![1] !== 2),
      );
      const sorted = join(house.folder!, 'replay');
      const texts = readdirSync(sorted).map((name) => readFileSync(join(sorted, name), 'latin1'));
      assert.deepEqual([texts.length, texts.filter((text) => text.includes(badge!))], [2, []]);
      const rejects: unknown[] = [];
      const { ask } = house;
      for await (const rows of (await ask({ dataset: 'rejects' }, { scope: 'system' })).rows) rejects.push(...rows);
      assert.ok(!JSON.stringify(rejects).includes(badge!));
    }
  });

  it('goes on where its clock would be by now, with all that was received until then in the store', async () => {
    const house = await houseIn('one');
    const file = write('one.ndjson', [...LINES, PLAIN].join('\n'));
    const first = await openReplay({ file, speed: 1e6 }, house, 250, log);
    assert.equal(first.clock(), T0 + 1999);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const second = await openReplay({ file, speed: 1 }, house, 250, log);
    assert.equal(second.clock(), T0 + 70_250, 'its end');
    assert.equal((await everything(house.store)).length, TOLD.length);
  });

  it('refuses what is not there, what holds nothing, what is no copy, and what this folder has gone past', async () => {
    const house = await houseIn('one');
    const refused = (file: string, words: RegExp) =>
      assert.rejects(openReplay({ file, speed: 1 }, house, 250, log), words);
    await refused(join(folder, 'none.ndjson'), /^Error: REPLAY: expected a recording at .*none\.ndjson, found ENOENT/);
    await refused(write('bad.ndjson', '{"gateway":"pi-1"}'), /REPLAY: expected observations in .*found none that pass/);
    await refused(write('text.txt', 'hello'), /REPLAY: expected JSON, or CSV .*found "hello".* in .*text\.txt/);
    await refused(
      write('broken.parquet', 'PAR1 and no more'),
      /REPLAY: expected a Parquet file, found .*broken\.parquet/s,
    );
    house.record.append({ time: T0 + 60_000, positions: [], rooms: {}, ended: [], began: [] } as unknown as Line);
    await refused(write('old.ndjson', LINES[0]!), /REPLAY: expected what was received after 2026-11-03T10:01:00/);
  });
});
