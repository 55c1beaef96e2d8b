import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packReads, unpackReads } from '../../services/model/day-reads.ts';

const dayAt = (i: number): string => new Date(Date.UTC(2028, 0, 1 + i)).toISOString().slice(0, 10);

describe('packReads(reads), unpackReads(packed)', () => {
  it('days that follow one another are one; a year of three datasets has room in a row of the ledger, and comes back', () => {
    const year = ['anomalies', 'frames', 'presences'].flatMap((dataset) =>
      Array.from({ length: 366 }, (_, i) => ({ dataset, day: dayAt(i), revision: (i * 7) % 1000 })),
    );
    const packed = packReads([...year].reverse());
    assert.equal(packed.length, 3);
    assert.ok(JSON.stringify(packed).length < 8 * 1024);
    assert.deepEqual(unpackReads(packed), year);
  });

  it('a day that is missing begins anew; what was never packed is read as it is', () => {
    const reads = [0, 1, 3].map((i) => ({ dataset: 'frames', day: dayAt(58 + i), revision: i }));
    assert.deepEqual(
      packReads(reads).map(({ day, revisions }) => [day, revisions]),
      [
        ['2028-02-28', [0, 1]],
        ['2028-03-02', [3]],
      ],
    );
    assert.deepEqual(unpackReads(packReads(reads)), reads);
    assert.deepEqual(unpackReads(reads), reads);
  });
});
