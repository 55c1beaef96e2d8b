import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileOf, publish, readParts, sweep } from '../../services/ledger/manifest.ts';

describe('manifest', () => {
  let house: string;
  beforeEach(() => {
    house = mkdtempSync(join(tmpdir(), 'hallway-manifest-'));
  });
  afterEach(() => rmSync(house, { recursive: true, force: true }));

  const put = (day: string, text: string, asSeen = false) => {
    const span = { from: Date.parse(day), until: Date.parse(day) + 86_400_000 };
    const part = { day, span, positions: [7], venue: 'v', rule: 'r', made: 1, note: null, asSeen };
    return publish(house, 'presences', part, async (aside) => {
      writeFileSync(aside, text);
      return text.length;
    });
  };

  it('publish(…) numbers what is corrected from 1, what is as seen is 0, and an equal result is no new revision', async () => {
    await put('2026-11-03', 'one');
    assert.equal((await put('2026-11-03', 'one')).isNew, false);
    await put('2026-11-03', 'three');
    await put('2026-11-02', 'x');
    await put('2026-11-03', 'seen', true);
    const parts = readParts(house, 'presences');
    assert.deepEqual(
      parts.map(({ day, revision, rows }) => [day, revision, rows]),
      [
        ['2026-11-02', 1, 1],
        ['2026-11-03', 0, 4],
        ['2026-11-03', 1, 3],
        ['2026-11-03', 2, 5],
      ],
    );
    assert.equal(readFileSync(fileOf(house, 'presences', parts[2]!), 'utf8'), 'one', 'never edited');
  });

  it('publish(…) that fails leaves what was published', async () => {
    await put('2026-11-03', 'one');
    const before = readParts(house, 'presences');
    await assert.rejects(
      publish(
        house,
        'presences',
        {
          day: '2026-11-03',
          span: { from: 0, until: 1 },
          positions: [],
          venue: '',
          rule: '',
          made: 1,
          note: null,
          asSeen: false,
        },
        async (aside) => {
          writeFileSync(aside, 'half');
          throw new Error('killed');
        },
      ),
      /killed/,
    );
    assert.deepEqual(readParts(house, 'presences'), before);
  });

  it('sweep(…) removes what no manifest has named for a day, and nothing else', async () => {
    const { part } = await put('2026-11-03', 'one');
    const left = join(house, 'derived', 'presences', 'left.parquet');
    const young = join(house, 'derived', 'presences', 'young.parquet');
    for (const file of [left, young]) writeFileSync(file, '');
    utimesSync(left, 1, 1);
    utimesSync(fileOf(house, 'presences', part), 1, 1);
    sweep(house, 'presences', Date.now());
    assert.deepEqual([existsSync(left), existsSync(young)], [false, true]);
    assert.equal(readFileSync(fileOf(house, 'presences', part), 'utf8'), 'one');
  });
});
