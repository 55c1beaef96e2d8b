import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { baselines } from '../../jobs/baselines.ts';
import { exports } from '../../jobs/exports/exports.ts';
import { frames } from '../../jobs/frames.ts';
import { presences } from '../../jobs/presences.ts';
import { ownRevisions } from '../../services/ledger/exported.ts';
import { fileOf, publish, readParts } from '../../services/ledger/manifest.ts';
import { rowKey } from '../../services/ledger/schedules.ts';
import { daysIn } from '../../services/model/day.ts';
import { packReads, unpackReads } from '../../services/model/day-reads.ts';
import type { PivotQuery } from '../../services/model/pivot.ts';
import { DUE_MS, folderIn, HOURLY, scheduled } from './scheduled.ts';

const READ = ['frames', 'baselines'].map((dataset) => ({ dataset, day: '2026-11-03', revision: 1 }));
const of = (query: Partial<PivotQuery>, holds: 'cells' | 'records' = 'cells') =>
  ownRevisions(READ, { query: { dataset: 'frames', measures: ['occupancy'], ...query }, holds }).map(
    (one) => one.dataset,
  );

it('baselines are read by what says what is usual, and by nothing else', () => {
  assert.deepEqual(of({}), ['frames']);
  assert.deepEqual(of({ dataset: 'presences' }, 'records'), ['frames']);
  for (const query of [{ measures: ['deviation'] }, { measures: ['average(expected)'] }, { rows: ['expected:5'] }])
    assert.deepEqual(of(query), ['frames', 'baselines'], JSON.stringify(query));
  assert.deepEqual(of({ filters: [{ field: 'expected', from: 1 }] }), ['frames', 'baselines']);
  assert.deepEqual(of({}, 'records'), ['frames', 'baselines']);
});

it('a window that a new baseline opens again says so, and not that data was late; one that reads none is left alone', async () => {
  const query = { dataset: 'frames', rows: ['room'], columns: [], measures: ['occupancy'] } as const;
  const { bench, rows, at, world, begun, end } = await scheduled(DUE_MS, { query: query as never, formats: ['csv'] });
  try {
    at(30 * 3_600_000);
    const [day] = daysIn({ from: begun, until: begun + 1 }, world.venue.zone);
    for (const job of [presences, frames, baselines]) await job.run(day!, bench);
    assert.equal(readParts(bench.house, 'baselines').length, 1);
    await exports.tidy(bench);
    const first = (await rows())[0]!;
    const read = unpackReads(first.published!.read);
    assert.ok(read.every(({ dataset }) => dataset !== 'baselines'));
    const before = packReads([...read, { dataset: 'baselines', day: day!.day, revision: 0 }]);
    const key = rowKey('hourly', first.until);
    const { version } = (await bench.ledger.get(key))!;
    await bench.ledger.put(key, version + 1, { ...first, published: { ...first.published!, read: before } });
    await exports.tidy(bench);
    const again = (await rows())[0]!;
    assert.deepEqual([again.why, again.published!.revision], ['new baseline', 1]);
    await exports.tidy(bench);
    assert.equal((await bench.ledger.get(key))!.version, version + 3, 'running, done, and no more');
  } finally {
    await end();
  }
});

it('made again after another baseline was, what reads none has the same bytes in every format', async () => {
  const query = { dataset: 'frames', rows: ['room'], columns: [], measures: ['occupancy'] } as const;
  const { bench, rows, at, world, begun, end } = await scheduled(DUE_MS, { query: query as never });
  try {
    at(30 * 3_600_000);
    const [day] = daysIn({ from: begun, until: begun + 1 }, world.venue.zone);
    for (const job of [presences, frames, baselines]) await job.run(day!, bench);
    const bytesIn = (folder: string) =>
      Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    await exports.tidy(bench);
    const first = (await rows())[0]!;
    const before = bytesIn(folderIn(bench.house, first));
    assert.equal(Object.keys(before).length, HOURLY.formats.length + 1);
    const { meta } = JSON.parse(before['hourly.json']!);
    assert.deepEqual(
      meta.revision.map(({ dataset }: { dataset: string }) => dataset),
      ['frames'],
    );
    const [learnt] = readParts(bench.house, 'baselines');
    const was = fileOf(bench.house, 'baselines', learnt!);
    const { connection } = await bench.database();
    await publish(bench.house, 'baselines', { ...learnt!, asSeen: false }, async (file) => {
      // Of a single day nothing is learnt: the same, in other bytes.
      await connection.run(`COPY (FROM '${was}') TO '${file}' (FORMAT parquet, KV_METADATA {made: 'again'})`);
      return learnt!.rows;
    });
    assert.equal(readParts(bench.house, 'baselines').length, 2);
    rmSync(folderIn(bench.house, first), { recursive: true });
    const key = rowKey('hourly', first.until);
    const { version } = (await bench.ledger.get(key))!;
    await bench.ledger.put(key, version + 1, { ...first, state: 'planned', published: null });
    await exports.tidy(bench);
    assert.deepEqual(bytesIn(folderIn(bench.house, (await rows())[0]!)), before);
  } finally {
    await end();
  }
});
