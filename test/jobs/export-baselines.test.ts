import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { baselines } from '../../jobs/baselines.ts';
import { exports } from '../../jobs/exports/exports.ts';
import { frames } from '../../jobs/frames.ts';
import type { Bench } from '../../jobs/job.ts';
import { presences } from '../../jobs/presences.ts';
import { ownRevisions } from '../../services/ledger/exported.ts';
import { type Derived, fileOf, publish, readParts } from '../../services/ledger/manifest.ts';
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

/** Another revision of the newest there is: the same rows in other bytes, since of a single day no baseline is learnt. */
async function makeAgain({ house, database }: Bench, dataset: Derived, venue?: string): Promise<void> {
  const part = readParts(house, dataset).at(-1)!;
  const { connection } = await database();
  const said = { ...part, venue: venue ?? part.venue, asSeen: false };
  await publish(house, dataset, said, async (file) => {
    const meta = `KV_METADATA {again: '${part.revision}'}`;
    await connection.run(`COPY (FROM '${fileOf(house, dataset, part)}') TO '${file}' (FORMAT parquet, ${meta})`);
    return part.rows;
  });
}

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
    await makeAgain(bench, 'baselines');
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

it('a window that is asked again says why: its days were corrected, the venue is another, or data was late', async () => {
  const query = { dataset: 'frames', rows: ['room'], columns: [], measures: ['occupancy'] } as const;
  const { bench, rows, at, world, begun, end } = await scheduled(DUE_MS, { query: query as never, formats: ['csv'] });
  try {
    await exports.tidy(bench);
    at(30 * 3_600_000);
    const [day] = daysIn({ from: begun, until: begun + 1 }, world.venue.zone);
    for (const job of [presences, frames]) await job.run(day!, bench);
    const whys: string[] = [];
    for (const venue of [undefined, 'another', 'another']) {
      if (whys.length > 0) await makeAgain(bench, 'frames', venue);
      await exports.tidy(bench);
      whys.push((await rows())[0]!.why);
    }
    assert.deepEqual(whys, ['corrected', 'new venue', 'late data']);
  } finally {
    await end();
  }
});
