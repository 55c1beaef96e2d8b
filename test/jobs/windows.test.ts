import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exports } from '../../jobs/exports.ts';
import type { Sighting } from '../../services/model/observation.ts';
import { noticing } from '../../services/touched.ts';
import { DUE_MS, HOUR, manifestIn, scheduled } from './scheduled.ts';

describe('windows of exports', () => {
  it('observations that come late on the same day make revision 2 of their window', async () => {
    const { bench, store, rows, at, end, begun, world } = await scheduled(DUE_MS);
    // Where it is still day.
    const zone = 'America/New_York';
    bench.venue = { ...bench.venue, zone };
    try {
      await exports.tidy(bench);
      const [first] = await rows();
      at(DUE_MS + HOUR / 4);
      const noticed = await noticing(store, bench.ledger, zone, { now: bench.now });
      const one = world.sightings[0] as Sighting;
      const late: Sighting[] = [1, 2, 3].map((i) => ({ ...one, time: begun + HOUR - i, received: bench.now() }));
      await noticed.store.append({ observations: late, rejects: [] });
      await noticed.close();
      await exports.tidy(bench);
      const [second] = await rows();
      assert.deepEqual([second!.why, second!.published!.revision], ['late data', 2]);
      const counts = [first!, second!].map((row) => manifestIn(bench.house, row).totals.count!);
      assert.equal(counts[1]! - counts[0]!, 3);
    } finally {
      await end();
    }
  });
});
