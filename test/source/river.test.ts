import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Source } from '../../services/source/source.ts';
import { type Into, river } from '../../services/work/river.ts';
import { batchOf, sightings } from '../sightings.ts';

it('river(source, store) tries again after what failed, with pauses that grow, and from the first pause once it went well', async () => {
  const stopping = new AbortController();
  const pauses: number[] = [];
  let left = 4;
  const source: Source = async function* () {
    for (;;) yield batchOf(sightings(1));
  };
  const store: Into = {
    append: async () => {
      // four times in vain, twice well, then in vain again
      left -= 1;
      if (left >= 0 || left < -2) throw new Error('busy');
      await sleep(1);
      return { position: 1, stored: 1, duplicates: new Uint32Array() };
    },
  };
  const flowing = river(source, store, stopping.signal, {
    failed: (_error, pauseMs) => {
      pauses.push(pauseMs);
      if (pauses.length === 5) stopping.abort();
    },
  });
  await flowing;
  assert.deepEqual(pauses, [100, 200, 400, 800, 100]);
});
