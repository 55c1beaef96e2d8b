import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { it } from 'node:test';
import { copiesIn } from '../../services/house/copies.ts';
import type { Batch } from '../../services/model/batch.ts';
import { newKey, parseKeys, pseudonymiser } from '../../services/validate/pseudonym.ts';
import type { LoadLine } from '../../services/work/load.ts';
import { loadInto } from '../../services/work/load-kept.ts';
import { newFolder, remove } from '../service.ts';

const DAY_MS = 86_400_000;
const context = {
  source: 'file',
  received: 'recorded' as const,
  keepFrom: 0,
  pseudonym: pseudonymiser(parseKeys(newKey())),
};

it('loadInto(house, bytes) of one line that is older than the store keeps, behind 25,000 that are not, stores none; without it all', async () => {
  const folder = newFolder();
  const now = Date.now();
  const lines = Array.from(
    { length: 25_000 },
    (_, i) => `{"time":${now - i},"gateway":"pi-1","badge":"b-${i % 9}","rssi":-60}\n`,
  ).join('');
  const old = `{"time":${now - 30 * DAY_MS},"gateway":"pi-1","badge":"b","rssi":-60}\n`;
  const load = async (text: string, keptFrom: (() => number) | null) => {
    let stored = 0;
    const append = async ({ observations }: Batch) => {
      stored += observations.length;
      return { position: 1, stored: observations.length, duplicates: new Uint32Array() };
    };
    let last: LoadLine | null = null;
    const house = { engine: { keptFrom }, folder } as unknown as Parameters<typeof loadInto>[0];
    const { signal } = new AbortController();
    for await (const line of loadInto(house, Readable.from([Buffer.from(text)]), context, { append } as never, signal))
      last = line;
    return { stored, last: last! as LoadLine };
  };
  const keptFrom = () => now - 7 * DAY_MS;
  const refused = await load(lines + old, keptFrom);
  assert.equal(refused.stored, 0);
  assert.match(
    refused.last.error!,
    /^expected nothing from before 20.*, found 20.*Nothing was stored: .*longer retention/,
  );
  assert.equal((await load(lines, keptFrom)).stored, 25_000);
  assert.equal((await load(lines + old, null)).stored, 25_001);
  assert.deepEqual(existsSync(copiesIn(folder)) ? readdirSync(copiesIn(folder)) : [], [], 'nothing is left aside');
  remove(join(folder));
});
