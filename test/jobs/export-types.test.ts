import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { packed } from '../../jobs/deliver/parcel.ts';
import { exports } from '../../jobs/exports/exports.ts';
import type { Bench } from '../../jobs/job.ts';
import { readBack } from '../../services/formats/read-back.ts';
import { faultsOf, hashOf, MANIFEST } from '../../services/ledger/exported.ts';
import { readSchedule } from '../../services/ledger/schedules.ts';
import { rowFaults } from '../../services/ledger/verified.ts';
import type { PivotQuery } from '../../services/model/pivot.ts';
import type { WindowRow } from '../../services/model/schedule.ts';
import { openMemory } from '../../services/store/database.ts';
import { parquetTypes } from '../formats/parquet.ts';
import { DUE_MS, folderIn, manifestIn, scheduled } from './scheduled.ts';

const query = {
  ...{ dataset: 'observations', rows: ['room', 'step:15m', 'hour'], columns: [] },
  measures: ['count', 'sum(rssi)', 'average(rssi)', 'sumAsFractionOfTotal(rssi)'],
} as PivotQuery;
const WRITTEN = {
  ...{ room: 'VARCHAR', 'step:15m': 'TIMESTAMP WITH TIME ZONE isAdjustedToUTC=1', hour: 'BIGINT', level: 'VARCHAR' },
  ...{ count: 'BIGINT', 'sum(rssi)': 'BIGINT', 'average(rssi)': 'DOUBLE', 'sumAsFractionOfTotal(rssi)': 'DOUBLE' },
};

/** The picture of a mail about a window, before it is drawn. */
async function digestOf({ ledger, house, now, venue }: Bench, row: WindowRow) {
  const depot = { ledger, house, now, publicUrl: null, venue: () => venue };
  const schedule = (await readSchedule(ledger, 'hourly'))!;
  return (await packed('id', row.published!, schedule, row.until, depot)).digest();
}

it('figures of the picture of a mail are whole, however large', async () => {
  const counted = { dataset: 'observations', rows: ['step:1h'], columns: [], measures: ['count'] } as PivotQuery;
  const { bench, rows, end } = await scheduled(DUE_MS, { query: counted, formats: ['csv'] });
  try {
    await exports.tidy(bench);
    const [bar] = (await digestOf(bench, (await rows())[0]!))!.bars;
    assert.ok(bar!.value > 1000 && bar!.value % 10 > 0, String(bar!.value));
    assert.equal(bar!.words.replaceAll(/\D/g, ''), String(bar!.value));
  } finally {
    await end();
  }
});

it('instants are of UTC and whole numbers whole, as the manifest says; files from before are still what they say, and not called changed', async () => {
  const { bench, rows, end } = await scheduled(DUE_MS, { query, formats: ['parquet', 'csv'] });
  try {
    await exports.tidy(bench);
    const [row] = await rows();
    const folder = folderIn(bench.house, row!);
    const file = join(folder, 'hourly.parquet');
    assert.deepEqual(await parquetTypes(readFileSync(file)), WRITTEN);
    const manifest = manifestIn(bench.house, row!);
    assert.deepEqual(Object.values(manifest.types), [
      ...['text', 'instant', 'integer', 'text'],
      ...['integer', 'integer', 'number', 'number'],
    ]);
    assert.deepEqual(rowFaults(manifest, await readBack(folder, manifest.files, manifest.types)), []);
    const digest = await digestOf(bench, row!);
    assert.equal(digest!.measure, 'Count', 'an hour is a field, though it is a number');
    assert.match(digest!.bars[0]!.label, /^.+, .+, \d+$/);

    // As it was written when numbers were doubles and instants without a zone.
    const memory = await openMemory(folder);
    const was = Object.keys(WRITTEN).map((name) => {
      const type = manifest.types[name];
      if (type === 'instant') return `make_timestamp(epoch_us("${name}")) AS "${name}"`;
      return type === 'integer' ? `"${name}"::DOUBLE AS "${name}"` : `"${name}"`;
    });
    await memory.connection.run(`CREATE TABLE was AS SELECT ${was} FROM read_parquet($file)`, { file });
    await memory.connection.run('COPY was TO $file (FORMAT parquet)', { file });
    memory.close();
    assert.equal((await parquetTypes(readFileSync(file)))['step:15m'], 'TIMESTAMP isAdjustedToUTC=0');
    const types = Object.fromEntries(
      Object.entries(manifest.types).map(([name, type]) => [name, type === 'integer' ? ('number' as const) : type]),
    );
    const seal = { bytes: statSync(file).size, sha256: await hashOf(file) };
    const files = manifest.files.map((one) => (one.format === 'parquet' ? { ...one, ...seal } : one));
    const before = { ...manifest, types, files };
    writeFileSync(join(folder, MANIFEST), JSON.stringify(before));
    assert.deepEqual((await faultsOf(folder)).faults, []);
    assert.deepEqual(rowFaults(before, await readBack(folder, files, types)), []);

    const { key, version } = (await bench.ledger.list('window/'))[0]!;
    // Nor was it kept then what the manifest was.
    const { manifest: _, ...published } = row!.published!;
    await bench.ledger.put(key, version + 1, { ...row!, state: 'planned', published: { ...published, files } });
    await exports.tidy(bench);
    const [again] = await rows();
    assert.deepEqual([again!.state, again!.published!.revision, again!.error], ['done', 1, null]);
  } finally {
    await end();
  }
});
